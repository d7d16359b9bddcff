"""Learns from trainers' graded replies what a reply does: two small linear models, one on the other.

The first reads characters (`policy.traits`): does the reply listen, understand, resolve, push; how good is it; which
objection does it speak about. The second weighs those margins with a few plain features. Its weights times its features
are the contributions that a score shows. Both are fitted again when the examples change, and kept as numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from bot.corpus.model import Corpus
from bot.corpus.practice import CRITERIA, GradedReply, Practice
from bot.model_files import file_digest
from bot.policy.kept import keep, kept
from bot.policy.offsets import fold
from bot.policy.traits import Traits
from bot.practice.traits import NAMES, plain_traits

PENALTY, RIDGE = 0.5, 1.0
SECOND_PENALTY, FOLDS = 0.3, 4
PUSHY_KINDS = frozenset({"pushy"})
# Examples that speak about the objection they answer.
_ON_TOPIC = frozenset({"excellent", "good", "cold", "asking", "warm", "question_only", "rude_right"})
_UTTERANCES = 240  # client utterances an objection that teach what it is about
_SOURCES = ("practice/learning.py", "practice/traits.py", "policy/traits.py", "policy/offsets.py", "language/*.py")

_ARRAYS = ("machines", "intercepts", "means", "scales", "weights", "biases", "grade_weights")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ReplyModel:
    """Both models.

    Attributes:
        traits: what the first sees.
        machines: float32 of shape (traits, 5 + objections): listen, understand, resolve, pushy, overall, then what
            the reply is about.
        intercepts: float64 of shape (5 + objections,).
        means, scales: of the second model's features, float64 of shape (features,).
        weights: float64 of shape (features, 3): contributions to each criterion.
        biases: float64 of shape (3,).
        grade_weights: float64 of shape (features + products,): what makes the grade.
        grade_bias: its constant.
        objections: intents, in the order of the machines.
    """

    traits: Traits
    machines: npt.NDArray[np.float32]
    intercepts: Floats
    means: Floats
    scales: Floats
    weights: Floats
    biases: Floats
    grade_weights: Floats
    grade_bias: float
    objections: tuple[str, ...]

    def margins(self, folded: Sequence[str]) -> Floats:
        """What the first model says, float64 of shape (texts, 5 + objections)."""
        return np.asarray(self.traits.transform(folded) @ self.machines + self.intercepts)

    def standardised(self, features: Floats) -> Floats:
        """Features as the second model weighs them."""
        return np.asarray((features - self.means) / self.scales)

    def grade(self, features: Floats) -> float:
        """The overall grade of one reply, unrounded, before any veto."""
        return float((_with_products(features[None]) @ self.grade_weights)[0] + self.grade_bias)


def raw_features(margins: Floats, folded: Sequence[str], client_lines: Sequence[str], own: Sequence[int]) -> Floats:
    """The second model's features before they are standardised, float64 of shape (texts, features).

    Args:
        margins: what the first model says of the texts.
        folded: the replies.
        client_lines: what they answer, folded.
        own: numbers of the objections they answer.
    """
    rows = np.arange(len(folded))
    topics = margins[:, 5:]
    topic = topics[rows, list(own)]
    others = topics.copy()
    others[rows, list(own)] = -np.inf
    plain = np.array([plain_traits(reply, line) for reply, line in zip(folded, client_lines, strict=True)])
    return np.column_stack([margins[:, [0, 1, 2, 4]], topic, topic - others.max(axis=1), plain])


def _with_products(features: Floats) -> Floats:
    """Features, and how the criteria go together: a cold right answer is worth less than its parts."""
    met = np.tanh(features[:, :3])
    pairs = met[:, [0, 0, 1]] * met[:, [1, 2, 2]]
    on_topic = np.minimum(met[:, 2], np.tanh(features[:, 5]))
    return np.column_stack([features, met, pairs, on_topic])


def train(practice: Practice, corpus: Corpus) -> ReplyModel:
    """Learn from the graded replies of a corpus.

    Args:
        practice: of the corpus.
        corpus: its scripts and utterances teach what an objection is about.

    Returns:
        The model; the same for the same corpus.
    """
    objections = tuple(sorted(corpus.objections))
    graded = practice.graded
    replies = [fold(item.reply).text for item in graded]
    client_lines = [fold(item.client).text for item in graded]
    own = [objections.index(item.objection) for item in graded]
    texts, about = _topic_lessons(corpus, objections)
    traits = Traits.learn([*replies, *client_lines, *texts])
    lessons = _Lessons(
        traits.transform(replies),
        traits.transform(client_lines),
        traits.transform(texts),
        np.array(own),
        np.array(about),
        graded,
    )
    groups = np.unique([f"{item.objection} {item.client}" for item in graded], return_inverse=True)[1]
    raw = np.zeros((len(graded), len(NAMES)))
    for learned, asked in GroupKFold(FOLDS).split(replies, groups=groups):
        coefficients, intercepts = lessons.fit(learned)
        margins = np.asarray(lessons.replies[asked] @ coefficients + intercepts)
        raw[asked] = raw_features(
            margins, [replies[n] for n in asked], [client_lines[n] for n in asked], [own[n] for n in asked]
        )
    means, scales = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    features = (raw - means) / scales
    criteria = [
        LogisticRegression(C=SECOND_PENALTY, max_iter=2000).fit(features, [getattr(item, name) for item in graded])
        for name in CRITERIA
    ]
    grades = Ridge(alpha=RIDGE).fit(_with_products(features), [item.overall for item in graded])
    coefficients, intercepts = lessons.fit(np.arange(len(graded)))
    return ReplyModel(
        traits,
        coefficients.astype(np.float32),
        intercepts,
        means,
        scales,
        np.column_stack([machine.coef_[0] for machine in criteria]),
        np.array([machine.intercept_[0] for machine in criteria]),
        grades.coef_,
        float(grades.intercept_),
        objections,
    )


def _topic_lessons(corpus: Corpus, objections: Sequence[str]) -> tuple[list[str], list[int]]:
    """What the corpus itself says about each objection: steps of scripts, and utterances spread over the file."""
    texts, about = [], []
    for number, intent in enumerate(objections):
        steps = [fold(text).text for script in corpus.objections[intent].scripts for text in script.steps.values()]
        utterances = [line.plain for line in corpus.training_lines if line.intent == intent]
        spread = utterances[:: max(1, len(utterances) // _UTTERANCES)]
        texts += [*steps, *(fold(text).text for text in spread)]
        about += [number] * (len(steps) + len(spread))
    return texts, about


@dataclass(frozen=True)
class _Lessons:
    """Rows of everything that is learned from, and what is known of them."""

    replies: npt.NDArray[np.float64]
    client_lines: npt.NDArray[np.float64]
    texts: npt.NDArray[np.float64]
    own: npt.NDArray[np.int_]
    about: npt.NDArray[np.int_]
    graded: tuple[GradedReply, ...]

    def fit(self, chosen: npt.NDArray[np.int_]) -> tuple[Floats, Floats]:
        """Coefficients and intercepts of the first model, learned from the chosen replies and all texts."""
        items = [self.graded[n] for n in chosen]
        rows = self.replies[chosen]
        machines = [
            LinearSVC(C=PENALTY, class_weight="balanced", random_state=0).fit(rows, labels)
            for labels in (
                *([getattr(item, name) for item in items] for name in CRITERIA),
                [item.kind in PUSHY_KINDS for item in items],
            )
        ]
        grade = Ridge(alpha=RIDGE).fit(rows, [item.overall for item in items])
        speaking = chosen[[item.kind in _ON_TOPIC for item in items]]
        topic = LinearSVC(C=PENALTY, class_weight="balanced", random_state=0).fit(
            sparse.vstack([self.replies[speaking], self.client_lines[speaking], self.texts], format="csr"),
            np.concatenate([self.own[speaking], self.own[speaking], self.about]),
        )
        coefficients = np.column_stack([*(machine.coef_[0] for machine in machines), grade.coef_, topic.coef_.T])
        intercepts = np.array([*(machine.intercept_[0] for machine in machines), grade.intercept_, *topic.intercept_])
        return coefficients, intercepts


def trained_model(corpus: Corpus, practice: Practice, directory: Path) -> ReplyModel:
    """The model of a corpus: read when it has been trained before, else trained and kept.

    Args:
        corpus: with its scripts.
        practice: of it.
        directory: where models are kept.
    """
    path = _path(corpus, practice, directory)
    found = kept(path, *_ARRAYS, "grade_bias", "objections")
    if found is None:
        model = train(practice, corpus)
        arrays = {name: getattr(model, name) for name in _ARRAYS}
        keep(
            path,
            model.traits,
            {**arrays, "grade_bias": np.array(model.grade_bias), "objections": np.array(model.objections)},
        )
        return model
    traits, arrays = found
    objections = tuple(str(name) for name in arrays.pop("objections"))
    return ReplyModel(traits, grade_bias=float(arrays.pop("grade_bias")), objections=objections, **arrays)


def is_trained(corpus: Corpus, practice: Practice, directory: Path) -> bool:
    """Whether `trained_model` has nothing to learn."""
    return _path(corpus, practice, directory).exists()


def _path(corpus: Corpus, practice: Practice, directory: Path) -> Path:
    return directory / f"practice-{fingerprint(corpus, practice)}.npz"


def fingerprint(corpus: Corpus, practice: Practice) -> str:
    """Digest of what is learned from and of the code that learns; 16 hexadecimal digits."""
    bot = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(file_digest([path for each in _SOURCES for path in sorted(bot.glob(each))]).encode())
    for item in practice.graded:
        digest.update(repr(item).encode())
    for text, number in zip(*_topic_lessons(corpus, sorted(corpus.objections)), strict=True):
        digest.update(f"{number} {text}\n".encode())
    return digest.hexdigest()[:16]
