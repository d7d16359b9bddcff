"""Role-play in the talk: starting, replying, and the words that work at any time. The role-play is `bot.practice`."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable

from sqlalchemy.orm import Session as Database

from bot.actions.base import HuashuAction
from bot.actions.practice_blocks import brief_block, client_block, report_block, score_block
from bot.actions.reply import Block, Button, Reply, text_block
from bot.actions.turn import Turn
from bot.audit.log import Record
from bot.corpus.practice import DIFFICULTIES, Practice
from bot.errors import HuashuError
from bot.practice.facts import ProductSheet
from bot.practice.records import begin_record, keep_record, open_practice, past_practice, session_of
from bot.practice.scenario import Mode, Scenario
from bot.practice.scoring import Scene
from bot.practice.session import Session, Trainer
from bot.store.models import PracticeSession, Product
from bot.store.queries import find_product, products_on_sale
from bot.suitability.profiles import product_profile

_TREND = 10
_END = r"[\s。，,.!！~]*"
# Words that work at any time within practice; anything else is said to the client.
COMMANDS: dict[str, re.Pattern[str]] = {
    "stop": re.compile(rf"(?:结束|停止|退出|不练了)(?:对练|陪练|练习|了|吧)*{_END}"),
    "hint": re.compile(rf"(?:给我?(?:个|点)?)?提示(?:一下|我)?{_END}"),
    "again": re.compile(rf"(?:重来|重新(?:来|开始)|再来一(?:次|遍))(?:吧|一(?:次|遍))?{_END}"),
    "model_answer": re.compile(rf"(?:看(?:看|一下)?)?(?:标准|参考)(?:答案|话术)(?:是什么|呢)?{_END}"),
}
_LEVELS = {"easy": r"简单|容易|入门|初级", "hard": r"难|刁钻|高级|挑战|狠"}
_VISIT = re.compile(r"拜访|全程|完整|全流程|从头到尾|整场")


def practice(turn: Turn) -> Reply:
    """Start, or say that nothing is running; what was asked for is read off the words or the button."""
    if turn.intent in ("stop_practice", "ask_feedback"):
        return _last_result(turn)
    kind = turn.button.get("kind", "drill" if turn.button else "")
    if kind == "resume" and (left := open_practice(turn.session, turn.manager_id)) is not None:
        return _resume(turn, left)
    scenario = _of_button(turn, kind) if turn.button else _of_words(turn)
    return _menu(turn) if scenario is None else _start(turn, scenario)


def practice_reply(turn: Turn) -> Reply:
    """A message within practice: one of the commands, or what the manager says to the client."""
    record = open_practice(turn.session, turn.manager_id, turn.conversation_id)
    if record is None:
        return practice(turn)
    if turn.intent == "start_practice" and turn.button:
        _finish(turn, record, stop=True)
        return practice(turn)
    for name, expression in COMMANDS.items():
        if expression.fullmatch(turn.text.strip()):
            return _COMMANDS[name](turn, record)
    return _answer(turn, record)


def _practice(turn: Turn) -> Practice:
    found = turn.corpus.practice
    if found is None:
        raise HuashuError("E108", turn.say("practice_missing"))
    return found


def _trainer(turn: Turn) -> Trainer:
    return turn.services.trainer(turn.knowledge)


def _menu(turn: Turn) -> Reply:
    """What can be practised: an objection at random, and three clients."""
    content, chance = _practice(turn), random.Random(f"{turn.manager_id}:{turn.today}")
    buttons = []
    if open_practice(turn.session, turn.manager_id) is not None:
        buttons.append(Button(turn.say("practice_button_resume"), "start_practice", {"kind": "resume"}))
    objection = chance.choice(sorted(content.client_lines))
    title = turn.say("practice_button_drill", topic=turn.corpus.objections[objection].title)
    buttons.append(Button(title, "start_practice", {"kind": "drill", "value": objection}))
    for name in chance.sample(sorted(content.personas), min(3, len(content.personas))):
        persona = content.personas[name]
        title = turn.say("practice_button_visit", name=persona.name, summary=persona.summary)
        buttons.append(Button(title, "start_practice", {"kind": "visit", "value": name}))
    return Reply([text_block(turn.say("practice"))], buttons)


def _of_button(turn: Turn, kind: str) -> Scenario:
    level = turn.button.get("level", "medium")
    seed = int(turn.button["seed"]) if "seed" in turn.button else _fresh_seed()
    if kind == "visit":
        return _visit(turn, turn.button["value"], level, seed)
    return Scenario(Mode.DRILL, turn.button["value"], "", level, seed)


def _of_words(turn: Turn) -> Scenario | None:
    """A scenario that the words name: an objection, a client, or a visit; None when they name none."""
    content, text = _practice(turn), turn.text
    level = next((name for name, words in _LEVELS.items() if re.search(words, text)), "medium")
    for persona in content.personas.values():
        if persona.name in text:
            return _visit(turn, persona.id, level, _fresh_seed())
    for intent in content.client_lines:
        title = turn.corpus.objections[intent].title
        if title in text or title.removesuffix("异议") in text:
            return Scenario(Mode.DRILL, intent, "", level, _fresh_seed())
    if _VISIT.search(text):
        return _visit(turn, random.choice(sorted(content.personas)), level, _fresh_seed())
    return None


def _visit(turn: Turn, persona: str, level: str, seed: int) -> Scenario:
    """A visit, with a product on the table that fits the client's tier."""
    content = _practice(turn)
    if persona not in content.personas or level not in DIFFICULTIES:
        raise HuashuError("E108", turn.say("practice_unknown", wanted=persona))
    tier = content.personas[persona].risk_tier
    fitting = [
        product.code
        for product in products_on_sale(turn.session, turn.today)
        if product.regime in ("wealth", "fund_security")
        and product.risk_grade is not None
        and product.risk_grade[1] <= tier[1]
        and not product_profile(product).for_qualified_investors
    ]
    product = random.Random(seed).choice(fitting) if fitting else ""
    return Scenario(Mode.VISIT, "", persona, level, seed, product)


def _fresh_seed() -> int:
    return random.SystemRandom().randrange(1, 10**6)


def _start(turn: Turn, scenario: Scenario) -> Reply:
    session = _trainer(turn).start(scenario)
    content = _practice(turn)

    def work(database: Database) -> str:
        record = begin_record(
            database,
            session,
            manager_id=turn.manager_id,
            conversation_id=turn.conversation_id,
            rubric=str(content.rubric["version"]),
            corpus=turn.corpus.revision,
            now=dt.datetime.now(dt.UTC),
        )
        _note(turn, database, "practice_begun", record, scenario)
        return record.id

    identifier = turn.services.audit.change(work)
    product = _product(turn, scenario)
    blocks = [brief_block(turn.corpus, content, scenario, product), client_block(content, session)]
    return Reply(blocks, audit={"practice": identifier})


def _note(turn: Turn, database: Database, kind: str, record: PracticeSession, scenario: Scenario) -> None:
    payload = {"practice": record.id, "scenario": scenario.to_data(), "rubric": record.rubric, "score": record.score}
    turn.services.audit.add(database, Record(turn.conversation_id, turn.manager_id, kind, payload))


def _product(turn: Turn, scenario: Scenario) -> Product | None:
    return find_product(turn.session, scenario.product) if scenario.product else None


def _scene(turn: Turn, session: Session) -> Scene:
    product, persona = _product(turn, session.scenario), session.scenario.client(_practice(turn))
    return Scene(turn.today, _sheet(product) if product else None, persona.risk_tier if persona else None)


def _sheet(product: Product) -> ProductSheet:
    labels = {"management": "管理费", "custody": "托管费", "sales_service": "销售服务费"}
    rates = {labels[fee.kind]: fee.rate for fee in product.fees if fee.kind in labels and fee.rate is not None}
    return ProductSheet(product.name, product.category, product.risk_grade, product.term_days, rates)


def _resume(turn: Turn, record: PracticeSession) -> Reply:
    """Take up a session, whatever process or window it was begun in."""
    session = session_of(record.content)

    def work(database: Database) -> None:
        database.get_one(PracticeSession, record.id).conversation_id = turn.conversation_id

    turn.services.audit.change(work)
    blocks = [text_block(turn.say("practice_resumed")), client_block(_practice(turn), session)]
    return Reply(blocks, audit={"practice": record.id})


def _answer(turn: Turn, record: PracticeSession) -> Reply:
    """Score the reply and let the client answer; a drill coaches at once, a visit when it is over."""
    session, content = session_of(record.content), _practice(turn)
    exchange = _trainer(turn).reply(session, turn.text, _scene(turn, session))
    audit = {"practice": record.id, "overall": exchange.card.overall if exchange.card else None}
    blocks: list[Block] = []
    if session.scenario.mode is Mode.DRILL and exchange.card is not None:
        blocks.append(score_block(turn.corpus, exchange))
    if session.line:
        blocks.append(client_block(content, session))
    if not session.is_over:
        _keep(turn, record, session)
        return Reply(blocks, audit=audit)
    finished = _finish(turn, record, session=session)
    return Reply([*blocks, *finished.blocks], finished.buttons, audit)


def _keep(turn: Turn, record: PracticeSession, session: Session) -> None:
    def work(database: Database) -> None:
        keep_record(database.get_one(PracticeSession, record.id), session, None, dt.datetime.now(dt.UTC))

    turn.services.audit.change(work)


def _finish(turn: Turn, record: PracticeSession, *, session: Session | None = None, stop: bool = False) -> Reply:
    """End a session, keep its result, and report."""
    session = session or session_of(record.content)
    if stop:
        _trainer(turn).stop(session)
    result = _trainer(turn).result(session)

    def work(database: Database) -> None:
        kept = database.get_one(PracticeSession, record.id)
        keep_record(kept, session, result, dt.datetime.now(dt.UTC))
        _note(turn, database, "practice_ended", kept, session.scenario)

    earlier = [each.score or 0 for each in past_practice(turn.session, turn.manager_id, _TREND)]
    turn.services.audit.change(work)
    report = report_block(turn.corpus, _practice(turn), session, result, [*reversed(earlier), result.score])
    return Reply([report], _buttons_after(turn, session.scenario), {"practice": record.id, "score": result.score})


def _buttons_after(turn: Turn, scenario: Scenario) -> list[Button]:
    kind, level = scenario.mode.value, scenario.difficulty
    value = scenario.persona if scenario.mode is Mode.VISIT else scenario.objection
    harder = {"easy": "medium", "medium": "hard", "hard": "hard"}[level]
    return [
        Button(
            turn.say("practice_button_same"),
            "start_practice",
            {"kind": kind, "value": value, "level": level, "seed": str(scenario.seed)},
        ),
        Button(turn.say("practice_button_new"), "start_practice", {"kind": kind, "value": value, "level": harder}),
    ]


def _stop(turn: Turn, record: PracticeSession) -> Reply:
    return _finish(turn, record, stop=True)


def _again(turn: Turn, record: PracticeSession) -> Reply:
    """The same client, the same seed, from the beginning."""
    scenario = session_of(record.content).scenario
    _finish(turn, record, stop=True)
    return _start(turn, scenario)


def _hint(turn: Turn, record: PracticeSession) -> Reply:
    return _helped(turn, record, ("understand",), "practice_hint")


def _model_answer(turn: Turn, record: PracticeSession) -> Reply:
    return _helped(turn, record, ("listen", "understand", "resolve"), "practice_model_answer")


def _helped(turn: Turn, record: PracticeSession, steps: tuple[str, ...], wording: str) -> Reply:
    """Approved words for the objection in hand, at the cost of points, a few times."""
    session, rubric = session_of(record.content), _practice(turn).rubric
    if session.hints >= int(rubric["most_hints"]):
        return Reply([text_block(turn.say("practice_no_hints"))])
    found = _trainer(turn).model_answer(session, _scene(turn, session))
    if not found:
        goal = rubric["stages"].get(session.state.stage, {}).get("goal", "")
        return Reply([text_block(turn.say("practice_goal", goal=goal))])
    session.hints += 1
    _keep(turn, record, session)
    text = "".join(found[step] for step in steps if step in found)
    return Reply([text_block(turn.say(wording, text=text, cost=rubric["hint_cost"]))], audit={"practice": record.id})


def _last_result(turn: Turn) -> Reply:
    """Nothing is running; the newest result, if there is one."""
    past = past_practice(turn.session, turn.manager_id, 1)
    if turn.intent != "ask_feedback" or not past:
        return Reply([text_block(turn.say("practice_not_running"))])
    session = session_of(past[0].content)
    result = _trainer(turn).result(session)
    trend = [each.score or 0 for each in reversed(past_practice(turn.session, turn.manager_id, _TREND))]
    return Reply(
        [report_block(turn.corpus, _practice(turn), session, result, trend)], _buttons_after(turn, session.scenario)
    )


_COMMANDS: dict[str, Callable[[Turn, PracticeSession], Reply]] = {
    "stop": _stop,
    "hint": _hint,
    "again": _again,
    "model_answer": _model_answer,
}


class ActionPractice(HuashuAction, handler=practice):
    """Role-play."""

    handler_name = "practice"


class ActionPracticeReply(HuashuAction, handler=practice_reply):
    """A message within role-play; no rule names it, `base.py` hands it the messages of a running session."""

    handler_name = "practice_reply"
