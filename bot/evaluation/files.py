"""Reads evaluation files: JSON Lines, every line checked before anything is measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bot.errors import HuashuError


def read_lines(
    path: Path, required: Iterable[str], problem: Callable[[dict[str, Any]], str | None] = lambda item: None
) -> list[dict[str, Any]]:
    """Read an evaluation file.

    Args:
        path: UTF-8, one JSON object a line; empty lines are skipped.
        required: keys that every line must have as non-empty text.
        problem: tells what else is wrong with a line, None when nothing is.

    Returns:
        The objects, in order.

    Raises:
        HuashuError: E505, naming the file and the first line that is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HuashuError("E505", f"{path} 读不了：请检查路径，并存成 UTF-8。") from error
    items = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            items.append(_parse(path, number, line, required))
            if (wrong := problem(items[-1])) is not None:
                raise HuashuError("E505", f"{path}:{number} {wrong}。")
    if not items:
        raise HuashuError("E505", f"{path} 里没有一行内容。")
    return items


def _parse(path: Path, number: int, line: str, required: Iterable[str]) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except ValueError as error:
        raise HuashuError("E505", f"{path}:{number} 不是有效的 JSON。") from error
    if not isinstance(item, dict):
        raise HuashuError("E505", f"{path}:{number} 应当是一个 JSON 对象。")
    for key in required:
        if not isinstance(item.get(key), str) or not item[key].strip():
            raise HuashuError("E505", f"{path}:{number} 缺少 {key}，或它不是文字。")
    return item
