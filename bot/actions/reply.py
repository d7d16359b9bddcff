"""A reply: blocks in the format of ``docs/replies.md``, and buttons whose meaning stays on the server."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.corpus.choosing import FilledScript
from bot.corpus.model import Corpus, Disclosure, PolicyAnswer, Topic
from bot.policy.model import Finding
from bot.suitability.model import Decision, Reason

Block = dict[str, Any]


@dataclass(frozen=True)
class Button:
    """A button.

    Attributes:
        title: what the user reads.
        intent: what pressing it means.
        entities: what goes with it.
    """

    title: str
    intent: str
    entities: dict[str, str] = field(default_factory=dict)


@dataclass
class Reply:
    """What one action answers.

    Attributes:
        blocks: in reading order.
        buttons: offered below.
        audit: what the audit log must hold beside the usual: script ids, decisions, findings.
    """

    blocks: list[Block] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    audit: dict[str, Any] = field(default_factory=dict)

    def payload(self) -> dict[str, Any]:
        """What is handed to Rasa: the channel keeps the buttons' meaning and passes on the rest."""
        buttons = [
            {"id": uuid.uuid4().hex[:12], "title": b.title, "intent": b.intent, "entities": b.entities}
            for b in self.buttons
        ]
        return {"blocks": self.blocks, "buttons": buttons}

    def spoken_texts(self) -> Iterator[str]:
        """Every text that a manager may pass on to a client, to be checked before it leaves.

        Left out are the words of rules (citations), which name what they forbid, the sentence that a manager has
        pasted to have it checked, the note that explains a script to the manager, and buttons: their titles name what
        is asked ("子女代做测评"), and nobody says them.
        """
        for block in self.blocks:
            yield from _SPOKEN[block["type"]](block)


def _texts(*keys: str) -> Any:
    return lambda block: [block[key] for key in keys if block.get(key)]


def _approved_in_practice(block: Block) -> list[str]:
    """What practice proposes; the client's lines and the manager's own are nobody's advice."""
    return [item["better"] for item in (*block.get("criteria", ()), *block.get("improve", ())) if item.get("better")]


_SPOKEN: dict[str, Any] = {
    "practice_brief": _texts("background"),
    "client_line": lambda block: [],
    "practice_score": _approved_in_practice,
    "practice_report": _approved_in_practice,
    "text": _texts("text"),
    "error": _texts("text"),
    "script": lambda b: [s["text"] for s in b["steps"]] + [d["text"] for d in b["disclosures"]],
    "decision": lambda b: [b["headline"], *(text for r in b["reasons"] for text in (r["text"], r["cure"]) if text)],
    "products": lambda b: [
        text for item in b["items"] for text in (item["name"], item["reason"], *(f["value"] for f in item["facts"]))
    ],
    "comparison": lambda b: [*b["columns"], *(value for row in b["rows"] for value in row["values"])],
    "facts": lambda b: [row["value"] for row in b["rows"]],
    "policy_answer": _texts("answer", "to_confirm"),
    "phrase_check": lambda b: [finding["alternative"] for finding in b["findings"]],
}


def text_block(text: str) -> Block:
    """A plain sentence."""
    return {"type": "text", "text": text}


def error_block(code: str, text: str) -> Block:
    """A sentence with the code to tell support."""
    return {"type": "error", "code": code, "text": text}


def facts_block(title: str, rows: Iterable[tuple[str, str]]) -> Block:
    """Facts of one client or product."""
    return {"type": "facts", "title": title, "rows": [{"label": label, "value": value} for label, value in rows]}


def citations(corpus: Corpus, fact_ids: Iterable[str]) -> list[Block]:
    """Facts with their mark; the substance of an unconfirmed one is held back."""
    return [
        {
            "id": fact.id,
            "rule": fact.rule,
            "article": fact.article,
            "substance": fact.substance if fact.confirmed else None,
            "mark": fact.mark,
            "confirmed": fact.confirmed,
        }
        for fact in (corpus.facts[fact_id] for fact_id in fact_ids)
    ]


def disclosure_items(disclosures: Iterable[Disclosure]) -> list[Block]:
    """Disclosures as shown."""
    return [{"id": item.id, "text": item.text} for item in disclosures]


def script_block(
    corpus: Corpus, topic: Topic, filled: FilledScript, required: Sequence[Disclosure], categories: Collection[str]
) -> Block:
    """A script with its disclosures.

    Args:
        corpus: it comes from.
        topic: it belongs to.
        filled: the script.
        required: disclosures that the products in hand ask for.
        categories: of the products in hand; the script's own disclosures that would be wrong beside them are left out.
    """
    script = filled.script
    own = [corpus.disclosures[item] for item in script.disclosures if corpus.disclosures[item].fits(categories)]
    return {
        "type": "script",
        "id": script.id,
        "version": script.governance.version,
        "title": script.governance.title,
        "kind": topic.kind,
        "topic": topic.name,
        "topic_name": topic.title,
        "steps": [{"id": s, "name": topic.step_names[s], "text": text} for s, text in filled.steps.items()],
        "disclosures": disclosure_items({item.id: item for item in (*own, *required)}.values()),
        "citations": citations(corpus, script.governance.facts),
        "channels": sorted(script.applies_to.channel or ()),
        "note": script.note,
    }


def answer_block(corpus: Corpus, answer: PolicyAnswer) -> Block:
    """A policy answer with its citations."""
    return {
        "type": "policy_answer",
        "id": answer.id,
        "version": answer.governance.version,
        "title": answer.governance.title,
        "answer": answer.answer,
        "to_confirm": answer.to_confirm or None,
        "citations": citations(corpus, answer.governance.facts),
    }


def decision_block(corpus: Corpus, decision: Decision, headline: str, client: Block, product: Block) -> Block:
    """A decision with every rule applied."""
    duties = decision.duties
    return {
        "type": "decision",
        "outcome": decision.outcome.value,
        "headline": headline,
        "client": client,
        "product": product,
        "reasons": [_reason(corpus, reason, reason in duties) for reason in decision.reasons],
    }


def _reason(corpus: Corpus, reason: Reason, with_duty: bool) -> Block:
    return {
        "code": reason.code,
        "passed": reason.passed,
        "text": reason.text,
        "cure": reason.cure,
        "duty": reason.duty if with_duty else "",
        "citations": citations(corpus, reason.facts),
    }


def findings_block(corpus: Corpus, text: str, findings: Sequence[Finding]) -> Block:
    """The phrase check's findings in a sentence."""
    return {
        "type": "phrase_check",
        "text": text,
        "findings": [
            {
                "code": finding.code,
                "name": finding.name,
                "start": finding.start,
                "end": finding.end,
                "span": finding.span,
                "rule": finding.rule,
                "alternative": finding.alternative,
                "likest": list(finding.likest),
                "citations": citations(corpus, finding.facts),
            }
            for finding in findings
        ],
    }
