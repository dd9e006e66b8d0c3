"""The further faces of the demo's libraries: catalogues of other systems over the same holdings, each at its own port.

A face joins by one line in `FACES`. It speaks as the real system is documented to and knows nothing of who asks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from demo import vufind
from demo.holdings import Holdings
from demo.libraries import LIBRARIES, Library
from demo.server import Reply, Request
from demo.solr import SolrCore


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

FACES: Final = (
    FurtherFace("non-nuoc-solr", "non-nuoc", "solr", SolrCore, "/solr/catalog", "/solr/catalog", _SOLR),
    FurtherFace("song-hong-vufind", "song-hong", "vufind", vufind.VuFind, "/vufind/", "/vufind"),
    FurtherFace("vinh-ngoc-vufind", "vinh-ngoc", "vufind", vufind.closed, "/vufind/", "/vufind"),
)
"""In the order of their ports, behind those of the eight libraries. New ones are added at the end."""
