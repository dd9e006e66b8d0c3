"""Answers and records as the rows they are kept in. Pure."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from engine.model import Answer, Material, Record
from engine.ports import Question
from engine.text import exact_key, folded_key
from index.questions import digest, is_complete
from index.words import Words, is_available, words

LONGEST_KEY = 120
"""Characters of a title by which it is offered while somebody types."""

_encoder = msgspec.msgpack.Encoder()
_answer = msgspec.msgpack.Decoder(Answer)
_record = msgspec.msgpack.Decoder(Record)


class Body(msgspec.Struct, frozen=True):
    """A record ready to be written: its key, its MessagePack, and a digest of that."""

    member: str
    record_id: str
    digest: bytes
    body: bytes


class Kept(msgspec.Struct, frozen=True):
    """An answer ready to be written: the answer without its records, and those with their places."""

    question: Question
    asked_at: float
    head: bytes
    is_complete: bool
    places: tuple[int, ...]
    bodies: tuple[Body, ...]
    size_bytes: int


def key(question: Question) -> bytes:
    """Return what a question is looked up by."""
    return digest(question)


def kept(question: Question, answer: Answer) -> Kept:
    """Return an answer as it waits to be written."""
    head = _encoder.encode(msgspec.structs.replace(answer, placed=()))
    bodies = tuple(body_of(placed.record) for placed in answer.placed)
    return Kept(
        question=question,
        asked_at=answer.asked_at,
        head=head,
        is_complete=is_complete(question, answer),
        places=tuple(placed.place for placed in answer.placed),
        bodies=bodies,
        size_bytes=500 + len(question.terms) + len(head) + sum(200 + len(body.body) for body in bodies),
    )


def body_of(record: Record) -> Body:
    """Return a record ready to be written."""
    body = _encoder.encode(record)
    return Body(record.member, record.id, blake2b(body, digest_size=16).digest(), body)


def decoded_head(head: bytes) -> Answer:
    """Return an answer without its records. Raises msgspec.DecodeError."""
    return _answer.decode(head)


def decoded_record(body: bytes) -> Record:
    """Return a record. Raises msgspec.DecodeError."""
    return _record.decode(body)


class Described(msgspec.Struct, frozen=True):
    """What a record is filtered, offered and searched by."""

    year: int | None
    material: Material | None
    degree: str | None
    languages: str
    is_online: bool
    is_available: bool
    title: str
    folded_title: str
    exact_title: str
    words: Words


def described(body: Body) -> Described:
    """Return the columns of a record."""
    record = decoded_record(body.body)
    return Described(
        year=record.year if record.year is not None and -9999 <= record.year <= 9999 else None,
        material=record.material,
        degree=record.degree,
        languages=f" {' '.join(record.languages)} " if record.languages else "",
        is_online=bool(record.is_online),
        is_available=is_available(record),
        title=record.title,
        folded_title=folded_key(record.title)[:LONGEST_KEY],
        exact_title=exact_key(record.title)[:LONGEST_KEY],
        words=words(record),
    )
