"""What compliance reads outside a conversation: one decision rule by rule, the table to sign, and the audit log."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from rich.table import Table

from bot.audit.log import AuditLog
from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.errors import HuashuError
from bot.settings import Settings
from bot.store.database import engine_for, session_factory, upgrade
from bot.store.import_products import REGIME_NAMES
from bot.store.queries import find_client_by_id, find_product
from bot.suitability.decision import decide
from bot.suitability.model import GRADES, BankPolicy, Decision, Outcome
from bot.suitability.profiles import client_profile, product_profile
from bot.suitability.table import table

OUTCOMES = {
    Outcome.MAY_RECOMMEND: "可以推荐",
    Outcome.OWN_DEMAND_ONLY: "不得推荐，仅限客户主动要求并走完特别程序",
    Outcome.REFUSED: "不得推荐、不得销售",
}
_SHORT = {Outcome.MAY_RECOMMEND: "可推荐", Outcome.OWN_DEMAND_ONLY: "仅主动", Outcome.REFUSED: "不得"}
# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Explained:
    """A decision with the corpus whose facts it cites."""

    title: str
    decision: Decision
    corpus: Corpus


def explain(settings: Settings, client_id: str, product_name: str, amount: Decimal | None) -> Explained:
    """Decide for one client and one product of the database.

    Raises:
        HuashuError: E203, the client or the product does not exist.
    """
    corpus = load_corpus(settings.corpus_dir)
    upgrade(settings.database_url)
    with session_factory(engine_for(settings.database_url))() as session:
        client, product = find_client_by_id(session, client_id), find_product(session, product_name)
        if client is None:
            raise HuashuError("E203", f"没有编号为 {client_id} 的客户。请核对编号，如 KH100001。")
        if product is None:
            raise HuashuError("E203", f"没有叫“{product_name}”的产品，或这个简称不止一只产品在用。请写产品代码。")
        decision = decide(
            client_profile(client),
            product_profile(product),
            BankPolicy.from_settings(corpus.bank),
            today=settings.date_today(),
            amount=amount,
        )
        return Explained(f"{client.client_id} × {product.code} {product.name}", decision, corpus)


def decision_tables(explained: Explained) -> Iterator[Table]:
    """Every rule in order, then the outcome with what has to be done."""
    rules = Table(title=explained.title)
    for heading in ("", "规则", "结论", "依据", "怎样改变"):
        rules.add_column(heading, overflow="fold")
    for reason in explained.decision.reasons:
        facts = "、".join(f"{fact}（{explained.corpus.facts[fact].mark}）" for fact in reason.facts)
        rules.add_row("✓" if reason.passed else "✗", reason.code, reason.text, facts, reason.cure)
    yield rules
    outcome = Table("结果")
    outcome.add_column(OUTCOMES[explained.decision.outcome], overflow="fold")
    for duty in explained.decision.duties:
        outcome.add_row("必须做", duty.duty)
    yield outcome


def matrix_rows(settings: Settings) -> list[list[str]]:
    """The table of tiers, grades and regimes, the headings first."""
    policy = BankPolicy.from_settings(load_corpus(settings.corpus_dir).bank)
    names = {regime: name for name, regime in REGIME_NAMES.items()}
    rows = [["规则", "年龄", "客户", *GRADES]]
    for line in table(policy, settings.date_today()):
        age = f"≥{policy.elderly_age}" if line.elderly else f"<{policy.elderly_age}"
        tier = f"{line.tier}最低" if line.lowest else line.tier
        rows.append([names[line.regime], age, tier, *(_SHORT[line.outcomes[grade]] for grade in GRADES)])
    return rows


def matrix_table(rows: Sequence[Sequence[str]]) -> Table:
    """The rows for the terminal."""
    shown = Table(title="适当性总表（其他条件都具备时）")
    for heading in rows[0]:
        shown.add_column(heading, no_wrap=True)
    for row in rows[1:]:
        shown.add_row(*row)
    return shown


def audit_log(settings: Settings) -> AuditLog:
    """The log of this installation."""
    upgrade(settings.database_url)
    return AuditLog(engine_for(settings.database_url))


def audit_rows(log: AuditLog, since: dt.date, until: dt.date) -> list[list[str]]:
    """Entries of a span of days, the headings first.

    Raises:
        HuashuError: E506, the span ends before it begins.
    """
    if until < since:
        raise HuashuError("E506", f"截止日 {until} 早于起始日 {since}。请把两个日期对调。")
    rows = [["序号", "时间（UTC）", "会话", "客户经理", "种类", "内容", "上一条哈希", "本条哈希"]]
    for entry in log.between(since, until):
        ids = [str(entry.seq), entry.at, entry.conversation_id, entry.manager_id, entry.kind]
        rows.append([*ids, entry.payload, entry.previous_hash, entry.entry_hash])
    return rows


def write_rows(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows as xlsx or CSV (UTF-8 with a mark, so that Excel reads it), by the name's ending.

    Raises:
        HuashuError: E506, another ending, or the file can't be written.
    """
    safe = [[f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows]
    try:
        if path.suffix == ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(safe)
        elif path.suffix == ".xlsx":
            book = Workbook(write_only=True)
            sheet = book.create_sheet("话术")
            for row in safe:
                sheet.append(row)
            content = BytesIO()  # a file that fails half-way would leave the library's own tracebacks on the terminal
            book.save(content)
            path.write_bytes(content.getvalue())
        else:
            raise HuashuError("E506", f"{path} 的扩展名应当是 .xlsx 或 .csv。")
    except OSError as error:
        raise HuashuError("E506", f"{path} 写不了：{error.strerror}。请检查目录和权限。") from error
