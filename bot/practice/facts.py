"""Facts that a reply states of the product (grade, fees, term), held against what is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.practice.scorecard import Quote, StatedFact

_NUMBER = r"(\d+(?:\.\d+)?)"
# "那就选R1" offers another product, and states nothing of this one.
_GRADE = re.compile(r"(?<![选换挑改看降])(?<![选换挑改看降][成到为个用])[Rr]\s?([1-5])(?![0-9])")
_TERM = re.compile(
    rf"(?:封闭期?|期限|锁定期?|持有期?|存期|最短)(?:[是为有要满]|一共|大约)*{_NUMBER}(天|个月|年)(?!以[上下内]|之内|不到)"
)
_BETWEEN = r"[^,，。；;！!？?\d]{0,6}?"
_DAYS = {"天": 1, "个月": 30, "年": 365}
# A month has 28 to 31 days, so a term told in another unit is right within a tenth.
_TERM_TOLERANCE = Decimal("0.1")


@dataclass(frozen=True)
class ProductSheet:
    """What is recorded of the product that is talked about.

    Attributes:
        name: its name.
        category: of the contract.
        risk_grade: R1 to R5; None when it is not recorded.
        term_days: None when none is recorded or fixed.
        rates: per cent by label, such as 管理费.
    """

    name: str
    category: str
    risk_grade: str | None = None
    term_days: int | None = None
    rates: Mapping[str, Decimal] = field(default_factory=dict)


def stated_facts(reply: str, product: ProductSheet | None) -> tuple[StatedFact, ...]:
    """Facts that a reply states and that are recorded of the product.

    Args:
        reply: as typed.
        product: what it is about; None when no product is on the table, then nothing can be held against it.
    """
    if product is None:
        return ()
    return (*_grades(reply, product), *_terms(reply, product), *_rates(reply, product))


def _grades(reply: str, product: ProductSheet) -> Iterator[StatedFact]:
    if product.risk_grade is None:
        return
    for match in _GRADE.finditer(reply):
        stated = f"R{match.group(1)}"
        yield _fact(match, "风险等级", stated, product.risk_grade, stated == product.risk_grade)


def _terms(reply: str, product: ProductSheet) -> Iterator[StatedFact]:
    if not product.term_days:
        return
    for match in _TERM.finditer(reply):
        days = Decimal(match.group(1)) * _DAYS[match.group(2)]
        right = abs(days - product.term_days) <= product.term_days * _TERM_TOLERANCE
        yield _fact(match, "期限", match.group(1) + match.group(2), f"{product.term_days}天", right)


def _rates(reply: str, product: ProductSheet) -> Iterator[StatedFact]:
    for label, rate in product.rates.items():
        for match in re.finditer(rf"{re.escape(label)}{_BETWEEN}{_NUMBER}\s?[%％]", reply):
            stated = Decimal(match.group(1))
            yield _fact(match, label, f"{match.group(1)}%", f"{rate.normalize():f}%", stated == rate)


def _fact(match: re.Match[str], label: str, stated: str, recorded: str, right: bool) -> StatedFact:
    return StatedFact(Quote(match.start(), match.end(), match.group()), label, stated, recorded, right)
