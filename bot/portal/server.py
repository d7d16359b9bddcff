"""The portal: ``python -m bot.portal.server``."""

from __future__ import annotations

import logging
import sys

import uvicorn

from bot.errors import HuashuError
from bot.portal.app import build_app
from bot.settings import load_settings


def main() -> int:
    """Entry point; returns only when the server has stopped or can't start."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    settings = load_settings()
    try:
        app = build_app(settings)
    except HuashuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # No access log: addresses of links hold their secret.
    uvicorn.run(
        app,
        host=settings.portal_host,
        port=settings.portal_port,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
