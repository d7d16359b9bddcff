"""What is wrong with a corpus file, told so that a trainer can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import HuashuError


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend.

    Attributes:
        path: the file.
        line: line in the file, from 1.
        where: the place inside the file, such as ``scripts[2].status``.
        what: what is wrong.
        right: what would be right.
    """

    path: Path
    line: int
    where: str
    what: str
    right: str

    def __str__(self) -> str:
        where = f" {self.where}：" if self.where else "："
        return f"{self.path}:{self.line}{where}{self.what}。应当：{self.right}"


class CorpusError(HuashuError):
    """The corpus has problems; all of them are told at once.

    Args:
        problems: at least one.
        code: ``E101`` (format) unless told otherwise.
    """

    def __init__(self, problems: Sequence[Problem], code: str = "E101") -> None:
        self.problems = sorted(problems)
        listing = "\n".join(str(problem) for problem in self.problems)
        super().__init__(code, f"语料有 {len(self.problems)} 处要改：\n{listing}")
