"""Names of clients and products in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable

import spacy
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from bot.language.entities import Entity
from bot.language.surnames import COMPOUND_SURNAMES, SURNAMES
from bot.language.tokens import tagged_words

_LONGEST_NAME = 4
# Begin with a surname and stand where a client stands, but are no names: "查查黄金的起点", "是安全的吗".
_ORDINARY_WORD = re.compile(
    r"安全|安排|安心|白银|保险|查查|常见|车贷|成本|成长|单子|方案|方便|方法|费率|费用|费用率|"
    r"高风险|高净值|高收益|高息|关键|黄金|计划|纪录|江浙|金额|金融|金条|林业|龙头|路线|毛利|"
    r"钱包|钱多|全部|任何|任务|任意|申购|申请|申购费|时候|时间|水平|司法|石油|双录|万能|"
    r"万能险|万能账户|温和|许多|严格|易懂|应当|应该|应急|尤其|于是|余额|余额类|章程|支付|周期|"
    r"周末|周五|周一|祝福|童鞋|谢谢|柏林|成交|安抚|安康|张嘴|张口|孙子|孙女|宁可|周转|顾问|"
    r"许可|高点|高位|查询|万一|查户口|岳父|白白|顾客|莫得|成长型|平衡型|方向|单位|单独|单只|"
    r"梅雨|项目|管理|管理费|范围|温度|经理|解释|强制|牛市|熊市|包含|屈服|简单|"
    r"白领|金领|高管|车主|房东|司机|程序员|毕业生|高中生|包工头|常客|何时|何必|何况"
)
_CALLED_PERSON = re.compile(
    r"(?:给|帮|为|替|查一下|查下|查查|查|看看|看下|看一下|客户|不是|是|换成|我说的是)\s?"
    r"([\u4e00-\u9fff]{2,4}?)(?:推荐|配置|配|做|选|挑|买|能|可以|适合|适不适合|这个|的|女士|先生|，|,|。|吧|$)"
)


_SURNAME = rf"(?P<surname>{'|'.join(COMPOUND_SURNAMES)}|[\u4e00-\u9fff])"
_TITLED = re.compile(
    rf"{_SURNAME}(?:先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|大姐|大哥|老师|老板|伯伯|奶奶|爷爷|医生|教授"
    r"|叔|姐|哥|总(?![是共额计行数量会结之要得体归裁监]))"
)
# 小时, 小康 and the like are words; so a familiar name must stand where a person stands.
_FAMILIAR = re.compile(rf"[给帮替为](?:老|小){_SURNAME}(?=推荐|配|做|选|挑|买|看|查|介绍|，|,|$)")


def client_name_candidates(text: str) -> list[str]:
    """Pieces of a message that have the shape of a Chinese personal name, to be looked up in the database.

    Args:
        text: a cleaned message.

    Returns:
        Distinct strings of two to four characters that start with a surname, longest first at each place.
    """
    found: dict[str, None] = {}
    for start in range(len(text)):
        if text[start] not in SURNAMES and not text.startswith(COMPOUND_SURNAMES, start):
            continue
        for length in range(_LONGEST_NAME, 1, -1):
            piece = text[start : start + length]
            if len(piece) == length and all("\u4e00" <= character <= "\u9fff" for character in piece):
                found[piece] = None
    return list(found)


def mentioned_person(text: str) -> str | None:
    """A person whom the sentence seems to be about, known to the bank or not.

    The assistant must not answer about the client in hand when the sentence names somebody else, so a name that is
    not in the database has to be noticed. Two signs count: a place in the sentence where a client stands
    ("给李四推荐"), and jieba's part-of-speech tag for names.

    Args:
        text: a cleaned message.

    Returns:
        The name, or None.
    """
    for match in _CALLED_PERSON.finditer(text):
        name = match.group(1)
        if _has_name_shape(name):
            return name
    return next((word for word, tag in tagged_words(text) if tag == "nr" and _has_name_shape(word)), None)


def titled_person(text: str) -> tuple[str, str] | None:
    """A person called by surname and title: 王女士, 周总, 张阿姨, 老李.

    Nobody can tell which client that is, except that it is not the client in hand when the surname differs.

    Args:
        text: a cleaned message.

    Returns:
        (surname, as said), or None.
    """
    for pattern in (_TITLED, _FAMILIAR):
        for match in pattern.finditer(text):
            if match.group("surname") in SURNAMES or match.group("surname") in COMPOUND_SURNAMES:
                return match.group("surname"), match.group()
    return None


def _has_name_shape(word: str) -> bool:
    if _ORDINARY_WORD.fullmatch(word) or word.endswith("的"):
        return False
    if word.startswith(COMPOUND_SURNAMES):
        return 3 <= len(word) <= _LONGEST_NAME
    return word[0] in SURNAMES and 2 <= len(word) <= 3


class NameMatcher:
    """Finds known names in messages; the longest wins.

    Args:
        names: (name, value) pairs; one name may have several values, one value several names.
        entity: entity name of the matches.
    """

    def __init__(self, names: Iterable[tuple[str, str]], entity: str) -> None:
        self._entity = entity
        self._language = spacy.blank("zh")
        self._matcher = PhraseMatcher(self._language.vocab, attr="LOWER")
        self._values: dict[str, list[str]] = {}
        for name, value in names:
            self._values.setdefault(name.lower(), []).append(value)
        self._matcher.add(entity, [self._language.make_doc(name) for name in self._values])

    def find(self, text: str) -> list[Entity]:
        """Names in a cleaned message, by position; a name of several values gives one entity for each."""
        doc = self._language.make_doc(text)
        spans = filter_spans([doc[start:end] for _, start, end in self._matcher(doc)])
        spans.sort(key=lambda span: int(span.start))
        return [
            Entity(self._entity, value, span.start_char, span.end_char)
            for span in spans
            for value in self._values[span.text.lower()]
        ]
