"""Golden dialogues: what the manager says, and what the assistant must answer, against the running assistant.

The dialogues are the YAML files beside this one. A turn says (`say`) or presses a button by its title (`press`), and
names what must be in the answer; what it does not name is not compared.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.terminal.client import Assistant
from tests.conftest import Running

DIALOGUES = [
    pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")
    for path in sorted(Path(__file__).parent.glob("*.yml"))
    for dialogue in yaml.safe_load(path.read_text("utf-8"))
]
# key of a turn: what it compares with
EXPECTATIONS = {
    "script": lambda blocks: [b["id"] for b in blocks if b["type"] == "script"],
    "topic": lambda blocks: [b["topic"] for b in blocks if b["type"] == "script"],
    "topics": lambda blocks: [[b["topic"] for b in blocks if b["type"] == "script"]],
    "answer": lambda blocks: [b["id"] for b in blocks if b["type"] == "policy_answer"],
    "products": lambda blocks: [[i["code"] for i in b["items"]] for b in blocks if b["type"] == "products"],
    "compared": lambda blocks: [b["columns"] for b in blocks if b["type"] == "comparison"],
    "outcome": lambda blocks: [b["outcome"] for b in blocks if b["type"] == "decision"],
    "failed": lambda blocks: [
        [r["code"] for r in b["reasons"] if not r["passed"]] for b in blocks if b["type"] == "decision"
    ],
    "findings": lambda blocks: [
        sorted({f["code"] for f in b["findings"]}) for b in blocks if b["type"] == "phrase_check"
    ],
    "error": lambda blocks: [b["code"] for b in blocks if b["type"] == "error"],
}


@pytest.mark.live
@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue_is_answered_as_agreed(assistant: Running, dialogue: dict[str, Any]) -> None:
    talk = assistant.talk()
    blocks: list[dict[str, Any]] = []
    for number, turn in enumerate(dialogue["turns"], start=1):
        blocks = _take(talk, turn, blocks)
        complaint = _mismatch(turn, blocks)
        assert not complaint, f"turn {number} ({turn.get('say') or turn.get('press')}): {complaint}\n{blocks}"


def _take(talk: Assistant, turn: dict[str, Any], before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if "say" in turn:
        return talk.send(turn["say"])
    buttons = {button["title"]: button["id"] for b in before if b["type"] == "buttons" for button in b["buttons"]}
    assert turn["press"] in buttons, f"no button {turn['press']}, only {list(buttons)}"
    return talk.press(buttons[turn["press"]])


def _mismatch(turn: dict[str, Any], blocks: list[dict[str, Any]]) -> str:
    unknown = set(turn) - {"say", "press", "text", "not_text", "fact", "buttons", *EXPECTATIONS}
    assert not unknown, f"unknown keys {unknown}"
    assert set(turn) - {"say", "press"}, "a turn must expect something"
    for key, read in EXPECTATIONS.items():
        if key in turn and (found := read(blocks)) != ([turn[key]] if turn[key] is not None else []):
            return f"{key} {found}, expected {turn[key]}"
    shown = "\n".join(_texts(blocks))
    for part in _listed(turn.get("text")):
        if part not in shown:
            return f"missing “{part}”"
    for part in _listed(turn.get("not_text")):
        if part in shown:
            return f"must not hold “{part}”"
    for label, value in (turn.get("fact") or {}).items():
        rows = {row["label"]: row["value"] for b in blocks if b["type"] == "facts" for row in b["rows"]}
        if rows.get(label) != value:
            return f"{label}: {rows.get(label)}, expected {value}"
    titles = [button["title"] for b in blocks if b["type"] == "buttons" for button in b["buttons"]]
    missing = [title for title in _listed(turn.get("buttons")) if title not in titles]
    return f"buttons {missing} missing from {titles}" if missing else ""


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _texts(value: Any) -> list[str]:
    """Every string in the blocks."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for item in items for text in _texts(item)]
