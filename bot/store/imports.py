"""Imports clients and products from CSV and xlsx files: all rows or none.

Every row is checked before anything is written, and all problems are reported at once. The caller owns the
transaction: `with factory.begin() as session: import_products(session, path)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.errors import HuashuError
from bot.store import import_clients as clients
from bot.store import import_products as products
from bot.store.import_cells import parse_lines
from bot.store.import_tables import ImportUnreadableError, Problem, read_table

__all__ = [
    "CLIENT_HEADERS",
    "PRODUCT_HEADERS",
    "ImportRefusedError",
    "ImportReport",
    "ImportUnreadableError",
    "Problem",
    "import_clients",
    "import_products",
]

CLIENT_HEADERS = clients.HEADERS
PRODUCT_HEADERS = products.HEADERS
SHOWN = 20


class ImportRefusedError(HuashuError):
    """Something in the file is wrong and nothing was imported (E404).

    Attributes:
        problems: everything that is wrong, in the order of the file.
    """

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = f"\n……另有 {len(problems) - SHOWN} 处" if len(problems) > SHOWN else ""
        listed = "\n".join(map(str, problems[:SHOWN]))
        super().__init__(
            "E404", f"导入文件 {file} 有 {len(problems)} 处错误，一行也没有导入。改好后重新导入：\n{listed}{more}"
        )


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        file: name of the file.
        added: rows that were new.
        updated: rows whose client or product was there already.
        assessments_added: risk assessments that were not yet known (clients only).
    """

    file: str
    added: int
    updated: int
    assessments_added: int = 0


def import_clients(session: Session, path: Path, *, today: date) -> ImportReport:
    """Import clients with their assessments and holdings.

    A client that exists is updated: fields and holdings become what the file says, assessments are only added.

    Args:
        session: an open session; the caller commits.
        path: `.csv` or `.xlsx` with `CLIENT_HEADERS`.
        today: no birth, assessment or holding may lie after it.

    Returns:
        What was done.

    Raises:
        ImportRefusedError: E404, with every problem of the file.
        ImportUnreadableError: E405.
        HuashuError: E401, the database failed; nothing was imported.
    """
    table = read_table(path, CLIENT_HEADERS)
    rows = parse_lines(table, clients.columns(today))
    try:
        known = clients.known_products(session)
        _refuse_if_any(path, table.problems + clients.problems_across(rows, known))
        with session.begin_nested():
            done = clients.write(session, rows, known)
    except SQLAlchemyError as error:
        raise _failed(error) from error
    return ImportReport(path.name, done.added, done.updated, done.assessments_added)


def import_products(session: Session, path: Path) -> ImportReport:
    """Import products with their fees; a product that exists becomes what the file says.

    Args and errors as for `import_clients`; the headers are `PRODUCT_HEADERS`.
    """
    table = read_table(path, PRODUCT_HEADERS)
    rows = parse_lines(table, products.COLUMNS)
    try:
        _refuse_if_any(path, table.problems + products.problems_across(session, rows))
        with session.begin_nested():
            added = products.write(session, rows)
    except SQLAlchemyError as error:
        raise _failed(error) from error
    return ImportReport(path.name, added, len(rows) - added)


def _refuse_if_any(path: Path, problems: list[Problem]) -> None:
    if problems:
        raise ImportRefusedError(path.name, sorted(problems, key=lambda problem: problem.line))


def _failed(error: SQLAlchemyError) -> HuashuError:
    # The driver's text may hold the row, so only the kind of error is named.
    return HuashuError("E401", f"数据库出错（{type(error).__name__}），一行也没有导入。请稍后重试；仍不行请找管理员。")
