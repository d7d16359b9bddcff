"""Everything around the work itself: small talk, corrections, choices, readings when unsure."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.actions.base import HANDLERS, HuashuAction
from bot.actions.compliance import show_answer
from bot.actions.objections import open_objection, open_stage, show_again
from bot.actions.references import Found, client_said, products_said
from bot.actions.reply import Button, Reply, text_block
from bot.actions.suitability import ask_for_client, choose_product
from bot.actions.turn import Turn
from bot.store.facts import masked_name

_READINGS = 3
# Readings that are no help when offered.
_NOT_OFFERED = frozenset({"out_of_scope", "greet", "goodbye", "thank", "affirm", "deny", "choose"})
_LIKELY_ENOUGH = 0.05
_MISSES_BEFORE_HELP = 2
# reading: (a client is named, how many products are)
_NAMED_IN = {
    "ask_product": (False, "one"),
    "compare_products": (False, "several"),
    "lookup_client": (True, "none"),
    "check_suitability": (True, "one"),
}
_WRONG_ONE = re.compile(r"不是(?:他|她|它|这|那|同|我)|(?:人|客户|产品)不对|错|别人|弄混")
_HANDLER_BY_NAMES = {
    "ask_product": "product_facts",
    "compare_products": "compare_products",
    "lookup_client": "client_facts",
    "check_suitability": "check_suitability",
}


def small_talk(turn: Turn) -> Reply:
    """Short, and back to work. "Not him" about the client or product in hand asks who is meant instead."""
    in_hand = turn.memory.client_id or turn.memory.product_codes
    if turn.intent == "deny" and in_hand and _WRONG_ONE.search(turn.text):
        return correct_client(turn)
    return Reply([text_block(turn.say(turn.intent))])


def new_client(turn: Turn) -> Reply:
    """Forget client, product and scripts; a client named in the same breath is the new one."""
    turn.memory.forget()
    said = client_said(turn)
    if said.found is Found.ONE:
        turn.memory.client_id = said.clients[0].client_id
        return Reply([text_block(turn.say("forgotten")), text_block(_client_in_hand(turn))])
    return Reply([text_block(turn.say("forgotten"))])


def _client_in_hand(turn: Turn) -> str:
    client = client_said(turn).clients[0]
    return turn.say("client_in_hand", client=masked_name(client))


def correct_client(turn: Turn) -> Reply:
    """Another client or product was meant; the last request is answered again for it."""
    products, client = products_said(turn), client_said(turn)
    again = turn.memory.last_request
    if client.found in (Found.SEVERAL, Found.UNKNOWN) and products.found is not Found.ONE:
        turn.memory.client_id = None
        return ask_for_client(turn, again or "client_facts", client)
    if products.found is Found.SEVERAL:
        return choose_product(turn, products.choices, again or "product_facts")
    if client.found is not Found.ONE and products.found is not Found.ONE:
        turn.memory.client_id = None
        turn.memory.pending = {"handler": again or "client_facts", "wants": "client"}
        return Reply([text_block(turn.say("correction_unclear"))])
    if client.found is Found.ONE:
        turn.memory.client_id = client.clients[0].client_id
    if products.found is Found.ONE:
        turn.memory.product_codes = [product.code for product in products.products]
    fallback = "client_facts" if client.found is Found.ONE else "product_facts"
    return HANDLERS[again or fallback](turn)


def choose(turn: Turn) -> Reply:
    """A button was pressed that offered a choice."""
    return _CHOICES[turn.button["kind"]](turn, turn.button["value"])


def _choose_client(turn: Turn, client_id: str) -> Reply:
    turn.memory.client_id = client_id
    return HANDLERS[turn.button["handler"]](turn)


def _choose_product(turn: Turn, code: str) -> Reply:
    turn.memory.product_codes = [code]
    return HANDLERS[turn.button["handler"]](turn)


_CHOICES: dict[str, Callable[[Turn, str], Reply]] = {
    "client": _choose_client,
    "product": _choose_product,
    "stage": open_stage,
    "objection": open_objection,
    "answer": show_answer,
    "again": lambda turn, topic: show_again(turn),
}


def clarify(turn: Turn) -> Reply:
    """Not sure: offer the likeliest readings; after two misses, say what the assistant can do."""
    turn.memory.misses += 1
    readings = [name for name, confidence in turn.ranking if name not in _NOT_OFFERED and confidence >= _LIKELY_ENOUGH][
        :_READINGS
    ]
    settled = _settled_by_names(turn, readings)
    if settled:
        turn.memory.misses = 0
        return HANDLERS[settled](turn)
    if turn.memory.misses > _MISSES_BEFORE_HELP or not readings:
        turn.memory.misses = 0
        return Reply([text_block(turn.say("not_understood_twice")), text_block(turn.say("help"))])
    buttons = [Button(_reading(turn, name), name, {"said": turn.text}) for name in readings]
    return Reply([text_block(turn.say("clarify"))], buttons, {"readings": readings})


def _settled_by_names(turn: Turn, readings: list[str]) -> str | None:
    """The handler of the one likely reading that fits whom and what the message names, if exactly one does.

    "日日享的风险等级" and "王芳的风险等级" are alike to the model; that one names a product and the other a client, the
    database knows.
    """
    products, client = products_said(turn), client_said(turn)
    count = len(products.products) if products.found is Found.ONE else 0
    named = (client.found in (Found.ONE, Found.SEVERAL), "several" if count > 1 else "one" if count else "none")
    fitting = [_HANDLER_BY_NAMES[name] for name in readings if _NAMED_IN.get(name) == named]
    return fitting[0] if len(fitting) == 1 else None


def _reading(turn: Turn, intent: str) -> str:
    objection = turn.corpus.objections.get(intent)
    return objection.title if objection else turn.say(f"reading_{intent}")


class ActionSmallTalk(HuashuAction, handler=small_talk):
    """Small talk, help, and what is out of scope."""

    handler_name = "small_talk"


class ActionNewClient(HuashuAction, handler=new_client):
    """Forget client and product."""

    handler_name = "new_client"


class ActionCorrectClient(HuashuAction, handler=correct_client):
    """Another client was meant."""

    handler_name = "correct_client"


class ActionChoose(HuashuAction, handler=choose):
    """A choice was made."""

    handler_name = "choose"


class ActionClarify(HuashuAction, handler=clarify):
    """Not understood."""

    handler_name = "clarify"
