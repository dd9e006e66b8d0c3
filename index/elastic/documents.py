"""Answers and records as documents, and back."""

from __future__ import annotations

import base64
from hashlib import blake2b

import msgspec

from engine.model import Answer, Material, Record
from engine.ports import Aged, Question
from engine.text import exact_key, folded_key
from index.questions import digest, is_complete
from index.words import is_available, words

LONGEST_BEGINNING = 64
"""Letters of a title that are looked at while somebody types it; the mapping of records says the same."""

LONGEST_WEIGHED = 1_000
"""Titles with so many letters weigh the least."""

LONGEST_ID_BYTES = 400
"""Elasticsearch takes ids of 512 bytes; longer ones are replaced by their digest."""

_encoder = msgspec.msgpack.Encoder()
_answer = msgspec.msgpack.Decoder(Answer)
_record = msgspec.msgpack.Decoder(Record)
Document = dict[str, object]


def question_id(question: Question) -> str:
    """Return what a question's answer is looked up by."""
    return digest(question).hex()


def text_id(text: str) -> str:
    """Return what a text is looked up by."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def record_id(member: str, own: str) -> str:
    """Return what a record is looked up by; `~` stands in no member's id."""
    key = f"{member}~{own}"
    if len(key.encode("utf-8", "surrogatepass")) > LONGEST_ID_BYTES or not key.isprintable():
        return f"{member}~#{text_id(own)}"
    return key


def version(asked_at: float) -> int:
    """Return the version of what was told at a time: the newer wins, whatever the order in which they come."""
    return int(asked_at * 1000)


def packed(value: object) -> str:
    """Return a noun as the text of a binary field."""
    return base64.b64encode(_encoder.encode(value)).decode("ascii")


def answer_document(question: Question, answer: Answer) -> Document:
    """Return an answer as a document, whole: it is looked up in one go."""
    body = packed(answer)
    return {
        "member": question.member,
        "terms": question.terms,
        "start": question.start,
        "count": question.count,
        "asked_at": answer.asked_at,
        "size": len(body),
        "is_complete": is_complete(question, answer),
        "records": [record_id(placed.record.member, placed.record.id) for placed in answer.placed],
        "body": body,
    }


def answer_of(document: Document) -> Answer | None:
    """Return the answer of a document; None for what another version wrote and we can't read."""
    try:
        return _answer.decode(base64.b64decode(str(document["body"])))
    except (msgspec.DecodeError, ValueError, KeyError):
        return None


def record_document(record: Record, asked_at: float, run: int | None = None) -> Document:
    """Return a record as a document that can be searched. `run` is the harvest that brought it."""
    found = words(record)
    document: Document = {
        "member": record.member,
        "asked_at": asked_at,
        "languages": list(record.languages),
        "is_online": bool(record.is_online),
        "is_available": is_available(record),
        "shown_title": record.title,
        "body": packed(record),
        **{name: text for name in found.__struct_fields__ if (text := getattr(found, name))},
    }
    if begins := _begins(record.title):
        document["begins"] = begins
    if record.year is not None and -9999 <= record.year <= 9999:
        document["year"] = record.year
    if isinstance(record.material, Material):
        document["material"] = record.material.value
    if record.degree is not None:
        document["degree"] = record.degree.value
    if run is not None:
        document["run"] = run
    return document


def of_this_version(document: Document) -> Document:
    """Return a document of a former version of its index as this one writes it."""
    if "folded_title" not in document:
        return document
    newer = {name: value for name, value in document.items() if name not in {"folded_title", "exact_title"}}
    begins = _begins(str(document["shown_title"]))
    return {**newer, "begins": begins} if begins else newer


def _begins(title: str) -> Document | None:
    """Return the letters that a title is offered for, folded and with marks: the shorter it is, the sooner."""
    folded = folded_key(title)
    if not folded:
        return None
    keys = dict.fromkeys((folded[:LONGEST_BEGINNING], exact_key(title)[:LONGEST_BEGINNING]))
    return {"input": list(keys), "weight": max(1, LONGEST_WEIGHED - len(folded))}


def aged_of(document: Document) -> Aged | None:
    """Return the record of a document and when its member gave it."""
    try:
        record = _record.decode(base64.b64decode(str(document["body"])))
        return Aged(record, float(str(document["asked_at"])))
    except (msgspec.DecodeError, ValueError, KeyError):
        return None
