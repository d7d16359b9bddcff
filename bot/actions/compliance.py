"""Rules: policy answers, the check of a sentence, and complaints."""

from __future__ import annotations

import re

from bot.actions.base import HuashuAction
from bot.actions.reply import Button, Reply, answer_block, citations, findings_block, text_block
from bot.actions.turn import Turn

# The best answer is given when it leads the next by so much. Measured by leaving one question out: 70 % of the best
# ones lead by that, and 69 % of these are right. The runners-up are offered below it in any case.
CLEAR_LEAD = 0.3
_OFFERED = 3
_COMPLAINT_FACTS = ("C01", "C02", "C03", "C05", "C07")
_QUOTED = re.compile(r"[“\"「『‘'](?P<said>[^”\"」』’']{2,})[”\"」』’']")
_AFTER_COLON = re.compile(r"[:：]\s*(?P<said>.{2,})$", re.S)
# What surrounds a pasted sentence: a request in front, a question behind.
_MAY_I = (
    r"(?:可以吗|行吗|行不行|能说吗|能讲吗|合规吗|合不合规|有问题吗|违规吗|违不违规|可不可以|能不能说|没问题吧|行不)"
)
_ASKING = re.compile(
    r"^(?:请|麻烦)?(?:帮我|帮忙|给我)?(?:检查|查查|查一下|看看|看下|看一下|审一下|审核|过一下)(?:一下|下)?"
    rf"(?:[这一]句话?|[这一]段话?|这么说|话术)?{_MAY_I}?[,，。 ]*"
    r"|^(?:我)?(?:能不能|可不可以|可以|能)?(?:跟|对|和|给)客户(?:说|讲)[,，]?"
    rf"|[,，。 ]*(?:这句|这话|这样|这么)?(?:说|讲)?{_MAY_I}[?？]?$"
)


def answer_policy(turn: Turn) -> Reply:
    """The policy answer that fits the question, or the likeliest ones to choose from."""
    usable = {answer.id for answer in turn.corpus.answers.values() if answer.governance.usable_on(turn.today)}
    nearest = turn.knowledge.questions.nearest(turn.text, usable)[:_OFFERED]
    if not nearest:
        return Reply([text_block(turn.say("no_answer_on_rule"))])
    buttons = [
        Button(turn.corpus.answers[item.label].governance.title, "choose", {"kind": "answer", "value": item.label})
        for item in nearest
    ]
    if len(nearest) > 1 and nearest[0].score - nearest[1].score < CLEAR_LEAD:
        return Reply([text_block(turn.say("which_answer"))], buttons)
    reply = show_answer(turn, nearest[0].label)
    reply.buttons = buttons[1:]
    return reply


def show_answer(turn: Turn, answer_id: str) -> Reply:
    """One policy answer."""
    answer = turn.corpus.answers[answer_id]
    return Reply([answer_block(turn.corpus, answer)], audit={"answer": answer.id, "version": answer.governance.version})


def check_phrase(turn: Turn) -> Reply:
    """The phrase check of the sentence in the message."""
    sentence = pasted_sentence(turn.text)
    if len(sentence) < 2:
        return Reply([text_block(turn.say("which_sentence"))])
    findings = turn.knowledge.checker.check(sentence)
    audit = {"findings": sorted({finding.code for finding in findings})}
    block = findings_block(turn.corpus, sentence, findings)
    if not findings:
        return Reply([block, text_block(turn.say("phrase_clean"))], audit=audit)
    return Reply([text_block(turn.say("phrase_found", count=len(findings))), block], audit=audit)


def pasted_sentence(text: str) -> str:
    """The sentence that a manager wants checked: in quotes, behind a colon, or the message without the asking.

    Args:
        text: the cleaned message.

    Returns:
        The sentence; empty when there is only the asking.
    """
    quoted = [match.group("said") for match in _QUOTED.finditer(text)]
    if quoted:
        return "。".join(quoted)
    behind = _AFTER_COLON.search(text)
    if behind:
        return behind.group("said").strip()
    return _ASKING.sub("", text).strip()


def complaint(turn: Turn) -> Reply:
    """The steps and legal deadlines of a complaint, with what they rest on."""
    steps = {
        "type": "policy_answer",
        "id": "complaint",
        "version": 1,
        "title": turn.say("reading_complaint"),
        "answer": turn.say("complaint"),
        "to_confirm": None,
        "citations": citations(turn.corpus, _COMPLAINT_FACTS),
    }
    button = Button(turn.say("button_complaint_script"), "choose", {"kind": "stage", "value": "complaint_handling"})
    return Reply([steps], [button])


class ActionAnswerPolicy(HuashuAction, handler=answer_policy):
    """What a rule requires."""

    handler_name = "answer_policy"


class ActionCheckPhrase(HuashuAction, handler=check_phrase):
    """Whether something may be said."""

    handler_name = "check_phrase"


class ActionComplaint(HuashuAction, handler=complaint):
    """A client complains."""

    handler_name = "complaint"
