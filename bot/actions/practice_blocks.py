"""Practice in blocks of ``docs/replies.md``: the brief before the start, the client's line, a score, the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.actions.reply import Block
from bot.corpus.model import Corpus
from bot.corpus.practice import Practice
from bot.practice.scenario import Mode, Scenario
from bot.practice.scorecard import Scorecard
from bot.practice.session import Exchange, Result, Session
from bot.store.facts import product_facts
from bot.store.models import Product

_IMPROVEMENTS = 3


def brief_block(corpus: Corpus, practice: Practice, scenario: Scenario, product: Product | None) -> Block:
    """Who the client is, what is judged, and what passes, before anything is said."""
    rubric, persona = practice.rubric, scenario.client(practice)
    drill = scenario.mode is Mode.DRILL
    facts = product_facts(product) if product is not None else {}
    told = ("risk_grade", "term", "management_fee", "redemption_time", "minimum")
    return {
        "type": "practice_brief",
        "mode": scenario.mode.value,
        "title": corpus.objections[scenario.objection].title if drill else f"{persona.name}：{persona.summary}",  # type: ignore[union-attr]
        "background": persona.background if persona else "",
        "risk_tier": persona.risk_tier if persona else "",
        "level": corpus.wording[f"practice_level_{scenario.difficulty}"],
        "product": {"name": facts.get("name", ""), "facts": [facts[name] for name in told if name in facts]},
        "criteria": [{"name": item["name"], "met_when": item["met_when"]} for item in rubric["criteria"].values()],
        "pass_mark": rubric["pass_mark"],
        "exchanges": rubric["exchanges"]["drill"] if drill else None,
        "note": corpus.wording["practice_commands"].format(cost=rubric["hint_cost"], most=rubric["most_hints"]),
    }


def client_block(practice: Practice, session: Session) -> Block:
    """What the client says."""
    persona = session.scenario.client(practice)
    return {"type": "client_line", "name": persona.name if persona else "", "text": session.line}


def score_block(corpus: Corpus, exchange: Exchange) -> Block:
    """The score of one reply, with its reasons."""
    assert exchange.card is not None
    return {
        "type": "practice_score",
        "overall": exchange.card.overall,
        "criteria": _criteria(exchange.card),
        "facts": _wrong_facts(exchange.card),
        "notes": [corpus.wording[f"practice_note_{note.value}"] for note in exchange.card.notes],
    }


def _criteria(card: Scorecard) -> list[Block]:
    return [
        {
            "id": item.id,
            "name": item.name,
            "met": item.met,
            "reason": item.reason,
            "better": item.better,
            "quotes": [{"start": quote.start, "end": quote.end, "text": quote.text} for quote in item.quotes],
        }
        for item in card.criteria.values()
    ]


def _wrong_facts(card: Scorecard) -> list[Block]:
    return [
        {"label": fact.label, "stated": fact.stated, "recorded": fact.recorded} for fact in card.facts if not fact.right
    ]


def report_block(corpus: Corpus, practice: Practice, session: Session, result: Result, trend: Sequence[int]) -> Block:
    """The whole session: result, reasons, what to do differently, and the transcript.

    Args:
        corpus: with the wording.
        practice: of it.
        session: over.
        result: of it.
        trend: scores of the manager's sessions, oldest first, this one last.
    """
    cards = [each.card for each in session.exchanges if each.card is not None]
    return {
        "type": "practice_report",
        "score": result.score,
        "passed": result.passed,
        "pass_mark": practice.rubric["pass_mark"],
        "vetoes": [corpus.wording[f"practice_veto_{name}"] for name in result.vetoes],
        "hint_cost": result.hint_cost,
        "criteria": [
            {"name": words["name"], "met": sum(card.met(name) for card in cards), "of": len(cards)}
            for name, words in practice.rubric["criteria"].items()
        ],
        "stages": [
            {
                "name": practice.rubric["stages"][stage]["name"],
                "checks": [{"name": check.name, "met": check.met} for check in checks],
            }
            for stage, checks in result.checks.items()
        ],
        "improve": _improvements(session, result),
        "transcript": [_exchange(each) for each in session.exchanges],
        "closing": session.line,
        "trend": list(trend),
    }


def _improvements(session: Session, result: Result) -> list[dict[str, Any]]:
    """At most three things to do differently, the gravest first, each with approved words."""
    found = [(0, f"{name}：{spans}", better) for name, spans, better in _violations(session)]
    for each in session.exchanges:
        if each.card is not None:
            missed = [item for item in each.card.criteria.values() if not item.met and item.id != "compliant"]
            found += [(each.card.overall, item.reason, item.better) for item in missed if item.better]
    found += [(3, check.missed, check.better) for checks in result.checks.values() for check in checks if not check.met]
    gravest: dict[str, str] = {}
    for _, what, better in sorted(found, key=lambda item: item[0]):
        gravest.setdefault(what, better)
    return [{"what": what, "better": better} for what, better in list(gravest.items())[:_IMPROVEMENTS]]


def _violations(session: Session) -> list[tuple[str, str, str]]:
    """Each kind of violation once: its name, the words, an alternative."""
    spans: dict[tuple[str, str], list[str]] = {}
    for each in session.exchanges:
        for finding in each.findings:
            spans.setdefault((finding.name, finding.alternative), []).append(f"“{finding.span}”")
    return [(name, "".join(dict.fromkeys(words)), better) for (name, better), words in spans.items()]


def _exchange(exchange: Exchange) -> Block:
    marks = [{"start": each.start, "end": each.end, "good": False} for each in exchange.findings]
    if exchange.card is not None:
        marks += [
            {"start": quote.start, "end": quote.end, "good": True}
            for item in exchange.card.criteria.values()
            if item.met
            for quote in item.quotes
        ]
    return {
        "client": exchange.client_line,
        "reply": exchange.reply,
        "marks": sorted(marks, key=lambda mark: (mark["start"], mark["end"])),
        "overall": exchange.card.overall if exchange.card is not None else None,
    }
