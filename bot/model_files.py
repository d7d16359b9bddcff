"""Trained models on disk: what they were made from, whether they are still whole, and whether they fit.

A model is code (Rasa imports classes that its archive names), so an archive is signed when it is trained and verified
before Rasa is imported. The key never leaves the machine that trains and serves. This module needs nothing but the
standard library: the launcher uses it before any environment is complete.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import HuashuError
from bot.settings import PROJECT_ROOT, Settings

MANIFEST_VERSION = 1
INTENT_MODEL_FILES = ("intent_model.json", "intent_model.npz", "terms.json", "terms.npz")
_KEPT_MODELS = 2
# A change in any of these asks for a new model. Wordings do not: only training lines are part of the fingerprint.
_FINGERPRINTED = ("config.yml", "domain.yml", "bot/data", "bot/language", "bot/rasa_ext", "requirements/rasa.lock")


@dataclass(frozen=True)
class Manifest:
    """What is known of a trained model.

    Attributes:
        version: of this file's format.
        archive: file name of Rasa's archive in the models directory.
        sha256: digest of the archive.
        intent_model: directory of the intent model's files in the models directory.
        intent_model_sha256: digest over those files.
        fingerprint: of everything that it was trained from.
        rasa: version of Rasa.
        python: version of Python, major and minor.
        trained_at: UTC, ISO 8601.
        lines: number of training lines.
    """

    version: int
    archive: str
    sha256: str
    intent_model: str
    intent_model_sha256: str
    fingerprint: str
    rasa: str
    python: str
    trained_at: str
    lines: int

    @property
    def model_id(self) -> str:
        """Short name for logs and the audit log."""
        return self.sha256[:12]


def fingerprint(training_lines: Iterable[tuple[str, str]]) -> str:
    """Digest of everything that a model is trained from.

    Args:
        training_lines: (intent, line) pairs of the corpus.

    Returns:
        64 hexadecimal characters.
    """
    digest = hashlib.sha256()
    for intent, line in training_lines:
        digest.update(f"{intent}\t{line}\n".encode())
    for name in _FINGERPRINTED:
        root = PROJECT_ROOT / name
        paths = sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else [root]
        for path in paths:
            if path.suffix != ".pyc":
                digest.update(str(path.relative_to(PROJECT_ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def secret(settings: Settings, name: str) -> str:
    """A random secret of this installation, made on first use and readable by its owner only.

    Args:
        settings: tells the directory.
        name: file name, such as ``internal.token``.

    Returns:
        64 hexadecimal characters.
    """
    path = settings.var_dir / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Linked into place when complete: another process that starts at the same time never reads half a secret.
        temporary = path.with_name(f"{name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
    return path.read_text(encoding="ascii").strip()


def seal(settings: Settings, manifest: Manifest) -> None:
    """Write the manifest with its signature, in one step, and remove models that are no longer needed."""
    content = asdict(manifest)
    path = _manifest_path(settings)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(
        json.dumps({**content, "signature": _signature(settings, content)}, ensure_ascii=False, indent=2),
        encoding="utf-8",
    )
    temporary.replace(path)
    _prune(settings, manifest)


def read_manifest(settings: Settings) -> Manifest | None:
    """The manifest of the newest model.

    Returns:
        The manifest, or None when nothing has been trained yet.

    Raises:
        HuashuError: E501 when it was changed since it was written, E502 when another version wrote it.
    """
    path = _manifest_path(settings)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        signature = str(content.pop("signature", ""))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise _changed("模型清单 manifest.json 读不出来") from error
    if content.get("version") != MANIFEST_VERSION:
        raise HuashuError(
            "E502", f"模型清单是第 {content.get('version')} 版格式，现在用第 {MANIFEST_VERSION} 版。请运行 make train。"
        )
    if not hmac.compare_digest(signature.encode(), _signature(settings, content).encode()):
        raise _changed("模型清单的签名不符")
    return Manifest(**content)


def verify(settings: Settings, manifest: Manifest) -> Path:
    """Check that archive and intent model are the ones that were sealed.

    Returns:
        Absolute path of the archive.

    Raises:
        HuashuError: E501 when a file is missing or changed.
    """
    archive = settings.models_dir / manifest.archive
    if not archive.is_file():
        raise _changed(f"模型文件 {manifest.archive} 不见了")
    if file_digest([archive]) != manifest.sha256:
        raise _changed(f"模型文件 {manifest.archive} 被改动过")
    files = [settings.models_dir / manifest.intent_model / name for name in INTENT_MODEL_FILES]
    if not all(path.is_file() for path in files) or file_digest(files) != manifest.intent_model_sha256:
        raise _changed("识别模型的文件缺失或被改动过")
    return archive


def verified_intent_model(settings: Settings) -> Path:
    """Directory of the newest intent model, verified.

    Raises:
        HuashuError: E501 when nothing has been trained or a file is missing or changed.
    """
    manifest = read_manifest(settings)
    if manifest is None:
        raise HuashuError("E501", "还没有训练过模型。请先运行 make train。")
    verify(settings, manifest)
    return settings.models_dir / manifest.intent_model


def unpack_intent_model(archive: Path, directory: Path) -> None:
    """Copy the intent model's files out of Rasa's archive, so that it can be read without Rasa.

    Raises:
        HuashuError: E501 when the archive holds none.
    """
    directory.mkdir(parents=True, exist_ok=True)
    found = set()
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            name = Path(member.name).name
            source = tar.extractfile(member) if name in INTENT_MODEL_FILES else None
            if source is not None:
                (directory / name).write_bytes(source.read())
                found.add(name)
    if found != set(INTENT_MODEL_FILES):
        raise HuashuError("E501", f"模型文件 {archive.name} 里没有识别模型。请检查 config.yml 里的 IntentClassifier。")


def file_digest(paths: Iterable[Path]) -> str:
    """SHA-256 over the contents of files, in order."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _manifest_path(settings: Settings) -> Path:
    return settings.models_dir / "manifest.json"


def _signature(settings: Settings, content: dict[str, object]) -> str:
    key = secret(settings, "signing.key").encode()
    return hmac.new(key, json.dumps(content, sort_keys=True).encode(), hashlib.sha256).hexdigest()


def _changed(what: str) -> HuashuError:
    return HuashuError("E501", f"{what}。请运行 make train 重新训练。")


def _prune(settings: Settings, newest: Manifest) -> None:
    archives = sorted(settings.models_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in archives[_KEPT_MODELS:]:
        if path.name != newest.archive:
            path.unlink()
            directory = path.with_name(path.name.removesuffix(".tar.gz"))
            for name in INTENT_MODEL_FILES:
                (directory / name).unlink(missing_ok=True)
            if directory.is_dir():
                directory.rmdir()
