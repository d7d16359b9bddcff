"""Every block at every width: nothing too wide, nothing lost, nothing taken as markup."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import terminal_blocks as blocks
from rich.cells import cell_len
from rich.console import Console, RenderableType

from bot.suitability.model import Outcome
from bot.terminal.citations import article_name, short_rule
from bot.terminal.phrases import marked_sentence
from bot.terminal.render import render

WIDTHS = (60, 80, 160)
KINDS = blocks.every_kind()
CASES = [pytest.param(block, id=f"{kind}-{n}") for kind, made in KINDS.items() for n, block in enumerate(made)]
# Keys whose values steer the display, or are shown in short.
_NOT_SHOWN = {"type", "kind", "topic", "outcome", "start", "end", "mark", "confirmed", "substance", "rule", "article"}
_NO_IDS = {"disclosures", "steps", "buttons", "reasons"}


def shown(renderable: RenderableType, width: int = 80, *, colour: bool = False) -> str:
    """What the console prints."""
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=colour, color_system="standard" if colour else None, no_color=not colour
    )
    console.print(renderable)
    return file.getvalue()


def squeezed(text: str) -> str:
    """A text without what layout adds or takes away."""
    return re.sub(r"[\s│╭╰─]|\[\d\](?=\S)", "", text)


def texts_in(value: Any, key: str = "", within: str = "") -> Iterator[str]:
    """Every text of a block that a reader must find."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_in(inner, name, key)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, key, within)
    elif isinstance(value, str) and key not in _NOT_SHOWN and not (key in {"id", "code"} and within in _NO_IDS):
        yield value


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("width", [*WIDTHS, 24, 9])
@pytest.mark.parametrize("block", CASES)
def test_render_never_exceeds_the_console(block: dict[str, Any], width: int, colour: bool) -> None:
    for line in re.sub(r"\x1b\[[\d;]*m", "", shown(render(block), width, colour=colour)).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip() or colour


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("block", [case for case in CASES if not str(case.id).startswith("comparison")])
def test_render_shows_every_text(block: dict[str, Any], width: int) -> None:
    output = squeezed(shown(render(block), width))
    for text in texts_in(block):
        assert squeezed(text) in output


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("block", KINDS["comparison"])
def test_render_comparison_shows_every_value(block: dict[str, Any], width: int) -> None:
    output = squeezed(shown(render(block), width))
    for text in texts_in(block):
        assert squeezed(text)[:4] in output


def test_render_comparison_is_side_by_side_where_there_is_room() -> None:
    assert re.search(r"期限 +90天 +无固定期限 +无固定期限 +无固定期限", shown(render(blocks.comparison(4)), 160))
    narrow = shown(render(blocks.comparison(4)), 60)
    assert "• 安和稳盈90天：90天" in narrow
    assert "都是 理财产品" in narrow


def test_render_script_labels_steps_and_tells_the_position() -> None:
    output = shown(render(blocks.script(1)))
    assert "第 2/6 条" in output.splitlines()[0]
    assert [word for word in ("倾听", "理解", "解决", "必须告知", "提示", "依据") if word not in output] == []
    assert "fees.count_in_yuan v1" in output.splitlines()[-1]


def test_render_script_without_note_disclosures_and_citations() -> None:
    block = {**blocks.script(), "note": "", "disclosures": [], "citations": []}
    output = shown(render(block))
    assert "倾听" in output
    assert not any(word in output for word in ("必须告知", "提示", "依据"))


def test_render_script_with_a_title_longer_than_the_card() -> None:
    block = {**blocks.script(), "title": "很长的题目" * 12}
    output = squeezed(shown(render(block), 60))
    assert "很长的题目" * 12 in output
    assert squeezed("第 2/6 条") in output


def test_render_citations_shortens_the_confirmed_and_marks_the_unconfirmed() -> None:
    confirmed = {
        "id": "S03",
        "rule": "商业银行理财业务监督管理办法（银保监会令2018年第6号）",
        "article": "26",
        "substance": "销售时须……" * 30,
        "mark": "SEEN-FULL",
        "confirmed": True,
    }
    weak = {**confirmed, "id": "T09", "article": "3?", "substance": None, "mark": "UNSEEN", "confirmed": False}
    block = {**blocks.policy_answer(), "to_confirm": None, "citations": [confirmed, weak]}
    lines = [line.strip("│ ") for line in shown(render(block)).splitlines()]
    assert "依据  S03 商业银行理财业务监督管理办法 第26条" in lines
    assert [line[-1] for line in lines if line.startswith("销售时须")] == ["…"]
    assert "T09 商业银行理财业务监督管理办法 3?  待合规确认" in lines
    assert "\x1b[2m  销售时须" in shown(render(block), colour=True)


@pytest.mark.parametrize(
    ("rule", "short"),
    [
        ("金融机构产品适当性管理办法（总局令2025年第7号，2026-02-01施行）", "金融机构产品适当性管理办法"),
        ("基金募集机构投资者适当性管理实施指引（试行）", "基金募集机构投资者适当性管理实施指引（试行）"),
        ("保险法（2015修正）", "保险法（2015修正）"),
        ("银监办发〔2017〕110号", "银监办发〔2017〕110号"),
    ],
)
def test_citations_short_rule(rule: str, short: str) -> None:
    assert short_rule(rule) == short


@pytest.mark.parametrize(
    ("article", "name"),
    [
        ("", ""),
        ("31", "第31条"),
        ("2、3", "第2、3条"),
        ("38、40—42", "第38、40—42条"),
        ("13(三)(四)", "第13条(三)(四)"),
        ("116(四)、131(四)", "第116条(四)、第131条(四)"),
        ("15(四)—(六)", "第15条(四)—(六)"),
        ("3?", "3?"),
        ("24 其余项", "24 其余项"),
        ("销售章", "销售章"),
    ],
)
def test_citations_article_name(article: str, name: str) -> None:
    assert article_name(article) == name


@pytest.mark.parametrize(("outcome", "mark"), [("may_recommend", "✓"), ("own_demand_only", "!"), ("refused", "✗")])
def test_render_decision_marks_the_outcome_and_every_rule(outcome: str, mark: str) -> None:
    lines = [line.strip("│ ") for line in shown(render(blocks.decision(Outcome(outcome)))).splitlines()]
    assert lines[1].startswith(f"{mark} 不可以")
    assert any(line.startswith("✓ 评估在") for line in lines)
    assert any(line.startswith("✗ 客户评估等级") for line in lines) is (outcome != "may_recommend")
    assert any(line.startswith("办法：请换R3") for line in lines)
    assert f"依据 T10、{blocks.fact_id(confirmed=False)}（待合规确认）" in lines


def test_render_decision_about_a_client_alone() -> None:
    client = {"client_id": "KH100023", "name": "王芳", "risk_tier": None}
    output = shown(render({**blocks.decision(), "product": {}, "client": client}))
    assert "王芳（KH100023） 等级 —" in output
    assert "×" not in output


def test_render_facts_of_a_client_has_no_disclosures() -> None:
    block = {"type": "facts", "title": "王*（KH100023）", "rows": [{"label": "年龄", "value": "41岁"}]}
    output = shown(render(block))
    assert re.search(r"年龄 +41岁", output)
    assert "必须告知" not in output


def test_render_policy_answer_marks_what_has_to_be_confirmed() -> None:
    block = blocks.policy_answer()
    assert block["to_confirm"]
    assert "待合规确认" in shown(render(block))
    assert "待合规确认" not in shown(render({**block, "to_confirm": None, "citations": []}))


def test_render_phrase_check_marks_spans_with_and_without_colour() -> None:
    block = blocks.phrase_check()
    text = marked_sentence(block["text"], block["findings"])
    assert text.plain.startswith("这款产品绝对不会亏[1]，收益稳稳的3.5%，比存款还安全[2][3]，您")
    underlined = {text.plain[span.start : span.end] for span in text.spans if "underline" in str(span.style)}
    assert "绝对不会亏" in underlined
    assert "\x1b[1;4;31m绝对不会亏" in shown(render(block), colour=True)


def test_render_phrase_check_at_the_end_and_beyond() -> None:
    finding = {"start": 2, "end": 99}
    assert marked_sentence("绝对保本", [finding]).plain == "绝对保本[1]"
    assert marked_sentence("绝对保本", []).plain == "绝对保本"


def test_render_phrase_check_without_findings() -> None:
    output = shown(render({"type": "phrase_check", "text": "请看产品说明书。", "findings": []}))
    assert "请看产品说明书。" in output


def test_render_buttons_in_one_line_or_below_each_other() -> None:
    assert shown(render(blocks.buttons("换一条", "好"))).strip() == "[1] 换一条   [2] 好"
    titles = [f"很长的选项第{number}个，放不进一行" for number in range(1, 5)]
    assert shown(render(blocks.buttons(*titles)), 60).splitlines() == [
        f"[{number}] {title}" for number, title in enumerate(titles, start=1)
    ]


def with_texts(value: Any, text: str) -> Any:
    """A block with the same text everywhere but in what steers the display."""
    if isinstance(value, dict):
        return {key: inner if key in {"type", "outcome"} else with_texts(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_texts(inner, text) for inner in value]
    return text if isinstance(value, str) else value


@pytest.mark.parametrize("block", CASES)
def test_render_takes_nothing_as_markup(block: dict[str, Any]) -> None:
    output = shown(render(with_texts(block, "[red]")), 160)
    assert "[red]" in output.replace("[1]", "")
    output = shown(render(with_texts(block, "[/]")), 160)
    assert "[/]" in output


@pytest.mark.parametrize("block", CASES)
def test_render_sends_no_control_characters(block: dict[str, Any]) -> None:
    output = shown(render(with_texts(block, "前\x1b]0;x\x07\x9b31m\u202e\r后")), 160)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", output)


@pytest.mark.parametrize("block", CASES)
def test_render_says_so_when_a_block_is_broken(block: dict[str, Any]) -> None:
    for key in [key for key in block if key not in {"type", "kind", "topic"}]:
        broken = {name: value for name, value in copy.deepcopy(block).items() if name != key}
        output = squeezed(shown(render(broken)))
        assert key == "disclosures" or "E305" in output


@pytest.mark.parametrize("block", [{"type": "hologram"}, {"type": "text", "text": None}, {"type": "facts", "rows": 3}])
def test_render_says_so_when_a_block_is_unknown(block: dict[str, Any]) -> None:
    assert f"显示不了（{block['type']}）" in squeezed(shown(render(block)))
