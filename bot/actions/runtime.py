"""The services of this process. The server sets them before it listens."""

from __future__ import annotations

from bot.actions.services import Services

_services: list[Services] = []


def install(services: Services) -> None:
    """Set the services, once, before the server listens."""
    _services[:] = [services]


def services() -> Services:
    """The services.

    Raises:
        RuntimeError: the server has not installed them.
    """
    if not _services:
        raise RuntimeError("services are not installed; start bot.actions.server")
    return _services[0]
