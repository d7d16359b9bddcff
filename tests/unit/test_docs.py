"""Documentation that fails the build: what is named exists, and what exists is named."""

from __future__ import annotations

import re

import pytest
import yaml
from typer.testing import CliRunner

from bot import settings as settings_module
from bot.cli import app
from bot.corpus.loading import FILE_KINDS
from bot.corpus.placeholders import KNOWN
from bot.corpus.utterances import ENTITIES
from bot.errors import CATALOGUE
from bot.settings import PROJECT_ROOT

DOCS = PROJECT_ROOT / "docs"
READMES = ["README.md", "README.zh-CN.md"]


def read(name: str) -> str:
    return (PROJECT_ROOT / name).read_text("utf-8")


def test_every_error_code_is_documented_and_every_documented_one_exists() -> None:
    assert re.findall(r"^\| (E\d{3}) \|", read("docs/errors.md"), re.M) == list(CATALOGUE)


def test_every_setting_is_documented() -> None:
    assert re.findall(r"^\| `(HUASHU_\w+)` \|", read("docs/settings.md"), re.M) == list(settings_module.VARIABLES)


def test_every_placeholder_is_documented() -> None:
    assert set(re.findall(r"\{((?:product|client)\.\w+)\}", read("docs/corpus.md"))) == KNOWN


def test_every_entity_is_documented() -> None:
    listed = read("docs/corpus.md").split("Entities:")[1].split(".\n")[0]
    assert set(re.findall(r"`(\w+)`", listed)) == set(ENTITIES)


def test_every_kind_of_corpus_file_is_documented() -> None:
    text = read("docs/corpus.md")
    for pattern, _ in FILE_KINDS.values():
        assert pattern.split("*")[0] in text


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_somewhere(readme: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", read(readme)):
        if not target.startswith("http"):
            assert (PROJECT_ROOT / target).exists(), target


@pytest.mark.parametrize("readme", READMES)
def test_make_targets_named_exist(readme: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.M))
    assert set(re.findall(r"`make ([a-z-]+)", read(readme))) <= targets


@pytest.mark.parametrize("readme", READMES)
def test_huashu_commands_named_exist(readme: str) -> None:
    for command in re.findall(r"\.venv/bin/huashu ((?:[a-z]+ ?)+)", read(readme)):
        result = CliRunner().invoke(app, [*command.split(), "--help"])
        assert result.exit_code == 0, command


def test_every_module_and_room_has_a_line_in_the_architecture() -> None:
    text = read("docs/architecture.md")
    rooms = [path.name for path in (PROJECT_ROOT / "bot").iterdir() if (path / "__init__.py").exists()]
    for room in rooms:
        assert f"bot/{room}/" in text, room


def test_every_intent_of_the_domain_has_a_rule_and_training_lines() -> None:
    intents = set(yaml.safe_load(read("domain.yml"))["intents"])
    steps = [step for rule in yaml.safe_load(read("bot/data/rules.yml"))["rules"] for step in rule["steps"]]
    ruled = {each["intent"] for step in steps for each in step.get("or", [step]) if "intent" in each}
    assert ruled == intents | {"nlu_fallback"}
    requests = {path.stem for path in (PROJECT_ROOT / "bot/data/nlu").glob("*.yml")}
    objections = {
        yaml.safe_load(path.read_text("utf-8"))["intent"]
        for path in (PROJECT_ROOT / "scripts_corpus/objections").glob("*.yml")
    }
    assert requests | objections | {"ask_policy", "request_script", "choose"} == intents


def test_contract_names_are_all_there() -> None:
    domain = yaml.safe_load(read("domain.yml"))
    contract = (
        "objection_risk objection_returns objection_fees objection_transparency objection_liquidity "
        "objection_guarantee objection_trust objection_past_loss objection_competitor objection_no_funds "
        "objection_delay objection_no_need objection_complexity objection_timing objection_insurance "
        "objection_paperwork objection_privacy request_script recommend_product ask_product compare_products "
        "check_suitability check_phrase ask_policy start_risk_assessment lookup_client complaint start_practice "
        "stop_practice ask_feedback greet goodbye thank affirm deny help out_of_scope"
    ).split()
    assert set(contract) <= set(domain["intents"])
    entities = "client_id product product_category risk_tier risk_grade amount term stage lifecycle".split()
    assert set(entities) <= set(domain["entities"])
