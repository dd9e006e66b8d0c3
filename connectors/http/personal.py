"""What a recording keeps of persons: nothing. E-mail addresses, borrowers, submitters, and the ids of sessions.

Each letter is written over with an `x`, so that what counts bytes (ISO 2709, a length in a body) stays whole and an
address that a page gave is asked for again as it was recorded. Works on bytes: these things are ASCII in every
encoding that libraries use, and what surrounds them need not be read.
"""

from __future__ import annotations

import re
from typing import Final

_EMAIL: Final = re.compile(rb"[A-Za-z0-9._%+\-]{1,64}(?:@|%40)[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6}")

# Sessions in addresses: servlets, PHP, Perl (CGI::Session), ASP.NET without cookies, and the path of Aleph.
_SESSIONS: Final = (
    re.compile(rb"(?i)(;jsessionid=)([\w.!\-]{6,})"),
    re.compile(
        rb"(?i)([?&;](?:phpsessid|cgisessid|jsessionid|asp\.net_sessionid|sessionid|session_id)=)([\w.!%\-]{6,})"
    ),
    re.compile(rb"(/\()([SAF]\([A-Za-z0-9]{16,}\))(?=\)/)"),
    re.compile(rb"(/F/)([A-Z0-9]{20,}(?:-\d{5})?)(?![\w-])"),
)

_OF_BORROWERS: Final = (
    rb"borrower(?:number|id|name)?|patron(?:_?id|number|name|barcode)?|card_?number|surname|firstname|othernames|"
    rb"dateofbirth|date_of_birth|e_?mail(?:pro|_address)?|phone(?:pro)?|mobile|userid|user_id|username|loanee|reservedby"
)
_ELEMENT: Final = re.compile(rb"(?i)(<(?P<tag>(?:\w+:)?(?:" + _OF_BORROWERS + rb"))(?:\s[^>]*)?>)([^<]+)(?=</)")
_JSON: Final = re.compile(rb'(?i)("(?:' + _OF_BORROWERS + rb')"\s*:\s*")((?:[^"\\]|\\.)+)(?=")')
_JSON_NUMBER: Final = re.compile(rb'(?i)("(?:' + _OF_BORROWERS + rb')"\s*:\s*)(\d+)')
# DSpace tells in dc.description.provenance who submitted and approved an item.
_SUBMITTER: Final = re.compile(
    rb"(?i)((?:submitted|approved for entry into archive|made available in dspace|rejected) by )([^()<>\"\\]{2,120}?)"
    rb"(?= ?\(| on \d{4}-)"
)
_ATTRIBUTE: Final = re.compile(rb"(?i)(\bdata-(?:borrowernumber|cardnumber|patron[\w\-]*)=[\"'])([^\"']+)")
# Koha shows who has a copy, where a library wishes so, in the words of its state.
_WHO_HAS_IT: Final = re.compile(
    rb"(?i)(class=[\"'](?:[\w\-]+ )*(?:onsite)?check(?:edout|out)(?: [\w\-]+)*[\"'][^<>]*>)([^<]{1,400})"
)


def without_persons(text: bytes) -> bytes:
    """Return a text in which nobody can be recognised, as long as it was.

    >>> without_persons(b"Submitted by Lan Anh (lan@thuvien.example) on 2024-01-05T03:04:05Z")
    b'Submitted by xxx xxx (xxx@xxxxxxx.xxxxxxx) on 2024-01-05T03:04:05Z'
    """
    text = _EMAIL.sub(lambda found: _hidden(found[0]), text)
    for sign in _SESSIONS:
        text = sign.sub(lambda found: found[1] + _hidden(found[2]), text)
    text = _ELEMENT.sub(lambda found: found[1] + _hidden(found[3]), text)
    text = _JSON_NUMBER.sub(lambda found: found[1] + b"0" * len(found[2]), text)
    for sign in (_JSON, _SUBMITTER, _ATTRIBUTE, _WHO_HAS_IT):
        text = sign.sub(lambda found: found[1] + _hidden(found[2]), text)
    return text


def _hidden(text: bytes) -> bytes:
    """Return x for every letter and digit; what is not ASCII too, byte for byte."""
    return re.sub(rb"[^\s@%.,;:()\-/!<>\"'\\]", b"x", text)
