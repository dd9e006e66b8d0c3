"""A library's bare address becomes a member file that works: which system it is, why we think so, and a try.

No ports are scanned: only the address that was given is asked, one request at a time, twelve at the most.
"""

from __future__ import annotations

from connectors.detect.detection import detect as detect
