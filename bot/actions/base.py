"""The boundary between Rasa and our code: one place where a message becomes a turn, and a reply is checked and logged.

Order matters: the reply is checked for what must not be said, then written to the audit log, and only then handed over.
If either fails, the reply is withheld and a plain sentence with a code goes out instead.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import structlog
from rasa_sdk import Action
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from bot.actions.pending import handler_for_answer
from bot.actions.reply import Reply, error_block
from bot.actions.runtime import services
from bot.actions.services import Services
from bot.actions.turn import Turn
from bot.audit.log import Record
from bot.errors import HuashuError
from bot.practice.records import open_practice

Handler = Callable[[Turn], Reply]

_log = structlog.get_logger(__name__)

# "检查：双录太麻烦，跳过吧" sounds like an objection but can mean one thing only.
_CHECK_OUTRIGHT = re.compile(r"(?:请|麻烦)?(?:帮我|帮忙)?检查(?:一下|下)?(?:这句话?|这段话?|话术)?[:：]")

# "练费用异议" holds an objection's name and would be taken for the objection itself.
_PRACTISE_OUTRIGHT = re.compile(
    r"(?:我想|我要|来|帮我|再)?(?:对练|陪练|练习?)(?:一?下|一练)?[^，。？！]{0,10}异议.{0,3}"
)

HANDLERS: dict[str, Handler] = {}
"""Handlers by action name without ``action_``, filled as the actions are defined; a pending question names one."""


class HuashuAction(Action):
    """Base of all actions: a name and a handler, no state.

    Attributes:
        handler_name: the action's name without ``action_``; empty on classes that are no actions themselves.
    """

    handler_name = ""

    def __init_subclass__(cls, *, handler: Handler, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        HANDLERS[cls.handler_name] = handler

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return f"action_{self.handler_name}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        """Answer the message; database and language work runs in a thread, so that others are not kept waiting."""
        reply, slots = await asyncio.to_thread(respond, services(), self.handler_name, tracker)
        dispatcher.utter_message(json_message=reply.payload())
        return [SlotSet(name, value) for name, value in slots.items()]


def respond(shared: Services, handler_name: str, tracker: Any) -> tuple[Reply, dict[str, Any]]:
    """Answer a message, whatever happens.

    Args:
        shared: services of the process.
        handler_name: key of `HANDLERS`.
        tracker: of the SDK.

    Returns:
        The reply that may leave, and the slots to set (none when the reply was withheld).
    """
    try:
        with shared.session() as session:
            turn = Turn.from_tracker(tracker, shared, session)
            used, reply = _answer(turn, handler_name)
        _check(turn, reply)
        _write_audit(turn, used, reply)
        return reply, turn.memory.changes_since(tracker.slots)
    except SQLAlchemyError as error:
        return _failure(shared, "E401", "database_down", error), {}
    except HuashuError as error:
        return _refusal(shared, error), {}
    except Exception as error:  # noqa: BLE001 - the boundary: whatever happened, the user gets a sentence with a code
        return _failure(shared, "E305", "internal_error", error), {}


def _answer(turn: Turn, handler_name: str) -> tuple[str, Reply]:
    """Run the handler, or the one whose question this message answers."""
    used = _handler_at_work(turn) or handler_for_answer(turn) or handler_name
    turn.memory.pending = None
    reply = HANDLERS[used](turn)
    if used != "clarify":
        turn.memory.misses = 0
    return used, reply


def _handler_at_work(turn: Turn) -> str | None:
    """Within role-play every message belongs to it; else what is asked for outright."""
    if open_practice(turn.session, turn.manager_id, turn.conversation_id) is not None:
        return "practice_reply"
    if _PRACTISE_OUTRIGHT.fullmatch(turn.text):
        return "practice"
    return "check_phrase" if _CHECK_OUTRIGHT.match(turn.text) else None


def _check(turn: Turn, reply: Reply) -> None:
    # By patterns: the approved text in a reply was judged when it was loaded, and the rest are recorded facts.
    check = turn.knowledge.checker.check
    findings = [finding for text in reply.spoken_texts() for finding in check(text, judged=False)]
    if findings:
        codes = sorted({finding.code for finding in findings})
        _log.error("reply.blocked", code="E201", conversation=turn.conversation_id, findings=codes)
        turn.services.audit.append(_record(turn, "blocked", {"findings": codes, **reply.audit}))
        raise HuashuError("E201", turn.say("withheld"))


def _write_audit(turn: Turn, used: str, reply: Reply) -> None:
    payload = {
        "intent": turn.intent,
        "handler": used,
        "corpus": turn.corpus.revision,
        "model": turn.services.model_id,
        "blocks": [block["type"] for block in reply.blocks],
        **reply.audit,
    }
    turn.services.audit.append(_record(turn, "answer", payload))


def _record(turn: Turn, kind: str, payload: dict[str, Any]) -> Record:
    return Record(turn.conversation_id, turn.manager_id, kind, payload)


def _refusal(shared: Services, error: HuashuError) -> Reply:
    _log.error("turn.refused", code=error.code)
    if error.code == "E401":
        return _failure(shared, "E401", "database_down", error)
    return Reply([error_block(error.code, error.message)])


def _failure(shared: Services, code: str, wording: str, error: Exception) -> Reply:
    # The error's text may quote what was typed, so only its kind and place are logged.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
    _log.error("turn.failed", code=code, kind=type(error).__name__, place=place)
    return Reply([error_block(code, shared.knowledge().corpus.wording[wording].format(code=code))])
