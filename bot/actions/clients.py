"""What is known of a client, and the client's risk questionnaire."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy.orm import Session

from bot.actions.base import HuashuAction
from bot.actions.products import product_answer
from bot.actions.references import Found, client_in_question, client_said, products_said
from bot.actions.reply import Button, Reply, facts_block, text_block
from bot.actions.suitability import ask_for_client
from bot.actions.turn import Turn
from bot.audit.log import Record
from bot.store.assessments import VALID_FOR, assessment_days, give_link
from bot.store.facts import LIFECYCLE_NAMES, masked_name, masked_phone, money
from bot.store.models import Client
from bot.suitability.profiles import client_profile
from bot.suitability.questionnaire import count
from bot.suitability.rules import valid_until

_CLIENT_WORD = re.compile(r"[他她]|客户|持有|手里|手上|买过")


def client_facts(turn: Turn) -> Reply:
    """Tier, assessment date and holdings, with personal data masked."""
    if _asks_of_product(turn):
        return product_answer(turn)
    turn.memory.last_request = "client_facts"
    reference = client_in_question(turn)
    if reference.found is not Found.ONE:
        return ask_for_client(turn, "client_facts", reference)
    client = reference.clients[0]
    block = facts_block(masked_name(client), _rows(turn, client))
    buttons = [Button(turn.say("button_recommend"), "recommend_product")]
    return Reply([block], buttons, {"client": client.client_id})


def _asks_of_product(turn: Turn) -> bool:
    """Whether the message names a product and nobody: "日日享的等级" is easily taken for a client's."""
    if _CLIENT_WORD.search(turn.text) or client_said(turn).found is not Found.NOT_SAID:
        return False
    return products_said(turn).found is Found.ONE


def _rows(turn: Turn, client: Client) -> list[tuple[str, str]]:
    unknown = turn.say("not_on_record")
    profile = client_profile(client)
    age = profile.age_on(turn.today)
    rows = [
        ("客户阶段", LIFECYCLE_NAMES[client.lifecycle]),
        ("年龄", f"{age}岁" if age is not None else unknown),
        ("电话", masked_phone(client) or unknown),
        *_assessment_rows(turn, client),
    ]
    holdings = [f"{each.product.name} {money(each.amount)}（{each.since}起）" for each in client.holdings]
    rows.append(("持有", "；".join(holdings) or "没有登记的持有"))
    if client.qualified_investor_until is not None:
        rows.append(("合格投资者认定", f"至{client.qualified_investor_until}"))
    return rows


def _assessment_rows(turn: Turn, client: Client) -> list[tuple[str, str]]:
    profile = client_profile(client)
    if profile.assessment is None:
        return [("风险等级", "没有做过评估")]
    if profile.conflicting_assessments:
        return [("风险等级", f"{profile.assessment.assessed_on}有两份结果不同的评估，须客户确认")]
    until = valid_until(profile.assessment.assessed_on, turn.knowledge.policy)
    state = "有效" if profile.assessment.assessed_on <= turn.today <= until else "已过期，须重新评估"
    lowest = "（最低类别）" if profile.assessment.is_lowest_category else ""
    return [
        ("风险等级", profile.assessment.risk_tier + lowest),
        ("评估日期", profile.assessment.assessed_on.isoformat()),
        ("有效期至", f"{until}（{state}）"),
    ]


def start_risk_assessment(turn: Turn) -> Reply:
    """Explains that the client answers himself; with a client in hand, gives a link by which only the client does."""
    explained = text_block(turn.say("start_risk_assessment"))
    reference = client_in_question(turn)
    if reference.found is not Found.ONE:
        asked = ask_for_client(turn, "start_risk_assessment", reference)
        return Reply([explained, *asked.blocks], asked.buttons, asked.audit)
    client = reference.clients[0]
    name = masked_name(client)
    counted = count(assessment_days(turn.session, client.id), turn.today)
    so_far = text_block(turn.say("assessment_count", client=name, today=counted.today, year=counted.year))
    if counted.limit is not None:
        limit = text_block(turn.say(f"assessment_limit_{counted.limit.value}", client=name))
        return Reply([explained, so_far, limit], audit={"client": client.client_id})
    link_id, token = _give_link(turn, client)
    minutes, address = VALID_FOR.seconds // 60, f"{turn.services.portal_url}/a/{token}"
    link = text_block(turn.say("assessment_link", client=name, link=address, minutes=minutes))
    return Reply([explained, so_far, link], audit={"client": client.client_id, "link": link_id})


def _give_link(turn: Turn, client: Client) -> tuple[int, str]:
    def work(session: Session) -> tuple[int, str]:
        link_id, token = give_link(session, client.id, turn.manager_id, dt.datetime.now(dt.UTC))
        given = {"client": client.client_id, "link": link_id}
        turn.services.audit.add(session, Record(turn.conversation_id, turn.manager_id, "assessment_link", given))
        return link_id, token

    return turn.services.audit.change(work)


class ActionClientFacts(HuashuAction, handler=client_facts):
    """What is known of a client."""

    handler_name = "client_facts"


class ActionStartRiskAssessment(HuashuAction, handler=start_risk_assessment):
    """The risk questionnaire."""

    handler_name = "start_risk_assessment"
