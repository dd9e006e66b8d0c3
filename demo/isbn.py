"""International standard book numbers as cataloguers type them. Numbers come and go as 13 bare digits."""

from __future__ import annotations


def with_check(twelve: str) -> str:
    """Return an ISBN-13 from its first twelve digits.

    >>> with_check("978604990001")
    '9786049900013'
    """
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def ten(thirteen: str) -> str:
    """Return the ISBN-10 of a 978 number; a 979 number has none and comes back as it is.

    >>> ten("9780306406157")
    '0306406152'
    """
    if not thirteen.startswith("978"):
        return thirteen
    body = thirteen[3:12]
    rest = -sum((10 - place) * int(digit) for place, digit in enumerate(body)) % 11
    return body + ("X" if rest == 10 else str(rest))


def hyphenated(thirteen: str) -> str:
    """Return the number with hyphens at plausible places.

    >>> hyphenated("9786049900013")
    '978-604-9900-01-3'
    """
    group = 6 if thirteen[3] in "69" else 4
    publisher = group + 4
    return "-".join((thirteen[:3], thirteen[3:group], thirteen[group:publisher], thirteen[publisher:12], thirteen[12]))


def wrong(thirteen: str) -> str:
    """Return the number with its last digit mistyped: the check no longer holds."""
    return thirteen[:12] + str((int(thirteen[12]) + 3) % 10)
