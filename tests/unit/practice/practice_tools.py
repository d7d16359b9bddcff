"""The real corpus, scorer and trainer, made once, and replies of known worth."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.corpus.loading import load_corpus
from bot.corpus.model import Corpus
from bot.corpus.practice import Practice
from bot.policy.checker import PhraseChecker
from bot.policy.corpus_check import checker_of
from bot.practice.facts import ProductSheet
from bot.practice.learning import trained_model
from bot.practice.scenario import Mode, Scenario
from bot.practice.scorecard import Scorecard
from bot.practice.scoring import Scene, Scorer
from bot.practice.session import Session, Trainer
from bot.settings import PROJECT_ROOT

DAY = dt.date(2026, 11, 24)
SCENE = Scene(DAY)
CORPUS = PROJECT_ROOT / "scripts_corpus"
MODELS = PROJECT_ROOT / "bot" / "models"
SHEET = ProductSheet(
    "安和稳盈90天", "wealth_management", "R2", 90, {"管理费": Decimal("0.30"), "托管费": Decimal("0.02")}
)


@functools.cache
def corpus() -> Corpus:
    """The corpus as shipped."""
    return load_corpus(CORPUS)


@functools.cache
def practice() -> Practice:
    """What practice reads from it."""
    found = corpus().practice
    assert found is not None
    return found


@functools.cache
def checker() -> PhraseChecker:
    """The phrase check as shipped."""
    return checker_of(CORPUS, corpus(), MODELS)


@functools.cache
def scorer() -> Scorer:
    """The scorer with the model as trained."""
    return Scorer(corpus(), practice(), trained_model(corpus(), practice(), MODELS), checker())


@functools.cache
def trainer() -> Trainer:
    """Runs sessions with the real scorer."""
    return Trainer(practice(), scorer(), checker())


@dataclass(frozen=True)
class Objection:
    """What a client raises, and replies to it by what a trainer would think of them."""

    intent: str
    line: str
    good: str
    cold: str


FEES = Objection(
    "objection_fees",
    "费用一项一项的，我看着就心疼。",
    "您心疼这笔费我懂，钱还没赚先往外掏，谁都不舒服。您是嫌它总数高，还是怕扣得不明不白？放五万块，管理费一年0.3%"
    "就是一百五十块，每天从净值里扣，赎回不再收；净值可能跌，亏了费也照扣，这一条您想好再定。",
    "管理费每年0.3%，按日从净值计提，五万元一年约150元。托管费0.02%。赎回不收费。产品不保本，可能亏损。",
)
LIQUIDITY = Objection(
    "objection_liquidity",
    "万一家里急用，这钱取不出来怎么办？",
    "家里急用的钱确实耽误不得，您担心得对。您大概哪个月份可能用、要用多少？这只封闭90天，中途取不出来；要是半年里"
    "可能用到三万，就把三万放活期，剩下的再看这只，它也可能亏本金。",
    "封闭90天，期间不能赎回。到期后两个工作日到账。需要随时取用的资金，应放活期或者现金管理类产品。",
)
RISK = Objection(
    "objection_risk",
    "亏了怎么办，我这养老钱可经不起。",
    "养老钱经不起跌，您这份小心我特别理解。您心里的底线是少几千还是一分都不能少？要是一分不能少，那就存定期，五十万"
    "以内有存款保险；R2这只十万块可能跌掉一两千，跌了没人补。",
    "R2等级，不保本，十万元可能跌一两千元。亏损由投资者承担。不能接受的，可以存定期，五十万元以内有存款保险。",
)
OBJECTIONS = (FEES, LIQUIDITY, RISK)
EMPTY = (
    "尊敬的客户，非常感谢您对我行的信任与支持。我们始终坚持以客户为中心的服务理念，致力于为广大客户提供专业、贴心、"
    "高效的财富管理体验。您的每一条宝贵意见，都是我们前进的动力，我们一定不断提升服务品质，与您携手共创美好未来。"
)
GUARANTEE = "您怕亏我懂，您放一百个心，这只保本保息，绝对不会亏。"
PRIVATE = (
    "您担心个人信息被传出去，这很正常。身份证和手机号只用来核对身份，存在行里的系统，谁查过都有记录，您可以随时要求"
    "停止短信推送，写张单子就行。"
)
# For any worry of any client: it takes the worry up, asks, and gives something to hold on to.
GREETING = "您好，我是咱们行的客户经理小林，今天占用您十分钟，先听听您的打算，这笔钱准备用来做什么？"
QUESTIONS = "这笔钱多久用不到？要是跌了一点，您能承受亏多少？"
MORE_QUESTIONS = "您家里几口人？以前买过什么理财？"
INTRODUCTION = "给您介绍一只理财产品，R2等级，封闭期90天，管理费一年0.3%，不保本，可能亏损。"


def score(objection: Objection, reply: str, scene: Scene = SCENE) -> Scorecard:
    """The score of a reply."""
    return scorer().score(objection.intent, objection.line, reply, scene)


def drill(objection: str = "objection_fees", level: str = "easy", seed: int = 7, persona: str = "") -> Session:
    """A drill that has begun."""
    return trainer().start(Scenario(Mode.DRILL, objection, persona, level, seed))


def visit(persona: str, level: str = "easy", seed: int = 7) -> Session:
    """A visit that has begun."""
    return trainer().start(Scenario(Mode.VISIT, "", persona, level, seed))


@functools.cache
def good_answers() -> dict[str, tuple[str, ...]]:
    """By objection, the graded replies that a trainer gave 5: what the model takes for good."""
    found: dict[str, list[str]] = {}
    for item in practice().graded:
        if item.overall == 5:
            found.setdefault(item.objection, []).append(item.reply)
    return {name: tuple(replies) for name, replies in found.items()}


def well_said(session: Session) -> str:
    """A good reply to whatever is in hand, another one each time."""
    stage = session.state.stage
    if stage == "objections" and not session.state.tempting:
        replies = good_answers()[session.state.worries[0]]
        return replies[len(session.exchanges) % len(replies)]
    return {
        "opening": GREETING,
        "needs": QUESTIONS if "loss" not in session.state.topics else INTRODUCTION,
        "introduction": INTRODUCTION,
        "objections": "这个我不能替您做，规定不许，您自己来办最稳妥。",
        "closing": "今天咱们说了三件事，您回去慢慢考虑，不着急，我周四给您打电话。",
    }[stage]


def play(session: Session, replies: Sequence[str], scene: Scene = SCENE) -> Iterator[str]:
    """Say the replies until the talk is over, and give what the client says to each."""
    for reply in replies:
        if session.is_over:
            return
        trainer().reply(session, reply, scene)
        yield session.line


def play_well(session: Session, most: int = 40) -> Session:
    """Answer well until the talk is over."""
    for _ in range(most):
        if session.is_over:
            return session
        trainer().reply(session, well_said(session), SCENE)
    raise AssertionError("the talk does not end")
