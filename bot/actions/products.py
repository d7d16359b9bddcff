"""Facts of products, from the database only."""

from __future__ import annotations

import re

from bot.actions.base import HuashuAction
from bot.actions.pending import ask
from bot.actions.references import Found, ProductReference, products_in_question, products_said
from bot.actions.reply import Button, Reply, disclosure_items, facts_block, text_block
from bot.actions.suitability import choose_product, required_disclosures
from bot.actions.turn import Turn
from bot.store.facts import SHEET_LABELS, product_sheet
from bot.store.models import Product

_MOST_COMPARED = 4
# What a manager may call a fact.
_ASKED = {
    "risk_grade": r"风险|等级|几级|评级|r几",
    "term": r"期限|多久|多长|封闭|锁|几天|几个月|几年",
    "minimum": r"起购|起点|起投|门槛|最低|最少|多少钱起|几块钱起",
    "return_basis": r"收益|回报|净值|怎么算",
    "benchmark": r"基准",
    "management_fee": r"管理费|费用|费率|手续费|收费|什么费",
    "custody_fee": r"托管|费用|费率|收费|什么费",
    "sales_service_fee": r"销售服务费|费用|费率|收费|什么费",
    "subscription_fee": r"申购费|认购费|买入费|手续费|费用|费率|收费|什么费",
    "redemption_fee": r"赎回费|赎回.{0,4}费|手续费|费用|费率|收费|什么费",
    "performance_fee": r"业绩报酬|超额|提成|分成",
    "surrender_charge": r"退保",
    "redemption_time": r"到账|赎回|取出|拿回|t\+",
    "cut_off": r"截止|几点|下单时间|三点",
    "underlying": r"投.{0,2}什么|投向|投到|底层|持仓|投资范围|买了什么",
    "sale_window": r"在售|还卖|还能买|停售|什么时候卖|募集|开售|销售期",
    "issuer": r"谁发|哪家|发行|管理人|承保",
}


def product_answer(turn: Turn) -> Reply:
    """The fact that was asked for, and the fact sheet."""
    turn.memory.last_request = "product_facts"
    reference = products_in_question(turn)
    if reference.found is not Found.ONE:
        return _ask_for_product(turn, reference, "product_facts", "which_product")
    reply = Reply(audit={"products": [product.code for product in reference.products]})
    for product in reference.products[:_MOST_COMPARED]:
        reply.blocks += _sheet(turn, product)
    reply.buttons = [Button(turn.say("button_check"), "check_suitability")]
    return reply


def compare_products(turn: Turn) -> Reply:
    """Facts of two to four products side by side."""
    turn.memory.last_request = "compare_products"
    in_hand = list(turn.memory.product_codes)
    said = products_said(turn)
    if said.found is Found.ONE and len(said.products) == 1 and in_hand and in_hand != [said.products[0].code]:
        # "跟安和日日享比呢": the one in hand is the other side.
        turn.memory.product_codes = [*in_hand[:1], said.products[0].code]
        reference = products_in_question_of(turn)
    else:
        reference = products_in_question(turn)
    if reference.found is not Found.ONE:
        return _ask_for_product(turn, reference, "compare_products", "which_two_products")
    if len(reference.products) < 2:
        return ask(turn, "compare_products", "product", turn.say("which_two_products"))
    return _comparison(turn, reference.products[:_MOST_COMPARED])


def products_in_question_of(turn: Turn) -> ProductReference:
    """The products in hand, whatever the message names."""
    from bot.store.queries import find_product

    found = [p for code in turn.memory.product_codes if (p := find_product(turn.session, code))]
    return ProductReference(Found.ONE, found)


def _ask_for_product(turn: Turn, reference: ProductReference, handler: str, question: str) -> Reply:
    if reference.found is Found.SEVERAL:
        return choose_product(turn, reference.choices, handler)
    if reference.found is Found.UNKNOWN:
        return ask(turn, handler, "product", turn.say("unknown_product", asked=reference.asked))
    return ask(turn, handler, "product", turn.say(question))


def _sheet(turn: Turn, product: Product) -> list[dict[str, object]]:
    rows = product_sheet(product)
    unknown = turn.say("not_on_record")
    asked = _asked(turn.text)
    answers = [f"{label}：{text or unknown}" for name, label, text in rows if name in asked]
    blocks: list[dict[str, object]] = []
    if answers:
        blocks.append(text_block(f"{product.name}——" + "；".join(answers) + "。"))
    elif asked:
        names = "、".join(SHEET_LABELS[name] for name in SHEET_LABELS if name in asked)
        blocks.append(text_block(f"{product.name}——{names}：{unknown}。"))
    sheet = facts_block(product.name, [(label, text or unknown) for _, label, text in rows])
    disclosures = disclosure_items(required_disclosures(turn, product))
    blocks.append({**sheet, "disclosures": disclosures})
    return blocks


def _asked(text: str) -> set[str]:
    lowered = text.lower()
    return {name for name, pattern in _ASKED.items() if re.search(pattern, lowered)}


def _comparison(turn: Turn, products: list[Product]) -> Reply:
    unknown = turn.say("not_on_record")
    sheets = [{name: text for name, _, text in product_sheet(product)} for product in products]
    rows = [
        {"label": label, "values": [sheet.get(name) or unknown for sheet in sheets]}
        for name, label in SHEET_LABELS.items()
        if any(name in sheet for sheet in sheets)
    ]
    block = {"type": "comparison", "columns": [product.name for product in products], "rows": rows}
    return Reply([block], audit={"products": [product.code for product in products]})


class ActionProductFacts(HuashuAction, handler=product_answer):
    """A fact of a product."""

    handler_name = "product_facts"


class ActionCompareProducts(HuashuAction, handler=compare_products):
    """How products differ."""

    handler_name = "compare_products"
