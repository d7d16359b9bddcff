"""Entities that can be read off a sentence without the bank's data: numbers, tiers, grades, amounts, terms, and the
plain words of `bot/data/lookup/entity_values.yml`. Names of clients and products need the database: see `names`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cn2an
import spacy
import yaml
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from bot.language.aligned import align

LOOKUP_FILE = Path(__file__).resolve().parents[1] / "data" / "lookup" / "entity_values.yml"

# "C2,500万" is a tier and an amount: a thousands separator needs a number that begins there.
_NUMBER = r"(?:(?<![a-z\d.,])\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?"
_NUMBER += r"|[零一二两三四五六七八九十百千]+(?:点[零一二三四五六七八九]+)?)"
# What follows 万 and 亿: 一万五, 1万5千, 一万二千五百, 一亿五千万. A lone digit must end the amount: not "10万两只".
_DIGIT = r"[1-9一二两三四五六七八九]"
_END = r"(?=元|块|人民币|[\s，。、；？！,.;?!的能买够起可想行吗吧]|$)"
_LAST_DIGIT = rf"{_DIGIT}{_END}"
# 三千五 and 两千 need no unit where they end the thought; in 一千遍 they are no amount.
_THOUSANDS = re.compile(r"[一二两三四五六七八九]千[一二三四五六七八九]?")
# The lower end of 50到100万 and 一至三年, whose unit stands behind the upper one.
_LOWER_END = rf"(?<![\d.零一二两三四五六七八九十百千])(?P<number>{_NUMBER})(?=\s?(?:到|至|~|-|—|–)\s?{_NUMBER}\s?"
# A year of the calendar: 26年到期, 27年底.
_CALENDAR = re.compile(r"年(?:到期|底|初|末|年|\d{1,2}月)")
_AFTER_WAN = rf"零?{_DIGIT}千(?:零?{_DIGIT}百|{_LAST_DIGIT})?|零?{_DIGIT}百|{_LAST_DIGIT}"
_AFTER_YI = rf"零?{_NUMBER}万|{_LAST_DIGIT}"
_LARGEST_NUMBER = 1e12  # longer runs of digits are account numbers or nonsense
_RANGE = re.compile(r"[一二两三四五六七八九]{2}")
_HALVES = {"年": "6个月", "个季度": "45天", "个月": "15天"}
_UNITS = {"百万": 1e6, "千万": 1e7, "万": 1e4, "w": 1e4, "亿": 1e8, "千": 1e3, "k": 1e3, "": 1.0}


@dataclass(frozen=True)
class Entity:
    """A piece of a sentence with a meaning.

    Attributes:
        entity: name of the intent contract, such as ``risk_tier``.
        value: normalised: ``C2``, ``R3``, ``500000`` (yuan), ``90天`` or ``18个月``, a category, stage,
            lifecycle or channel.
        start: first character, from 0.
        end: one past the last character.
    """

    entity: str
    value: str
    start: int
    end: int


def extract(text: str) -> list[Entity]:
    """Find the entities of a cleaned message.

    Args:
        text: as typed, in traditional or simplified characters; offsets refer to it.

    Returns:
        Entities by position. A word that stands for several values gives one entity for each, with equal offsets.
    """
    aligned = align(text)
    found = [entity for pattern, read in _PATTERNS for entity in _matches(pattern, read, aligned.text)]
    found += _looked_up(aligned.text)
    found = [Entity(e.entity, e.value, *aligned.source_span(e.start, e.end)) for e in found]
    return sorted(found, key=lambda item: (item.start, item.end, item.entity, item.value))


def _matches(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Entity | None], text: str) -> Iterator[Entity]:
    for match in pattern.finditer(text):
        entity = read(match)
        if entity is not None:
            yield entity


def _entity(name: str, value: str, match: re.Match[str], group: int = 0) -> Entity:
    return Entity(name, value, match.start(group), match.end(group))


def _client_id(match: re.Match[str]) -> Entity:
    return _entity("client_id", f"KH{match.group(1)}", match)


def _risk_grade_in_words(match: re.Match[str]) -> Entity:
    return _entity("risk_grade", f"R{'零一二三四五'.index(match.group(1))}", match)


def _amount(match: re.Match[str]) -> Entity | None:
    number, rest, currency = match["number"], match["after_wan"] or match["after_yi"] or "", match["currency"] or ""
    unit = (match["unit"] or match["wan"] or match["yi"] or "").lower()
    together = not unit and number + currency == "一块"  # 一块 is rather "together" than one yuan
    alone = _THOUSANDS.fullmatch(number) and re.match(_END, match.string[match.end() :])
    quantity = _as_number(number) if unit or currency or alone else None
    if not quantity or together:
        return None
    yuan = f"{quantity * _UNITS[unit] + _remainder(rest, _UNITS[unit]):.0f}"
    return _entity("amount", yuan, match) if yuan != "0" else None


def _lower_amount(match: re.Match[str]) -> Entity | None:
    quantity = _as_number(match["number"])
    return _entity("amount", f"{quantity * _UNITS[match['unit'].lower()]:.0f}", match) if quantity else None


def _remainder(text: str, unit: float) -> float:
    """What follows the great unit: 五 in 一万五 is half of it, 五千 stands for itself."""
    if not text:
        return 0.0
    if text.endswith("万"):
        return (_as_number(text.removesuffix("万").lstrip("零")) or 0.0) * 1e4
    value = float(cn2an.cn2an(text.lstrip("零").replace("两", "二"), "smart"))
    return value * unit / 10 if len(text) == 1 else value


def _term(match: re.Match[str]) -> Entity | None:
    number, unit = match["number"], match["unit"]
    if number == "半":
        return _entity("term", _HALVES[unit], match) if unit in _HALVES else None
    quantity = _as_number(number)
    calendar_year = unit == "年" and (
        re.fullmatch(r"(?:19|20)\d\d", number)
        or (re.fullmatch(r"[2-9]\d", number) and _CALENDAR.match(match.string, match.start("unit")))
    )
    if not quantity or calendar_year:
        return None
    days = {"天": 1, "日": 1, "周": 7, "个星期": 7, "星期": 7}
    if unit in days:
        return _entity("term", f"{quantity * days[unit]:.0f}天", match)
    if unit == "个半月":
        return _entity("term", f"{quantity * 30 + 15:.0f}天", match)
    months = quantity * (12 if "年" in unit else 3 if "季" in unit else 1) + (6 if unit == "年半" else 0)
    return _entity("term", f"{months:.0f}个月", match)


def _as_number(text: str) -> float | None:
    """The number, None when it is none: 千万 in 千万别, or a range such as 二三十 or 三五 in 三五万."""
    if text[0].isdigit():
        number = float(text.replace(",", ""))
        return number if number < _LARGEST_NUMBER else None
    if _RANGE.search(text.partition("点")[0]):
        return None
    try:
        return float(cn2an.cn2an(text.replace("两", "二"), "smart"))
    except (ValueError, KeyError):
        return None


_Reader = Callable[[re.Match[str]], "Entity | None"]
_PATTERNS: list[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(r"(?<![a-z0-9])kh\s?(\d{6})(?!\d)", re.I), _client_id),
    (
        re.compile(r"(?:客户号|编号)(?:是|为)?[:： ]{0,2}(\d{6})(?!\d)"),
        lambda m: _entity("client_id", f"KH{m.group(1)}", m, 1),
    ),
    (re.compile(r"^(\d{6})$"), _client_id),
    (re.compile(r"(?<![a-z0-9])c([1-5])(?![0-9a-z])", re.I), lambda m: _entity("risk_tier", f"C{m.group(1)}", m)),
    (re.compile(r"(?<![a-z0-9])p?r([1-5])(?![0-9a-z])", re.I), lambda m: _entity("risk_grade", f"R{m.group(1)}", m)),
    (re.compile(r"风险(?:等级)?(?:是|为)?([一二三四五])级"), _risk_grade_in_words),
    (
        re.compile(
            rf"(?<![几数])(?P<number>{_NUMBER})\s?个?"
            rf"(?:(?P<unit>百万|千万|千|k)|(?P<wan>万|w)(?P<after_wan>{_AFTER_WAN})?|(?P<yi>亿)(?P<after_yi>{_AFTER_YI})?)?"
            r"\s?(?P<currency>元|块钱|块|人民币)?(?![a-z年个月天%])",
            re.I,
        ),
        _amount,
    ),
    (re.compile(rf"{_LOWER_END}个?(?P<unit>百万|千万|千|k|万|w|亿))", re.I), _lower_amount),
    (re.compile(rf"{_LOWER_END}(?P<unit>年|个月|个季度|季度|天|日|周|个星期|星期))"), _term),
    (
        re.compile(
            rf"(?<![月第\d.零一二两三四五六七八九十百千])(?P<number>半|{_NUMBER})\s?"
            r"(?P<unit>年半|年|个半月|个月|个季度|季度|天|日|周|个星期|星期)(?!前|后|轻|纪|代|年化|化|报|级)"
        ),
        _term,
    ),
]


@functools.cache
def _lookup() -> tuple[Any, PhraseMatcher]:
    # Upper and lower case are alike, and one character is one token: Chinese has no other boundary to respect.
    language = spacy.blank("zh")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    values: dict[str, dict[str, list[str]]] = yaml.safe_load(LOOKUP_FILE.read_text(encoding="utf-8"))
    for entity, by_value in values.items():
        for value, words in by_value.items():
            matcher.add(f"{entity}={value}", [language.make_doc(word) for word in words])
    return language, matcher


def _looked_up(text: str) -> list[Entity]:
    language, matcher = _lookup()
    doc = language.make_doc(text)
    matches = matcher(doc)
    # Longest wins ("结构性存款" is no "存款"), separately for each kind of entity.
    spans_by_entity: dict[str, list[Any]] = {}
    labels: dict[tuple[str, int, int], set[str]] = {}
    for label_id, start, end in matches:
        entity, value = language.vocab.strings[label_id].split("=")
        spans_by_entity.setdefault(entity, []).append(doc[start:end])
        labels.setdefault((entity, start, end), set()).add(value)
    return [
        Entity(entity, value, span.start_char, span.end_char)
        for entity, spans in spans_by_entity.items()
        for span in filter_spans(spans)
        for value in labels[entity, span.start, span.end]
    ]
