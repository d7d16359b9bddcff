"""What the actions work with, made once for the process: database, corpus, checker, audit log, and the date."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.audit.log import AuditLog
from bot.corpus.live import LiveCorpus
from bot.corpus.model import Corpus
from bot.errors import HuashuError
from bot.language.search import Document, TextIndex
from bot.model_files import read_manifest
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import checker_of, refuse_unspeakable
from bot.practice.learning import trained_model
from bot.practice.scoring import Scorer
from bot.practice.session import Trainer
from bot.settings import Settings
from bot.store.database import engine_for, session_factory
from bot.suitability.model import BankPolicy


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The corpus in use and what is worked out from it.

    Attributes:
        corpus: as read.
        checker: of phrases.
        policy: the bank's settings for the decision.
        cues: finds the script whose client lines are most like a message.
        stages: finds the stage that a request means.
        questions: finds the policy answer.
    """

    corpus: Corpus
    checker: PhraseChecker
    policy: BankPolicy
    cues: TextIndex
    stages: TextIndex
    questions: TextIndex


class Services:
    """Shared by all actions of a process.

    Args:
        settings: of the process.

    Raises:
        HuashuError: the corpus is broken or the database can't be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine = engine_for(settings.database_url)
        self._sessions: sessionmaker[Session] = session_factory(self._engine)
        self._live = LiveCorpus(settings.corpus_dir, check=self._prepare)
        self.audit = AuditLog(self._engine)
        self._model_id = _model_id(settings)

    def _prepare(self, corpus: Corpus) -> None:
        """Check a freshly read corpus and build its indexes before the old one is let go."""
        _knowledge_of(corpus, self._settings)

    @property
    def model_id(self) -> str:
        """Short digest of the newest trained model, for the audit log."""
        return self._model_id

    @property
    def portal_url(self) -> str:
        """Address by which clients' devices reach the portal."""
        return self._settings.portal_url

    def knowledge(self) -> Knowledge:
        """The corpus in use, with its indexes."""
        return _knowledge_of(self._live.current(), self._settings)

    def trainer(self, knowledge: Knowledge) -> Trainer:
        """Runs role-play with a corpus; learns to score in some seconds when its graded replies have changed.

        Raises:
            HuashuError: E108, the corpus has nothing to practise with.
        """
        return _trainer_of(knowledge, self._settings)

    def today(self) -> dt.date:
        """The date on which questions are decided."""
        return self._settings.date_today()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for reading."""
        with self._sessions() as session:
            yield session

    def readiness(self) -> dict[str, str]:
        """State of each part: ``ok`` or what is wrong."""
        parts = {"database": "ok", "corpus": "ok", "audit": "ok"}
        try:
            with self.session() as session:
                session.execute(text("SELECT count(*) FROM product"))
        except SQLAlchemyError:
            parts["database"] = "E401"
        if (message := self.audit.rehearse()) is not None:
            parts["audit"] = message
        self._live.current()
        if self._live.error is not None:
            parts["corpus"] = str(self._live.error)
        return parts


@functools.lru_cache(maxsize=2)
def _knowledge_of(corpus: Corpus, settings: Settings) -> Knowledge:
    """Check a corpus and build its indexes; the newest two are kept."""
    checker = checker_of(settings.corpus_dir, corpus, settings.models_dir)
    refuse_unspeakable(corpus, checker)
    return Knowledge(
        corpus=corpus,
        checker=checker,
        policy=BankPolicy.from_settings(corpus.bank),
        cues=TextIndex(
            Document(script.id, script.cues, (script.governance.title, script.note)) for script in corpus.scripts()
        ),
        stages=TextIndex(
            Document(
                stage.name,
                tuple(line.plain for line in corpus.training_lines if line.path.stem == stage.name),
                (stage.title, stage.definition, *(script.governance.title for script in stage.scripts)),
            )
            for stage in corpus.stages.values()
        ),
        questions=TextIndex(
            Document(answer.id, answer.questions, (answer.governance.title, answer.answer, answer.to_confirm))
            for answer in corpus.answers.values()
        ),
    )


@functools.lru_cache(maxsize=2)
def _trainer_of(knowledge: Knowledge, settings: Settings) -> Trainer:
    corpus, practice = knowledge.corpus, knowledge.corpus.practice
    if practice is None:
        raise HuashuError("E108", corpus.wording["practice_missing"])
    model = trained_model(corpus, practice, settings.models_dir)
    return Trainer(practice, Scorer(corpus, practice, model, knowledge.checker), knowledge.checker)


def _model_id(settings: Settings) -> str:
    try:
        manifest = read_manifest(settings)
    except HuashuError:
        return "unknown"
    return manifest.model_id if manifest else "unknown"
