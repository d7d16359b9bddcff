"""Models on disk: nothing changed, missing or foreign is ever loaded, and a model is out of date exactly when it is."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import model_files
from bot.errors import HuashuError
from bot.model_files import (
    INTENT_MODEL_FILES,
    MANIFEST_VERSION,
    Manifest,
    file_digest,
    fingerprint,
    read_manifest,
    seal,
    secret,
    unpack_intent_model,
    verified_intent_model,
    verify,
)
from bot.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "models").mkdir()
    return load_settings({"HUASHU_MODELS_DIR": str(tmp_path / "models"), "HUASHU_VAR_DIR": str(tmp_path / "var")})


def make_model(settings: Settings, name: str = "huashu-1", age: int = 0) -> Manifest:
    """An archive and an intent model that look real enough, and their manifest."""
    archive = settings.models_dir / f"{name}.tar.gz"
    archive.write_bytes(f"archive of {name}".encode() * 50)
    directory = settings.models_dir / name
    directory.mkdir()
    for file_name in INTENT_MODEL_FILES:
        (directory / file_name).write_bytes(f"{name} {file_name}".encode())
    os.utime(archive, (1_700_000_000 - age, 1_700_000_000 - age))
    return Manifest(
        version=MANIFEST_VERSION,
        archive=archive.name,
        sha256=file_digest([archive]),
        intent_model=name,
        intent_model_sha256=file_digest([directory / file_name for file_name in INTENT_MODEL_FILES]),
        fingerprint="f" * 64,
        rasa="3.6.21",
        python="3.10",
        trained_at="2026-11-24T06:40:00+00:00",
        lines=5000,
    )


@pytest.fixture
def sealed(settings: Settings) -> Manifest:
    manifest = make_model(settings)
    seal(settings, manifest)
    return manifest


def manifest_path(settings: Settings) -> Path:
    return settings.models_dir / "manifest.json"


def refused(code: str, read: Callable[[], object]) -> str:
    with pytest.raises(HuashuError) as caught:
        read()
    assert caught.value.code == code
    assert "make train" in caught.value.message
    return caught.value.message


def test_a_sealed_model_is_read_back_and_verified(settings: Settings, sealed: Manifest) -> None:
    assert read_manifest(settings) == sealed
    assert verify(settings, sealed) == settings.models_dir / "huashu-1.tar.gz"
    assert verify(settings, sealed).is_absolute()
    assert verified_intent_model(settings) == settings.models_dir / "huashu-1"
    assert sealed.sha256.startswith(sealed.model_id)
    assert list(settings.models_dir.glob("*.tmp")) == []


def test_without_a_model_there_is_no_manifest(settings: Settings) -> None:
    assert read_manifest(settings) is None
    refused("E501", lambda: verified_intent_model(settings))


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Manifest) if field.name != "version"])
def test_a_changed_field_breaks_the_signature(settings: Settings, sealed: Manifest, field: str) -> None:
    content = json.loads(manifest_path(settings).read_text(encoding="utf-8"))
    content[field] = content[field] + 1 if field == "lines" else content[field] + "x"
    manifest_path(settings).write_text(json.dumps(content), encoding="utf-8")
    assert "签名" in refused("E501", lambda: read_manifest(settings))


def edited(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda content: {**content, **changes}


@pytest.mark.parametrize(
    "edit",
    [
        edited(signature=""),
        edited(signature="0" * 64),
        edited(signature="签名" * 32),
        edited(signature=None),
        edited(extra=1),
        lambda content: {key: value for key, value in content.items() if key != "signature"},
        lambda content: {key: value for key, value in content.items() if key != "lines"},
    ],
)
def test_a_signature_that_does_not_fit_is_refused(
    settings: Settings, sealed: Manifest, edit: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    content = json.loads(manifest_path(settings).read_text(encoding="utf-8"))
    manifest_path(settings).write_text(json.dumps(edit(content), ensure_ascii=False), encoding="utf-8")
    refused("E501", lambda: read_manifest(settings))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[1]", b"5", b"null", b'"x"', b"\xff\xfe", b"\x00" * 10])
def test_a_manifest_that_is_none_is_refused(settings: Settings, sealed: Manifest, content: bytes) -> None:
    manifest_path(settings).write_bytes(content)
    refused("E501", lambda: read_manifest(settings))


@pytest.mark.parametrize("version", [0, MANIFEST_VERSION + 1, None, "1"])
def test_a_manifest_of_another_version_is_told_as_such(settings: Settings, sealed: Manifest, version: object) -> None:
    content = json.loads(manifest_path(settings).read_text(encoding="utf-8"))
    manifest_path(settings).write_text(json.dumps({**content, "version": version}), encoding="utf-8")
    refused("E502", lambda: read_manifest(settings))


def test_a_manifest_signed_with_another_key_is_refused(settings: Settings, sealed: Manifest) -> None:
    (settings.var_dir / "signing.key").write_text("0" * 64, encoding="ascii")
    refused("E501", lambda: read_manifest(settings))


@pytest.mark.parametrize("place", [0, 100, -1])
@pytest.mark.parametrize("name", ["huashu-1.tar.gz", *(f"huashu-1/{name}" for name in INTENT_MODEL_FILES)])
def test_one_changed_byte_is_refused(settings: Settings, sealed: Manifest, name: str, place: int) -> None:
    path = settings.models_dir / name
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(bytes(content))
    refused("E501", lambda: verify(settings, sealed))
    refused("E501", lambda: verified_intent_model(settings))


@pytest.mark.parametrize("name", ["huashu-1.tar.gz", *(f"huashu-1/{name}" for name in INTENT_MODEL_FILES)])
def test_a_missing_or_longer_file_is_refused(settings: Settings, sealed: Manifest, name: str) -> None:
    path = settings.models_dir / name
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    refused("E501", lambda: verify(settings, sealed))
    path.unlink()
    refused("E501", lambda: verify(settings, sealed))
    path.write_bytes(content)
    assert verify(settings, sealed)


def test_sealing_keeps_the_new_model_and_one_before_it(settings: Settings) -> None:
    for age, name in ((300, "huashu-1"), (200, "huashu-2"), (100, "huashu-3")):
        seal(settings, make_model(settings, name, age))
    kept = sorted(path.name for path in settings.models_dir.iterdir())
    assert kept == ["huashu-2", "huashu-2.tar.gz", "huashu-3", "huashu-3.tar.gz", "manifest.json"]
    assert verified_intent_model(settings).name == "huashu-3"


def test_sealing_never_removes_the_model_in_use_however_old_its_file(settings: Settings) -> None:
    for age, name in ((100, "huashu-1"), (200, "huashu-2")):
        seal(settings, make_model(settings, name, age))
    seal(settings, make_model(settings, "huashu-0", age=9999))
    assert verified_intent_model(settings).name == "huashu-0"


def test_pruning_leaves_what_somebody_else_put_beside_a_model(settings: Settings) -> None:
    for age, name in ((300, "huashu-1"), (200, "huashu-2")):
        seal(settings, make_model(settings, name, age))
    (settings.models_dir / "notes.txt").write_text("mine", encoding="utf-8")
    seal(settings, make_model(settings, "huashu-3"))
    assert (settings.models_dir / "notes.txt").is_file()


# Archives


def write_archive(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(name)
            tar.addfile(info, io.BytesIO(name.encode()))
    return path


@pytest.mark.parametrize("prefix", ["", "components/train_IntentClassifier.4/", "/etc/", "../../"])
def test_unpacking_writes_only_the_two_files_and_only_there(tmp_path: Path, prefix: str) -> None:
    names = [prefix + name for name in INTENT_MODEL_FILES]
    archive = write_archive(tmp_path / "a.tar.gz", [*names, "metadata.json", "../evil.py"])
    target = tmp_path / "deep" / "model"
    unpack_intent_model(archive, target)
    assert sorted(path.name for path in target.iterdir()) == sorted(INTENT_MODEL_FILES)
    assert (target / INTENT_MODEL_FILES[0]).read_text() == prefix + INTENT_MODEL_FILES[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar.gz", "deep"]


@pytest.mark.parametrize("names", [[], [INTENT_MODEL_FILES[0]], [INTENT_MODEL_FILES[1], "x.json"]])
def test_an_archive_without_an_intent_model_is_refused(tmp_path: Path, names: list[str]) -> None:
    archive = write_archive(tmp_path / "a.tar.gz", names)
    with pytest.raises(HuashuError, match=r"config\.yml") as caught:
        unpack_intent_model(archive, tmp_path / "model")
    assert caught.value.code == "E501"


def test_file_digest_depends_on_content_and_order(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.write_bytes(b"a" * (1 << 20) + b"b")
    two.write_bytes(b"c")
    assert file_digest([one, two]) != file_digest([two, one])
    assert file_digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# Secrets


def test_a_secret_is_made_once_and_readable_by_its_owner_only(settings: Settings) -> None:
    old = os.umask(0)
    try:
        value = secret(settings, "internal.token")
    finally:
        os.umask(old)
    path = settings.var_dir / "internal.token"
    assert re.fullmatch("[0-9a-f]{64}", value)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret(settings, "internal.token") == value == path.read_text(encoding="ascii")
    assert secret(settings, "signing.key") != value
    assert sorted(each.name for each in settings.var_dir.iterdir()) == ["internal.token", "signing.key"]


def test_a_secret_with_a_line_end_is_taken_without_it(settings: Settings) -> None:
    settings.var_dir.mkdir()
    (settings.var_dir / "internal.token").write_text("a" * 64 + "\n", encoding="ascii")
    assert secret(settings, "internal.token") == "a" * 64


def test_all_who_ask_first_at_the_same_time_get_the_same_secret(settings: Settings) -> None:
    barrier, values = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        values.append(secret(settings, "internal.token"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(values) == 8
    assert len(set(values)) == 1
    assert len(values[0]) == 64
    assert [path.name for path in settings.var_dir.iterdir()] == ["internal.token"]


# Fingerprint

LINES = [("greet", "你好"), ("objection_fees", "太贵")]
PROJECT = {
    "config.yml": "pipeline: []",
    "domain.yml": "intents: []",
    "bot/data/rules.yml": "rules: []",
    "bot/data/nlu/greet.yml": "nlu: []",
    "bot/language/features.py": "x = 1",
    "bot/rasa_ext/train.py": "y = 1",
    "requirements/rasa.lock": "rasa==3.6.21",
    "bot/portal/app.py": "z = 1",
    "README.md": "话术",
    "scripts_corpus/objections/fees.yml": "scripts: 原来的说法",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    for name, text in PROJECT.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(model_files, "PROJECT_ROOT", root)
    return root


@pytest.mark.parametrize(
    "name", [name for name in PROJECT if name.split("/")[-1] not in ("app.py", "README.md", "fees.yml")]
)
def test_the_fingerprint_changes_with_what_a_model_is_made_from(project: Path, name: str) -> None:
    before = fingerprint(LINES)
    (project / name).write_text(PROJECT[name] + " ", encoding="utf-8")
    assert fingerprint(LINES) != before
    (project / name).write_text(PROJECT[name], encoding="utf-8")
    assert fingerprint(LINES) == before


@pytest.mark.parametrize("name", ["bot/portal/app.py", "README.md", "scripts_corpus/objections/fees.yml"])
def test_the_fingerprint_does_not_change_with_anything_else(project: Path, name: str) -> None:
    before = fingerprint(LINES)
    (project / name).write_text("另一种说法", encoding="utf-8")
    assert fingerprint(LINES) == before


def test_the_fingerprint_changes_with_a_new_or_renamed_file_but_not_with_bytecode(project: Path) -> None:
    before = fingerprint(LINES)
    (project / "bot/language/__pycache__").mkdir()
    (project / "bot/language/__pycache__/features.cpython-312.pyc").write_bytes(b"x")
    assert fingerprint(LINES) == before
    new = project / "bot/data/nlu/bye.yml"
    new.write_text("nlu: []", encoding="utf-8")
    with_new = fingerprint(LINES)
    new.rename(new.with_name("goodbye.yml"))
    assert len({before, with_new, fingerprint(LINES)}) == 3


@pytest.mark.parametrize(
    "lines",
    [
        [("greet", "你好"), ("objection_fees", "太贵了")],
        [("greet", "你好"), ("objection_risk", "太贵")],
        [("greet", "你好")],
        [*LINES, ("greet", "您好")],
        [],
    ],
)
def test_the_fingerprint_changes_with_an_utterance_or_its_intent(project: Path, lines: list[tuple[str, str]]) -> None:
    assert fingerprint(lines) != fingerprint(LINES)
    assert fingerprint(list(LINES)) == fingerprint(iter(LINES))


def test_the_launcher_needs_nothing_but_the_standard_library() -> None:
    code = "import sys; import bot.model_files; print(sorted(set(m.split('.')[0] for m in sys.modules)))"
    root = Path(__file__).resolve().parents[3]
    shown = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    outside = set(re.findall(r"'(\w+)'", shown)) - set(sys.stdlib_module_names) - {"bot", "__main__"}
    assert outside == set()
