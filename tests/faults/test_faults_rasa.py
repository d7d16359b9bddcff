"""What Rasa 3.6.21 does under faults, and that it can't happen here. Each test names the fault."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import psutil
import pytest
import yaml

from bot.corpus.training import checked_training_lines
from bot.language.intent_model import IntentModel
from bot.model_files import verified_intent_model
from bot.settings import PROJECT_ROOT, load_settings
from tests.conftest import Running


def test_an_importer_that_failed_would_be_noticed() -> None:
    """Rasa warns and trains without an importer that can't be imported; ours reads the whole corpus."""
    settings = load_settings()
    learned = set(IntentModel.load(verified_intent_model(settings)).intents)
    assert learned == {line.intent for line in checked_training_lines(settings.corpus_dir)}


def test_no_response_of_the_domain_can_print_an_empty_slot() -> None:
    """An empty slot in a response is printed as "None"."""
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text("utf-8"))
    texts = [variant["text"] for variants in domain["responses"].values() for variant in variants]
    assert not [text for text in texts if "{" in text]
    assert list(domain["responses"]) == ["utter_default"]


def test_every_reply_passes_the_one_boundary_that_checks_and_logs_it() -> None:
    """Text given with `utter_message` elsewhere would leave unchecked and without an audit entry."""
    for path in (PROJECT_ROOT / "bot" / "actions").glob("*.py"):
        assert path.name == "base.py" or "utter_message" not in path.read_text("utf-8"), path.name


def test_no_slot_influences_the_dialogue_and_none_is_filled_from_text() -> None:
    """A slot mapped from text swallows an objection as its value."""
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text("utf-8"))
    assert all(slot == {"type": "any", "mappings": [{"type": "custom"}]} for slot in domain["slots"].values())


def test_our_featurizers_serve_a_classifier_of_rasas(tmp_path: Path) -> None:
    """A component that saves nothing, or reads other features than it learned, shows only after loading."""
    pipeline = ["ChineseTokenizer", "SparseTerms", "SentenceEncoder"]
    config = {
        "recipe": "default.v1",
        "language": "zh",
        "assistant_id": "test",
        "pipeline": [
            *({"name": f"bot.rasa_ext.featurizers.{name}"} for name in pipeline),
            {"name": "LogisticRegressionClassifier"},
        ],
    }
    told = {
        "objection_fees": ["手续费太贵了", "你们管理费收得真高", "申购费能不能便宜点", "费用比别家高"],
        "objection_liquidity": ["封闭期太长了", "钱要锁一年，急用怎么办", "中途能取吗", "不能随时赎回我不放心"],
    }
    examples = [{"intent": name, "examples": "".join(f"- {line}\n" for line in lines)} for name, lines in told.items()]
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (tmp_path / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": examples}, allow_unicode=True), "utf-8")
    (tmp_path / "texts.json").write_text(json.dumps(["管理费真贵", "封闭期能不能中途取"]), "utf-8")
    probe = [str(PROJECT_ROOT / ".venv-rasa/bin/python"), str(PROJECT_ROOT / "benchmarks" / "nlu_probe.py")]
    subprocess.run([*probe, "train", str(tmp_path)], cwd=tmp_path, check=True, capture_output=True)
    parsed = subprocess.run(
        [*probe, "parse", str(tmp_path), str(tmp_path / "texts.json")], cwd=tmp_path, check=True, capture_output=True
    )
    assert json.loads(parsed.stdout.splitlines()[-1])["found"] == ["objection_fees", "objection_liquidity"]


@pytest.mark.live
def test_every_server_listens_on_loopback_only(assistant: Running) -> None:
    """Rasa and the action server listen on every address by default; the portal does when its address says so."""
    settings = assistant.settings
    ports = {settings.rasa_port, settings.actions_port, settings.portal_port}
    listening = [
        connection.laddr
        for connection in psutil.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port in ports
    ]
    assert {address.port for address in listening} == ports
    assert {address.ip for address in listening} == {"127.0.0.1"}
