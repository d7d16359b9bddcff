"""Every fixed sentence that the code asks for exists, and every one that exists is asked for."""

from __future__ import annotations

import re

import yaml

from bot.corpus.practice import DIFFICULTIES
from bot.practice.scorecard import Note
from bot.settings import PROJECT_ROOT

# Built from a variable part; the names it can take are listed.
COMPOSED = {
    "assessment_limit_": ["day", "year"],
    "practice_level_": list(DIFFICULTIES),
    "practice_note_": [note.value for note in Note],
    "practice_veto_": "compliance above_tier left stopped read_out nothing".split(),
    "decision_": ["may_recommend", "own_demand_only", "refused"],
    "reading_": [
        *(
            "request_script recommend_product ask_product compare_products check_suitability check_phrase ask_policy"
        ).split(),
        *("start_risk_assessment lookup_client complaint start_practice stop_practice ask_feedback help").split(),
        *("next_script new_client correct_client").split(),
    ],
}
# Named by the intent itself, or by `Message.refusal`.
DIRECT = "greet goodbye thank affirm deny help out_of_scope empty_message too_long no_words".split()
_USED = re.compile(r'(?:say\(\s*|_error\("E\d+", |wording\[|"E\d+", |_for_product\([^)]*, |text = )"([a-z_]+)"')


def test_wording_and_code_agree() -> None:
    known = set(yaml.safe_load((PROJECT_ROOT / "scripts_corpus/wording.yml").read_text("utf-8"))["wording"])
    sources = [*(PROJECT_ROOT / "bot/actions").glob("*.py"), PROJECT_ROOT / "bot/rasa_ext/channel.py"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    quoted = set(re.findall(r'"([a-z_]+)"', text))
    composed = {prefix + end for prefix, ends in COMPOSED.items() for end in ends}
    assert known <= quoted | composed | set(DIRECT), "a sentence that nobody says"
    assert {name for name in _USED.findall(text) if not name.startswith("E")} <= known, "a sentence that does not exist"
    assert composed | set(DIRECT) <= known
