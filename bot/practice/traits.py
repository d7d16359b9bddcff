"""What the scorer sees of a reply beside its characters: few numbers, each with a name that a trainer understands."""

from __future__ import annotations

import math
import re

from rapidfuzz import fuzz

NAMES = {
    "listen": "像接住顾虑的话",
    "understand": "像弄清需要的话",
    "resolve": "像具体说明的话",
    "overall": "像打高分的例子",
    "topic": "说的是这个异议",
    "lead": "比说别的异议更像",
    "length": "长短",
    "questions": "提问",
    "figures": "具体数目",
    "echo": "照念客户的话",
}
"""Feature id to its Chinese name, in the order of the columns; the first six are margins of learned machines."""

PLAIN = ("length", "questions", "figures", "echo")
_FIGURE = re.compile(r"\d+|[一二两三四五六七八九十百千万]+(?=[块元万天年个角分点成])")


def plain_traits(reply: str, client_line: str) -> list[float]:
    """The features that need no learning, in the order of `PLAIN`.

    Args:
        reply: folded.
        client_line: folded.
    """
    return [
        math.log1p(len(reply)),
        float(reply.count("?")),
        math.sqrt(len(_FIGURE.findall(reply))),
        fuzz.partial_ratio(reply, client_line) / 100 if reply and client_line else 0.0,
    ]
