"""Settings in a temporary directory and a channel that listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from terminal_server import Channel, serving

from bot.model_files import secret
from bot.settings import Settings, load_settings


@pytest.fixture
def var_settings(tmp_path: Path) -> Settings:
    """Settings of which nothing listens on the port."""
    return load_settings({"HUASHU_VAR_DIR": str(tmp_path / "var"), "HUASHU_RASA_PORT": "1"})


@pytest.fixture
def channel(var_settings: Settings) -> Channel:
    """A channel that knows the token."""
    return Channel(secret(var_settings, "internal.token"))


@pytest.fixture
def served(var_settings: Settings, channel: Channel) -> Iterator[Settings]:
    """Settings whose port is served by `channel`."""
    with serving(channel) as port:
        yield replace(var_settings, rasa_port=port)
