"""What a reply does outside the objections: which topics it asks about, whether it offers something, stage by stage."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.aligned import CHINESE
from bot.policy.offsets import fold

_ASKS = re.compile(r"[?吗呢么嘛]|什么|怎么|哪|多少|多久|几|是不是|有没有|方便.{0,4}说|说说|聊聊|讲讲|啥")
_INTRODUCES = re.compile(
    r"(?:推荐|介绍|看看|合适|适合|考虑(?!过)|配|有(?:一)?[只款个])[^?]{0,12}"
    r"(?:理财|基金|存款|存单|国债|保险|年金|信托|产品|黄金|积存|这[只款个])|R[1-5]|r[1-5]|风险等级|封闭期|业绩比较基准"
)
_SUMS_UP = re.compile(
    r"(?:复述|确认|理|捋|总结|小结|归纳)(?:一遍|一下|一捋|一理)|对吧|没错吧|对不对|说得对|记得对|理解得对|这样理解|也就是说|您的意思是"
)
_FEWEST_CHARACTERS = 2


@dataclass(frozen=True)
class Reading:
    """What a reply does.

    Attributes:
        topics: ids of the rubric's topics that it asks about, in the rubric's order.
        introduces: whether it speaks of a product.
        is_nonsense: whether nothing Chinese is in it.
        confirms: whether it sums up what the client said, for him to confirm.
    """

    topics: tuple[str, ...]
    introduces: bool
    is_nonsense: bool
    confirms: bool = False


@dataclass(frozen=True)
class Check:
    """One thing that a stage asks for."""

    id: str
    name: str
    met: bool
    missed: str
    better: str


def read_reply(reply: str, rubric: Mapping[str, Any]) -> Reading:
    """Read one reply.

    Args:
        reply: as typed.
        rubric: ``practice.yml``.
    """
    text = fold(reply).text
    topics = tuple(
        name
        for name, topic in rubric["topics"].items()
        if any(re.search(topic["expression"], each) and _ASKS.search(each) for each in _sentences(text))
    )
    nonsense = len(CHINESE.findall(text)) < _FEWEST_CHARACTERS
    return Reading(topics, _INTRODUCES.search(text) is not None, nonsense, _SUMS_UP.search(text) is not None)


def _sentences(text: str) -> list[str]:
    return re.findall(r"[^。!?;~]+[。!?;~]*", text)


def stage_checks(stage: str, replies: Sequence[str], asked: Collection[str], rubric: Mapping[str, Any]) -> list[Check]:
    """What a stage asked for and got.

    Args:
        stage: opening, needs, introduction or closing.
        replies: all that the manager said in it.
        asked: topics that he asked about in the whole talk.
        rubric: ``practice.yml``.
    """
    text = "\n".join(fold(reply).text for reply in replies)
    return [
        Check(name, check["name"], _is_met(check, text, asked), check["missed"], check["better"])
        for name, check in rubric["stages"][stage]["checks"].items()
    ]


def _is_met(check: Mapping[str, Any], text: str, asked: Collection[str]) -> bool:
    if "least_topics" in check:
        return len(set(asked)) >= int(check["least_topics"])
    if "these_topics" in check:
        return set(check["these_topics"]) <= set(asked)
    return re.search(check["expression"], text, re.IGNORECASE) is not None  # folding makes small letters
