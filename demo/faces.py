"""The further faces of the demo's libraries: catalogues of other systems over the same holdings, each at its own port.

A face joins by one line in `FACES`. It speaks as the real system is documented to and knows nothing of who asks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from demo import aleph, primo, primo_pages, vufind
from demo.bookworm import Bookworm
from demo.elastic import INDEX, ElasticIndex
from demo.emiclib import Emiclib
from demo.emiclib_api import EmiclibApi
from demo.encore import Encore
from demo.eprints import EPrints
from demo.evergreen import Evergreen
from demo.holdings import Holdings
from demo.ilib import Ilib
from demo.invenio import Invenio
from demo.kipos import Kipos
from demo.libol import Libol6, Libol8
from demo.libraries import LIBRARIES, Library
from demo.omeka_s import OmekaS
from demo.server import Reply, Request
from demo.slims import Slims
from demo.solr import SolrCore
from demo.tim_kiem import TimKiem
from demo.webpac import WebPac


class Speaker(Protocol):
    """What answers the requests to a face."""

    def answer(self, request: Request, *, fails: bool) -> Reply | None:
        """Return the answer, None where there is nothing at the address. `fails`: an error as this system words it."""


class FurtherFace(msgspec.Struct, frozen=True):
    """A face: its id, the library whose holdings it shows, its system's name in a member file, and what answers.

    `entrance` is the path a person knows; `path` that of the member's `url`, and `table` the member file's own table.
    """

    id: str
    library: str
    system: str
    speaker: Callable[[Library, Holdings], Speaker]
    entrance: str = "/"
    path: str = ""
    table: str = ""

    @property
    def of(self) -> Library:
        """The library it is a face of."""
        return next(library for library in LIBRARIES if library.id == self.library)


_SOLR: Final = """[solr]
folds_marks = true
[solr.fields]
title = "title"
authors = ["author", "author2"]
year = "publishDate"
publisher = "publisher"
isbn = "isbn"
subjects = "topic"
languages = "language"
material = "format"
call_number = "callnumber"
available = "available"
[solr.search]
any = ["title^3", "author", "allfields"]
title = "title"
person = "author"
subject = "topic"
isbn = "isbn"
"""

_VE: Final = """[primo]
vid = "84HPU_INST:HPU"
tab = "LibraryCatalog"
scope = "MyInstitution"
"""
_PRIMO: Final = """[primo]
vid = "84SLU_V1"
inst = "84SLU"
tab = "LibraryCatalog"
scope = "MyInstitution"
"""

_PRIMO_PAGES: Final = """[primo]
vid = "NNU_V1"
inst = "84NNU"
"""

_ELASTIC: Final = """[elasticsearch]
folds_marks = true
year_filter = "published.year"
[elasticsearch.fields]
title = "title.main"
subtitle = "title.rest"
authors = "people.name"
year = "published.year"
publisher = "published.by"
isbn = "isbn"
subjects = "subjects"
languages = "language"
material = "kind"
available = "available"
[elasticsearch.search]
any = ["title.*^3", "people.name", "subjects"]
title = "title.main"
person = "people.name"
subject = "subjects"
isbn = "isbn"
"""

FACES: Final = (
    FurtherFace("non-nuoc-solr", "non-nuoc", "solr", SolrCore, "/solr/catalog", "/solr/catalog", _SOLR),
    FurtherFace("song-hong-vufind", "song-hong", "vufind", vufind.VuFind, "/vufind/", "/vufind"),
    FurtherFace("vinh-ngoc-vufind", "vinh-ngoc", "vufind", vufind.closed, "/vufind/", "/vufind"),
    FurtherFace("hoa-phuong-primo", "hoa-phuong", "primo", primo.Primo, primo.VE_ENTRANCE, "", _VE),
    FurtherFace("song-lo-primo", "song-lo", "primo", primo.classic, primo.CLASSIC_ENTRANCE, "", _PRIMO),
    FurtherFace("vinh-ngoc-aleph", "vinh-ngoc", "aleph", aleph.XServer, "/F", "", '[aleph]\nbase = "VNU01"\n'),
    FurtherFace("song-hong-tim-kiem", "song-hong", "tim-kiem", TimKiem, "/tim-kiem"),
    FurtherFace("song-lo-ilib", "song-lo", "ilib", Ilib, "/pages/opac/wpid-home.html"),
    FurtherFace("che-xanh-libol", "che-xanh", "libol", Libol6, "/opac60/", "/opac60"),
    FurtherFace("ba-vi-libol", "ba-vi", "libol", Libol8, "/opac80/", "/opac80"),
    FurtherFace("vinh-ngoc-emiclib", "vinh-ngoc", "emiclib", Emiclib, "/OIndex.aspx"),
    FurtherFace("hoa-phuong-emiclib", "hoa-phuong", "emiclib", EmiclibApi),
    FurtherFace("ba-vi-kipos", "ba-vi", "kipos", Kipos),
    FurtherFace("song-cau-bookworm", "song-cau", "bookworm", Bookworm),
    FurtherFace("song-lo-sierra", "song-lo", "sierra", WebPac, "/", "", '[sierra]\nscope = "18"\nlanguage = "vie"\n'),
    FurtherFace("song-lo-encore", "song-lo", "encore", Encore, "/iii/encore/", "", '[encore]\nlanguage = "vie"\n'),
    FurtherFace("non-nuoc-evergreen", "non-nuoc", "evergreen", Evergreen, "/eg/opac/home"),
    FurtherFace("che-xanh-slims", "che-xanh", "slims", Slims, "/slims/", "/slims/"),
    FurtherFace("song-cau-omeka", "song-cau", "omeka-s", OmekaS),
    FurtherFace("song-cau-eprints", "song-cau", "eprints", EPrints),
    FurtherFace("ba-vi-elastic", "ba-vi", "elasticsearch", ElasticIndex, f"/{INDEX}", f"/{INDEX}", _ELASTIC),
    FurtherFace("non-nuoc-primo", "non-nuoc", "primo", primo_pages.PrimoPages, primo_pages.ENTRANCE, "", _PRIMO_PAGES),
    FurtherFace("song-cau-invenio", "song-cau", "invenio", Invenio),
)
"""In the order of their ports, behind those of the eight libraries. New ones are added at the end."""
