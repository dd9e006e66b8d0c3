"""What an edition is called in each format, on one screen, and the words for theses."""

from __future__ import annotations

from typing import NamedTuple

from engine.model import Degree, Material, Reason, Record
from engine.sentences import Language, say


class Kind(NamedTuple):
    """One kind of thing in the words of RIS, BibTeX, CSL, OpenURL's genres and schema.org."""

    ris: str
    bibtex: str
    csl: str
    genre: str
    schema: str


_BOOK = Kind("BOOK", "book", "book", "book", "Book")

_KINDS: dict[Material | None, Kind] = {
    None: _BOOK,
    Material.BOOK: _BOOK,
    Material.THESIS: Kind("THES", "phdthesis", "thesis", "dissertation", "Thesis"),
    Material.JOURNAL: Kind("JFULL", "misc", "periodical", "journal", "Periodical"),
    Material.ARTICLE: Kind("JOUR", "article", "article-journal", "article", "ScholarlyArticle"),
    Material.CHAPTER: Kind("CHAP", "incollection", "chapter", "bookitem", "Chapter"),
    Material.CONFERENCE: Kind("BOOK", "proceedings", "book", "conference", "Book"),
    Material.REPORT: Kind("RPRT", "techreport", "report", "report", "Report"),
    Material.MAP: Kind("MAP", "misc", "map", "unknown", "Map"),
    Material.SCORE: Kind("MUSIC", "misc", "musical_score", "unknown", "SheetMusic"),
    Material.SOUND: Kind("SOUND", "misc", "song", "unknown", "AudioObject"),
    Material.FILM: Kind("VIDEO", "misc", "motion_picture", "unknown", "VideoObject"),
    Material.IMAGE: Kind("ART", "misc", "graphic", "unknown", "VisualArtwork"),
    Material.MANUSCRIPT: Kind("MANSCPT", "unpublished", "manuscript", "document", "Manuscript"),
    Material.SOFTWARE: Kind("COMP", "misc", "software", "unknown", "SoftwareApplication"),
    Material.E_RESOURCE: Kind("EBOOK", "misc", "document", "document", "CreativeWork"),
    Material.OBJECT: Kind("GEN", "misc", "document", "unknown", "CreativeWork"),
    Material.MIXED: Kind("GEN", "misc", "collection", "unknown", "Collection"),
}

_IN_PROCEEDINGS = Kind("CPAPER", "inproceedings", "paper-conference", "proceeding", "ScholarlyArticle")


def kind_of(record: Record) -> Kind:
    """Return what an edition is called. A conference's volume is a book, what stands in one a paper.

    >>> kind_of(Record("m", "1", "Luận án", material=Material.THESIS)).ris
    'THES'
    """
    if record.material is Material.CONFERENCE and record.host is not None:
        return _IN_PROCEEDINGS
    if record.material is Material.THESIS and record.degree in {Degree.MASTER, Degree.BACHELOR}:
        return _KINDS[Material.THESIS]._replace(bibtex="mastersthesis")
    return _KINDS[record.material]


def thesis_words(record: Record) -> str:
    """Return what kind of thesis it is, in its own language: `Luận án tiến sĩ`; nothing for what is none.

    >>> thesis_words(Record("m", "1", "X", material=Material.THESIS, degree=Degree.MASTER, languages=("vie",)))
    'Luận văn thạc sĩ'
    """
    if record.material is not Material.THESIS:
        return ""
    language: Language = "vi" if record.languages[:1] in {("vie",), ()} else "en"
    return say(Reason(f"export.thesis.{record.degree.value if record.degree else 'unknown'}"), language)
