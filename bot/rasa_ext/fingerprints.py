"""What Rasa's training cache does not see.

Rasa fingerprints a component by its class's own source text. Our components are thin; what they do lives in
`bot.language` and its data, so a change there has to be told.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

_BOT = Path(__file__).resolve().parents[1]


@functools.cache
def language_fingerprint() -> str:
    """Digest over the modules of `bot.language` and the data that they read."""
    digest = hashlib.sha256()
    for directory, pattern in (("language", "*.py"), ("data/lookup", "*.yml"), ("data/dictionary", "*.txt")):
        for path in sorted((_BOT / directory).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
