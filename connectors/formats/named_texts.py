"""Named texts -> Record, for indexes that tell a record as fields of their own.

A connector names each text by the element of Dublin Core that it is nearest to (see `dc.RULES`), or by one of the
further names of `RULES` here. What a text means is read as in Dublin Core. For texts that a machine gives to machines:
each says one thing, several of a name come as several texts, and a name that no rule knows is passed over. Lines of a
page, of which one may hold several things (an imprint, a list of keywords, a whole card), are `formats.labelled`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from connectors.formats.assembly import finish
from connectors.formats.dc import RULES as DC_RULES
from connectors.formats.draft import Draft
from connectors.formats.mending import mend_texts
from connectors.formats.rules import NamedRule, apply_names, compile_names
from connectors.formats.tidy import tidy
from engine.model import ClassNumber, Host, Identifier, Record
from engine.normalise import identifiers as numbers
from engine.normalise.editions import volume


def _identifier(read: Callable[[str], Identifier | None]) -> Callable[[str], Iterator[Identifier]]:
    def one(text: str) -> Iterator[Identifier]:
        if (found := read(text)) is not None:
            yield found

    return one


def _class(scheme: str) -> Callable[[str], Iterator[ClassNumber]]:
    def one(text: str) -> Iterator[ClassNumber]:
        if number := tidy(text):
            yield ClassNumber(scheme, number)

    return one


def _volume(text: str) -> Iterator[str]:
    if found := volume(text) or tidy(text):
        yield found


def _oclc(text: str) -> Identifier | None:
    return numbers.oclc(text) or numbers.oclc(f"(OCoLC){text.strip()}")


RULES: tuple[NamedRule[str], ...] = (
    *DC_RULES,
    # target         where from   clean-up
    ("identifiers", "isbn", _identifier(numbers.isbn)),
    ("identifiers", "issn", _identifier(numbers.issn)),
    ("identifiers", "doi", _identifier(numbers.doi)),
    ("identifiers", "oclc", _identifier(_oclc)),
    ("identifiers", "lccn", _identifier(numbers.lccn)),
    ("classes", "ddc", _class("ddc")),
    ("classes", "udc", _class("udc")),
    ("classes", "lcc", _class("lcc")),
    ("volumes", "volume", _volume),
)
COMPILED = compile_names(RULES)


def record_from_texts(
    texts: Iterable[tuple[str, str]], *, member: str, own_id: str = "", url: str | None = None, host: Host | None = None
) -> Record:
    """Return the Record that named texts describe; UnreadableError where they hold no title.

    `own_id` and `url` are the member's own, and go before what identifiers say.

    >>> record = record_from_texts([("title", "Kinh tế vi mô : giáo trình"), ("isbn", "0-13-110362-8")], member="m")
    >>> record.title, record.subtitle, record.identifiers[0].value
    ('Kinh tế vi mô', 'giáo trình', '9780131103627')
    """
    draft = Draft()
    mended, draft.raw = mend_texts([(name, text) for name, text in texts if text.strip()])
    if host is not None:
        draft.hosts.append(host)
    apply_names(COMPILED, mended, draft)
    if len(draft.titles) > 1:
        draft.other_titles[:0] = [title.title for title in draft.titles[1:]]
    if own_id:
        draft.ids.insert(0, own_id)
    record = finish(draft, member)
    return msgspec.structs.replace(record, url=url) if url else record
