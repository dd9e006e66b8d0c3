"""XML from outside, parsed without trust: no entities, no network, no endless depth, and nothing mended unasked.

lxml frees the interpreter's lock while it parses. What came instead of XML is named, so that a librarian can act on it;
of an HTML page that is its title, and never its text.
"""

from __future__ import annotations

import codecs
import html
import re
from html.entities import html5
from typing import Final

from lxml import etree

from engine.errors import UnreadableError

MOST_DEPTH: Final = 100
"""Records nest ten or twenty deep. libxml2 itself stops at 256."""

_MOST_TAGS: Final = 600_000
"""Opening and closing. 8 MB of MARCXML have half as many; 8 MB of `<b/>` would hold everything up for seconds."""

_MOST_MENDS: Final = 200_000
"""More references than that in one answer are not looked through: it would cost seconds."""

_BOMS: Final = (  # the longer first: a UTF-32 mark begins like a UTF-16 one
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(rb"""\A<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# Codecs that read text as it is; those that compute (punycode, unicode_escape, UTF-7) are no business of a library's.
_PLAIN_CODEC: Final = re.compile(
    r"ascii|utf-(?:8|16|32)(?:-[bl]e)?|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|mac-\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*|tis-620"
)
# Atomic groups: a thousand unfinished comments are read once, not a thousand times.
_BEFORE_ROOT: Final = re.compile(rb"(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->))*+", re.DOTALL)
_REFERENCE: Final = re.compile(r"&(?:#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,8}));|([A-Za-z][A-Za-z0-9]{1,31});|)")
_XML_NAMES: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_CUT_OFF_INSIDE: Final = frozenset(
    {
        etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED,
        etree.ErrorTypes.ERR_CDATA_NOT_FINISHED,
        etree.ErrorTypes.ERR_PI_NOT_FINISHED,
    }
)
_CUT_OFF: Final = _CUT_OFF_INSIDE | {etree.ErrorTypes.ERR_TAG_NOT_FINISHED}
_MOST_LAST_COMMENTS: Final = 5
_NEVER_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HTML: Final = re.compile(rb"(?i)<!doctype\s+html|<html[\s>]")
_PIECE_OF_HTML: Final = re.compile(rb"(?i)<!doctype\s+html|<(?:html|head|body|title|meta|script|div|center|h1|p)[\s>]")
_TITLE: Final = re.compile(rb"(?is)<title[^>]{0,200}>([^<]{0,2000})")
_TITLE_LETTERS: Final = 80


def parse_xml(
    body: bytes, *, charset: str | None = None, lenient: bool = False, most_depth: int = MOST_DEPTH
) -> etree._Element:
    r"""Return the root element of an XML answer, without comments and processing instructions.

    The encoding is that of the byte order mark, else of the XML declaration, else `charset` (of the HTTP header), else
    UTF-8. White space before the declaration is passed over.

    `lenient` is for servers known to be sloppy: where the strict parser fails, HTML's entities, bare ampersands and
    forbidden control characters are mended, and if that is not enough, what libxml2 recovers is taken, as long as the
    document is not cut off.

    Raises UnreadableError, with what was found: nothing, an HTML page and its title, JSON, XML broken or cut off, more
    than `most_depth` levels, entity declarations.

    >>> parse_xml(b"<a>kinh t\xe1\xba\xbf</a>").text
    'kinh tế'
    """
    text = _as_utf8(body, charset, lenient=lenient)
    if not text:
        raise UnreadableError("nothing at all: the answer is empty")
    if text.count(b"<") > _MOST_TAGS:
        raise UnreadableError(f"XML of more than {_MOST_TAGS} tags")
    has_doctype = _refuse_entities(text)
    try:
        root = etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        if not lenient or _is_html(text):
            raise _unreadable(text, error) from error
        root = _recovered(text)
    if etree.QName(root).localname.lower() == "html" or (has_doctype and _begins_as_html(text)):
        raise UnreadableError(_html_page(text))
    if has_doctype and (unknown := next(root.iter(etree.Entity), None)) is not None:
        if not lenient:
            raise UnreadableError(f"XML with the undefined entity {unknown.text}")
        root = _recovered(text)
    if root.xpath(f"boolean({'/*' * (most_depth + 1)})"):
        raise UnreadableError(f"XML more than {most_depth} levels deep")
    return root


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=recover,
    )


def _as_utf8(body: bytes, charset: str | None, *, lenient: bool) -> bytes:
    """Return a body in UTF-8, without byte order mark and leading white space."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _recoded(body, name, lenient=lenient).removeprefix(codecs.BOM_UTF8).lstrip()
    if body[:4] in {b"<\0?\0", b"\0<\0?"}:
        return _recoded(body, "utf-16-le" if body[0] else "utf-16-be", lenient=lenient)
    body = body.lstrip()
    declared = _DECLARED.match(body)
    name = declared.group(1).decode("ascii") if declared else charset or "utf-8"
    if declared and name.lower().startswith(("utf-16", "utf-32", "ucs-2", "iso-10646")):
        name = charset or "utf-8"  # the declaration could be read byte by byte: it is not what it says
    return _recoded(body, name, lenient=lenient)


def _recoded(body: bytes, encoding: str, *, lenient: bool) -> bytes:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = ""
    if not _PLAIN_CODEC.fullmatch(name):
        raise UnreadableError(f"XML in the unknown encoding {encoding[:40]!r}")
    if name in {"utf-8", "ascii"}:
        return body  # libxml2 checks the bytes itself, and faster
    try:
        return body.decode(name, "replace" if lenient else "strict").encode()
    except UnicodeError as error:
        raise UnreadableError(f"XML that is not in its encoding {name}") from error


def _root_start(text: bytes) -> int:
    """Return where the document type or the root element begins."""
    before = _BEFORE_ROOT.match(text)
    return before.end() if before else 0


def _refuse_entities(text: bytes) -> bool:
    """Return whether there is a document type; raise UnreadableError if it declares entities.

    The text is UTF-8 here, so a declaration cannot hide in another encoding.
    """
    start = _root_start(text)
    if not text.startswith(b"<!DOCTYPE", start):
        return False
    if b"<!ENTITY" in text[start:]:
        raise UnreadableError("XML that declares entities, which are never read")
    return True


def _recovered(text: bytes) -> etree._Element:
    """Return what can be made of sloppy XML, or raise UnreadableError if it is cut off or nothing comes of it."""
    if text.count(b"&") > _MOST_MENDS:
        raise UnreadableError("XML too broken to be mended")
    mended = _mended(text.decode("utf-8", "replace")).encode()
    try:
        return etree.fromstring(mended, _parser())
    except etree.XMLSyntaxError as error:
        root = None if _is_html(text) else _what_is_left(mended)
        if root is None:
            raise _unreadable(text, error) from error
        return root


def _what_is_left(text: bytes) -> etree._Element | None:
    """Return what libxml2 recovers of a whole document, None of one that is cut off."""
    parser = _parser(recover=True)
    try:
        root: etree._Element | None = etree.fromstring(text, parser)
    except etree.XMLSyntaxError:
        return None
    is_cut_off = any(problem.type in _CUT_OFF_INSIDE for problem in parser.error_log)
    return root if root is not None and not is_cut_off and _ends_with(text, root) else None


def _mended(text: str) -> str:
    """Return XML whose references are all known to XML and whose characters are all allowed; CDATA stays as it is."""
    parts: list[str] = []
    place = 0
    while place < len(text):
        begin = text.find("<![CDATA[", place)
        if begin < 0:
            begin = len(text)
        parts.append(_REFERENCE.sub(_reference, text[place:begin]))
        end = text.find("]]>", begin)
        place = len(text) if end < 0 else end + 3
        parts.append(text[begin:place])
    return _NEVER_IN_XML.sub("", "".join(parts))


def _reference(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if hexadecimal or decimal:
        number = int(hexadecimal, 16) if hexadecimal else int(decimal)
        is_allowed = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF and not _NEVER_IN_XML.match(chr(number))
        return found.group() if is_allowed else ""
    if name in _XML_NAMES:
        return found.group()
    characters = html5.get(f"{name};") if name else None
    if characters is None:
        return "&amp;" + found.group()[1:]
    return "".join(f"&#{ord(character)};" for character in characters)


def _ends_with(text: bytes, root: etree._Element) -> bool:
    """Whether a document closes its root element at its end. Comments behind it are passed over, a cut one is not."""
    name = (f"{root.prefix}:" if root.prefix else "") + etree.QName(root).localname
    end = text.rstrip()
    for _ in range(_MOST_LAST_COMMENTS):
        if end.endswith(b"-->"):
            end = end[: max(end.rfind(b"<!--"), 0)].rstrip()
    return bool(re.search(rb"</\s*" + re.escape(name.encode()) + rb"\s*>\Z", end[-len(name) * 4 - 20 :])) or (
        end.endswith(b"/>") and not len(root)
    )


def _is_html(text: bytes) -> bool:
    return bool(_HTML.search(text[:2000])) or _begins_as_html(text)


def _begins_as_html(text: bytes) -> bool:
    return bool(_PIECE_OF_HTML.match(text, _root_start(text)))


def _html_page(text: bytes) -> str:
    found = _TITLE.search(text[:65_536])
    title = " ".join(html.unescape(found.group(1).decode("utf-8", "replace")).split()) if found else ""
    if not title:
        return "an HTML page without a title instead of XML"
    if len(title) > _TITLE_LETTERS:
        title = title[: _TITLE_LETTERS - 1] + "…"
    return f"an HTML page titled “{title}” instead of XML"


def _unreadable(text: bytes, error: etree.XMLSyntaxError) -> UnreadableError:
    """Return the failure that says what was found in the place of good XML."""
    if _is_html(text):
        return UnreadableError(_html_page(text))
    if text[:1] in {b"{", b"["}:
        return UnreadableError("JSON instead of XML")
    if text[:1] != b"<":
        return UnreadableError("plain text or a file instead of XML")
    line, column = error.position
    if getattr(error, "code", 0) in _CUT_OFF or not text.rstrip().endswith(b">"):
        return UnreadableError(f"XML cut off at line {line}")
    return UnreadableError(f"XML broken at line {line}, column {column}: {(error.msg or '').split(', line')[0][:100]}")
