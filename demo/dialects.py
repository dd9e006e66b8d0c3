"""The eight dialects of SRU that the demo's libraries speak, each with the habits of the system it is modelled on.

Sources: YAZ 5.34 and Koha 19.06 as tried, the public documentation of Alma, BnF and K10plus, SRU 1.1 to 2.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from demo import marc21, other_formats, pica, shelf, unimarc
from demo.entries import Entry

Render = Callable[[Entry], str]

ZING: Final = "http://www.loc.gov/zing/srw/"
ZING_DIAGNOSTIC: Final = "http://www.loc.gov/zing/srw/diagnostic/"
OASIS: Final = "http://docs.oasis-open.org/ns/search-ws/sruResponse"
OASIS_DIAGNOSTIC: Final = "http://docs.oasis-open.org/ns/search-ws/diagnostic"


class Schema(msgspec.Struct, frozen=True):
    """A record schema: its identifier, what an answer calls it, and the text of a record in it."""

    identifier: str
    reported: str
    render: Render


class Dialect(msgspec.Struct, frozen=True):
    """How one kind of SRU server behaves.

    `versions`: those it speaks; another is diagnostic 5, a missing one is `default_version`. `default_count`: records
    where maximumRecords is missing. `cap`: most records an answer, silently. `deepest`: highest first place, 0 for any.
    `unknown_schema`: diagnostic, or surrogate (one diagnostic in the place of each record). `past_end`: diagnostic
    (61) or empty. `names_schema`: whether an unasked schema is named in the records.
    """

    matching: shelf.Matching
    schemas: dict[str, Schema]
    default_schema: str
    versions: tuple[str, ...]
    default_version: str
    prefix: str = "zs:"
    content_type: str = "text/xml; charset=UTF-8"
    server: str = ""
    default_count: int = 10
    cap: int = 100
    deepest: int = 0
    says_next: bool = True
    echoes: bool = False
    always_packs_string: bool = False
    unknown_schema: str = "diagnostic"
    past_end: str = "diagnostic"
    names_schema: bool = True
    closes_quotes: bool = False
    plus_is_plus: bool = False
    explain: bool = True
    extra: str = ""
    newest_first: bool = False


def _with_852(entry: Entry) -> str:
    return marc21.marcxml(entry, marc21.holdings_852(entry))


def _without_namespace(entry: Entry) -> str:
    return marc21.marcxml(entry, marc21.holdings_852(entry), namespace="")


def _with_952(entry: Entry) -> str:
    return marc21.marcxml(entry, marc21.holdings_952(entry))


def _with_alma(entry: Entry) -> str:
    return marc21.marcxml(entry, marc21.holdings_alma(entry))


def _bare_marc(entry: Entry) -> str:
    return marc21.marcxml(entry, iter(()))


_ANY: Final = shelf.FIELDS
_DC: Final = {
    "dc.title": ("title",), "dc.creator": ("person",), "dc.author": ("person",), "dc.subject": ("subject",),
    "dc.publisher": ("publisher",), "dc.date": ("year",), "dc.language": ("language",), "bath.isbn": ("isbn",),
    "bath.issn": ("issn",), "bath.title": ("title",), "bath.name": ("person",), "rec.id": ("id",),
    "title": ("title",), "author": ("person",),
}  # fmt: skip
_YAZ_RELATIONS: Final = frozenset({"=", "==", "all", "any", "exact", "scr"})
_MARCXML: Final = "info:srw/schema/1/marcxml-v1.1"

ZEBRA: Final = Dialect(
    matching=shelf.Matching(
        indexes={**_DC, "cql.anywhere": _ANY, "bath.any": _ANY, "dc.type": ("material",)},
        default=_ANY,
        fold=shelf.fold_marks,
        equals_is_phrase=True,
        relations=_YAZ_RELATIONS | {"<", "<=", ">", ">="},
    ),
    schemas={
        "marcxml": Schema(_MARCXML, _MARCXML, _with_852),
        "dc": Schema("info:srw/schema/1/dc-v1.1", "info:srw/schema/1/dc-v1.1", other_formats.dublin_core),
    },
    default_schema="marcxml",
    versions=("1.1", "1.2", "2.0"),
    default_version="2.0",
    content_type="text/xml",
    server="YAZ/5.34.0",
    default_count=0,
    cap=1000,
    says_next=False,
    echoes=True,
)

KOHA: Final = Dialect(
    matching=shelf.Matching(
        indexes={**_DC, "dc.itemtype": ("material",), "dc.any": _ANY, "dc.identifier": ("isbn",), "dc.isbn": ("isbn",)},
        default=_ANY,
        fold=shelf.fold_marks,
        equals_is_phrase=True,
        relations=_YAZ_RELATIONS,
    ),
    schemas={"marcxml": Schema(_MARCXML, "marcxml", _with_952)},
    default_schema="marcxml",
    versions=("1.1", "1.2", "2.0"),
    default_version="2.0",
    content_type="text/xml",
    server="YAZ/5.34.0",
    default_count=0,
    cap=1000,
    says_next=False,
    echoes=True,
    unknown_schema="surrogate",
    names_schema=False,
    closes_quotes=True,
)

ALMA: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "alma.all_for_ui": _ANY, "alma.title": ("title",), "alma.creator": ("person",),
            "alma.subject": ("subject",), "alma.subjects": ("subject",), "alma.publisher": ("publisher",),
            "alma.isbn": ("isbn",),
            "alma.issn": ("issn",), "alma.standard_number": ("isbn", "issn"), "alma.main_pub_date": ("year",),
            "alma.date": ("year",), "alma.mms_id": ("id",), "rec.id": ("id",), "alma.language": ("language",),
            "alma.series": ("series",), "alma.permanentcallnumber": ("class",), "alma.rank": ("title",),
        },
        default=_ANY,
        fold=shelf.fold_all,
        relations=frozenset({"=", "==", "all", "<", "<=", ">", ">=", "<>"}),
        unknown_set=16,
    ),
    schemas={
        "marcxml": Schema("http://www.loc.gov/MARC21/slim", "marcxml", _with_alma),
        "dc": Schema("http://purl.org/dc/elements/1.1/", "dc", other_formats.dublin_core),
        "mods": Schema("http://www.loc.gov/mods/v3", "mods", other_formats.mods),
    },
    default_schema="marcxml",
    versions=("1.2",),
    default_version="1.2",
    prefix="",
    content_type="text/xml;charset=utf-8",
    cap=50,
    deepest=10_000,
    past_end="empty",
    newest_first=True,
    extra='<extraResponseData xmlns:xb="http://www.exlibris.com/repository/search/xmlbeans/"><xb:exact>true</xb:exact>'
    "<xb:responseDate>2026-03-15T08:15:00+0700</xb:responseDate></extraResponseData>",
)  # fmt: skip

DIGITAL: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "dc.title": ("title",), "dc.creator": ("person",), "dc.contributor": ("person",),
            "dc.subject": ("subject", "class"), "dc.publisher": ("publisher",), "dc.date": ("year",),
            "dc.type": ("material",), "dc.identifier": ("isbn", "issn"), "dc.language": ("language",),
            "cql.anywhere": _ANY,
        },
        default=_ANY,
        fold=shelf.fold_all,
    ),
    schemas={"dc": Schema("info:srw/schema/1/dc-v1.1", "info:srw/schema/1/dc-v1.1", other_formats.dublin_core)},
    default_schema="dc",
    versions=("1.1", "1.2"),
    default_version="1.2",
    prefix="srw:",
    newest_first=True,
)  # fmt: skip

MODS: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "cql.anywhere": _ANY, "cql.keywords": _ANY, "mods.title": ("title",), "dc.title": ("title",),
            "dc.creator": ("person",), "dc.subject": ("subject",), "dc.publisher": ("publisher",), "dc.date": ("year",),
            "bath.isbn": ("isbn",), "bath.issn": ("issn",), "dc.language": ("language",), "rec.id": ("id",),
        },
        default=_ANY,
        fold=shelf.fold_nothing,
    ),
    schemas={
        "mods": Schema("http://www.loc.gov/mods/v3", "http://www.loc.gov/mods/v3", other_formats.mods),
        "dc": Schema("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/elements/1.1/", other_formats.dublin_core),
    },
    default_schema="mods",
    versions=("2.0",),
    default_version="2.0",
    prefix="sru:",
    content_type="application/sru+xml; charset=UTF-8",
    default_count=20,
)  # fmt: skip

UNIMARC: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "bib.anywhere": _ANY, "bib.title": ("title",), "bib.author": ("person",), "bib.subject": ("subject",),
            "bib.publisher": ("publisher",), "bib.isbn": ("isbn",), "bib.fuzzyisbn": ("isbn",), "bib.ean": ("isbn",),
            "bib.issn": ("issn",), "bib.date": ("year",), "bib.publicationdate": ("year",), "bib.persistentid": ("id",),
            "bib.language": ("language",), "bib.doctype": ("material",), "bib.dewey": ("class",),
        },
        default=_ANY,
        fold=shelf.fold_all,
        needs_index=True,
        relations=frozenset({"=", "all", "any", "adj", "<", "<=", ">", ">=", "within"}),
        unknown_set=16,
    ),
    schemas={
        "unimarcXchange": Schema("info:lc/xmlns/marcxchange-v2", "marcxchange", unimarc.marcxchange),
        "dublincore": Schema("http://purl.org/dc/elements/1.1/", "dublincore", other_formats.dublin_core),
    },
    default_schema="unimarcXchange",
    versions=("1.2",),
    default_version="1.2",
    prefix="srw:",
    cap=1000,
    echoes=True,
)  # fmt: skip

PICA: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "pica.all": _ANY, "pica.tit": ("title",), "pica.per": ("person",), "pica.slw": ("subject",),
            "pica.vlg": ("publisher",), "pica.isb": ("isbn",), "pica.iss": ("issn",), "pica.num": ("isbn", "issn"),
            "pica.jah": ("year",), "pica.ppn": ("id",), "pica.spr": ("language",), "pica.sgn": ("class",),
        },
        default=_ANY,
        fold=shelf.fold_all,
        relations=frozenset({"=", "==", "all", "any", "exact", "<", "<=", ">", ">="}),
    ),
    schemas={
        "picaxml": Schema(pica.NAMESPACE, "picaxml", pica.picaxml),
        "marcxml": Schema(_MARCXML, "marcxml", _bare_marc),
        "dc": Schema("info:srw/schema/1/dc-v1.1", "dc", other_formats.dublin_core),
    },
    default_schema="picaxml",
    versions=("1.1", "1.2", "2.0"),
    default_version="1.1",
    deepest=999_999,
    says_next=False,
    plus_is_plus=True,
    echoes=True,
    newest_first=True,
)  # fmt: skip

OLD: Final = Dialect(
    matching=shelf.Matching(
        indexes={
            "dc.title": ("title",), "dc.creator": ("person",), "dc.author": ("person",), "dc.subject": ("subject",),
            "dc.date": ("year",), "bath.isbn": ("isbn",), "bath.issn": ("issn",),
        },
        default=("title", "person", "subject"),
        fold=shelf.fold_all,
        relations=frozenset({"=", "exact"}),
        masks=False,
    ),
    schemas={"marcxml": Schema(_MARCXML, "marcxml", _without_namespace)},
    default_schema="marcxml",
    versions=("1.1",),
    default_version="1.1",
    prefix="",
    # A lie: the bytes are UTF-8, and the XML declaration says so.
    content_type="text/xml; charset=ISO-8859-1",
    server="Microsoft-IIS/6.0",
    cap=20,
    says_next=False,
    always_packs_string=True,
)  # fmt: skip

DIALECTS: Final = {
    "zebra": ZEBRA, "koha": KOHA, "alma": ALMA, "digital": DIGITAL, "mods": MODS, "unimarc": UNIMARC, "pica": PICA,
    "old": OLD,
}  # fmt: skip
