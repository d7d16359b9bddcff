"""The memory of a conversation and Rasa's slots are the same list; what a button carries passes through Rasa."""

from __future__ import annotations

import ast
from dataclasses import fields

import yaml

from bot.actions.memory import Memory
from bot.settings import PROJECT_ROOT

DOMAIN = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text("utf-8"))


def test_every_field_of_the_memory_is_a_slot_and_every_slot_a_field() -> None:
    assert [field.name for field in fields(Memory)] == list(DOMAIN["slots"])


def test_what_a_button_carries_is_an_entity_of_the_domain() -> None:
    """Rasa drops entities that the domain does not name, without a word to the user."""
    calls = [
        node
        for path in (PROJECT_ROOT / "bot/actions").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Button"
    ]
    given = [node for call in calls for node in call.args[2:] if isinstance(node, ast.Dict)]
    carried = {key.value for node in given for key in node.keys if isinstance(key, ast.Constant)}
    assert {"kind", "value", "handler", "said", "level", "seed"} == carried
    assert carried <= set(DOMAIN["entities"])


def test_slots_round_trip_and_only_changes_are_set() -> None:
    memory = Memory.from_slots({"client_id": "KH100001", "shown": ["fees.a"], "misses": None})
    assert memory.changes_since({"client_id": "KH100001", "shown": ["fees.a"]}) == {}
    memory.shown = [*memory.shown, "fees.b"]
    assert memory.changes_since({"client_id": "KH100001", "shown": ["fees.a"]}) == {"shown": ["fees.a", "fees.b"]}
    memory.forget()
    assert memory == Memory()
    assert memory.changes_since({"client_id": "KH100001"}) == {"client_id": None}
