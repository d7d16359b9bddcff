"""Products for a client: what may be offered, and whether one may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bot.actions.base import HuashuAction
from bot.actions.pending import ask
from bot.actions.references import ClientReference, Found, client_in_question, client_said, products_in_question
from bot.actions.reply import Block, Button, Reply, citations, decision_block, disclosure_items, text_block
from bot.actions.turn import Turn
from bot.corpus.model import Disclosure
from bot.store.facts import CATEGORY_NAMES, SHEET_LABELS, masked_name, product_facts
from bot.store.models import Client, Product
from bot.store.queries import products_on_sale
from bot.suitability.decision import decide
from bot.suitability.model import Decision, Outcome, Reason
from bot.suitability.profiles import client_profile, product_profile
from bot.suitability.recommending import Candidate, Wish, recommend

# Failures to be told when they stand before everything that was asked for. A grade above the tier is not among them:
# its reason names a single product.
_OBSTACLES = frozenset(
    {
        "legal_capacity",
        "assessment_exists",
        "assessment_valid",
        "age",
        "qualified_investor",
        "insurance_needs",
        "derivative_scope",
    }
)
_ASSESSMENT_CODES = frozenset({"assessment_exists", "assessment_valid"})
_SHOWN_FACTS = ("term", "minimum", "management_fee", "subscription_fee", "redemption_fee", "redemption_time")
_REASONS_SHOWN = ("tier_covers_grade", "assessment_valid", "age")
_MOST_CHECKED = 3


def recommend_product(turn: Turn) -> Reply:
    """At most three products that the client may be offered, or why there are none."""
    turn.memory.last_request = "recommend_product"
    tiers = turn.values("risk_tier")
    if tiers and client_said(turn).found is Found.NOT_SAID:
        return _tier_only(turn, tiers[0])  # a kind of client is meant, not the one in hand
    client = client_in_question(turn)
    if client.found is not Found.ONE:
        return ask_for_client(turn, "recommend_product", client)
    return _recommend(turn, client.clients[0])


def check_suitability(turn: Turn) -> Reply:
    """A yes or no for one client and one product (up to three products), with every reason."""
    turn.memory.last_request = "check_suitability"
    products = products_in_question(turn)
    client = client_in_question(turn)
    if client.found is not Found.ONE:
        return ask_for_client(turn, "check_suitability", client)
    if products.found is Found.SEVERAL:
        return choose_product(turn, products.choices, "check_suitability")
    if products.found is Found.UNKNOWN:
        turn.memory.pending = {"handler": "check_suitability", "wants": "product"}
        return Reply([text_block(turn.say("unknown_product", asked=products.asked))], audit={"product": None})
    if products.found is Found.NOT_SAID:
        return ask(turn, "check_suitability", "product", turn.say("which_product"))
    return _decide(turn, client.clients[0], products.products[:_MOST_CHECKED])


def ask_for_client(turn: Turn, handler: str, reference: ClientReference) -> Reply:
    """Ask for the client when none, several or an unknown one was named."""
    turn.memory.pending = {"handler": handler, "wants": "client"}
    if reference.found is Found.UNKNOWN:
        return Reply([text_block(turn.say("unknown_client", asked=reference.asked))], audit={"client": None})
    if reference.found is Found.NOT_SAID:
        return Reply([text_block(turn.say("which_client"))])
    one_name = len({client.name for client in reference.clients}) == 1
    wording = "which_client_of_name" if one_name else "several_clients"
    buttons = [
        Button(describe(turn, client), "choose", {"kind": "client", "value": client.client_id, "handler": handler})
        for client in reference.clients
    ]
    return Reply([text_block(turn.say(wording))], buttons)


def choose_product(turn: Turn, choices: list[Product], handler: str) -> Reply:
    """Ask which of several products bearing one short name is meant."""
    buttons = [
        Button(f"{p.name}（{p.code}）", "choose", {"kind": "product", "value": p.code, "handler": handler})
        for p in choices
    ]
    return Reply([text_block(turn.say("which_product_of_name"))], buttons)


def describe(turn: Turn, client: Client) -> str:
    """A client so that two of one name can be told apart: masked name, number and age."""
    age = client_profile(client).age_on(turn.today)
    return masked_name(client) + (f" {age}岁" if age is not None else "")


def _tier_only(turn: Turn, tier: str) -> Reply:
    grades = "R1" if tier == "C1" else f"R1至R{tier[1]}"
    return ask(turn, "recommend_product", "client", turn.say("tier_only", tier=tier, grades=grades))


def _recommend(turn: Turn, client: Client) -> Reply:
    profile, held = client_profile(client), {holding.product_pk for holding in client.holdings}
    products = {product.code: product for product in products_on_sale(turn.session, turn.today)}
    candidates = []
    for product in products.values():
        decision = decide(
            profile,
            product_profile(product),
            turn.knowledge.policy,
            today=turn.today,
            amount=_least_amount(turn, client, product),
        )
        candidates.append(Candidate(product_profile(product), decision, product.term_days, product.id in held))
    wish = _wish(turn)
    obstacles = _obstacles(candidates, wish)
    picked = [] if obstacles else recommend(candidates, wish, turn.knowledge.policy.most_recommendations)
    audit = {"client": client.client_id, "products": [item.product.code for item in picked]}
    if not picked:
        return _nothing(turn, client, obstacles, audit)
    turn.memory.product_codes = [item.product.code for item in picked]
    title = turn.say(
        "recommendation_title", client=masked_name(client), most=turn.knowledge.policy.most_recommendations
    )
    items = [_item(turn, products[item.product.code], item.decision) for item in picked]
    return Reply([{"type": "products", "title": title, "items": items}], audit=audit)


def _wish(turn: Turn) -> Wish:
    grades, terms = turn.values("risk_grade"), turn.values("term")
    return Wish(
        categories=frozenset(turn.values("product_category")),
        highest_grade=min(grades) if grades else None,
        longest_days=_days(terms[0]) if len(terms) == 1 else None,
    )


def _days(term: str) -> int:
    return int(term.removesuffix("天")) if term.endswith("天") else round(int(term.removesuffix("个月")) * 365 / 12)


def _item(turn: Turn, product: Product, decision: Decision) -> Block:
    facts = product_facts(product)
    by_code = {reason.code: reason for reason in decision.reasons}
    matched = [by_code[code] for code in _REASONS_SHOWN if code in by_code]
    # A plain deposit has no tier to match; that it is on sale is all there is to say.
    shown = matched or list(decision.reasons[:1])
    return {
        "code": product.code,
        "name": product.name,
        "category": CATEGORY_NAMES[product.category],
        "risk_grade": product.risk_grade,
        "reason": "".join(reason.text for reason in shown),
        "facts": [{"label": SHEET_LABELS[name], "value": facts[name]} for name in _SHOWN_FACTS if name in facts],
        "disclosures": disclosure_items(required_disclosures(turn, product)),
        "citations": citations(turn.corpus, dict.fromkeys(fact for reason in shown for fact in reason.facts)),
    }


def _obstacles(candidates: list[Candidate], wish: Wish) -> list[Reason]:
    """What stands before every product of the kind asked for.

    Plain deposits count only when they were asked for: they need no assessment, but must not hide that it is missing.
    """
    asked = [each for each in candidates if not wish.categories or each.product.category in wish.categories]
    invest = [each for each in asked if each.product.regime != "deposit"] or asked
    failed = [{reason.code: reason for reason in each.decision.failed} for each in invest]
    if not failed:
        return []
    common = _OBSTACLES.intersection(*failed)
    return [reason for code, reason in failed[0].items() if code in common]


def required_disclosures(turn: Turn, product: Product) -> list[Disclosure]:
    """What every offer of the product must carry."""
    qualified_only = product_profile(product).for_qualified_investors
    return turn.corpus.disclosures_for({product.category}, qualified_only=qualified_only)


def _nothing(turn: Turn, client: Client, obstacles: list[Reason], audit: dict[str, Any]) -> Reply:
    """Nothing can be offered: the obstacles with their cure, or else that nothing meets the wish."""
    audit = {**audit, "refused": sorted(reason.code for reason in obstacles)}
    if not obstacles:
        return Reply([text_block(turn.say("nothing_matches", client=masked_name(client)))], audit=audit)
    headline = turn.say("nothing_to_recommend", client=masked_name(client))
    decision = Decision(Outcome.REFUSED, tuple(obstacles))
    block = decision_block(turn.corpus, decision, headline, client_card(client), {})
    return Reply([block], _cure_buttons(turn, decision), audit)


def _cure_buttons(turn: Turn, decision: Decision) -> list[Button]:
    needs_assessment = any(reason.code in _ASSESSMENT_CODES for reason in decision.failed)
    return [Button(turn.say("button_assess"), "start_risk_assessment")] if needs_assessment else []


def _decide(turn: Turn, client: Client, products: list[Product]) -> Reply:
    reply = Reply(audit={"client": client.client_id, "decisions": {}})
    for product in products:
        decision = decide(
            client_profile(client),
            product_profile(product),
            turn.knowledge.policy,
            today=turn.today,
            amount=_least_amount(turn, client, product),
        )
        headline = turn.say(f"decision_{decision.outcome.value}", client=masked_name(client), product=product.name)
        card = {"code": product.code, "name": product.name, "risk_grade": product.risk_grade}
        reply.blocks.append(decision_block(turn.corpus, decision, headline, client_card(client), card))
        reply.audit["decisions"][product.code] = {
            "outcome": decision.outcome.value,
            "failed": [reason.code for reason in decision.failed],
        }
        reply.buttons = reply.buttons or _cure_buttons(turn, decision)
    return reply


def _least_amount(turn: Turn, client: Client, product: Product) -> Decimal | None:
    """The amount that was said, else the product's minimum when even that is more than the client has (T10)."""
    minimum, assets = product.minimum_amount, client.financial_assets
    beyond = product.regime != "deposit" and minimum is not None and assets is not None and minimum > assets
    said = turn.amount()
    return minimum if said is None and beyond else said


def client_card(client: Client) -> Block:
    """The client as shown beside a decision."""
    profile = client_profile(client)
    tier = profile.assessment.risk_tier if profile.assessment and not profile.conflicting_assessments else None
    return {"client_id": client.client_id, "name": masked_name(client), "risk_tier": tier}


class ActionRecommendProduct(HuashuAction, handler=recommend_product):
    """What to offer."""

    handler_name = "recommend_product"


class ActionCheckSuitability(HuashuAction, handler=check_suitability):
    """Whether a client may be offered a product."""

    handler_name = "check_suitability"
