"""The questionnaire step by step, on both databases: nothing counts twice, nothing counts that should not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from portal_time import (
    BOLD,
    CAUTIOUS,
    CORPUS,
    TODAY,
    Time,
    add_client,
    assessments_of,
    count_of,
    link_for,
    sheets_of,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.audit.log import AuditLog
from bot.corpus.model import Corpus
from bot.errors import HuashuError
from bot.portal.app import PATIENCE_MS
from bot.portal.assessing import Assessing
from bot.portal.walk import Place, Refusal, RefusedError, Walk
from bot.store.database import engine_for, upgrade
from bot.store.models import AssessmentLink, AuditEntry, Client, QuestionnaireVersion, RiskAssessment
from bot.suitability.profiles import client_profile

YESTERDAY = TODAY - dt.timedelta(days=1)


@dataclass
class Bench:
    """Everything a test works with."""

    engine: Engine
    time: Time
    assessing: Assessing
    corpus: list[Corpus]

    def opened(self, client_pk: int) -> str:
        """The secret of a browser that has opened a new link."""
        secret = self.assessing.open(link_for(self.engine, client_pk, self.time.moment), None)
        assert secret
        return secret

    def answered(self, client_pk: int, answers: dict[str, str]) -> tuple[str, Walk]:
        """A browser that has answered everything."""
        secret = self.opened(client_pk)
        walk = self.assessing.begin(secret)
        for question, option in answers.items():
            walk = self.assessing.answer(secret, walk.sheet_id, question, option)
        return secret, walk

    def handed_in(self, client_pk: int, answers: dict[str, str]) -> tuple[str, Walk]:
        """A browser that has handed in."""
        secret, walk = self.answered(client_pk, answers)
        return secret, self.assessing.hand_in(secret, walk.sheet_id)


@pytest.fixture
def bench(any_database: str) -> Iterator[Bench]:
    upgrade(any_database)
    engine, time, corpus = engine_for(any_database, busy_timeout_ms=PATIENCE_MS), Time(), [CORPUS]
    yield Bench(engine, time, Assessing(engine, lambda: corpus[0], time.clock), corpus)
    engine.dispose()


def refused(step: Callable[[], object]) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        step()
    return caught.value.refusal


def audit_kinds(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(AuditEntry.kind).order_by(AuditEntry.seq)))


def test_a_first_result_is_recorded_at_once(bench: Bench) -> None:
    client = add_client(bench.engine)
    _, walk = bench.handed_in(client, BOLD)
    assert (walk.place, walk.recorded, walk.result and walk.result.tier) == (Place.RESULT, True, "C5")
    assert assessments_of(bench.engine, client) == [(TODAY, "C5", CORPUS.questionnaire["version"], False)]
    (sheet,) = sheets_of(bench.engine, client)
    assert (sheet.answers, sheet.score) == (BOLD, 59)
    assert audit_kinds(bench.engine) == [
        "assessment_opened",
        "assessment_begun",
        "assessment_handed_in",
        "assessment_recorded",
    ]
    assert list(AuditLog(bench.engine).problems()) == []


def test_the_log_holds_ids_and_versions_but_no_answers(bench: Bench) -> None:
    bench.handed_in(add_client(bench.engine), BOLD)
    with Session(bench.engine) as session:
        payloads = [json.loads(each) for each in session.scalars(select(AuditEntry.payload))]
    allowed = {"client", "link", "sheet", "questionnaire", "tier", "lowest_category"}
    assert all(set(payload) <= allowed for payload in payloads)


def test_no_secret_is_kept(bench: Bench) -> None:
    token = link_for(bench.engine, add_client(bench.engine))
    secret = bench.assessing.open(token, None)
    with Session(bench.engine) as session:
        link = session.scalars(select(AssessmentLink)).one()
        kept = {link.token_hash, link.session_hash}
    assert token not in kept
    assert secret not in kept


def test_an_equal_result_needs_no_confirmation(bench: Bench) -> None:
    client = add_client(bench.engine, (YESTERDAY, "C5"))
    _, walk = bench.handed_in(client, BOLD)
    assert walk.recorded
    assert len(assessments_of(bench.engine, client)) == 2


def test_a_result_that_differs_counts_for_nothing_until_confirmed(bench: Bench) -> None:
    client = add_client(bench.engine, (YESTERDAY, "C2"))
    secret, walk = bench.handed_in(client, BOLD)
    assert not walk.recorded
    assert [each.tier for each in walk.earlier] == ["C2"]
    assert len(assessments_of(bench.engine, client)) == 1
    assert bench.assessing.confirm(secret, walk.sheet_id).recorded
    assert assessments_of(bench.engine, client)[1][1:] == ("C5", CORPUS.questionnaire["version"], True)
    assert audit_kinds(bench.engine)[-2:] == ["assessment_handed_in", "assessment_confirmed"]


def test_a_confirmed_change_of_one_day_is_no_conflict(bench: Bench) -> None:
    client = add_client(bench.engine, (TODAY, "C2"))
    secret, walk = bench.handed_in(client, BOLD)
    bench.assessing.confirm(secret, walk.sheet_id)
    with Session(bench.engine) as session:
        profile = client_profile(session.get_one(Client, client))
    assert profile.assessment is not None
    assert (profile.assessment.risk_tier, profile.conflicting_assessments) == ("C5", False)


def test_an_import_after_a_confirmed_change_is_a_conflict_again(bench: Bench) -> None:
    client = add_client(bench.engine, (TODAY, "C2"))
    secret, walk = bench.handed_in(client, BOLD)
    bench.assessing.confirm(secret, walk.sheet_id)
    with Session(bench.engine) as session, session.begin():
        session.add(RiskAssessment(client_pk=client, assessed_on=TODAY, risk_tier="C3"))
    with Session(bench.engine) as session:
        assert client_profile(session.get_one(Client, client)).conflicting_assessments


def test_handing_in_and_confirming_twice_counts_once(bench: Bench) -> None:
    client = add_client(bench.engine, (YESTERDAY, "C2"))
    secret, walk = bench.handed_in(client, BOLD)
    assert bench.assessing.hand_in(secret, walk.sheet_id) == walk
    for _ in range(2):
        bench.assessing.confirm(secret, walk.sheet_id)
    assert len(assessments_of(bench.engine, client)) == 2
    assert bench.assessing.hand_in(secret, walk.sheet_id).recorded
    assert audit_kinds(bench.engine).count("assessment_handed_in") == 1


def test_handing_in_from_many_windows_at_once_counts_once(bench: Bench) -> None:
    client = add_client(bench.engine)
    secret, walk = bench.answered(client, BOLD)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: bench.assessing.hand_in(secret, walk.sheet_id), range(4)))
    assert all(result.recorded for result in results)
    assert len(assessments_of(bench.engine, client)) == 1
    assert list(AuditLog(bench.engine).problems()) == []


def test_two_links_of_one_client_do_not_both_pass_the_last_place(bench: Bench) -> None:
    client = add_client(bench.engine, (TODAY, "C5"))
    walks = [bench.answered(client, BOLD) for _ in range(3)]

    def hand_in(browser: tuple[str, Walk]) -> str:
        try:
            bench.assessing.hand_in(browser[0], browser[1].sheet_id)
        except RefusedError as error:
            return error.refusal.value
        return "handed in"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(hand_in, walks)) == ["handed in", "limit_day", "limit_day"]
    assert len(assessments_of(bench.engine, client)) == 2


def test_clients_at_once_all_pass_and_the_chain_holds(bench: Bench) -> None:
    walks = [bench.answered(add_client(bench.engine), BOLD) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda browser: bench.assessing.hand_in(browser[0], browser[1].sheet_id), walks))
    assert all(result.recorded for result in results)
    assert list(AuditLog(bench.engine).problems()) == []


def test_an_unconfirmed_result_counts_for_the_limit(bench: Bench) -> None:
    client = add_client(bench.engine, (YESTERDAY, "C2"))
    for _ in range(2):
        bench.handed_in(client, BOLD)
    secret = bench.opened(client)
    assert refused(lambda: bench.assessing.begin(secret)) is Refusal.LIMIT_DAY


def test_the_ninth_in_twelve_months_is_refused(bench: Bench) -> None:
    client = add_client(bench.engine, *((TODAY - dt.timedelta(days=30 * n), "C5") for n in range(1, 9)))
    secret = bench.opened(client)
    assert refused(lambda: bench.assessing.begin(secret)) is Refusal.LIMIT_YEAR
    assert sheets_of(bench.engine, client) == []


def test_a_second_look_keeps_the_own_answers_and_counts_anew(bench: Bench) -> None:
    client = add_client(bench.engine, (YESTERDAY, "C2"))
    secret, first = bench.handed_in(client, BOLD)
    again = bench.assessing.look_again(secret, first.sheet_id)
    assert (again.place, again.answers) == (Place.REVIEW, BOLD)
    assert refused(lambda: bench.assessing.confirm(secret, first.sheet_id)) is Refusal.STALE
    bench.assessing.answer(secret, again.sheet_id, "bearable_loss", "up_to_5")
    walk = bench.assessing.hand_in(secret, again.sheet_id)
    assert (walk.recorded, walk.result and walk.result.tier) == (True, "C2")
    assert [sheet.risk_tier for sheet in sheets_of(bench.engine, client)] == ["C5", "C2"]
    assert [tier for _, tier, _, _ in assessments_of(bench.engine, client)] == ["C2", "C2"]


def test_a_second_look_beyond_the_limit_is_refused_but_confirming_is_not(bench: Bench) -> None:
    client = add_client(bench.engine, (TODAY, "C2"))
    secret, walk = bench.handed_in(client, BOLD)
    assert not walk.may_answer_again
    assert refused(lambda: bench.assessing.look_again(secret, walk.sheet_id)) is Refusal.LIMIT_DAY
    assert bench.assessing.confirm(secret, walk.sheet_id).recorded


def test_an_answer_after_handing_in_changes_nothing(bench: Bench) -> None:
    client = add_client(bench.engine)
    secret, walk = bench.handed_in(client, BOLD)
    assert refused(lambda: bench.assessing.answer(secret, walk.sheet_id, "age", "from_75")) is Refusal.STALE
    assert sheets_of(bench.engine, client)[0].answers == BOLD


def test_an_incomplete_sheet_is_not_handed_in(bench: Bench) -> None:
    client = add_client(bench.engine)
    secret, walk = bench.answered(client, {"age": "from_30"})
    with pytest.raises(ValueError, match="work"):
        bench.assessing.hand_in(secret, walk.sheet_id)
    assert assessments_of(bench.engine, client) == []


@pytest.mark.parametrize("capacity", ["none", "limited"])
def test_without_full_capacity_the_result_is_the_lowest_category(bench: Bench, capacity: str) -> None:
    _, walk = bench.handed_in(add_client(bench.engine, legal_capacity=capacity), BOLD)
    assert walk.result is not None
    assert walk.result.standing == ("C1", True)


def test_a_link_may_be_opened_again_until_the_client_begins(bench: Bench) -> None:
    token = link_for(bench.engine, add_client(bench.engine))
    first, second = bench.assessing.open(token, None), bench.assessing.open(token, None)
    assert refused(lambda: bench.assessing.walk(first)) is Refusal.NO_SESSION
    bench.assessing.begin(second)
    assert refused(lambda: bench.assessing.open(token, None)) is Refusal.USED
    assert refused(lambda: bench.assessing.open(token, first)) is Refusal.USED
    assert bench.assessing.open(token, second) is None


def test_a_link_that_has_done_its_work_is_used_for_everybody(bench: Bench) -> None:
    token = link_for(bench.engine, add_client(bench.engine))
    secret = bench.assessing.open(token, None)
    walk = bench.assessing.begin(secret)
    for question, option in CAUTIOUS.items():
        bench.assessing.answer(secret, walk.sheet_id, question, option)
    bench.assessing.hand_in(secret, walk.sheet_id)
    assert refused(lambda: bench.assessing.open(token, secret)) is Refusal.USED


@pytest.mark.parametrize("token", ["", "x", "0" * 22, "ｘ" * 22])
def test_a_forged_link_is_unknown(bench: Bench, token: str) -> None:
    link_for(bench.engine, add_client(bench.engine))
    assert refused(lambda: bench.assessing.open(token, None)) is Refusal.UNKNOWN


@pytest.mark.parametrize("secret", [None, "", "x"])
def test_without_a_session_nothing_is_shown(bench: Bench, secret: str | None) -> None:
    assert refused(lambda: bench.assessing.walk(secret)) is Refusal.NO_SESSION
    assert refused(lambda: bench.assessing.begin(secret)) is Refusal.NO_SESSION


def test_a_link_ends_after_thirty_minutes(bench: Bench) -> None:
    token = link_for(bench.engine, add_client(bench.engine))
    bench.time.move(minutes=30, seconds=-1)
    secret = bench.assessing.open(token, None)
    bench.time.move(seconds=1)
    assert refused(lambda: bench.assessing.open(token, None)) is Refusal.EXPIRED
    assert refused(lambda: bench.assessing.begin(secret)) is Refusal.EXPIRED


def test_a_slow_client_has_time_as_long_as_he_answers_but_not_for_ever(bench: Bench) -> None:
    client = add_client(bench.engine)
    secret = bench.opened(client)
    walk = bench.assessing.begin(secret)
    questions = list(CAUTIOUS.items())
    for question, option in questions[:4]:
        bench.time.move(minutes=29)
        bench.assessing.answer(secret, walk.sheet_id, question, option)
    bench.time.move(minutes=4)
    assert refused(lambda: bench.assessing.answer(secret, walk.sheet_id, *questions[4])) is Refusal.EXPIRED
    assert assessments_of(bench.engine, client) == []
    assert sheets_of(bench.engine, client)[0].answers == dict(questions[:4])


@pytest.mark.parametrize("minutes", [-2, -600])
def test_a_clock_set_back_stops_everything(bench: Bench, minutes: int) -> None:
    client = add_client(bench.engine)
    secret, walk = bench.answered(client, BOLD)
    bench.time.move(minutes=minutes)
    assert refused(lambda: bench.assessing.walk(secret)) is Refusal.CLOCK
    assert refused(lambda: bench.assessing.hand_in(secret, walk.sheet_id)) is Refusal.CLOCK
    assert assessments_of(bench.engine, client) == []


def test_a_day_set_back_behind_the_last_assessment_is_refused(bench: Bench) -> None:
    client = add_client(bench.engine, (TODAY + dt.timedelta(days=1), "C5"))
    secret = bench.opened(client)
    assert refused(lambda: bench.assessing.begin(secret)) is Refusal.CLOCK


def test_two_clocks_that_differ_by_seconds_are_no_matter(bench: Bench) -> None:
    secret = bench.opened(add_client(bench.engine))
    bench.time.move(seconds=-30)
    assert bench.assessing.begin(secret).place is Place.QUESTION


def with_content(**changed: object) -> Corpus:
    return replace(CORPUS, questionnaire={**CORPUS.questionnaire, **changed})


def test_a_sheet_keeps_the_version_it_began_with(bench: Bench) -> None:
    client = add_client(bench.engine)
    secret, walk = bench.answered(client, BOLD)
    bench.corpus[0] = with_content(version="2099-1", title="新问卷")
    assert bench.assessing.walk(secret).questionnaire.title == CORPUS.questionnaire["title"]
    bench.assessing.hand_in(secret, walk.sheet_id)
    assert assessments_of(bench.engine, client)[0][2] == CORPUS.questionnaire["version"]
    bench.handed_in(client, BOLD)
    assert assessments_of(bench.engine, client)[1][2] == "2099-1"
    assert count_of(bench.engine, QuestionnaireVersion) == 2


def test_other_content_under_a_version_that_was_answered_is_refused(bench: Bench) -> None:
    client = add_client(bench.engine)
    bench.handed_in(client, BOLD)
    bench.corpus[0] = with_content(title="改过的问卷")
    secret = bench.opened(client)
    with pytest.raises(HuashuError, match="却没有改") as caught:
        bench.assessing.begin(secret)
    assert caught.value.code == "E102"
