"""Scripts: for an objection, for a stage, and the next one."""

from __future__ import annotations

import re

from bot.actions.base import HuashuAction
from bot.actions.references import Found, client_said, products_said
from bot.actions.reply import Button, Reply, script_block, text_block
from bot.actions.turn import Turn
from bot.corpus.choosing import FilledScript, Situation, candidates
from bot.corpus.model import Topic
from bot.store.facts import product_facts, salutation
from bot.store.models import Client, Product
from bot.store.queries import find_client_by_id, find_product
from bot.suitability.profiles import client_profile, product_profile
from bot.suitability.rules import may_be_presented, valid_until

# A stage is taken when it leads the next by so much; else it is asked for.
CLEAR_LEAD = 0.3
_STAGES_OFFERED = 4
# An objection holds much that only stands where a product's name stands ("买的时候"); this makes it the name of one.
_PRODUCT_WORD = re.compile(r"基金|股票|混合|债|信托|理财|[号期天年A-Za-z\d]$")


def answer_objection(turn: Turn) -> Reply:
    """For each objection of the message, in the order said, the best-fitting script that has not been shown yet."""
    _notice(turn)
    # A model may know an objection that the corpus has just lost.
    if turn.objections and all(objection.intent in turn.corpus.objections for objection in turn.objections):
        return _answer_several(turn)
    return _open_topic(turn, turn.corpus.objections[turn.intent], turn.text)


def _answer_several(turn: Turn) -> Reply:
    topics = [turn.corpus.objections[objection.intent] for objection in turn.objections]
    names = turn.say("list_joint").join(f"“{topic.title}”" for topic in topics)
    reply = Reply([text_block(turn.say("several_objections", names=names))])
    answers = []
    for topic, objection in zip(topics, turn.objections, strict=True):
        answered = _open_topic(turn, topic, objection.said)
        answers.append(answered.audit)
        # That a product must not be presented is said once.
        reply.blocks += [block for block in answered.blocks if block not in reply.blocks]
        reply.buttons.append(_button_of(turn, topic, objection.said, answered))
    reply.audit = {"answers": answers}
    return reply


def _button_of(turn: Turn, topic: Topic, said: str, answered: Reply) -> Button:
    """Another script for one of several topics, or its list once more when it is through."""
    again = next((button for button in answered.buttons if button.entities.get("kind") == "again"), None)
    if again is not None:
        return Button(f"{again.title}：{topic.title}", again.intent, again.entities)
    another = {"kind": "objection", "value": topic.name, "said": said}
    return Button(turn.say("button_next_of", topic=topic.title), "choose", another)


def open_objection(turn: Turn, name: str) -> Reply:
    """Another script for one of several objections."""
    return _open_topic(turn, turn.corpus.objections[name], turn.text)


def stage_script(turn: Turn) -> Reply:
    """A script for a stage; asks when the stage is not clear."""
    _notice(turn)
    stages = turn.values("stage")
    if len(stages) == 1:
        return _open_topic(turn, turn.corpus.stages[stages[0]], turn.text)
    nearest = turn.knowledge.stages.nearest(turn.text, stages or None)
    if len(nearest) == 1 or nearest[0].score - nearest[1].score >= CLEAR_LEAD:
        return _open_topic(turn, turn.corpus.stages[nearest[0].label], turn.text)
    offered = [item.label for item in nearest[:_STAGES_OFFERED]]
    buttons = [
        Button(turn.corpus.stages[stage].title, "choose", {"kind": "stage", "value": stage, "said": turn.text})
        for stage in offered
    ]
    return Reply([text_block(turn.say("which_stage"))], buttons)


def open_stage(turn: Turn, stage: str) -> Reply:
    """A script of a chosen stage."""
    return _open_topic(turn, turn.corpus.stages[stage], turn.text)


def next_script(turn: Turn) -> Reply:
    """Another script of the topic in hand, until the list is through."""
    if turn.memory.topic is None:
        return Reply([text_block(turn.say("no_topic"))])
    _notice(turn)
    return _show(turn, turn.corpus.topic(turn.memory.topic))


def show_again(turn: Turn) -> Reply:
    """Start the list of the topic in hand again."""
    if turn.memory.topic is None:
        return Reply([text_block(turn.say("no_topic"))])
    topic = turn.corpus.topic(turn.memory.topic)
    own = {script.id for script in topic.scripts}
    turn.memory.shown = [script_id for script_id in turn.memory.shown if script_id not in own]
    return _show(turn, topic)


def _notice(turn: Turn) -> None:
    """Take up what the message says of client, product and lifecycle. An unclear product leaves general scripts."""
    client = client_said(turn)
    if client.found is Found.ONE:
        turn.memory.client_id = client.clients[0].client_id
    said = products_said(turn)
    categories = turn.values("product_category")
    if said.found is Found.ONE:
        turn.memory.product_codes = [product.code for product in said.products]
        turn.memory.categories = []
    elif said.found is Found.SEVERAL or categories or _PRODUCT_WORD.search(said.asked):
        turn.memory.product_codes = []
        turn.memory.categories = categories
    lifecycles = turn.values("lifecycle")
    if len(lifecycles) == 1:
        turn.memory.lifecycle = lifecycles[0]


def _open_topic(turn: Turn, topic: Topic, said: str) -> Reply:
    turn.memory.topic = topic.name
    turn.memory.last_request = "next_script"  # a corrected product or client needs a script of its own
    turn.memory.said = said
    return _show(turn, topic)


def _show(turn: Turn, topic: Topic) -> Reply:
    product, withheld = _presentable(turn, _single_product(turn))
    situation = _situation(turn, product)
    notice = [text_block(turn.say("not_presentable"))] if withheld else []
    choice = candidates(topic, situation, _likeness(turn, topic))
    if not choice:
        audit = {"topic": topic.name, "script": None}
        return Reply([*notice, text_block(turn.say("no_script_now"))], audit=audit)
    fresh = next((each for each in choice if each.script.id not in turn.memory.shown), None)
    if fresh is None:
        again = Button(turn.say("button_again"), "choose", {"kind": "again", "value": topic.name})
        return Reply([text_block(turn.say("scripts_finished", total=len(choice)))], [again], {"topic": topic.name})
    seen = sum(each.script.id in turn.memory.shown for each in choice)
    turn.memory.shown = [*turn.memory.shown, fresh.script.id]
    qualified_only = product is not None and product_profile(product).for_qualified_investors
    required = turn.corpus.disclosures_for(situation.categories, qualified_only=qualified_only)
    block = script_block(turn.corpus, topic, fresh, required, situation.categories)
    block |= {"position": seen + 1, "total": len(choice)}
    return Reply([*notice, block], _buttons(turn, topic), _audit(fresh, product))


def _presentable(turn: Turn, product: Product | None) -> tuple[Product | None, bool]:
    """The product in hand, unless it may not even be named to the client; and whether it was withheld."""
    if product is None:
        return None, False
    client = _client(turn)
    allowed = may_be_presented(client_profile(client) if client else None, product_profile(product), turn.today)
    return (product, False) if allowed else (None, True)


def _likeness(turn: Turn, topic: Topic) -> dict[str, float]:
    nearest = turn.knowledge.cues.nearest(turn.memory.said or "", [script.id for script in topic.scripts])
    return {item.label: item.score for item in nearest}


def _buttons(turn: Turn, topic: Topic) -> list[Button]:
    buttons = [Button(turn.say("button_next"), "next_script")]
    if topic.kind == "objection":
        buttons.append(Button(turn.say("button_recommend"), "recommend_product"))
        buttons.append(Button(turn.say("button_practice"), "start_practice", {"value": topic.name}))
    return buttons


def _audit(filled: FilledScript, product: Product | None) -> dict[str, object]:
    return {
        "topic": filled.script.topic,
        "script": filled.script.id,
        "version": filled.script.governance.version,
        "product": product.code if product else None,
    }


def _single_product(turn: Turn) -> Product | None:
    codes = turn.memory.product_codes
    return find_product(turn.session, codes[0]) if len(codes) == 1 else None


def _situation(turn: Turn, product: Product | None) -> Situation:
    client = _client(turn)
    facts = {f"product.{name}": text for name, text in product_facts(product).items()} if product else {}
    facts |= _client_facts(turn, client) if client else {}
    lifecycle = turn.memory.lifecycle or (client.lifecycle if client else None)
    return Situation(
        day=turn.today,
        categories=frozenset({product.category} if product else turn.memory.categories),
        client_tier=facts.get("client.risk_tier"),
        lifecycle=lifecycle,
        channel=channels[0] if len(channels := turn.values("channel")) == 1 else None,
        facts=facts,
    )


def _client(turn: Turn) -> Client | None:
    """The client of the talk; none when the message names somebody who can't be told for certain."""
    said = client_said(turn)
    if said.found is Found.NOT_SAID and turn.memory.client_id:
        return find_client_by_id(turn.session, turn.memory.client_id)
    return said.clients[0] if said.found is Found.ONE else None


def _client_facts(turn: Turn, client: Client) -> dict[str, str]:
    """Facts for placeholders. A tier that is out of date or in doubt is no fact."""
    facts = {"client.salutation": salutation(client)}
    profile = client_profile(client)
    if profile.assessment is None or profile.conflicting_assessments:
        return facts
    until = valid_until(profile.assessment.assessed_on, turn.knowledge.policy)
    if until < turn.today:
        return facts
    return facts | {
        "client.risk_tier": profile.assessment.risk_tier,
        "client.assessment_date": profile.assessment.assessed_on.isoformat(),
        "client.assessment_valid_until": until.isoformat(),
    }


class ActionAnswerObjection(HuashuAction, handler=answer_objection):
    """The client objects."""

    handler_name = "answer_objection"


class ActionNextScript(HuashuAction, handler=next_script):
    """Another script, please."""

    handler_name = "next_script"


class ActionStageScript(HuashuAction, handler=stage_script):
    """A script for a stage."""

    handler_name = "stage_script"
