"""What the decision reads and what it says. Plain values: no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from bot.errors import HuashuError

GRADES = ("R1", "R2", "R3", "R4", "R5")


# Private products and trusts are for qualified investors whatever the record says (T15, T35).
QUALIFIED_REGIMES = frozenset({"private", "trust"})


class Outcome(Enum):
    """What may be done with the product for this client."""

    MAY_RECOMMEND = "may_recommend"
    OWN_DEMAND_ONLY = "own_demand_only"
    REFUSED = "refused"


@dataclass(frozen=True)
class Assessment:
    """A client's answer to the risk questionnaire.

    Attributes:
        risk_tier: C1 to C5.
        assessed_on: day of the assessment.
        is_lowest_category: the "lowest category" within C1 (T30).
    """

    risk_tier: str
    assessed_on: dt.date
    is_lowest_category: bool = False


@dataclass(frozen=True)
class ClientProfile:
    """What the decision needs to know of a client; None means that the bank does not know.

    Attributes:
        client_id: client number.
        birth_date: date of birth.
        legal_capacity: full, limited or none.
        assessment: the newest one.
        conflicting_assessments: two results of the newest day differ, so there is no telling which holds.
        qualified_investor_until: last day of a qualified-investor confirmation.
        financial_assets: in yuan.
        reported_change_on: when the client last told of a change that bears on his tolerance (T03).
    """

    client_id: str
    birth_date: dt.date | None
    legal_capacity: str | None
    assessment: Assessment | None
    conflicting_assessments: bool
    qualified_investor_until: dt.date | None
    financial_assets: Decimal | None
    reported_change_on: dt.date | None = None

    def age_on(self, day: dt.date) -> int | None:
        """Completed years on that day, None when the date of birth is unknown or lies ahead."""
        if self.birth_date is None or self.birth_date > day:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday


@dataclass(frozen=True)
class ProductProfile:
    """What the decision needs to know of a product; None means that the bank does not know.

    Attributes:
        code: product code.
        category: of the intent contract.
        regime: which rules apply: wealth, trust, fund_security, private, insurance, deposit, structured_deposit,
            precious_metal or derivative.
        risk_grade: the higher of the issuer's and the seller's grade (T05); None when either is missing.
        minimum_amount: in yuan.
        qualified_only: only for qualified investors.
        is_sold: on the bank's list at all.
        sale_from: first day of sale.
        sale_until: last day of sale; None means no end is set.
        recording_needed: sound and picture are recorded when it is sold.
        insurance_kind: of insurance: certain, participating, universal, unit_linked or short (T19, T20).
    """

    code: str
    category: str
    regime: str
    risk_grade: str | None
    minimum_amount: Decimal | None
    qualified_only: bool | None
    is_sold: bool
    sale_from: dt.date | None
    sale_until: dt.date | None
    recording_needed: bool | None = None
    insurance_kind: str | None = None

    @property
    def for_qualified_investors(self) -> bool:
        """Whether only qualified investors may be shown it; unknown counts as yes (T15, S19)."""
        return self.regime in QUALIFIED_REGIMES or self.qualified_only is not False


@dataclass(frozen=True)
class InsuranceApplication:
    """What an insurance sale needs to know beyond client and product; None means not known.

    Attributes:
        needs_analysed_on: day of the analysis of needs and means (T17).
        fits_needs: whether the insurance meets the needs.
        fits_means: whether the client can pay for it.
        single_premium: in yuan, when it is paid at once; else None.
        yearly_premium: in yuan, when it is paid by the year; else None.
        paying_years: how long it is paid; 1 for a single premium.
        household_income: of a year, in yuan.
        budget: what the client means to spend on it, of a year or at once, in yuan.
    """

    needs_analysed_on: dt.date | None = None
    fits_needs: bool | None = None
    fits_means: bool | None = None
    single_premium: Decimal | None = None
    yearly_premium: Decimal | None = None
    paying_years: int | None = None
    household_income: Decimal | None = None
    budget: Decimal | None = None


@dataclass(frozen=True)
class BankPolicy:
    """The bank's settings where the rules leave a choice (``scripts_corpus/policy/bank.yml``)."""

    high_risk_grades: frozenset[str]
    low_risk_grades: frozenset[str]
    elderly_age: int
    elderly_high_risk: str
    limited_capacity: str
    assessment_valid_months: int
    most_recommendations: int
    largest_share: Mapping[str, int]
    retention_years: int

    @staticmethod
    def from_settings(settings: Mapping[str, Any]) -> BankPolicy:
        """Build from the values of ``bank.yml``.

        Args:
            settings: value by name, already checked against the schema.

        Raises:
            HuashuError: E104 when the settings contradict each other.
        """
        high, low = frozenset(settings["high_risk_grades"]), frozenset(settings["low_risk_grades"])
        if high & low:
            both = "、".join(sorted(high & low))
            raise HuashuError("E104", f"policy/bank.yml：{both} 同时算高风险和低风险。请只留在一边。")
        if "R5" not in high:
            raise HuashuError("E104", "policy/bank.yml：最高等级 R5 不在 high_risk_grades 里。请补上。")
        if high != {grade for grade in GRADES if grade >= min(high)}:
            raise HuashuError("E104", f"policy/bank.yml：{min(high)} 算高风险，比它高的等级也要写进 high_risk_grades。")
        if low and low != {grade for grade in GRADES if grade <= max(low)}:
            raise HuashuError("E104", f"policy/bank.yml：{max(low)} 算低风险，比它低的等级也要写进 low_risk_grades。")
        shares = [settings["largest_share"][grade] for grade in GRADES]
        if shares != sorted(shares, reverse=True):
            raise HuashuError("E104", "policy/bank.yml：largest_share 里等级高的比例不能大于等级低的。")
        return BankPolicy(**{**settings, "high_risk_grades": high, "low_risk_grades": low})


@dataclass(frozen=True)
class Reason:
    """One rule applied.

    Attributes:
        code: stable name of the rule, such as ``tier_covers_grade``.
        passed: whether the rule is satisfied.
        text: Chinese, one sentence.
        facts: fact ids of the regulations on which the rule rests.
        cure: what would make it pass, empty when nothing would or it passed.
        own_demand: a failure that the procedure at the client's own demand can overcome (T18, T24, T46).
        duty: what must be done on the way, empty when nothing.
    """

    code: str
    passed: bool
    text: str
    facts: tuple[str, ...]
    cure: str = ""
    own_demand: bool = False
    duty: str = ""


@dataclass(frozen=True)
class Case:
    """One question put to the rules.

    Attributes:
        client: who.
        product: what.
        policy: the bank's settings.
        today: the day of the question.
        amount: how much, in yuan, None when not said.
        application: what is known of an application for insurance.
    """

    client: ClientProfile
    product: ProductProfile
    policy: BankPolicy
    today: dt.date
    amount: Decimal | None = None
    application: InsuranceApplication | None = None

    @property
    def invests(self) -> bool:
        """Whether the product is anything but a plain deposit, which has no assessment, grade or age rule (G01)."""
        return self.product.regime != "deposit"


@dataclass(frozen=True)
class Decision:
    """The answer for one client and one product, with every rule applied, in order."""

    outcome: Outcome
    reasons: tuple[Reason, ...]

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The rules that speak against it."""
        return tuple(reason for reason in self.reasons if not reason.passed)

    @property
    def duties(self) -> tuple[Reason, ...]:
        """The rules that ask for something to be done on the way; none when it is refused."""
        return () if self.outcome is Outcome.REFUSED else tuple(reason for reason in self.reasons if reason.duty)
