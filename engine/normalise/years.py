"""The year of publication, out of what cataloguers write in its place."""

from __future__ import annotations

import re

from engine.normalise.remembered import remembered

_YEAR = re.compile(r"(?<![\d.])(1\d\d\d|20\d\d)(?!\d)(?![uU?–-]?[uU]\b)")
_DATE_RUN = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:T?\d{6}Z?)?(?!\d)")
_SUPPLIED_CENTURY = re.compile(r"\[(1\d|20)\](\d\d)(?!\d)")
_CORRECTED = re.compile(r"i\.\s*e\.,?\s*(?:năm\s*)?\[?(1\d\d\d|20\d\d)(?!\d)", re.IGNORECASE)
_OTHER_CALENDAR = re.compile(r"(?<!\d)(\d{4})\s*[\[(=/]\s*(?:i\.\s*e\.\s*)?(1\d\d\d|20\d\d)(?!\d)")
_ROMAN = re.compile(r"[\[(c©]*\s*(M{1,2}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4}))[\])?.,]*")
_ROMAN_VALUES = {"M": 1000, "D": 500, "C": 100, "L": 50, "X": 10, "V": 5, "I": 1}


@remembered
def year(text: str) -> int | None:
    """Return the year of publication, the first where there are several; a guess is never made.

    Years of other calendars count only where ours stands beside them.

    >>> [year(text) for text in ("[2019]", "c2019", "2019-2020", "DL 2023", "cop. 1998", "19uu", "199-?")]
    [2019, 2019, 2019, 2023, 1998, None, None]
    >>> [year(text) for text in ("2553 [2010]", "2553", "平成20 [2008]", "1989 [i.e. 1998]", "[19]95")]
    [2010, None, 2008, 1998, 1995]
    """
    if corrected := _CORRECTED.search(text):
        return int(corrected[1])
    if (other := _OTHER_CALENDAR.search(text)) and abs(int(other[1]) - int(other[2])) > 300:
        return int(other[2])
    if supplied := _SUPPLIED_CENTURY.search(text):
        return int(supplied[1] + supplied[2])
    if found := _YEAR.search(text) or _DATE_RUN.search(text):
        return int(found[1])
    roman = _ROMAN.fullmatch(text.strip())
    return _roman_number(roman[1]) if roman and len(roman[1]) > 3 else None


def _roman_number(letters: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in letters]
    return sum(
        -value if value < max(values[place:]) and value < values[place + 1] else value
        for place, value in enumerate(values)
    )
