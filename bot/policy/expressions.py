"""The expressions of the catalogue: named word lists folded in, full-width marks allowed, dangerous ones refused.

A trainer writes ``<保证><隔><不亏>``; ``<name>`` stands for a word list of ``_shared.yml``. Repetition without an upper
limit is refused: with it a single sentence could keep the check busy for minutes.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from typing import Any

# The parser of regular expressions moved in Python 3.11; there is no public name for it in either version.
sre_parse: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
sre_constants: Any = importlib.import_module("re._constants" if sys.version_info >= (3, 11) else "sre_constants")

_NAME = re.compile(r"(?<!\(\?)(?<!\(\?P)<([^<>=!\s]{1,20})>")
_DEEPEST = 8
_LARGEST_REPEAT = 40
# Texts are folded to half-width before matching, so an expression may be written either way.
_HALF_WIDTH = str.maketrans(
    {"，": ",", "！": "!", "？": r"\?", "：": ":", "；": ";", "（": r"\(", "）": r"\)", "％": "%"}
)
_CAPITAL = re.compile(r"(?<!\\)[A-Z]")


class ExpressionError(ValueError):
    """An expression can't be used.

    Args:
        what: what is wrong, in Chinese.
        right: what would be right.
    """

    def __init__(self, what: str, right: str) -> None:
        super().__init__(what)
        self.what = what
        self.right = right


def compile_expression(expression: str, words: Mapping[str, list[str]]) -> re.Pattern[str]:
    """Compile an expression of the catalogue.

    Args:
        expression: as written.
        words: the named word lists.

    Returns:
        The compiled pattern.

    Raises:
        ExpressionError: unknown name, not a regular expression, unlimited repetition, or matches the empty text.
    """
    folded = _CAPITAL.sub(lambda match: match.group().lower(), _expanded(expression, words).translate(_HALF_WIDTH))
    try:
        parsed = sre_parse.parse(folded)
        compiled = re.compile(folded)
    except (re.error, OverflowError) as error:
        raise ExpressionError(f"表达式写法有错：{error}", "检查括号是否成对、特殊符号前有没有加 \\") from error
    if _largest_repeat(parsed) > _LARGEST_REPEAT:
        raise ExpressionError("重复次数没有上限或太大", f"把 *、+ 写成 {{0,8}} 这样，最多 {_LARGEST_REPEAT} 次")
    if parsed.getwidth()[0] == 0:
        raise ExpressionError("表达式能匹配空文本", "至少要有一个必须出现的字")
    return compiled


def compile_any(expressions: list[str], words: Mapping[str, list[str]]) -> re.Pattern[str]:
    """One pattern that matches whatever one of the expressions matches, the first one first."""
    return compile_expression("|".join(expressions), words)


def _expanded(expression: str, words: Mapping[str, list[str]], depth: int = 0) -> str:
    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            raise ExpressionError(f"没有叫 <{name}> 的词表", f"{'、'.join(words)} 之一，或在 _shared.yml 里加上")
        if depth >= _DEEPEST:
            raise ExpressionError(f"词表 <{name}> 套得太深或套住了自己", "词表之间不要循环引用")
        return f"(?:{_expanded('|'.join(words[name]), words, depth + 1)})"

    return _NAME.sub(replace, expression)


def _largest_repeat(parsed: Any) -> int:
    """The largest upper limit of any repetition, however deeply nested."""
    largest = 0
    for operation, argument in parsed:
        if operation in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
            largest = max(largest, int(argument[1]))
        for part in _subpatterns(argument):
            largest = max(largest, _largest_repeat(part))
    return largest


def _subpatterns(argument: Any) -> list[Any]:
    if isinstance(argument, sre_parse.SubPattern):
        return [argument]
    if isinstance(argument, (list, tuple)):
        return [found for part in argument for found in _subpatterns(part)]
    return []
