"""What every store derives of a question and its answer: what it is looked up by, and whether that is all. Pure."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from engine.model import Answer
from engine.ports import Question

_encoder = msgspec.msgpack.Encoder()


def digest(question: Question, *, size: int = 16) -> bytes:
    """Return what a question is looked up by, in so many bytes; also one that cannot be written, and is kept nowhere.

    >>> digest(Question("hust", "kinh tế", 1, 20)) == digest(Question("hust", "kinh tế", 21, 20))
    False
    """
    try:
        written = _encoder.encode(question)
    except (UnicodeError, OverflowError):  # half a letter, a number that nobody means
        written = ascii(question).encode()
    return blake2b(written, digest_size=size).digest()


def is_complete(question: Question, answer: Answer) -> bool:
    """Whether the member gave all it has for the question, and nothing of the question was given up.

    Then a record that stood in its former answer and is missing now is gone.
    """
    is_all = answer.total is not None and answer.total <= len(answer.placed)
    return question.start == 1 and is_all and not answer.has_more and not answer.notices
