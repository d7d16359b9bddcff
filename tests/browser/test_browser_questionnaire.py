"""The client's way through the questionnaire, in a real browser against the real application."""

from __future__ import annotations

import datetime as dt

from browser_walk import BOLD, CAUTIOUS, COUNT, QUESTIONS, answer_all, begin, choose, hand_in, heading
from conftest import TODAY, Portal
from playwright.sync_api import BrowserContext, Page, expect

YESTERDAY = TODAY - dt.timedelta(days=1)


def test_the_whole_walk_by_keyboard_only(page: Page, portal: Portal) -> None:
    client = portal.client((YESTERDAY, "C2"))
    page.goto(portal.link(client))
    assert page.url == f"{portal.settings.portal_url}/assessment"
    press_until(page, "我是本人")
    for question in QUESTIONS:
        heading(page, question["text"])
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("radio").first).to_be_focused()
        page.keyboard.press("Space")
        for _ in range(len(question["options"]) - 1):
            page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio").last).to_be_checked()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="下一题")).to_be_focused()
        page.keyboard.press("Enter")
    heading(page, "请核对您的回答")
    press_until(page, "提交")
    heading(page, "请确认您的评估结果")
    assert portal.assessments(client) == [(YESTERDAY, "C2")]
    press_until(page, "我确认")
    heading(page, "您的评估结果")
    assert [day for day, _ in portal.assessments(client)] == [YESTERDAY, TODAY]


def press_until(page: Page, button: str) -> None:
    """Go by Tab to a button and press it."""
    wanted = page.get_by_role("button", name=button)
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{button} can't be reached by keyboard")


def test_no_answer_is_given_beforehand_and_own_answers_are_shown_on_the_way_back(page: Page, portal: Portal) -> None:
    begin(page, portal.link(portal.client()))
    for _ in range(3):
        assert page.get_by_role("radio", checked=True).count() == 0
        choose(page, 2)
    page.get_by_role("link", name="上一题").click()
    heading(page, QUESTIONS[2]["text"])
    expect(page.get_by_role("radio").nth(2)).to_be_checked()
    page.get_by_role("radio").nth(0).check()
    page.get_by_role("button", name="下一题").click()
    heading(page, QUESTIONS[3]["text"])
    assert page.get_by_role("radio", checked=True).count() == 0


def test_the_privacy_notice_stands_before_the_first_question(page: Page, portal: Portal) -> None:
    client = portal.client(name="王芳")
    page.goto(portal.link(client))
    main = page.get_by_role("main")
    for text in ("谁在收集", "收集什么", "用来做什么", "怎样保存", "您的权利", "由王*本人填写"):
        expect(main).to_contain_text(text)
    assert portal.sheets(client) == []


def test_going_on_without_an_answer_tells_so_and_leads_to_the_field(page: Page, portal: Portal) -> None:
    begin(page, portal.link(portal.client()))
    page.get_by_role("button", name="下一题").click()
    expect(page).to_have_title("有误：第1题，共15题：您今年多大年纪？ - 风险承受能力评估")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="这道题还没有选，请选一项再继续。").click()
    expect(page.get_by_role("radio").first).to_be_focused()
    choose(page, 1)
    heading(page, QUESTIONS[1]["text"])


def test_review_lists_every_answer_and_each_can_be_changed(page: Page, portal: Portal) -> None:
    client = portal.client()
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    rows = page.get_by_role("listitem")
    assert rows.count() == COUNT
    for number, question in enumerate(QUESTIONS):
        expect(rows.nth(number)).to_contain_text(question["text"])
        expect(rows.nth(number)).to_contain_text(question["options"][1]["text"])
    page.get_by_role("link", name="修改第5题").click()
    heading(page, QUESTIONS[4]["text"])
    page.get_by_role("radio").nth(4).check()
    page.get_by_role("button", name="保存，回到核对").click()
    expect(rows.nth(4)).to_contain_text(QUESTIONS[4]["options"][4]["text"])
    page.get_by_role("link", name="修改第6题").click()
    page.get_by_role("link", name="不改了，回到核对").click()
    hand_in(page)
    assert portal.sheets(client)[0].answers[QUESTIONS[4]["id"]] == QUESTIONS[4]["options"][4]["id"]


def test_an_equal_result_is_recorded_and_shown_in_plain_words(page: Page, portal: Portal) -> None:
    client = portal.client((YESTERDAY, "C5"))
    begin(page, portal.link(client))
    answer_all(page, BOLD)
    # The last option is not always the one with the most points.
    hand_in(page)
    assert len(portal.sheets(client)) == 1
    main = page.get_by_role("main")
    if page.get_by_role("button", name="我确认").count():
        page.get_by_role("button", name="我确认").click()
    heading(page, "您的评估结果")
    expect(main).to_contain_text("您的风险承受能力等级是")
    expect(main).to_contain_text("2027年11月24日")
    expect(main).to_contain_text("结果已经记录")


def test_a_second_look_begins_with_the_own_answers(page: Page, portal: Portal) -> None:
    client = portal.client((YESTERDAY, "C5"))
    begin(page, portal.link(client))
    answer_all(page, CAUTIOUS)
    hand_in(page)
    expect(page.get_by_text("C5（激进型），2026年11月23日评估")).to_be_visible()
    expect(page.get_by_text("确认之前，这次的结果不生效")).to_be_visible()
    page.get_by_role("button", name="我想再核对一遍答案").click()
    heading(page, "请核对您的回答")
    assert [day for day, _ in portal.assessments(client)] == [YESTERDAY]
    hand_in(page)
    expect(page.get_by_role("button", name="我想再核对一遍答案")).to_have_count(0)
    page.get_by_role("button", name="我确认").click()
    heading(page, "您的评估结果")
    assert len(portal.sheets(client)) == 2
    assert len(portal.assessments(client)) == 2


def test_the_address_of_the_link_does_not_stay_in_the_history(page: Page, portal: Portal) -> None:
    link = portal.link(portal.client())
    page.goto(link)
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_role("radio").first).to_be_visible()  # a browser can't go back before it has arrived
    page.go_back()
    assert "/a/" not in page.url


def test_a_link_on_another_site_opens_too(context: BrowserContext, page: Page, portal: Portal) -> None:
    link = portal.link(portal.client())
    context.route("http://mail.example/", lambda route: route.fulfill(body=f"<a href='{link}'>x</a>"))
    page.goto("http://mail.example/")
    page.get_by_role("link").click()
    page.get_by_role("button", name="开始填写").click()
    heading(page, QUESTIONS[0]["text"])
