"""Pages as sites have changed them, items as Vietnamese libraries type them, and addresses that give a DSpace away."""

from __future__ import annotations

import json

import pytest

from connectors.dspace import pages
from connectors.dspace.details import page_details
from connectors.dspace.metadata import record_of
from connectors.dspace.signs import SIGNS, recognise_description, recognise_page, recognise_root
from connectors.reading.html import parse_html
from engine.errors import UnreadableError
from engine.model import Degree, Identifier, Material, Record, Role, Scheme
from engine.ports import Page
from engine.sentences import say


def record(*pairs: tuple[str, str]) -> Record:
    titled = pairs if any(name == "dc.title" for name, _ in pairs) else (("dc.title", "Nhan đề"), *pairs)
    return record_of(titled, member="m", own_id="K/1", handle="K/1", url=None)


@pytest.mark.parametrize(
    ("typed", "material", "degree"),
    [
        ("Luận văn thạc sĩ", Material.THESIS, Degree.MASTER), ("Luận án TS", Material.THESIS, Degree.DOCTOR),
        ("Khóa luận tốt nghiệp", Material.THESIS, Degree.BACHELOR), ("Giáo trình", Material.BOOK, None),
        ("Bài báo khoa học", Material.ARTICLE, None), ("Đề tài NCKH cấp trường", Material.REPORT, None),
        ("Kỷ yếu hội thảo", Material.CONFERENCE, None), ("Other", None, None),
    ],
)  # fmt: skip
def test_types_are_words_of_vietnamese(typed: str, material: Material | None, degree: Degree | None) -> None:
    found = record(("dc.type", typed))
    assert (found.material, found.degree) == (material, degree)


def test_a_degree_may_stand_in_a_field_of_its_own() -> None:
    found = record(("dc.type", "Thesis"), ("thesis.degree.level", "Thạc sĩ"))
    assert (found.material, found.degree) == (Material.THESIS, Degree.MASTER)


def test_names_are_kept_as_typed_and_roles_are_told() -> None:
    found = record(
        ("dc.contributor.author", "Nguyễn, Thị Nga; Trần Văn Bình"), ("dc.contributor.advisor", "PGS.TS. Lê Vũ"),
        ("dc.contributor.editor", "Phạm, Hà"), ("dc.contributor.author", "Trường Đại học Mỏ"),
    )  # fmt: skip
    assert [(person.name, person.role) for person in found.people] == [
        ("Nguyễn, Thị Nga", Role.AUTHOR), ("Trần Văn Bình", Role.AUTHOR), ("Trường Đại học Mỏ", Role.AUTHOR),
        ("Lê Vũ", Role.ADVISOR), ("Phạm, Hà", Role.EDITOR),
    ]  # fmt: skip


def test_only_the_date_of_issue_is_a_year() -> None:
    deposited = (("dc.date.accessioned", "2024-01-02T03:04:05Z"), ("dc.date.available", "2024-01-02T03:04:05Z"))
    assert record(*deposited).year is None
    assert record(*deposited, ("dc.date.submitted", "2023")).year is None
    assert record(*deposited, ("dc.date.issued", "06/2015")).year == 2015
    assert record(*deposited, ("dc.date.issued", "[1998?]")).year == 1998


def test_languages_subjects_and_identifiers_are_normalised() -> None:
    found = record(
        ("dc.language.iso", "Tiếng Việt"), ("dc.language.iso", "en_US"), ("dc.subject", "Kinh tế; Tài chính ;Kinh tế"),
        ("dc.identifier.doi", "https://doi.org/10.1234/ABC.1"), ("dc.identifier.uri", "http://hdl.handle.net/K/1"),
        ("dc.identifier.issn", "1859-1531"), ("dc.identifier.isbn", "978-604-73-0001-3"),
    )  # fmt: skip
    assert found.languages == ("vie", "eng")
    assert found.subjects == ("Kinh tế", "Tài chính")
    assert set(found.identifiers) == {
        Identifier(Scheme.HANDLE, "K/1"), Identifier(Scheme.DOI, "10.1234/abc.1"),
        Identifier(Scheme.ISSN, "1859-1531"), Identifier(Scheme.ISBN, "9786047300013"),
    }  # fmt: skip


def test_an_item_without_a_title_is_no_record() -> None:
    with pytest.raises(UnreadableError):
        record_of([("dc.type", "Book")], member="m", own_id="1", handle="", url=None)


def jspui(text: str) -> list[tuple[str, int | None, list[str]]]:
    page = parse_html(f"<html><body>{text}</body></html>".encode())
    listing = pages.jspui_listing(page, member="m", pages="https://a.example", first_place=1)
    records = [row.record for row in listing.rows if row.record is not None]
    return [(one.title, one.year, [person.name for person in one.people]) for one in records]


COUNTS = "<div class='discovery-result-pagination'><div class='alert alert-info'>Kết quả 1-1 / 1</div></div>"


def test_columns_may_stand_in_any_order() -> None:
    row = (
        "<tr><td headers='t1'><img src='x.jpg'></td><td headers='t2'><em><a href='/browse?type=author&value=x'>Lò Mai"
        "</a></em></td><td headers='t3'><strong><a href='/handle/K/1'>Chè</a></strong></td><td>15-thg 6-2015</td>"
        "<td headers='t5'><em>12-2014</em></td></tr>"
    )
    found = jspui(f"{COUNTS}<div class='discovery-result-results'><table class='table'>{row}</table></div>")
    assert found == [("Chè", 2014, ["Lò Mai"])]


def test_a_theme_without_tables_is_read_by_its_links() -> None:
    card = (
        "<div class='card'><h4><a href='/jspui/handle/K/1'>Chè Shan</a></h4><a href='/browse?type=author&v=1'>Lò Mai"
        "</a><span>2014</span></div>"
    )
    assert jspui(f"{COUNTS}<div class='discovery-result-results'>{card}</div>") == [("Chè Shan", 2014, ["Lò Mai"])]


def test_hits_that_are_counted_and_not_to_be_seen_are_a_changed_page() -> None:
    page = parse_html(f"<html><body>{COUNTS}<div class='rows'>Chè</div></body></html>".encode())
    listing = pages.jspui_listing(page, member="m", pages="https://a.example", first_place=1)
    assert (listing.total, listing.rows) == (1, ())  # which a search tells as unreadable


def test_the_head_of_an_item_page_is_read_where_its_table_is_gone() -> None:
    page = parse_html(
        b"<html><head><meta name='DC.title' content='A'><meta name='DC.creator' content='B'>"
        b"<meta name='DCTERMS.issued' content='2015'><meta name='citation_pdf_url' content='x'></head></html>"
    )
    found = page_details(page)
    assert found is not None
    assert dict(found.pairs) == {"dc.title": "A", "dc.contributor.author": "B", "dc.date.issued": "2015"}
    assert found.access is not None
    assert found.access.status == "open.access"


def test_the_root_of_the_rest_interface_gives_version_and_pages_away() -> None:
    root = {"dspaceVersion": "DSpace 8.1", "dspaceName": "Kho số", "dspaceUI": "https://kho.example.org"}
    found = recognise_root(Page("https://api.example.org/server/api", 200, "", json.dumps(root).encode()))
    assert found is not None
    assert (found.url, found.name) == ("https://api.example.org/server", "Kho số")
    assert found.settings == {"way": "rest7", "pages": "https://kho.example.org"}
    assert "8.1" in say(found.evidence, "vi")
    beside = recognise_root(Page("https://kho.example.org/server/api", 200, "", json.dumps(root).encode()))
    assert beside is not None
    assert beside.settings == {"way": "rest7"}


def test_an_address_that_no_reader_could_open_is_not_taken_for_the_pages() -> None:
    root = {"dspaceVersion": "DSpace 7.4", "dspaceUI": "http://localhost:4000"}
    found = recognise_root(Page("https://kho.example.org/server/api", 200, "", json.dumps(root).encode()))
    assert found is not None
    assert "pages" not in found.settings


def test_a_home_page_gives_version_and_context_away() -> None:
    body = b"<html><head><title>Kho: Home</title><meta name='Generator' content='DSpace 5.8'></head><body>"
    form = b"<form action='/dspace/simple-search'></form></body></html>"
    found = recognise_page(Page("https://a.example/", 200, "text/html", body + form))
    assert found is not None
    assert (found.url, found.name, found.evidence.values) == ("https://a.example/dspace", "Kho", {"version": "5.8"})
    assert recognise_page(Page("https://a.example/", 200, "text/html", body)) is None


def test_a_description_that_breaks_off_gives_a_dspace_away_all_the_same() -> None:
    body = "<OpenSearchDescription><LongName>Thư viện số</LongName><Tags>IR DSpace</Tags></OpenSea".encode()
    found = recognise_description(Page("https://a.example/jspui/open-search/description.xml", 200, "", body))
    assert found is not None
    assert (found.url, found.name) == ("https://a.example/jspui", "Thư viện số")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b'{"version": "1"}', b"<html><body>whitespace</body></html>", b"<OpenSearchDescription/>",
        b"<html><head><meta name='generator' content='Koha 19'></head><body>dspace</body></html>",
    ],
)  # fmt: skip
def test_no_sign_is_seen_in_other_pages(body: bytes) -> None:
    for sign in SIGNS:
        for url in ("https://a.example/server/api", "https://a.example/open-search/description.xml"):
            assert sign.recognise(Page(url, 200, "text/html", body)) is None
