"""Readable at arm's length, on every width, by keyboard and by screen reader."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from browser_walk import CAUTIOUS, answer_all, begin, hand_in, heading
from conftest import TODAY, Portal
from playwright.sync_api import Page, expect

WIDTHS = (360, 768, 1280, 1920)
SMALL = """() => [...document.querySelectorAll('main *, header *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .map(e => parseFloat(getComputedStyle(e).fontSize)).filter(size => size < 20)"""
TARGETS = """() => [...document.querySelectorAll('main a, button, label')]
    .map(e => e.getBoundingClientRect()).filter(r => r.width < 48 || r.height < 48).map(r => [r.width, r.height])"""
CONTRAST = """() => {
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const ground = e => {
        for (; e; e = e.parentElement) {
            const colour = rgb(getComputedStyle(e).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
        .map(e => {
            const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
            return (a + 0.05) / (b + 0.05);
        }).filter(ratio => ratio < 7);
}"""


def pages(page: Page, portal: Portal) -> Iterator[str]:
    """Every kind of page in turn, with its name."""
    for name in _pages(page, portal):
        page.wait_for_load_state("load")  # the style sheet is there too
        yield name


def _pages(page: Page, portal: Portal) -> Iterator[str]:
    client = portal.client((TODAY - dt.timedelta(days=9), "C5"))
    link = portal.link(client)
    page.goto(link)
    yield "start"
    begin(page, link)
    yield "question"
    page.get_by_role("button", name="下一题").click()
    page.get_by_role("alert").wait_for()
    yield "missing"
    answer_all(page, CAUTIOUS)
    yield "review"
    page.get_by_role("link", name="修改第13题").click()
    page.get_by_role("button", name="保存").wait_for()
    yield "change"
    page.get_by_role("link", name="不改了").click()
    hand_in(page)
    yield "confirm"
    page.get_by_role("button", name="我确认").click()
    heading(page, "您的评估结果")
    yield "result"
    page.goto(link)
    yield "used"


def test_every_page_is_large_and_of_high_contrast_with_large_targets(page: Page, portal: Portal) -> None:
    for name in pages(page, portal):
        assert page.evaluate(SMALL) == [], name
        assert page.evaluate(TARGETS) == [], name
        assert page.evaluate(CONTRAST) == [], name


def test_no_page_scrolls_sideways_at_any_width(page: Page, portal: Portal) -> None:
    for name in pages(page, portal):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        page.set_viewport_size({"width": 820, "height": 1180})


def test_pages_hold_at_twice_the_letter_size(page: Page, portal: Portal) -> None:
    for name in pages(page, portal):
        page.set_viewport_size({"width": 360, "height": 800})
        page.evaluate("document.documentElement.style.setProperty('font-size', '44px')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        page.set_viewport_size({"width": 820, "height": 1180})


def test_everything_in_the_accessibility_tree_has_a_name(page: Page, portal: Portal) -> None:
    named = re.compile(r"- (button|link|radio|group|heading|alert)\b(?! \")", re.M)
    for name in pages(page, portal):
        tree = page.locator("body").aria_snapshot()
        without = [line for line in named.findall(tree) if line != "alert"]
        assert without == [], (name, tree)
        assert tree.count("[level=1]") == 1, name
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        assert "main" in tree


def test_every_page_has_a_title_of_its_own(page: Page, portal: Portal) -> None:
    titles = []
    for _ in pages(page, portal):
        titles.append(page.title())
    assert len(set(titles)) == len(titles)
    assert all(title.endswith(" - 风险承受能力评估") for title in titles)


def test_the_questions_are_a_group_with_its_help(page: Page, portal: Portal) -> None:
    begin(page, portal.link(portal.client()))
    group = page.get_by_role("group", name="您今年多大年纪？")
    expect(group.get_by_role("radio")).to_have_count(6)
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("button", name="下一题").click()
    expect(page.get_by_role("group")).to_have_accessible_description("有几种身份的，请选花时间最多的那一种。")
    page.get_by_role("button", name="下一题").click()
    expect(page.get_by_role("group")).to_have_accessible_description(re.compile("有几种.*还没有选"))


@pytest.mark.parametrize("path", ["/assessment", "/a/forged", "/static/portal.css", "/nothing", "/ready"])
def test_every_answer_carries_the_guarding_headers(page: Page, portal: Portal, path: str) -> None:
    headers = page.request.get(portal.settings.portal_url + path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_the_browser_finds_nothing_to_complain_of(page: Page, portal: Portal) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name in pages(page, portal):
        if name not in ("missing", "used"):  # their status is an error's, which the browser notes
            assert [each for each in complaints if "status of 422" not in each] == [], name
