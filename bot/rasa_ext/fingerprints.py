"""What Rasa's training cache does not see.

Rasa fingerprints a component by its class's own source text. Our components are thin; what they do lives in
`bot.language` and its data, so a change there has to be told.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

_BOT = Path(__file__).resolve().parents[1]


@functools.cache
def language_fingerprint() -> str:
    """Digest over the modules of `bot.language`, the data that they read and the versions that they run on."""
    digest = hashlib.sha256()
    for directory, pattern in (("language", "*.py"), ("data/lookup", "*.yml"), ("data/dictionary", "*.txt")):
        for path in sorted((_BOT / directory).glob(pattern)):
            content = path.read_bytes()
            digest.update(f"{directory}/{path.name} {len(content)}\n".encode() + content)
    digest.update((_BOT.parent / "requirements" / "rasa.lock").read_bytes())
    return digest.hexdigest()


class ReadsLanguage:
    """For graph components over `bot.language`; must stand before Rasa's own base classes."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A change in `bot.language`, its data or its dictionaries asks for a new training."""
        return language_fingerprint()
