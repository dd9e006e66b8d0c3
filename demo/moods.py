"""How a server of the demo can be: well, or ill in one of the ways that real ones are."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Mood(StrEnum):
    """One way to be."""

    FINE = "fine"
    SLOW = "slow"
    """Answers after `seconds`."""
    FAILING = "failing"
    """Status 500, or the diagnostic of `kind`: `diagnostic-1`, `diagnostic-2`."""
    HANGING = "hanging"
    """Takes the question and never answers."""
    RUBBISH = "rubbish"
    """`kind`: html (a page under status 200), truncated (XML that stops), bytes (no text at all)."""
    REDESIGNED = "redesigned"
    """Well-formed, with status 200, but not of the shape that was agreed."""
    BUSY = "busy"
    """Status 429 or, with `kind` 503, that; and Retry-After of `seconds`."""
    BYTE_A_SECOND = "byte-a-second"
    """The right answer, a byte each second."""
    HUGE = "huge"
    """An answer that grows to `megabytes`."""
    AWAY = "away"
    """The socket is closed."""


class State(msgspec.Struct, frozen=True):
    """A mood with its particulars."""

    mood: Mood = Mood.FINE
    seconds: float = 5.0
    kind: str = ""
    megabytes: int = 2048


HTML_PAGE = """<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>Bảo trì hệ thống</title></head>
<body><h1>Hệ thống đang bảo trì</h1><p>Xin quý bạn đọc quay lại sau.<br></body></html>
"""

REDESIGNED_PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<catalogue xmlns="urn:demo:new-shape" version="3">
 <hits found="12"><hit n="1"><t>Một nhan đề</t></hit></hits>
</catalogue>
"""
