"""Where things are and how the processes find each other, read from the environment in one place.

Every setting has a default that suits a single machine. `docs/settings.md` lists them; a test keeps the list complete.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import HuashuError

PROJECT_ROOT = Path(__file__).resolve().parent.parent

VARIABLES: dict[str, str] = {
    "HUASHU_CORPUS_DIR": "the script corpus; default scripts_corpus/",
    "HUASHU_MODELS_DIR": "trained models; default bot/models/",
    "HUASHU_VAR_DIR": "database, logs, keys and other files made at run time; default var/",
    "HUASHU_DATABASE_URL": "SQLAlchemy address of the database; default SQLite in the var directory",
    "HUASHU_RASA_PORT": "loopback port of the Rasa server; default 5005",
    "HUASHU_ACTIONS_PORT": "loopback port of the action server; default 5055",
    "HUASHU_PORTAL_PORT": "port of the client's questionnaire; default 8000",
    "HUASHU_PORTAL_URL": "address by which tablets and phones reach the portal; default http://127.0.0.1:<port>",
    "HUASHU_TODAY": "a fixed date (YYYY-MM-DD) for demonstrations and tests; default the real date",
}


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    Attributes:
        corpus_dir: directory of the script corpus.
        models_dir: directory of trained models and their manifest.
        var_dir: directory of everything made at run time.
        database_url: SQLAlchemy address.
        rasa_port: loopback port of the Rasa server.
        actions_port: loopback port of the action server.
        portal_port: port of the portal.
        portal_url: address by which clients' devices reach the portal, without a slash at its end.
        today: ISO date that replaces the real date, or None.
    """

    corpus_dir: Path
    models_dir: Path
    var_dir: Path
    database_url: str
    rasa_port: int
    actions_port: int
    portal_port: int
    portal_url: str
    today: str | None

    @property
    def rasa_url(self) -> str:
        """Address of our channel inside the Rasa server."""
        return f"http://127.0.0.1:{self.rasa_port}/huashu"

    @property
    def actions_url(self) -> str:
        """Address of the action server."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def portal_local_url(self) -> str:
        """Address of the portal on this machine."""
        return f"http://127.0.0.1:{self.portal_port}"

    @property
    def portal_host(self) -> str:
        """The address on which the portal listens: every one only if devices beyond this machine are to reach it."""
        return "127.0.0.1" if urlsplit(self.portal_url).hostname in ("127.0.0.1", "localhost") else "0.0.0.0"

    def date_today(self) -> dt.date:
        """The date on which questions are decided: the fixed one of the settings, else today's."""
        return dt.date.fromisoformat(self.today) if self.today else dt.date.today()

    @property
    def log_dir(self) -> Path:
        """Directory of the processes' logs."""
        return self.var_dir / "log"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environment: variables by name; the process's own by default.

    Returns:
        The settings with defaults filled in; an empty variable counts as not set.

    Raises:
        HuashuError: E504, a port is no port, an address no address or the fixed date no date.
    """
    env = {name: value for name, value in (os.environ if environment is None else environment).items() if value}
    var_dir = Path(env.get("HUASHU_VAR_DIR", PROJECT_ROOT / "var")).absolute()
    return Settings(
        corpus_dir=Path(env.get("HUASHU_CORPUS_DIR", PROJECT_ROOT / "scripts_corpus")).absolute(),
        models_dir=Path(env.get("HUASHU_MODELS_DIR", PROJECT_ROOT / "bot" / "models")).absolute(),
        var_dir=var_dir,
        database_url=env.get("HUASHU_DATABASE_URL", f"sqlite:///{var_dir / 'huashu.db'}"),
        rasa_port=_port(env, "HUASHU_RASA_PORT", 5005),
        actions_port=_port(env, "HUASHU_ACTIONS_PORT", 5055),
        portal_port=(portal_port := _port(env, "HUASHU_PORTAL_PORT", 8000)),
        portal_url=_url(env, "HUASHU_PORTAL_URL", f"http://127.0.0.1:{portal_port}"),
        today=_date(env, "HUASHU_TODAY"),
    )


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, str(default))
    if not (value.isdecimal() and 0 < int(value) < 65536):
        raise HuashuError("E504", f"环境变量 {name} 不是端口号。请写 1 到 65535 的整数，或不设置（默认 {default}）。")
    return int(value)


def _url(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        whole = False
    if not whole or value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise HuashuError(
            "E504",
            f"环境变量 {name} 不是网址。请写成 https://问卷.example.com 这样，不带路径，或不设置（默认 {default}）。",
        )
    return value


def _date(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name)
    try:
        return dt.date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise HuashuError(
            "E504", f"环境变量 {name} 不是日期。请写成 2026-03-01 这样，或不设置（用当天日期）。"
        ) from error
