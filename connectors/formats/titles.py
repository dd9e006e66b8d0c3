"""Titles: a title statement taken apart into title, subtitle, volume, part title and responsibility."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.formats.draft import TitleStatement
from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy, unbracket, undot
from engine.normalise.editions import volume

_WORDS = (
    "tập", "quyển", "cuốn", "phần", "t.", "q.", "ph.", "vol.", "vol", "volume", "v.", "part", "pt.", "bd.", "bd",
    "band", "teil", "tome", "tomo",
)  # fmt: skip
_VOLUME = (
    r"(?:" + "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True)) + r")\s*"
    r"(?:\d{1,3}|[ivxl]{1,6}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười)(?![^\W_])"
)
_TYPED_B, _TYPED_C = re.compile(r"\s*[:/]?\s*\\b\b\s*"), re.compile(r"\s*/?\s*\\c\b\s*")
_COLON = re.compile(r"\s+:\s*|:\s+")
_PART = r"(?:\s*[.:,;–)\]/-]+\s*(?P<part>.*))?$"
# "Toán cao cấp. Tập 2", "Toán cao cấp (T.1)", "Toán cao cấp - Quyển II: Giải tích"
_has_word = re.compile(rf"[\s.,:;(\[–-]{_VOLUME}", re.IGNORECASE).search
_VOLUME_AT_END = re.compile(rf"[\s.,:;–-]*[\s.,:;(\[–-](?P<volume>{_VOLUME}){_PART}", re.IGNORECASE)
_VOLUME_AT_START = re.compile(rf"(?P<volume>{_VOLUME}){_PART}", re.IGNORECASE)


def volume_of(text: str) -> str | None:
    """Return the number of a part without its word; what is no number stays as printed.

    >>> volume_of("Tập II."), volume_of("Supplement")
    ('2', 'Supplement')
    """
    text = unbracket(undot(tidy(text)))
    return (volume(text) or text) if text else None


def split_volume(title: str) -> tuple[str, str | None, str | None]:
    """Return a title without the volume that stands in it, the volume's number, and the part's own title.

    >>> split_volume("Toán cao cấp. Tập 2: Giải tích")
    ('Toán cao cấp', '2', 'Giải tích')
    >>> split_volume("Luật số 5")
    ('Luật số 5', None, None)
    """
    if not _has_word(title):
        return title, None, None
    found = _VOLUME_AT_END.search(title, 1)
    number = volume(found["volume"]) if found else None
    if found is None or number is None:
        return title, None, None
    part = undot(tidy(found["part"])) if found["part"] else None
    return title[: found.start()].rstrip(" .,:;([–-"), number, part or None


def title_statement(field: MarcField, codes: str) -> tuple[TitleStatement, ...]:
    """Read a title with its subtitle, parallel titles, numbers ($n) and names ($p) of parts, responsibility ($c)."""
    head = ""
    rest: list[str] = []
    parallels: list[str] = []
    numbers: list[str] = []
    parts: list[str] = []
    responsibility: str | None = None
    is_parallel = False
    for code, text in field.subfields:
        if code not in codes:
            continue
        if code == "a" and not head:
            head = text
        elif code == "n":
            numbers.append(text)
        elif code == "p":
            parts.append(text)
        elif code == "c":
            responsibility = responsibility or text
        elif is_parallel:
            parallels.append(text)
        else:
            rest.append(text)
        is_parallel = text.rstrip().endswith("=")
    statement = build_statement(head, rest, parallels, numbers, parts, responsibility)
    return (statement,) if statement is not None else ()


def build_statement(
    head: str,
    rest: list[str],
    parallels: list[str],
    numbers: list[str],
    parts: list[str],
    responsibility: str | None,
) -> TitleStatement | None:
    """Return the statement that these texts make, or None if no title is among them."""
    head = _retyped(head)
    is_guess = responsibility is None and " / " in (rest[-1] if rest else head)
    if is_guess:
        texts = [head, *rest]
        texts[-1], responsibility = texts[-1].split(" / ", 1)
        head, rest = texts[0], texts[1:]
    if " = " in head:
        head, *more = head.split(" = ")
        parallels = [*more, *parallels]
    head = tidy(head)
    number = ".".join(filter(None, map(volume_of, numbers))) or None if numbers else None
    part = ". ".join(filter(None, map(_plain, parts))) or None if parts else None
    if number is None:
        head, number, own_part = split_volume(head)
        part = part or own_part
    if not rest and (": " in head or " :" in head):
        head, *rest = _COLON.split(head, maxsplit=1)
    subtitles: list[str] = []
    for text in rest:
        if "=" in text:
            text, *more = text.split(" = ")  # noqa: PLW2901 - what stands before the first sign is the subtitle
            parallels = [*parallels, *more]
        subtitles.append(unbracket(_plain(text)))
    if number is None and subtitles:
        subtitles, number, own_part = _volume_of_subtitles(subtitles)
        part = part or own_part
    title = unbracket(undot(head))
    subtitle = (subtitles[0] if len(subtitles) == 1 else " : ".join(filter(None, subtitles))) or None
    if not title and part:
        title, part = part, None
    elif not title:
        title, subtitle = subtitle or "", None
    others = tuple(filter(None, map(_plain, parallels))) if parallels else ()
    who = (_plain(responsibility) or None) if responsibility else None
    return TitleStatement(title, subtitle, number, part, others, who, is_guess) if title else None


def _retyped(head: str) -> str:
    r"""Return a title with signs for marks of subfields that were typed as text (`\b`, `\c`)."""
    return _TYPED_B.sub(": ", _TYPED_C.sub(" / ", head)).removesuffix(" / ") if "\\" in head else head


def _plain(text: str) -> str:
    """Return text without the punctuation of a card."""
    return undot(tidy(text))


def _volume_of_subtitles(subtitles: list[str]) -> tuple[list[str], str | None, str | None]:
    """Return the subtitles without a volume that one of them begins with or ends in, its number and part title."""
    for place, subtitle in enumerate(subtitles):
        if not _has_word(f" {subtitle}"):
            continue
        found = _VOLUME_AT_START.match(subtitle)
        if found and (number := volume(found["volume"])):
            part = undot(tidy(found["part"])) if found["part"] else None
            return subtitles[:place] + subtitles[place + 1 :], number, part or None
        own, number, part = split_volume(subtitle)
        if number:
            return [*subtitles[:place], own, *subtitles[place + 1 :]], number, part
    return subtitles, None, None


def other_title(field: MarcField, codes: str) -> Iterator[str]:
    """Read another form of the title as one line: title, numbers and names of parts, subtitle after a colon."""
    line = ""
    for code, text in field.subfields:
        if code in codes and (text := undot(tidy(text))):
            line = f"{line}{' : ' if code == 'b' else '. '}{text}" if line else text
    if line:
        yield line


def volume_of_series(field: MarcField, codes: str) -> Iterator[str]:
    """Read the volume that some libraries put into a series statement without a series (490 $v alone)."""
    if not field.first("a") and (text := field.first(codes)) and (number := volume_of(text)):
        yield number


def linked_title(field: MarcField, codes: str) -> Iterator[str]:
    """Read the title in its own script from a field 880 that is linked to 245 or 246."""
    if (field.first("6") or "")[:3] in {"245", "246"}:
        yield from other_title(field, codes)


def linked_statement(field: MarcField, codes: str) -> Iterator[TitleStatement]:
    """Read the title statement in its own script from a field 880 that is linked to 245."""
    if (field.first("6") or "")[:3] == "245":
        yield from title_statement(field, codes)
