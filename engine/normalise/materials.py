"""The kind of thing and the degree of a thesis, out of the words of catalogues and readers."""

from __future__ import annotations

import re
from functools import cache

from engine.model import Degree, Material
from engine.normalise.remembered import remembered
from engine.normalise.tables import groups
from engine.text import folded_key

_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


@cache
def _phrases(group: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Every phrase, folded -> what it says; and the pattern that finds them, the longest first."""
    says: dict[str, str] = {}
    for kind, phrases in groups("materials")[group].items():
        for phrase in phrases:
            says.setdefault(folded_key(phrase), kind)
    alone = groups("materials")["alone"]["words"]
    words = "|".join(sorted((re.escape(phrase) for phrase in says if phrase not in alone), key=len, reverse=True))
    return says, re.compile(rf"\b(?:{words})\b")


def _said(text: str, group: str) -> str | None:
    # doctoralThesis, info:eu-repo/semantics/bachelorThesis, http://purl.org/coar/resource_type/c_db06
    key = folded_key(
        _INNER_CAPITAL.sub(" ", text.rsplit("/", 1)[-1] if "://" in text or "semantics/" in text else text)
    )
    says, pattern = _phrases(group)
    if key in says:
        return says[key]
    found = pattern.findall(key)
    return says[max(found, key=len)] if found else None


@remembered
def material(text: str) -> Material | None:
    """Return the kind of thing that a text speaks of, None where it speaks of none.

    >>> [material(text) for text in ("Luận văn thạc sĩ", "Kỷ yếu hội thảo", "Article")]
    [<Material.THESIS: 'thesis'>, <Material.CONFERENCE: 'conference'>, <Material.ARTICLE: 'article'>]
    """
    said = _said(text, "materials")
    return Material(said) if said else None


@remembered
def degree(text: str) -> Degree | None:
    """Return the degree that a text about a thesis speaks of.

    >>> degree("Luận án tiến sĩ kinh tế"), degree("Đồ án tốt nghiệp"), degree("Thesis (M.A.)--Harvard")
    (<Degree.DOCTOR: 'doctor'>, <Degree.BACHELOR: 'bachelor'>, <Degree.MASTER: 'master'>)
    """
    said = _said(text, "degrees")
    return Degree(said) if said else None
