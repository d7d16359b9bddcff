"""Trains a model and seals it. Run by the Rasa environment: ``python -m bot.rasa_ext.train``."""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from bot import model_files
from bot.corpus.problems import CorpusError
from bot.corpus.utterances import TrainingLine
from bot.errors import HuashuError
from bot.language.intent_model import IntentModel
from bot.rasa_ext.lines import training_lines
from bot.settings import PROJECT_ROOT, Settings, load_settings


def train(settings: Settings) -> model_files.Manifest:
    """Train on the present corpus and configuration.

    Args:
        settings: tells the directories.

    Returns:
        The manifest of the sealed model.

    Raises:
        CorpusError: the corpus or the request utterances are broken.
        HuashuError: E503 when training fails or part of the data did not arrive.
    """
    lines = training_lines(settings.corpus_dir)
    archive = _run_rasa(settings)
    name = archive.name.removesuffix(".tar.gz")
    model_files.unpack_intent_model(archive, settings.models_dir / name)
    _check_arrived(settings.models_dir / name, lines)
    manifest = _describe(settings, archive, name, lines)
    model_files.seal(settings, manifest)
    return manifest


def _run_rasa(settings: Settings) -> Path:
    # Importing takes seconds; a broken corpus must be told at once.
    from rasa.model_training import train as rasa_train
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.WARNING)
    configure_structlog(logging.WARNING)
    name = dt.datetime.now(dt.timezone.utc).strftime("huashu-%Y%m%d-%H%M%S")
    result = rasa_train(
        domain=str(PROJECT_ROOT / "domain.yml"),
        config=str(PROJECT_ROOT / "config.yml"),
        training_files=[str(PROJECT_ROOT / "bot" / "data" / "rules.yml")],  # the importer brings the lines
        output=str(settings.models_dir),
        fixed_model_name=name,
        force_training=False,
    )
    if result.code != 0 or not result.model:
        raise HuashuError("E503", f"Rasa 训练没有成功（代码 {result.code}）。详情见上面的日志。")
    return Path(result.model)


def _check_arrived(directory: Path, lines: list[TrainingLine]) -> None:
    """Rasa goes on with a warning when an importer fails; a model without the corpus must not be sealed."""
    learned = set(IntentModel.load(directory).intents)
    missing = sorted({line.intent for line in lines} - learned)
    if missing:
        raise HuashuError("E503", f"没有学到的意图：{'、'.join(missing)}。请看 config.yml 的 importers 和上面的日志。")


def _describe(settings: Settings, archive: Path, name: str, lines: list[TrainingLine]) -> model_files.Manifest:
    import rasa

    directory = settings.models_dir / name
    return model_files.Manifest(
        version=model_files.MANIFEST_VERSION,
        archive=archive.name,
        sha256=model_files.file_digest([archive]),
        intent_model=name,
        intent_model_sha256=model_files.file_digest(directory / file for file in model_files.INTENT_MODEL_FILES),
        fingerprint=model_files.fingerprint((line.intent, line.text) for line in lines),
        rasa=rasa.__version__,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        trained_at=dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        lines=len(lines),
    )


def main() -> int:
    """Entry point; prints one line of result or a plain error."""
    started = time.monotonic()
    try:
        manifest = train(load_settings())
    except CorpusError as error:
        sys.stderr.write(f"[{error.code}] {error.message}\n")
        return 1
    except HuashuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"训练完成：{manifest.archive}，{manifest.lines} 句，用时 {time.monotonic() - started:.0f} 秒\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
