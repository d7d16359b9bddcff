"""Serves the newest model. Run by the Rasa environment: ``python -m bot.rasa_ext.serve``.

The archive is verified before Rasa is imported, and passed as an absolute path: with a wrong one Rasa would silently
serve the newest file it finds. The HTTP API stays off; the only routes are those of our channel.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from bot import model_files
from bot.errors import HuashuError
from bot.settings import PROJECT_ROOT, Settings, load_settings


def checked_archive(settings: Settings) -> Path:
    """Absolute path of the newest model, verified and made by this version of Rasa and Python.

    Raises:
        HuashuError: E501 when there is none or it was changed, E502 when other versions trained it.
    """
    from importlib.metadata import version

    manifest = model_files.read_manifest(settings)
    if manifest is None:
        raise HuashuError("E501", "还没有训练过模型。请先运行 make train。")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (manifest.rasa, manifest.python) != (version("rasa"), python):
        raise HuashuError(
            "E502",
            f"模型由 Rasa {manifest.rasa}、Python {manifest.python} 训练，"
            f"现在是 Rasa {version('rasa')}、Python {python}。请运行 make train 重新训练。",
        )
    return model_files.verify(settings, manifest)


def main() -> int:
    """Entry point; returns only when the server has stopped or can't start."""
    settings = load_settings()
    try:
        archive = checked_archive(settings)
    except HuashuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # endpoints.yml takes the port from the environment.
    os.environ["HUASHU_ACTIONS_PORT"] = str(settings.actions_port)
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    # Below WARNING Rasa logs what users type.
    configure_logging_and_warnings(logging.WARNING)
    configure_structlog(logging.WARNING)
    serve_application(
        model_path=str(archive),
        interface="127.0.0.1",
        port=settings.rasa_port,
        credentials=str(PROJECT_ROOT / "credentials.yml"),
        endpoints=AvailableEndpoints.read_endpoints(str(PROJECT_ROOT / "endpoints.yml")),
        enable_api=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
