from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import rispy
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.engine.export.works import BOOK, THESIS
from tests.engine.simulated import Clock, Library, lending, library
from tests.engine.web.federation import VI_MO, many, refusing, shelf
from tests.engine.web.threads import running

pytestmark = pytest.mark.needs("chromium")

BUILD = Path(__file__).parents[3] / "build"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    problems: list[str] = []
    found.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    found.on("pageerror", lambda error: problems.append(str(error)))
    yield found
    found.close()
    assert problems == []


def is_problem(message: ConsoleMessage) -> bool:
    """Whether a line of the console says that something is wrong; a question that cannot be read is a 400 by right."""
    return message.type == "error" and "status of 400" not in message.text


def places(page: Page) -> dict[str, float]:
    """Where each row stands, in pixels from the top."""
    return page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#live .row')].map(row => "
        "[row.dataset.id, row.getBoundingClientRect().top + window.scrollY]))"
    )


@pytest.mark.parametrize("width", [360, 1280])
def test_rows_stay_where_they_are_while_later_answers_arrive(page: Page, width: int) -> None:
    clock = Clock()
    early = many(clock, "neu", 6)
    best, others = shelf(clock, opened=False), many(clock, "hlu", 30, opened=False)
    known = [f"{record.title} / {record.people[0].name} / {record.year}" for record in early.records]
    same = library(clock, "vnu", known, opened=False)
    page.set_viewport_size({"width": width, "height": 900})
    with running(clock, early, best, same, others, refusing(clock)) as service:
        page.goto(service.address)
        page.get_by_label("Tìm trong các thư viện").fill("giáo trình kinh tế vi mô")
        page.get_by_role("button", name="Tìm").click(no_wait_after=True)
        expect(page.locator("#live .row")).to_have_count(6)
        expect(page.get_by_role("status")).to_have_text("6 nhan đề; 2 trong 5 thư viện đã trả lời…")
        before = places(page)
        page.screenshot(path=BUILD / f"search-early-{width}.png")

        service.open(best)  # its title is better than all that are shown
        button = page.get_by_role("button", name="Còn 1 nhan đề mới")
        expect(button).to_be_visible()
        assert places(page) == before
        service.open(same)  # the same titles in one more library
        expect(page.get_by_role("status")).to_have_text("7 nhan đề; 4 trong 5 thư viện đã trả lời…")
        assert places(page) == before

        service.open(others)
        expect(page.get_by_role("status")).to_have_text("27 nhan đề từ 33 biểu ghi")
        assert {name: top for name, top in places(page).items() if name in before} == before
        page.wait_for_load_state("load")
        assert page.locator("#settled").count() == 0
        page.screenshot(path=BUILD / f"search-settled-{width}.png", full_page=True)

        page.locator("button.new").click()
        first = page.locator("#live .row").first
        expect(first.locator("h2")).to_contain_text("Giáo trình kinh tế vi mô")
        expect(first.locator("h2 a")).to_be_focused()
        expect(page.locator("#live .row")).to_have_count(20)
        expect(page.locator("button.new")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        first.get_by_text("Bản sách và ký hiệu xếp giá").click()
        expect(first.get_by_text("338.5 NG-N c2")).to_be_visible()
        page.screenshot(path=BUILD / f"search-shown-{width}.png")


def test_the_titles_of_a_later_page_lead_back_to_it(page: Page) -> None:
    clock = Clock()
    with running(clock, many(clock, "neu", 25)) as service:
        page.goto(f"{service.address}/?q=kinh+te&page=2")
        rows = page.locator(".rows").filter(visible=True)
        expect(rows).to_have_attribute("start", "21")
        expect(rows.locator(".row")).to_have_count(5)
        rows.locator("h2 a").first.click()
        page.get_by_role("link", name="Về kết quả tìm kiếm").click()
        expect(page).to_have_url(f"{service.address}/?q=kinh+te&page=2")
        expect(page.get_by_role("searchbox")).to_have_value("kinh te")


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_the_window(page: Page, width: int) -> None:
    clock = Clock()
    page.set_viewport_size({"width": width, "height": 800})
    with running(
        clock, shelf(clock), library(clock, "vnu", [VI_MO]), many(clock, "neu", 30), refusing(clock)
    ) as service:
        for name, path in (
            ("start", "/"),
            ("narrowed", "/?q=kinh+te&member=neu&year_from=1990&lang=en"),
            ("results", "/?q=kinh+te+vi+mo"),
            ("nothing", "/?q=kinh+te&year_from=2050"),
            ("title", "/titles/hust~1"),
        ):
            page.goto(service.address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            page.screenshot(path=BUILD / f"page-{name}-{width}.png", full_page=True)


SMALL = """[...document.querySelectorAll("a, button, summary, select, input:not([type=hidden])")]
  .filter(one => one.checkVisibility({ visibilityProperty: true }))
  .map(one => [one.textContent.trim() || one.name, (one.closest("label.tick") || one).getBoundingClientRect()])
  .filter(([, box]) => box.right > 0 && (box.width < 24 || box.height < 24))
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


def test_what_can_be_touched_is_at_least_24_pixels_high_and_wide_on_a_phone(page: Page) -> None:
    clock = Clock()
    page.set_viewport_size({"width": 360, "height": 800})
    with running(clock, shelf(clock), many(clock, "neu", 30), refusing(clock)) as service:
        for path in ("/", "/?q=kinh+te+vi+mo&language=vie", "/?q=kinh+te+năm:20x0", "/titles/hust~1?q=kinh+te"):
            page.goto(service.address + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate(SMALL) == [], path


def test_a_page_at_four_times_its_size_needs_no_scrolling_sideways(page: Page) -> None:
    clock = Clock()
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    with running(clock, shelf(clock), many(clock, "neu", 30), refusing(clock)) as service:
        for path in ("/", "/?q=kinh+te+vi+mo&language=vie", "/?q=" + "a" * 1100, "/titles/hust~1?q=kinh+te"):
            page.goto(service.address + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_a_keyboard_alone_is_enough(page: Page) -> None:
    clock = Clock()
    with running(clock, shelf(clock), many(clock, "neu", 3)) as service:
        page.goto(service.address)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Đến phần nội dung")).to_be_focused()
        page.get_by_role("searchbox").focus()
        page.keyboard.type("kinh te vi mo")
        page.keyboard.press("Enter")
        expect(page.locator(".row").first).to_be_visible()
        page.locator("summary", has_text="Vì sao ở đây?").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nhan đề hầu như không có từ nào khác.").first).to_be_visible()


def test_without_a_script_the_page_ends_with_the_same_rows(browser: Browser) -> None:
    clock = Clock()
    with running(clock, shelf(clock), many(clock, "neu", 3)) as service:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{service.address}/?q=kinh+te+vi+mo")
        expect(page.locator(".row")).to_have_count(4)
        expect(page.get_by_text("Đang hỏi")).to_be_hidden()
        context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_what_can_be_had_now_is_asked_for_the_rows_on_the_screen_and_moves_none(page: Page, width: int) -> None:
    clock = Clock()
    desk = lending(many(clock, "neu", 20))
    desk.lent = {"1"}
    page.set_viewport_size({"width": width, "height": 700})
    with running(clock, desk, shelf(clock)) as service:
        with page.expect_response(lambda answer: "/availability?" in answer.url):
            page.goto(f"{service.address}/?q=kinh+te")
        rows = page.locator(".row")
        expect(rows).to_have_count(20)
        before = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect().top)")
        assert 0 < len(desk.batches[0]) < 20  # those below the fold are not asked for
        first = page.locator(f"[data-id='neu~{desk.batches[0][0]}']")
        expect(first.locator(".now")).not_to_be_empty()
        first.get_by_text("Bản sách và ký hiệu xếp giá").click()
        expect(first.locator(".copies").get_by_text("Kho mượn")).to_be_visible()
        expect(first.locator(".copies .age")).to_contain_text("Tình trạng cách đây")
        first.get_by_text("Bản sách và ký hiệu xếp giá").click()
        after = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect().top)")
        assert after == before
        rows.last.scroll_into_view_if_needed()
        expect(rows.last.locator(".now")).not_to_be_empty()
        page.screenshot(path=BUILD / f"availability-{width}.png")


def test_without_a_script_a_title_has_a_link_that_asks_what_can_be_had_now(browser: Browser) -> None:
    clock = Clock()
    desk = lending(library(clock, "hust", [VI_MO]))
    desk.lent = {"1"}
    with running(clock, desk) as service:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{service.address}/?q=kinh+te+vi+mo")
        page.locator(".row h2 a").click()
        page.get_by_role("link", name="Hỏi tình trạng lúc này").click()
        expect(page.locator(".copies .out")).to_be_visible()
        expect(page.get_by_role("link", name="Hỏi tình trạng lúc này")).to_have_count(0)
        context.close()


def citing(clock: Clock) -> Library:
    """Return a library of a book with long names and a thesis, to be cited."""
    found = library(clock, "neu", [])
    found.records = [msgspec.structs.replace(record, member="neu") for record in (BOOK, THESIS)]
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_a_citation_is_copied_with_its_italics(browser: Browser, width: int) -> None:
    clock = Clock()
    with running(clock, citing(clock)) as service:
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"{service.address}/?q=kinh+te+vi+mo")
        page.locator(".row h2 a").first.click()
        part = page.locator(".cite")
        expect(part.get_by_role("heading", name="Trích dẫn")).to_be_visible()
        button = part.get_by_role("button", name="Chép: Luận văn, luận án (Bộ GD&ĐT)")
        before = page.evaluate("document.documentElement.scrollHeight")
        page.evaluate("document.addEventListener('copy', () => { window.copied = document.getSelection().toString() })")
        button.click()
        expect(button).to_have_text("Đã chép")
        assert page.evaluate("window.copied") == (
            "Nguyễn Văn Ngọc, Mankiw N. G. (2012), Giáo trình kinh tế vi mô: Lý thuyết & thực hành, tập 2, "
            "tái bản lần 3, Nxb Đại học Kinh tế Quốc dân, Hà Nội."
        )
        assert page.evaluate("document.documentElement.scrollHeight") == before
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.evaluate(SMALL) == []
        page.screenshot(path=BUILD / f"cite-{width}.png", full_page=True)
        context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_without_a_script_a_citation_is_chosen_by_a_click_and_a_file_by_a_link(browser: Browser, width: int) -> None:
    clock = Clock()
    with running(clock, citing(clock)) as service:
        context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(f"{service.address}/?q=nghien+cuu&lang=en")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save").click()
        assert rispy.loads(saved.value.path().read_text("utf-8"))[0]["type_of_work"] == "Luận án tiến sĩ"
        page.locator(".row h2 a").first.click()
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        expect(page.locator(".citation").first).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("link", name="BibTeX").click()
        assert saved.value.suggested_filename == "nghien-cuu-luoi-dien-viet-nam.bib"
        page.screenshot(path=BUILD / f"cite-plain-{width}.png", full_page=True)
        context.close()


def test_the_policy_of_the_page_lets_programs_read_what_stands_in_it(page: Page) -> None:
    clock = Clock()
    with running(clock, citing(clock), shelf(clock)) as service:
        page.goto(f"{service.address}/?q=kinh+te+vi+mo")
        page.goto(f"{service.address}/titles/hust~1")
        told = json.loads(page.locator("script[type='application/ld+json']").text_content() or "")
        assert told["name"] == "Giáo trình kinh tế vi mô: <script>alert(1)</script>"
        assert page.locator("script:not([src])").count() == 1
