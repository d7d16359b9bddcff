"""Questions that the assistant has asked, and messages that answer them.

After "请问是哪位客户？" the answer "王芳" belongs to the question, whatever the model makes of a bare name. A message
that asks for something else drops the question.
"""

from __future__ import annotations

from bot.actions.references import Found, client_said, products_said
from bot.actions.reply import Reply, text_block
from bot.actions.turn import Turn
from bot.language.understanding import OBJECTION
from bot.store.queries import find_client_by_id, find_clients_by_name, find_product

# Requests that stand on their own even when they name a client or product.
_OWN_REQUESTS = frozenset({"recommend_product", "check_suitability", "compare_products", "ask_product", "new_client"})
# What a bare name, number or half a sentence is taken for.
_ANSWERS = frozenset(
    {"lookup_client", "correct_client", "ask_product", "out_of_scope", "nlu_fallback", "affirm", "deny", "choose"}
)
_SHORT = 12


def ask(turn: Turn, handler: str, wants: str, text: str) -> Reply:
    """Ask for what is missing and remember for whom.

    Args:
        turn: the turn.
        handler: who goes on with the answer.
        wants: ``client`` or ``product``.
        text: the question.
    """
    turn.memory.pending = {"handler": handler, "wants": wants}
    return Reply([text_block(text)])


def handler_for_answer(turn: Turn) -> str | None:
    """The handler whose question this message answers, None when it is a message of its own."""
    pending = turn.memory.pending
    if pending is None or turn.intent == "choose":
        return None  # a chosen button says itself whom it answers
    if _is_bare_name(turn, pending["wants"]):
        return pending["handler"]
    if turn.intent.startswith(OBJECTION) and len(turn.text) > _SHORT:
        return None
    if turn.intent in _OWN_REQUESTS and not (turn.intent == "ask_product" and len(turn.text) <= _SHORT):
        return None
    if turn.intent not in _ANSWERS and len(turn.text) > _SHORT:
        return None
    said = client_said(turn).found if pending["wants"] == "client" else products_said(turn).found
    # An unknown name answers the question too: the handler then says that the bank does not know it.
    return pending["handler"] if said is not Found.NOT_SAID else None


def _is_bare_name(turn: Turn, wants: str) -> bool:
    """Whether the message is nothing but a known name or number."""
    name = turn.text.strip(" ，。,.!！~呢吧啊")
    if wants == "product":
        return find_product(turn.session, name) is not None
    return bool(find_clients_by_name(turn.session, name)) or find_client_by_id(turn.session, name) is not None
