"""XML as servers send it, and what is sent in its place."""

from __future__ import annotations

import contextlib
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.reading.xml import parse_xml
from engine.errors import UnreadableError

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">' + b"".join(
    b'<!ENTITY lol%d "%b">' % (n, b"&lol%b;" % (str(n - 1).encode() if n > 1 else b"") * 10) for n in range(1, 10)
)


def words(root: etree._Element) -> str:
    return "".join(str(text) for text in root.itertext())


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        LAUGHS + b"]><lolz>&lol9;</lolz>",
        LAUGHS + b']><lolz a="&lol9;"/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY % e SYSTEM "http://127.0.0.1/x.dtd"> %e;]><a/>',
        b'\n<!-- <a> --><?pi ?>\n<!DOCTYPE a PUBLIC ">" "[" [ <!ENTITY e "e">]><a>&e;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY e "e">]><a>&e;</a>'.encode("utf-16"),
    ],
)
def test_xml_that_declares_entities_is_refused_before_any_is_read(body: bytes, lenient: bool) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError, match="XML that declares entities"):
            parse_xml(body, lenient=lenient)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_an_entity_cannot_hide_in_an_encoding_that_computes() -> None:
    body = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a +AFsAPAAh-ENTITY e +ACI-e+ACIAPgBdAD4APA-a/+AD4-'
    with pytest.raises(UnreadableError, match="unknown encoding 'UTF-7'"):
        parse_xml(body)


def test_no_file_and_no_network_is_read_for_a_document_type(tmp_path: Path) -> None:
    rules = tmp_path / "rules.dtd"
    rules.write_text('<!ENTITY secret "secret"><!ATTLIST a b CDATA "secret">')
    with pytest.raises(UnreadableError, match=r"secret|external subset"):
        parse_xml(f'<!DOCTYPE a SYSTEM "{rules}"><a>&secret;</a>'.encode())
    root = parse_xml(f'<!DOCTYPE a SYSTEM "{rules}"><a>x</a>'.encode())
    assert (words(root), dict(root.attrib)) == ("x", {})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "nothing at all: the answer is empty"),
        (b" \r\n\t", "nothing at all: the answer is empty"),
        (b"\xef\xbb\xbf", "nothing at all: the answer is empty"),
        (b"<!DOCTYPE html>\n<title>Log in</title>", "an HTML page titled “Log in” instead of XML"),
        (
            "<html lang=vi><head><title>\n Đăng  nhập &amp; tra cứu</title><body><br>".encode(),
            "an HTML page titled “Đăng nhập & tra cứu” instead of XML",
        ),
        (b"<HTML><BODY>no", "an HTML page without a title instead of XML"),
        (
            b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Found</title></head></html>',
            "an HTML page titled “Found” instead of XML",
        ),
        (b"<html><title>" + b"x" * 200 + b"</title>", f"an HTML page titled “{'x' * 79}…” instead of XML"),
        (b'{"error": "no"}', "JSON instead of XML"),
        (b"[1]", "JSON instead of XML"),
        (b"Internal error: kinh te", "plain text or a file instead of XML"),
        (b"%PDF-1.7", "plain text or a file instead of XML"),
        (b"<a>\n<b>kinh te", "XML cut off at line 2"),
        (b"<a>\n<b>kinh te</b>", "XML cut off at line 2"),
        (b"<a><b", "XML cut off at line 1"),
        (b"<a></b></a>", "XML broken at line 1, column 8: Opening and ending tag mismatch: a line 1 and b"),
        (b"<a/><b/>", "XML broken at line 1, column 5: Extra content at the end of the document"),
        (b"<a>&nbsp;</a>", "XML broken at line 1, column 10: Entity 'nbsp' not defined"),
        (b"<a>\xff</a>", "XML broken at line 1, column 4: Invalid bytes in character encoding"),
        (b"<?xml version='1.0' encoding='x-klingon'?><a/>", "XML in the unknown encoding 'x-klingon'"),
        (b"<?xml version='1.0' encoding='punycode'?><a/>", "XML in the unknown encoding 'punycode'"),
        ("<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16")[:-1], "XML that is not in its encoding utf-16"),
    ],
)
def test_what_came_instead_of_xml_is_named(body: bytes, said: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse_xml(body)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<a>tiếng</a>".encode(), None),
        ("<a>tiếng</a>".encode(), "utf-8"),
        ("\ufeff<a>tiếng</a>".encode(), "iso-8859-1"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>tiếng</a>'.encode(), "iso-8859-1"),
        ('\n\n <?xml version="1.0"?><a>tiếng</a>'.encode(), None),
        ('<?xml version="1.0" encoding="utf-16"?><a>tiếng</a>'.encode("utf-16"), "utf-8"),
        ('<?xml version="1.0" encoding="utf-16"?><a>tiếng</a>'.encode("utf-16-le"), None),
        ('<?xml version="1.0" encoding="utf-16"?><a>tiếng</a>'.encode("utf-16-be"), None),
        ('<?xml version="1.0" encoding="utf-16"?><a>tiếng</a>'.encode(), None),
        ("\ufeff<a>tiếng</a>".encode("utf-32"), None),
        ("<?xml version='1.0' standalone='yes'?><a>tiếng</a>".encode(), None),
    ],
)
def test_the_bytes_tell_the_encoding_before_any_label_does(body: bytes, charset: str | None) -> None:
    assert parse_xml(body, charset=charset).text == "tiếng"


def test_the_charset_of_the_header_counts_where_the_document_says_nothing() -> None:
    assert parse_xml("<a>été</a>".encode("latin-1"), charset="ISO-8859-1").text == "été"
    declared = '<?xml version="1.0" encoding="windows-1252"?><a>é–</a>'.encode("cp1252")
    assert parse_xml(declared, charset="utf-8").text == "é–"
    assert parse_xml("<a>é</a>".encode("cp1258"), charset="windows-1258").text == "é"


def test_comments_and_instructions_leave_no_trace() -> None:
    root = parse_xml(b"<?xml-stylesheet href='x'?><!-- a --><a>kinh<!-- b --> te<?pi x?>.<b/></a>")
    assert [root.text, [child.tag for child in root]] == ["kinh te.", ["b"]]


def test_html_inside_a_record_makes_no_html_page_of_it() -> None:
    root = parse_xml(b'<!DOCTYPE r SYSTEM "r.dtd"><r><summary><html><p>x</p></html></summary></r>')
    assert (root.tag, words(root)) == ("r", "x")


def test_depth_is_bounded() -> None:
    def nested(levels: int) -> bytes:
        return b"<a>" * levels + b"</a>" * levels

    assert parse_xml(nested(100)).tag == "a"
    assert parse_xml(nested(20), most_depth=20).tag == "a"
    for body, bound in ((nested(101), 100), (nested(21), 20)):
        with pytest.raises(UnreadableError, match=f"more than {bound} levels deep"):
            parse_xml(body, most_depth=bound)
    for lenient in (False, True):
        with pytest.raises(UnreadableError, match=r"Excessive depth|levels deep"):
            parse_xml(nested(300_000), lenient=lenient)


@pytest.mark.parametrize("lenient", [False, True])
def test_millions_of_empty_elements_are_not_even_begun(lenient: bool) -> None:
    assert len(parse_xml(b"<a>" + b"<b/>" * 10_000 + b"</a>", lenient=lenient)) == 10_000
    with pytest.raises(UnreadableError, match="more than 600000 tags"):
        parse_xml(b"<a>" + b"<b/>" * 600_000 + b"</a>", lenient=lenient)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<a>1&nbsp;2&eacute;&Agrave;&ndash;</a>", "1\xa02éÀ–"),
        (b"<a>Smith & Sons &foo; &amp; R&D; &#x1; &#0;&#xD800;&#241;</a>", "Smith & Sons &foo; & R&D;  ñ"),
        (b"<a>x\x01\x1f\x0by</a>", "xy"),
        (b"<a>&nbsp;<![CDATA[&nbsp; & <b>]]></a>", "\xa0&nbsp; & <b>"),
        (b"<a>&LT;b&GT;</a>", "<b>"),
        (b'<a t="&eacute;&quot;">x & y</a>', "x & y"),
        (b"<a>kinh\xff te</a>", "kinh� te"),
        (b"<a><dc:title>x</dc:title></a>", "x"),
        (b"<a><p>x<br>y</p></a>", "xy"),
        (b"<a><b>x</c></a>", "x"),
        (b"<x:a xmlns:x='urn:x'><b>&x</b></x:a>\n<!-- 0.1 s -->\n", "&x"),
        (b'<!DOCTYPE a SYSTEM "a.dtd"><a>1&nbsp;2</a>', "1\xa02"),
    ],
)
def test_what_sloppy_servers_send_is_read_where_it_is_asked_for_and_only_there(body: bytes, text: str) -> None:
    with pytest.raises(UnreadableError):
        parse_xml(body)
    assert words(parse_xml(body, lenient=True)) == text


@pytest.mark.parametrize(
    "body",
    [
        b"<a><b>x</b><b>&nbsp;y",
        b"<a><b>x</b>",
        b"<a><b>x</b><!-- </a>",
        b"<a>" + b"<!---->" * 200_000,
        b"<a",
        b"<![CDATA[",
    ],
)
def test_leniency_does_not_take_half_a_document_for_a_whole(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse_xml(body, lenient=True)


def test_leniency_still_tells_what_is_no_xml() -> None:
    for body, said in (
        (b"<html><title>A</title><br>&nbsp;", "an HTML page titled “A”"),
        (b"{}", "JSON"),
        (b"", "nothing"),
    ):
        with pytest.raises(UnreadableError, match=said):
            parse_xml(body, lenient=True)
    with pytest.raises(UnreadableError, match="too broken to be mended"):
        parse_xml(b"<a>" + b"&" * 300_000 + b"</a>", lenient=True)


@settings(deadline=None)
@given(
    st.binary(max_size=200) | st.text(alphabet="<>&;![]-?/ab\"'=\n\x00ế", max_size=60).map(str.encode), st.booleans()
)
def test_any_bytes_at_all_give_a_document_or_an_unreadable_answer(body: bytes, lenient: bool) -> None:
    with contextlib.suppress(UnreadableError):
        assert isinstance(parse_xml(body, lenient=lenient).tag, str)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=60))
def test_any_text_comes_through_as_it_was_strictly_and_leniently(text: str) -> None:
    element = etree.Element("a")
    element.text = text
    body = etree.tostring(element, encoding="utf-8")
    assert [parse_xml(body, lenient=lenient).text or "" for lenient in (False, True)] == [text, text]


@pytest.mark.needs("corpus")
def test_of_all_answers_of_real_servers_only_the_broken_ones_cannot_be_read(corpus: Path) -> None:
    unreadable: dict[str, str] = {}
    files = sorted(corpus.rglob("*.xml"))
    for file in files:
        try:
            parse_xml(file.read_bytes())
        except UnreadableError as error:
            unreadable[file.name] = str(error)
    assert len(files) >= 300
    assert unreadable == {
        "ListRecordsBroken.xml": "plain text or a file instead of XML",
        "SRU_response_bad_xml.xml": "XML cut off at line 1",
        "SRU_response_top_truncated.xml": "XML broken at line 52, column 13: Extra content at the end of the document",
        "SRU_response_truncated.xml": "XML cut off at line 58",
        "open_access_restricted_edu.xml": (
            "XML broken at line 249, column 14: Opening and ending tag mismatch: record line 247 and collection"
        ),
    }
