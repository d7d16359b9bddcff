"""Settings read from the environment, and the catalogue of errors."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest

from bot import settings as settings_module
from bot.errors import CATALOGUE, HuashuError
from bot.settings import PROJECT_ROOT, VARIABLES, Settings, load_settings

SOURCES = sorted((PROJECT_ROOT / "bot").rglob("*.py"))


def test_without_variables_everything_lies_in_the_project() -> None:
    assert load_settings({}) == Settings(
        corpus_dir=PROJECT_ROOT / "scripts_corpus",
        models_dir=PROJECT_ROOT / "bot" / "models",
        var_dir=PROJECT_ROOT / "var",
        database_url=f"sqlite:///{PROJECT_ROOT / 'var' / 'huashu.db'}",
        rasa_port=5005,
        actions_port=5055,
        portal_port=8000,
        portal_url="http://127.0.0.1:8000",
        today=None,
    )


@pytest.mark.parametrize(
    ("variable", "value", "attribute", "expected"),
    [
        ("HUASHU_CORPUS_DIR", "/x/corpus", "corpus_dir", Path("/x/corpus")),
        ("HUASHU_CORPUS_DIR", "corpus", "corpus_dir", Path.cwd() / "corpus"),
        ("HUASHU_MODELS_DIR", "/x/models", "models_dir", Path("/x/models")),
        ("HUASHU_VAR_DIR", "/x/var", "var_dir", Path("/x/var")),
        ("HUASHU_VAR_DIR", "/x/var", "database_url", "sqlite:////x/var/huashu.db"),
        ("HUASHU_VAR_DIR", "/x/var", "log_dir", Path("/x/var/log")),
        ("HUASHU_DATABASE_URL", "postgresql://h/d", "database_url", "postgresql://h/d"),
        ("HUASHU_RASA_PORT", "6005", "rasa_url", "http://127.0.0.1:6005/huashu"),
        ("HUASHU_ACTIONS_PORT", "65535", "actions_url", "http://127.0.0.1:65535"),
        ("HUASHU_PORTAL_PORT", "8001", "portal_local_url", "http://127.0.0.1:8001"),
        ("HUASHU_PORTAL_PORT", "8001", "portal_url", "http://127.0.0.1:8001"),
        ("HUASHU_PORTAL_URL", "https://q.example.com/", "portal_url", "https://q.example.com"),
        ("HUASHU_PORTAL_URL", "http://10.0.0.5:8000", "portal_host", "0.0.0.0"),
        ("HUASHU_TODAY", "2026-11-24", "today", "2026-11-24"),
    ],
)
def test_a_variable_is_read(variable: str, value: str, attribute: str, expected: object) -> None:
    loaded = load_settings({variable: value, "HOME": "/root"})
    assert getattr(loaded, attribute) == expected
    assert getattr(load_settings({}), attribute) != expected


@pytest.mark.parametrize("variable", list(VARIABLES))
def test_an_empty_variable_counts_as_not_set(variable: str) -> None:
    assert load_settings({variable: ""}) == load_settings({})


@pytest.mark.parametrize("variable", ["HUASHU_RASA_PORT", "HUASHU_ACTIONS_PORT", "HUASHU_PORTAL_PORT"])
@pytest.mark.parametrize("value", ["x", "0", "65536", "-1", "50.5", " ", "5005x", "1e3"])
def test_a_port_that_is_none_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(HuashuError, match=variable) as caught:
        load_settings({variable: value})
    assert caught.value.code == "E504"


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "8000",
        "ftp://h",
        "http://",
        "http://h/path",
        "http://h:port",
        "http://h:0",
        "http://me:pw@h",
        "http://h?a=b",
    ],
)
def test_an_address_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(HuashuError, match="HUASHU_PORTAL_URL") as caught:
        load_settings({"HUASHU_PORTAL_URL": value})
    assert caught.value.code == "E504"


@pytest.mark.parametrize("value", ["http://127.0.0.1:9000", "http://localhost:9000"])
def test_the_portal_listens_on_loopback_unless_others_are_to_reach_it(value: str) -> None:
    assert load_settings({"HUASHU_PORTAL_URL": value}).portal_host == "127.0.0.1"


@pytest.mark.parametrize("value", ["yesterday", "2026-02-30", "24.11.2026", "2026-13-01"])
def test_a_date_that_is_none_is_refused_when_the_process_starts(value: str) -> None:
    with pytest.raises(HuashuError, match="HUASHU_TODAY") as caught:
        load_settings({"HUASHU_TODAY": value})
    assert caught.value.code == "E504"


def test_the_fixed_date_replaces_todays() -> None:
    assert load_settings({"HUASHU_TODAY": "2024-02-29"}).date_today() == dt.date(2024, 2, 29)
    before = dt.date.today()
    assert before <= load_settings({}).date_today() <= dt.date.today()


def test_the_processs_own_environment_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUASHU_RASA_PORT", "6111")
    assert load_settings().rasa_port == 6111


def test_every_variable_read_is_listed_and_every_one_listed_is_read() -> None:
    text = Path(settings_module.__file__).read_text(encoding="utf-8")
    body = text[text.index("def load_settings") :]
    assert set(re.findall(r'"(HUASHU_[A-Z_]+)"', body)) == set(VARIABLES)


@pytest.mark.parametrize("code", ["E000", "e101", "", "101", "E10", "E1011", " E101"])
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="unknown error code"):
        HuashuError(code, "说明")


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_an_error_shows_its_code_and_message(code: str) -> None:
    error = HuashuError(code, "语料坏了。请修改。")
    assert (error.code, error.message, str(error)) == (code, "语料坏了。请修改。", f"[{code}] 语料坏了。请修改。")
    assert isinstance(error, Exception)
    assert error.args == ("语料坏了。请修改。",)


def test_codes_are_well_formed_and_have_distinct_chinese_meanings() -> None:
    assert all(re.fullmatch(r"E[1-5]\d\d", code) for code in CATALOGUE)
    assert list(CATALOGUE) == sorted(CATALOGUE)
    assert len(set(CATALOGUE.values())) == len(CATALOGUE)
    assert all(re.search(r"[\u4e00-\u9fff]", meaning) for meaning in CATALOGUE.values())


def codes_in_sources() -> dict[str, set[str]]:
    """Text constants that look like a code, by code, with the files that hold them."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        if path.name == "errors.py" and path.parent.name == "bot":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"E\d{3}", node.value):
                found.setdefault(node.value, set()).add(path.name)
    return found


def test_every_code_used_in_the_source_is_in_the_catalogue() -> None:
    used = codes_in_sources()
    assert len(used) > 10
    assert set(used) <= set(CATALOGUE)
