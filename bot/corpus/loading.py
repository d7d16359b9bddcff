"""Reads the corpus directory: every file parsed, checked, and turned into objects, or all problems told at once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.corpus.consistency import consistency_problems
from bot.corpus.model import AppliesTo, Corpus, Disclosure, Fact, Governance, PolicyAnswer, Script, Topic
from bot.corpus.practice import Practice, build_practice, practice_problems
from bot.corpus.problems import CorpusError, Problem
from bot.corpus.questionnaire import questionnaire_problems
from bot.corpus.schema import schema_problems
from bot.corpus.utterances import TrainingLine
from bot.corpus.yaml_source import YamlDocument, read_yaml
from bot.language.understanding import OBJECTION

OBJECTION_STEPS = {"listen": "倾听", "understand": "理解", "resolve": "解决"}
_FORMAT_ERROR, _CONTENT_ERROR = "E101", "E102"


@dataclass(frozen=True)
class CorpusFiles:
    """The parsed files by kind, before they become objects.

    Attributes:
        directory: the corpus directory.
        objections: one document an objection.
        stages: one document a stage.
        answers: one document a topic of policy answers.
        disclosures, regulations, wording, bank, questionnaire, portal, practice: single files.
        personas: one document a persona.
        client_lines, graded: one document an objection.
    """

    directory: Path
    objections: list[YamlDocument] = field(default_factory=list)
    stages: list[YamlDocument] = field(default_factory=list)
    answers: list[YamlDocument] = field(default_factory=list)
    disclosures: list[YamlDocument] = field(default_factory=list)
    regulations: list[YamlDocument] = field(default_factory=list)
    wording: list[YamlDocument] = field(default_factory=list)
    bank: list[YamlDocument] = field(default_factory=list)
    questionnaire: list[YamlDocument] = field(default_factory=list)
    portal: list[YamlDocument] = field(default_factory=list)
    practice: list[YamlDocument] = field(default_factory=list)
    personas: list[YamlDocument] = field(default_factory=list)
    client_lines: list[YamlDocument] = field(default_factory=list)
    graded: list[YamlDocument] = field(default_factory=list)


# kind: (glob below the corpus directory, schema)
FILE_KINDS: dict[str, tuple[str, str]] = {
    "objections": ("objections/*.yml", "objection"),
    "stages": ("stages/*.yml", "stage"),
    "answers": ("policy/answers/*.yml", "answers"),
    "disclosures": ("policy/disclosures.yml", "disclosures"),
    "regulations": ("regulations.yml", "regulations"),
    "wording": ("wording.yml", "wording"),
    "bank": ("policy/bank.yml", "bank"),
    "questionnaire": ("policy/questionnaire.yml", "questionnaire"),
    "portal": ("portal.yml", "wording"),
    "practice": ("practice.yml", "practice"),
    "personas": ("personas/*.yml", "persona"),
    "client_lines": ("objections/practice/*.yml", "client_lines"),
    "graded": ("objections/graded/*.yml", "graded_replies"),
}
# A corpus without ``practice.yml`` is whole; nobody can practise with it.
_OF_PRACTICE = ("practice", "personas", "client_lines", "graded")


def load_corpus(directory: Path) -> Corpus:
    """Read and check the corpus.

    Args:
        directory: the corpus directory, ``scripts_corpus/``.

    Returns:
        The corpus.

    Raises:
        CorpusError: with every problem of every file (E101 format, E102 content).
    """
    files = _read_files(directory)
    problems = [*_wrong_file_names(files), *_doubled_entries(files)]
    wrong_steps = list(_wrong_steps(files))
    if wrong_steps:  # scripts can't be built, so what needs the whole corpus is not checked
        raise CorpusError([*problems, *wrong_steps], _CONTENT_ERROR)
    corpus = _build(files, corpus_revision(directory))
    problems += consistency_problems(corpus, files.answers, files.disclosures)
    problems += [each for document in files.questionnaire for each in questionnaire_problems(document, corpus.facts)]
    if files.practice:
        of_practice = (files.personas, files.client_lines, files.graded, files.practice[0])
        problems += practice_problems(*of_practice, corpus.objections)
    if problems:
        raise CorpusError(problems, _CONTENT_ERROR)
    return corpus


def _wrong_file_names(files: CorpusFiles) -> Iterator[Problem]:
    for document in (*files.objections, *files.stages, *files.answers):
        data = document.data
        name = data.get("intent") or data.get("stage") or data["topic"]
        expected = str(name).removeprefix(OBJECTION)
        if document.path.stem != expected:
            yield Problem(document.path, 1, "", f"文件名与内容 {name} 不一致", f"文件名写成 {expected}.yml")


def _wrong_steps(files: CorpusFiles) -> Iterator[Problem]:
    for document in (*files.objections, *files.stages):
        step_names = document.data.get("steps", OBJECTION_STEPS)
        for index, item in enumerate(document.data["scripts"]):
            if set(item["steps"]) != set(step_names):
                line, right = document.line_of(("scripts", index, "steps")), "、".join(step_names)
                yield Problem(document.path, line, f"scripts[{index}].steps", "步骤与文件开头不一致", right)


def _doubled_entries(files: CorpusFiles) -> Iterator[Problem]:
    """Disclosures and facts whose id was there before: only one of the two would be kept."""
    for key, documents in (("disclosures", files.disclosures), ("facts", files.regulations)):
        for document in documents:
            first: dict[str, int] = {}
            for index, item in enumerate(document.data[key]):
                line = document.line_of((key, index))
                if item["id"] in first:
                    what = f"编号 {item['id']} 与第 {first[item['id']]} 行重复"
                    yield Problem(document.path, line, f"{key}[{index}]", what, "每个编号只用一次")
                first.setdefault(item["id"], line)


def corpus_revision(directory: Path) -> str:
    """Digest over the names and contents of all corpus files, 16 hexadecimal characters.

    Raises:
        CorpusError: a file can't be read, such as one that is being replaced at this moment.
    """
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("[!.]*.yml")):
        digest.update(str(path.relative_to(directory)).encode())
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            what = f"读不了：{error.strerror}"
            raise CorpusError([Problem(path, 1, "", what, "检查文件是否存在、是否可读")], _FORMAT_ERROR) from error
    return digest.hexdigest()[:16]


def _read_files(directory: Path) -> CorpusFiles:
    files = CorpusFiles(directory)
    problems: list[Problem] = []
    for kind, (pattern, schema_name) in FILE_KINDS.items():
        # Hidden files are an editor's or a file server's own (".#fees.yml").
        paths = sorted(path for path in directory.glob(pattern) if not path.name.startswith("."))
        if not paths and (kind not in _OF_PRACTICE or files.practice):
            problems.append(Problem(directory / pattern, 1, "", "没有这样的文件", "至少一个"))
        for path in paths:
            document, found = read_yaml(path)
            problems += found
            if document is not None:
                problems += schema_problems(document, schema_name)
                getattr(files, kind).append(document)
    problems += _stray_files(directory)
    if problems:
        raise CorpusError(problems, _FORMAT_ERROR)
    return files


def _stray_files(directory: Path) -> list[Problem]:
    """Files that nobody reads, such as ``fees.yaml`` or ``fees.YML``: a trainer would wonder why nothing changes."""
    return [
        Problem(path, 1, "", f"扩展名是 {path.suffix}，不会被读取", f"改名为 {path.stem}.yml")
        for path in sorted(directory.rglob("[!.]*"))
        if path.suffix != ".yml" and path.suffix.lower() in (".yaml", ".yml")
    ]


def _build(files: CorpusFiles, revision: str) -> Corpus:
    return Corpus(
        revision=revision,
        objections=_by_key(files.objections, _objection),
        stages=_by_key(files.stages, _stage),
        answers={answer.id: answer for document in files.answers for answer in _answers(document)},
        disclosures={
            item["id"]: Disclosure(
                item["id"],
                item["text"],
                tuple(item["facts"]),
                frozenset(item["required_for"]),
                item.get("required_if_qualified_only", False),
            )
            for document in files.disclosures
            for item in document.data["disclosures"]
        },
        facts={
            item["id"]: Fact(
                item["id"],
                item["rule"],
                item["article"],
                item["substance"],
                item["mark"],
                item.get("remark", ""),
            )
            for document in files.regulations
            for item in document.data["facts"]
        },
        wording={key: value for document in files.wording for key, value in document.data["wording"].items()},
        bank={key: item["value"] for document in files.bank for key, item in document.data.items()},
        questionnaire=files.questionnaire[0].data,
        portal=files.portal[0].data["wording"],
        practice=_practice(files),
        training_lines=tuple(_training_lines(files)),
    )


def _practice(files: CorpusFiles) -> Practice | None:
    if not files.practice:
        return None
    return build_practice(files.personas, files.client_lines, files.graded, files.practice[0])


def _by_key(documents: list[YamlDocument], build: Callable[[YamlDocument], Topic]) -> dict[str, Topic]:
    topics = [build(document) for document in documents]
    return {topic.name: topic for topic in topics}


def _objection(document: YamlDocument) -> Topic:
    data = document.data
    return _topic(document, "objection", data["intent"], OBJECTION_STEPS)


def _stage(document: YamlDocument) -> Topic:
    data = document.data
    return _topic(document, "stage", data["stage"], data["steps"])


def _topic(document: YamlDocument, kind: str, name: str, step_names: dict[str, str]) -> Topic:
    data = document.data
    scripts = tuple(_script(document, index, item, name, step_names) for index, item in enumerate(data["scripts"]))
    return Topic(kind, name, data["name"], data["definition"].strip(), step_names, scripts)


def _script(document: YamlDocument, index: int, item: dict[str, Any], topic: str, step_names: dict[str, str]) -> Script:
    applies_to = item.get("applies_to", {})
    return Script(
        governance=_governance(document, ("scripts", index), item),
        topic=topic,
        steps={step: item["steps"][step].strip() for step in step_names},
        applies_to=AppliesTo(**{key: frozenset(value) for key, value in applies_to.items()}),
        cues=tuple(item.get("cues", ())),
        disclosures=tuple(item["disclosures"]),
        note=item["note"].strip(),
    )


def _answers(document: YamlDocument) -> list[PolicyAnswer]:
    return [
        PolicyAnswer(
            governance=_governance(document, ("answers", index), item),
            topic=document.data["topic"],
            questions=tuple(item["questions"]),
            answer=item["answer"].strip(),
            to_confirm=item.get("to_confirm", "").strip(),
        )
        for index, item in enumerate(document.data["answers"])
    ]


def _governance(document: YamlDocument, location: tuple[str | int, ...], item: dict[str, Any]) -> Governance:
    return Governance(
        id=item["id"],
        version=item["version"],
        status=item["status"],
        title=item["title"],
        author=item["author"],
        approver=item.get("approver", ""),
        effective=dt.date.fromisoformat(item["effective"]),
        expires=dt.date.fromisoformat(item["expires"]),
        facts=tuple(item["facts"]),
        path=document.path,
        line=document.line_of(location),
    )


def _training_lines(files: CorpusFiles) -> Iterator[TrainingLine]:
    for document in (*files.objections, *files.stages):
        intent = document.data.get("intent", "request_script")
        for index, text in enumerate(document.data["utterances"]):
            yield TrainingLine(intent, text, document.path, document.line_of(("utterances", index)))
    for document in files.answers:
        for index, answer in enumerate(document.data["answers"]):
            for number, text in enumerate(answer["questions"]):
                line = document.line_of(("answers", index, "questions", number))
                yield TrainingLine("ask_policy", text, document.path, line)
