"""Bad links, lost connections, doubled presses, wrong clocks: a clear page, and nothing counted twice."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from browser_walk import BOLD, CAUTIOUS, QUESTIONS, answer_all, begin, choose, hand_in, heading
from conftest import TODAY, Portal
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

YESTERDAY = TODAY - dt.timedelta(days=1)


def test_a_lost_connection_half_way_loses_no_answer(context: BrowserContext, page: Page, portal: Portal) -> None:
    client = portal.client()
    link = portal.link(client)
    begin(page, link)
    for _ in range(6):
        choose(page, CAUTIOUS)
    heading(page, QUESTIONS[6]["text"])
    page.get_by_role("radio").nth(CAUTIOUS).check()
    context.set_offline(True)
    page.get_by_role("button", name="下一题").click()
    page.wait_for_url("chrome-error://**")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(link)
    heading(again, QUESTIONS[6]["text"])
    assert len(portal.sheets(client)[0].answers) == 6
    answer_all(again, CAUTIOUS, first=6)
    hand_in(again)
    assert len(portal.assessments(client)) == 1


def test_handing_in_twice_counts_once(context: BrowserContext, page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    other = context.new_page()
    other.goto(page.url)
    hand_in(page)
    hand_in(other)
    assert len(portal.assessments(client)) == 1
    assert len(portal.sheets(client)) == 1


def test_a_double_click_on_hand_in_counts_once(page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    page.get_by_role("button", name="提交").dblclick()
    heading(page, "您的评估结果")
    assert len(portal.assessments(client)) == 1


def test_a_page_of_before_handing_in_changes_nothing(context: BrowserContext, page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    page.get_by_role("link", name="修改第1题").click()
    other = context.new_page()
    other.goto(f"{portal.settings.portal_url}/assessment/review")
    hand_in(other)
    before = portal.sheets(client)[0].answers
    page.get_by_role("radio").nth(3).check()
    page.get_by_role("button", name="保存").click()
    heading(page, "这一页已经不是最新的")
    assert portal.sheets(client)[0].answers == before
    page.get_by_role("link", name="回到问卷").click()
    heading(page, "您的评估结果")


def test_a_used_link_in_another_browser(browser: Browser, page: Page, portal: Portal) -> None:
    client = portal.client()
    link = portal.link(client)
    begin(page, link)
    stranger = browser.new_context()
    other = stranger.new_page()
    answer = other.goto(link)
    assert answer is not None
    assert answer.status == 410
    heading(other, "这个链接已经用过了")
    other.goto(f"{portal.settings.portal_url}/assessment")
    heading(other, "没有正在填写的问卷")
    stranger.close()
    answer_all(page, CAUTIOUS)
    hand_in(page)
    page.goto(link)
    heading(page, "这个链接已经用过了")


def test_an_expired_link(page: Page, portal: Portal) -> None:
    client = portal.client()
    link = portal.link(client)
    portal.offset = dt.timedelta(minutes=30)
    page.goto(link)
    heading(page, "这个链接已经过期")
    assert portal.sheets(client) == []


def test_a_pause_of_half_an_hour_ends_the_walk_and_counts_nothing(page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    portal.offset = dt.timedelta(minutes=31)
    page.get_by_role("button", name="提交").click()
    heading(page, "这个链接已经过期")
    assert portal.assessments(client) == []


@pytest.mark.parametrize("path", ["/a/abc", "/a/AAAAAAAAAAAAAAAAAAAAAA", "/a/%E4%BD%A0%E5%A5%BD"])
def test_a_forged_link(page: Page, portal: Portal, path: str) -> None:
    portal.link(portal.client())
    answer = page.goto(portal.settings.portal_url + path)
    assert answer is not None
    assert answer.status == 404
    heading(page, "这个链接无效")


def test_the_third_of_a_day(page: Page, portal: Portal) -> None:
    client = portal.client((TODAY, "C2"), (TODAY, "C2"))
    page.goto(portal.link(client))
    page.get_by_role("button", name="开始填写").click()
    heading(page, "今天的评估次数已经用完")
    assert portal.sheets(client) == []


def test_the_third_of_a_day_when_two_came_in_between(page: Page, portal: Portal) -> None:
    client = portal.client((TODAY, "C2"))
    begin(page, portal.link(client))
    answer_all(page, BOLD)
    with portal.engine.begin() as connection:
        insert = "INSERT INTO risk_assessment (client_pk, assessed_on, risk_tier, is_lowest_category) VALUES"
        connection.execute(text(f"{insert} ({client}, '{TODAY}', 'C2', 0)"))
    page.get_by_role("button", name="提交").click()
    heading(page, "今天的评估次数已经用完")
    assert len(portal.assessments(client)) == 2


def test_the_ninth_in_twelve_months(page: Page, portal: Portal) -> None:
    client = portal.client(*((TODAY - dt.timedelta(days=40 * n), "C2") for n in range(1, 9)))
    page.goto(portal.link(client))
    page.get_by_role("button", name="开始填写").click()
    heading(page, "评估次数已经用完")


def test_a_clock_set_back(page: Page, portal: Portal) -> None:
    client = portal.client()
    link = portal.link(client)
    begin(page, link)
    choose(page, CAUTIOUS)
    portal.offset = -dt.timedelta(hours=1)
    choose(page, CAUTIOUS)
    heading(page, "系统时间不对")
    page.goto(link)
    heading(page, "系统时间不对")
    portal.offset = dt.timedelta()
    page.goto(link)
    heading(page, QUESTIONS[1]["text"])
    assert len(portal.sheets(client)[0].answers) == 1


def test_a_database_that_stands_still_is_told_and_the_same_press_works_later(page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    page.get_by_role("radio").nth(CAUTIOUS).check()
    released, holding = threading.Event(), threading.Event()

    def hold() -> None:
        with portal.engine.connect() as connection:
            connection.execution_options(huashu_immediate=True)
            connection.execute(text("SELECT 1"))
            holding.set()
            released.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(5)
    page.get_by_role("button", name="下一题").click()
    heading(page, "系统暂时有问题")
    expect(page.get_by_role("main")).to_contain_text("E401")
    released.set()
    thread.join()
    page.reload()
    heading(page, QUESTIONS[1]["text"])
    assert len(portal.sheets(client)[0].answers) == 1


def test_a_form_of_another_site_is_refused(context: BrowserContext, page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    forged = f"<form method=post action='{portal.settings.portal_url}/assessment/hand-in'><button>x</button></form>"
    context.route("http://evil.example/", lambda route: route.fulfill(body=forged, content_type="text/html"))
    other = context.new_page()
    other.goto("http://evil.example/")
    other.get_by_role("button").click()
    heading(other, "没有正在填写的问卷")
    assert portal.assessments(client) == []


@pytest.mark.parametrize("path", ["/", "/assessment/nothing", "/assessment/question/x", "/static/../app.py", "/docs"])
def test_an_address_that_is_none(page: Page, portal: Portal, path: str) -> None:
    answer = page.goto(portal.settings.portal_url + path)
    assert answer is not None
    assert answer.status == 404
    heading(page, "没有这个页面")


def test_pages_ahead_of_the_walk_lead_back_to_it(page: Page, portal: Portal) -> None:
    begin(page, portal.link(portal.client()))
    for path in ("/question/9", "/question/0", "/review", "/result", ""):
        page.goto(f"{portal.settings.portal_url}/assessment{path}")
        heading(page, QUESTIONS[0]["text"])
