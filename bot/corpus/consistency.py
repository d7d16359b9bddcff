"""Checks that go across entries and files: ids, approvals, citations, placeholders, utterances of two intents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from bot.corpus.model import Corpus, Governance, PolicyAnswer, Script
from bot.corpus.placeholders import KNOWN, placeholders_in, stray_brackets
from bot.corpus.problems import Problem
from bot.corpus.utterances import utterance_problems
from bot.corpus.yaml_source import YamlDocument


def consistency_problems(
    corpus: Corpus, answer_documents: list[YamlDocument], disclosure_documents: list[YamlDocument]
) -> list[Problem]:
    """All problems that need more than one entry to be seen.

    Args:
        corpus: the corpus as built.
        answer_documents: policy answers as written, since doubled answer ids are lost in the built corpus.
        disclosure_documents: disclosures as written, for their lines.

    Returns:
        The problems, unordered.
    """
    return [
        *_duplicate_ids(corpus, answer_documents),
        *_governance(corpus),
        *_script_contents(corpus),
        *_answer_contents(corpus),
        *_disclosure_facts(corpus, disclosure_documents),
        *utterance_problems(corpus.training_lines),
    ]


def _governed(corpus: Corpus) -> Iterator[Governance]:
    yield from (script.governance for script in corpus.scripts())
    yield from (answer.governance for answer in corpus.answers.values())


def _duplicate_ids(corpus: Corpus, answer_documents: list[YamlDocument]) -> Iterator[Problem]:
    entries = [(script.id, script.governance.path, script.governance.line) for script in corpus.scripts()]
    for document in answer_documents:
        for index, item in enumerate(document.data["answers"]):
            entries.append((item["id"], document.path, document.line_of(("answers", index))))
    first: dict[str, tuple[Path, int]] = {}
    for identifier, path, line in entries:
        if identifier in first:
            other, other_line = first[identifier]
            yield Problem(path, line, identifier, f"编号与 {other.name}:{other_line} 重复", "每个编号只用一次")
        first.setdefault(identifier, (path, line))
        if identifier.split(".")[0] != path.stem:
            yield Problem(path, line, identifier, "编号不是以文件名开头", f"写成 {path.stem}.短名")


def _governance(corpus: Corpus) -> Iterator[Problem]:
    for entry in _governed(corpus):
        where = entry.id

        def problem(what: str, right: str, entry: Governance = entry, where: str = where) -> Problem:
            return Problem(entry.path, entry.line, where, what, right)

        if entry.status == "approved" and not entry.approver:
            yield problem("已批准却没有审批人", "写上 approver，或把 status 改回 in_review")
        if entry.approver and entry.approver == entry.author:
            yield problem(f"审批人和作者都是 {entry.author}", "由另一个人审批")
        if entry.expires < entry.effective:
            yield problem("失效日早于生效日", "expires 不早于 effective")
        elif _over_a_year(entry.effective, entry.expires):
            yield problem("有效期超过一年", "expires 在 effective 之后一年以内")
        for fact in entry.facts:
            if fact not in corpus.facts:
                yield problem(f"引用的条目 {fact} 不存在", "regulations.yml 里有的编号")


def _over_a_year(first: dt.date, last: dt.date) -> bool:
    return (last.year - 1, last.month, last.day) > (first.year, first.month, first.day)


def _script_contents(corpus: Corpus) -> Iterator[Problem]:
    for script in corpus.scripts():
        for disclosure in script.disclosures:
            if disclosure not in corpus.disclosures:
                yield _at(script, f"揭示 {disclosure} 不存在", "policy/disclosures.yml 里有的编号")
        for step, text in script.steps.items():
            for name in placeholders_in(text):
                if name not in KNOWN:
                    yield _at(script, f"{step} 里的 {{{name}}} 不认识", f"可用：{'、'.join(sorted(KNOWN))}")
            if stray_brackets(text):
                yield _at(script, f"{step} 里有落单的花括号", "花括号只用来写占位符")
        if "{" in script.note:
            yield _at(script, "note 里有花括号", "占位符只写在步骤里")


def _at(item: Script | PolicyAnswer, what: str, right: str) -> Problem:
    return Problem(item.governance.path, item.governance.line, item.id, what, right)


def _answer_contents(corpus: Corpus) -> Iterator[Problem]:
    for answer in corpus.answers.values():
        unconfirmed = [
            fact for fact in answer.governance.facts if fact in corpus.facts and not corpus.facts[fact].confirmed
        ]
        if unconfirmed and not answer.to_confirm:
            listing = "、".join(unconfirmed)
            yield _at(
                answer,
                f"引用了未核实的 {listing} 却没有 to_confirm",
                "把相应内容写进 to_confirm，或去掉这些引用",
            )
        if "{" in answer.answer + answer.to_confirm:
            yield _at(answer, "政策问答里有花括号", "不用占位符")


def _disclosure_facts(corpus: Corpus, documents: list[YamlDocument]) -> Iterator[Problem]:
    for document in documents:
        for index, item in enumerate(document.data["disclosures"]):
            line = document.line_of(("disclosures", index))
            for fact in item["facts"]:
                if fact not in corpus.facts:
                    what = f"引用的条目 {fact} 不存在"
                    yield Problem(document.path, line, item["id"], what, "regulations.yml 里有的编号")
