"""What kind of thing it is, from words: theses (502), genre (655), general designation (245 $h), RDA types (33x)."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.formats.coded import BY_CONTENT
from connectors.formats.fields import MarcField
from connectors.formats.tidy import tidy
from engine.model import Degree, Material
from engine.normalise.materials import degree, material

_ELECTRONIC = ("electronic", "điện tử", "online", "électronique")
# What Vietnamese libraries begin a subtitle with, or a title, where it is no book; in lower case.
_HEADS_OF_SUBTITLES = (
    "luận án", "luận văn", "khóa luận", "khoá luận", "đồ án tốt nghiệp", "tóm tắt luận án", "kỷ yếu", "kỉ yếu",
    "báo cáo tổng kết", "báo cáo khoa học", "báo cáo đề tài", "đề tài nghiên cứu",
)  # fmt: skip
_HEADS_OF_TITLES = (
    "luận án tiến s", "luận văn thạc s", "luận văn tốt nghiệp", "luận văn cử nhân", "khóa luận tốt nghiệp",
    "khoá luận tốt nghiệp", "đồ án tốt nghiệp", "kỷ yếu hội", "kỉ yếu hội", "kỷ yếu khoa học", "báo cáo tổng kết",
)  # fmt: skip


def words_of_title(title: str, subtitle: str | None) -> str | None:
    """Return the part of a title statement that says what kind of thing it is, None where none begins like that.

    >>> words_of_title("Nghiên cứu kiến trúc", "Luận án tiến sĩ"), words_of_title("Cách viết luận văn", None)
    ('Luận án tiến sĩ', None)
    """
    if subtitle and subtitle.lower().startswith(_HEADS_OF_SUBTITLES):
        return subtitle
    return title if title.lower().startswith(_HEADS_OF_TITLES) else None


def thesis(_field: MarcField, _codes: str) -> Iterator[Material]:
    """Say that a dissertation note makes it a thesis."""
    yield Material.THESIS


def degrees(field: MarcField, codes: str) -> Iterator[Degree]:
    """Read the degree of a dissertation note."""
    for text in field.every(codes):
        if (found := degree(tidy(text))) is not None:
            yield found


def genres(field: MarcField, codes: str) -> list[Material]:
    """Read genre terms and general designations of material."""
    texts = field.every(codes)
    return [found for text in texts if (found := material(tidy(text).strip("[].- "))) is not None]


def content_types(field: MarcField, codes: str) -> Iterator[Material]:
    """Read RDA content types (336 $b)."""
    for text in field.every(codes):
        if (found := BY_CONTENT.get(text.strip().lower())) is not None:
            yield found


def carriers(field: MarcField, codes: str) -> Iterator[bool]:
    """Read RDA carrier types (338 $b): online, or a volume of paper."""
    for text in field.every(codes):
        code = text.strip().lower()
        if code == "cr":
            yield True
        elif code == "nc":
            yield False


def online_designation(field: MarcField, codes: str) -> tuple[bool, ...]:
    """Read a general designation (245 $h) that says it is electronic."""
    words = (field.first(codes) or "").lower()
    return (True,) if words and any(word in words for word in _ELECTRONIC) else ()
