"""What a check tells of an SRU server beyond what it tells of any: version, explain record, schemas, indexes.

Each deviation from the standard is a finding with a sentence that a librarian can hand on to the server's keeper.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from connectors.sru.examine import Examined, examine
from connectors.sru.request import search_url
from connectors.sru.response import response_beside
from connectors.sru.settings import Dialect, SruSettings, dialect
from engine.errors import LienThuError
from engine.model import Field, Reason
from engine.ports import Door, Finding, Member

_WORDS: Final = ("history", "kinh", "vietnam")
_NO_SUCH_INDEX: Final = 'lienthu.nosuchindex="a"'
_UNSUPPORTED_INDEX: Final = frozenset({15, 16})


async def findings(member: Member, settings: msgspec.Struct, door: Door) -> tuple[Finding, ...]:
    """Return what is special about a member's SRU server. Raises where it does not answer searches at all."""
    assert isinstance(settings, SruSettings)
    examined = await examine(member, settings, door, word=_WORDS[0])
    for word in _WORDS[1:]:
        if examined.total:
            break
        examined = await examine(member, settings, door, word=word)
    speaking = dialect(settings)
    return (*_told(examined, speaking), await _unknown_index(member, speaking, door))


def _told(examined: Examined, speaking: Dialect) -> Iterator[Finding]:
    """Give what an examination showed, one finding after the other."""
    version = examined.version or "?"
    if version == speaking.version.value:
        yield _well("version", "version", version=version)
    else:
        yield _wanting("version", "other-version", version=version, asked=speaking.version.value)
    yield from _explain(examined, speaking)
    if examined.schemas:
        missing = [schema for schema in speaking.schemas if schema not in examined.schemas]
        if missing:
            yield _wanting("schema", "schemas-missing", missing=", ".join(missing), works=", ".join(examined.schemas))
        else:
            yield _well("schema", "schemas", works=", ".join(examined.schemas))
    elif examined.total:
        yield _wanting("schema", "no-schema", asked=", ".join(speaking.schemas))
    for field in examined.refused:
        yield _wanting(f"field.{field.value}", "index-refused", index=_name(speaking, field))


def _explain(examined: Examined, speaking: Dialect) -> Iterator[Finding]:
    told = examined.told
    if told is None or not told.indexes:
        yield _wanting("explain", "no-explain")
        return
    offered = {name.lower() for name in told.index_names()}
    found = {_name(speaking, field) for field in examined.found if field is not Field.ANY}
    refused = {_name(speaking, field) for field in examined.refused}
    lying = sorted(name for name in refused if name.lower() in offered)
    silent = sorted(name for name in found if name and "." in name and name.lower() not in offered)
    if lying:
        yield _wanting("explain", "explain-lies", indexes=", ".join(lying))
    elif silent:
        yield _wanting("explain", "explain-silent", indexes=", ".join(silent))
    else:
        yield _well("explain", "explain", indexes=len(offered))


async def _unknown_index(member: Member, speaking: Dialect, door: Door) -> Finding:
    """Ask in an index that cannot be there: a diagnostic must come, not an answer."""
    try:
        reply = await door.client.get(search_url(member.url, speaking, _NO_SUCH_INDEX, start=1, count=1))
        answer = await response_beside(reply, lenient=speaking.lenient)
    except LienThuError as error:
        return _wanting("diagnostics", "diagnostics-fail", detail=error.detail)
    numbers = {diagnostic.number or 0 for diagnostic in answer.diagnostics}
    if numbers & _UNSUPPORTED_INDEX:
        return _well("diagnostics", "diagnostics", number=min(numbers & _UNSUPPORTED_INDEX))
    if numbers:
        return _wanting("diagnostics", "diagnostics-other", number=min(numbers))
    return _wanting("diagnostics", "diagnostics-none", total=answer.total or 0)


def _name(speaking: Dialect, field: Field) -> str:
    """Return the first index that a field is asked in."""
    index = speaking.indexes.get(field, "")
    if isinstance(index, str):
        return index
    names = index if isinstance(index, tuple) else index.names
    return names[0] if names else ""


def _well(what: str, code: str, **values: str | float) -> Finding:
    return Finding(what, is_well=True, reason=Reason(f"finding.sru.{code}", values))


def _wanting(what: str, code: str, **values: str | float) -> Finding:
    return Finding(what, is_well=False, reason=Reason(f"finding.sru.{code}", values))
