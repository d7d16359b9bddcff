"""What Rasa 3.6.21 does under faults, and that it can't happen here. Each test names the fault."""

from __future__ import annotations

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


@pytest.mark.live
def test_both_servers_listen_on_loopback_only(assistant: Running) -> None:
    """Both listen on every address by default."""
    ports = {assistant.settings.rasa_port, assistant.settings.actions_port}
    listening = [
        connection.laddr
        for connection in psutil.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port in ports
    ]
    assert {address.port for address in listening} == ports
    assert {address.ip for address in listening} == {"127.0.0.1"}
