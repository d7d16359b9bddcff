"""Whom and what a message is about. Whatever is uncertain is asked, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from bot.actions.turn import Turn
from bot.language.names import NameMatcher, mentioned_person, titled_person
from bot.store.models import Client, Product
from bot.store.queries import all_product_names, find_client_by_id, find_clients_by_names, find_product

# "不是他，是王芳": the name behind 不是 is the one that was not meant.
_DENIED = re.compile(r"不是(?P<name>[\u4e00-\u9fffA-Za-z0-9（）()]{1,20}?)(?=[，,、 ]|是|而是|$)")
# A product is bought, sold or asked about here, whether we know it or not.
_OBJECT = re.compile(
    r"(?:买|卖|推荐|配置|申购(?!费)|认购(?!费)|介绍|查一下|看看)(?:点|些|一下|只|个)?(?P<name>[^，,。？?！!的吗呢吧不了过]{2,16})"
)
_POSSESSOR = re.compile(
    r"(?P<name>[^，,。？?！!的]{2,16}?)的?(?:管理费|托管费|申购费|赎回费|销售服务费|业绩报酬|风险等级|起购|起点|期限|比较基准|截止时间|封闭期)"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_NAME_LENGTHS = range(2, 5)
_SPEAKER = re.compile(r"^(?:(?:客户|他|她|人家)(?:说|嫌|觉得|问|想问)?|请问|嫌|觉得)")
_NO_PRODUCT_NAME = re.compile(
    r"^(?:这|那|它|他|她|该|此|其|刚才|上面|前面|哪|什么|啥|产品|理财|基金|东西|两|几|一|多少|客户|给|和|跟|比较|查|问|请问|我|你|您|帮)"
)
# What may stand beside a category, grade, amount or term without making a product's name: "90天以内的理财产品".
_NO_NAME_PART = re.compile(r"产品|左右|以内|以下|以上|起|这|那|[的款只个期类型些级档、和或]")
# The one for whom something is bought stands first: "钱多来能买澜石先锋股票吗".
_BUYER = re.compile(
    r"^(?:请问|那|核对一下)?(?P<name>[\u4e00-\u9fff]{2,4}?)(?:女士|先生)?(?:能不能|可不可以|能否|能|可以|适不适合|适合|想)"
    r"(?:买|配|做|投|申购|认购|拿)"
)
# "这只", "它": the product in hand is meant, whatever category is named beside it.
_POINTING = re.compile(r"[这那它该此其]|刚才|上面")
# What tells the products of a series apart: a class of shares, a number, a term. An amount is no such mark.
_MARKS = (
    re.compile(r"[A-Za-z](?![A-Za-z])"),
    re.compile(r"\d+(?![\d.,]*\s?(?:[百千]?万|千|亿|[wk]|元|块))(?:天|个月|年|号|期)?", re.I),
    re.compile(r"[一二三四五六七八九十两]+(?:年|号|期)"),
)


class Found(Enum):
    """How a search for the client or product of a message ended."""

    ONE = "one"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    NOT_SAID = "not_said"


@dataclass(frozen=True)
class ClientReference:
    """The client of a message.

    Attributes:
        found: how the search ended; ONE also when the client in hand is meant.
        clients: the one client, or those to choose from.
        asked: name or number that the bank does not know.
    """

    found: Found
    clients: list[Client] = field(default_factory=list)
    asked: str = ""


@dataclass(frozen=True)
class ProductReference:
    """The products of a message; `choices` are those that one ambiguous name may mean."""

    found: Found
    products: list[Product] = field(default_factory=list)
    choices: list[Product] = field(default_factory=list)
    asked: str = ""


def client_said(turn: Turn) -> ClientReference:
    """The client named in the message itself.

    Returns:
        NOT_SAID when no person is named; UNKNOWN when one is named whom the bank does not know.
    """
    text = _DENIED.sub("", turn.text)
    numbers = turn.values("client_id")
    if numbers:
        found = [find_client_by_id(turn.session, number) for number in numbers]
        for number, client in zip(numbers, found, strict=True):
            if client is None:
                return ClientReference(Found.UNKNOWN, asked=number)
        clients = [client for client in found if client is not None]
        return ClientReference(Found.ONE if len(clients) == 1 else Found.SEVERAL, clients)
    clients, stranger = _named_clients(turn, text), mentioned_person(_without_amounts(turn, text)) or _buyer(text)
    if stranger and any(stranger != client.name and stranger.startswith(client.name) for client in clients):
        return ClientReference(Found.UNKNOWN, asked=stranger)  # 韩雪梅 is not our 韩雪
    if clients:
        return ClientReference(Found.ONE if len(clients) == 1 else Found.SEVERAL, clients)
    if titled := titled_person(text):
        surname, called = titled  # 周总 may be anybody, but not 王芳
        return ClientReference(Found.NOT_SAID if _is_in_hand(turn, surname) else Found.UNKNOWN, asked=called)
    return ClientReference(Found.UNKNOWN, asked=stranger) if stranger else ClientReference(Found.NOT_SAID)


def _is_in_hand(turn: Turn, surname: str) -> bool:
    """Whether the client in hand bears the surname: 王女士 is then the 王芳 of whom the talk is."""
    client = find_client_by_id(turn.session, turn.memory.client_id) if turn.memory.client_id else None
    return client is not None and client.name.startswith(surname)


def _without_amounts(turn: Turn, text: str) -> str:
    """The text without amounts, whose 万 is a surname too: "拿5万买安和稳盈" names nobody called 万买安."""
    for item in turn.entities:
        if item.entity == "amount":
            text = text.replace(turn.text[item.start : item.end], "，")
    return text


def _buyer(text: str) -> str | None:
    match = _BUYER.match(text)
    if match is None or match.group("name")[-1] in "人户者族":
        return None
    return mentioned_person(f"给{match.group('name')}推荐")  # None when it has not the shape of a name


def _named_clients(turn: Turn, text: str) -> list[Client]:
    # Every piece is looked up, not only those that begin with a common surname: 水映月 is a client too.
    pieces = {
        run.group()[start : start + length]
        for run in _CHINESE.finditer(text)
        for start in range(len(run.group()))
        for length in _NAME_LENGTHS
    }
    clients = find_clients_by_names(turn.session, sorted(piece for piece in pieces if len(piece) > 1))
    # The longest name wins where one is part of another: 欧阳文轩 holds no 阳文.
    names = {client.name for client in clients}
    longest = {name for name in names if not any(name != other and name in other for other in names)}
    return [client for client in clients if client.name in longest]


def client_in_question(turn: Turn) -> ClientReference:
    """The client named in the message, else the client in hand.

    A found client becomes the client in hand, and products and scripts stay; an unknown one never falls back on the
    client in hand.
    """
    said = client_said(turn)
    if said.found is Found.ONE:
        turn.memory.client_id = said.clients[0].client_id
    if said.found is not Found.NOT_SAID:
        return said
    if turn.memory.client_id is None:
        return said
    client = find_client_by_id(turn.session, turn.memory.client_id)
    if client is None:  # removed since
        return ClientReference(Found.UNKNOWN, asked=turn.memory.client_id)
    return ClientReference(Found.ONE, [client])


def products_said(turn: Turn) -> ProductReference:
    """The products named in the message itself, in the order said."""
    text = _DENIED.sub("", turn.text)
    full_names: dict[str, str] = {}
    names: list[tuple[str, str]] = []
    for code, full_name, short_names in all_product_names(turn.session):
        full_names[code] = full_name
        names += [(name, code) for name in (code, full_name, *short_names)]
    by_place: dict[tuple[int, int], list[str]] = {}
    for entity in NameMatcher(names, "product").find(text):
        said = text[entity.start : entity.end]
        if mark := _other_mark(said, text[entity.end :], full_names[entity.value]):
            return ProductReference(Found.UNKNOWN, asked=said + mark)
        by_place.setdefault((entity.start, entity.end), []).append(entity.value)
    products: dict[str, Product] = {}
    for codes in by_place.values():
        found = [product for code in dict.fromkeys(codes) if (product := find_product(turn.session, code))]
        if len(found) > 1:
            return ProductReference(Found.SEVERAL, choices=found)
        products |= {product.code: product for product in found}
    if products:
        return ProductReference(Found.ONE, list(products.values()))
    stranger = _unknown_product(turn, text)
    return ProductReference(Found.UNKNOWN, asked=stranger) if stranger else ProductReference(Found.NOT_SAID)


def _other_mark(said: str, behind: str, full_name: str) -> str:
    """What follows a short name when it marks another product of the series, else empty.

    "稳盈" is 安和稳盈90天 and "远帆纯债" 远帆纯债A, but "稳盈180" and "远帆纯债C" are not.
    """
    rest = full_name.partition(said)[2]
    shared = next(
        (i for i, (a, b) in enumerate(zip(rest, behind, strict=False)) if a != b), min(len(rest), len(behind))
    )
    for pattern in _MARKS:
        if pattern.match(rest, shared) and (mark := pattern.match(behind, shared)):
            return behind[: mark.end()]
    return ""


def products_in_question(turn: Turn) -> ProductReference:
    """The products named in the message, else those in hand. Found ones become those in hand."""
    said = products_said(turn)
    if said.found is Found.ONE:
        turn.memory.product_codes = [product.code for product in said.products]
        turn.memory.categories = []
    if said.found is not Found.NOT_SAID:
        return said
    in_hand = [product for code in turn.memory.product_codes if (product := find_product(turn.session, code))]
    categories = set(turn.values("product_category"))
    if categories and not _POINTING.search(turn.text) and categories.isdisjoint(p.category for p in in_hand):
        return said  # "能买私募吗" is not about the deposit in hand
    return ProductReference(Found.ONE, in_hand) if in_hand else said


def _unknown_product(turn: Turn, text: str) -> str | None:
    """Something that stands where a product's name stands but is in no list; the product in hand is not meant then."""
    spans = [item for item in turn.entities if item.entity in ("product_category", "risk_grade", "amount", "term")]
    for pattern in (_POSSESSOR, _OBJECT):
        for match in pattern.finditer(text):
            name = _SPEAKER.sub("", match.group("name").strip())
            known = _is_described(name, [text[item.start : item.end] for item in spans])
            if name and not known and not _NO_PRODUCT_NAME.match(name) and not mentioned_person(name):
                return name
    return None


def _is_described(name: str, words: list[str]) -> bool:
    """Whether only category, grade, amount or term are said: "安和月月红60天" is a name, "60天的理财" is none."""
    rest = name
    for word in words:
        rest = rest.replace(word, "")
    return rest != name and not _NO_NAME_PART.sub("", rest)
