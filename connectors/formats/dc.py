"""Dublin Core -> Record, simple and qualified: oai_dc, srw_dc, dcterms, DSpace's dim.

An element is known by its name and qualifier, whatever its namespace. Libraries fill Dublin Core freely, so that each
value is also asked what it looks like: a DOI in `identifier`, a role in brackets behind a `contributor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from connectors.formats import dc_values as values
from connectors.formats.assembly import finish
from connectors.formats.draft import Draft
from connectors.formats.fields import inner_text, local_name
from connectors.formats.mending import mend_texts
from connectors.formats.rules import CompiledNames, NamedRule, apply_names, compile_names
from engine.model import Record

RULES: tuple[NamedRule[str], ...] = (
    # target               where from (element or element.qualifier)                    clean-up
    ("titles",             "title",                                                     values.title),
    ("other_titles",       "title.alternative alternative title.translated",            values.line),
    ("other_titles",       "title.other title.sub",                                     values.line),
    ("leads",              "creator creator.author contributor.author author",          values.authors),
    ("names",              "contributor contributor.other",                             values.contributors),
    ("names",              "contributor.advisor advisor contributor.supervisor",        values.advisors),
    ("names",              "contributor.editor editor",                                 values.editors),
    ("names",              "contributor.translator translator",                         values.translators),
    ("names",              "contributor.illustrator",                                   values.illustrators),
    ("publishers",         "publisher",                                                 values.publishers),
    ("spare_publishers",   "contributor",                                               values.publishers_among),
    ("places",             "publisher",                                                 values.places_of_publishers),
    ("places",             "publisher.place",                                           values.places),
    ("years",              "date.issued issued date.copyright dateIssued",              values.years),
    ("years",              "date created",                                              values.plain_years),
    ("spare_years",        "date date.created date.submitted date.available",           values.years),
    ("editions",           "hasVersion version description.edition",                    values.line),
    ("languages",          "language language.iso language.rfc3066",                    values.languages),
    ("materials",          "type type.local",                                           values.materials),
    ("degrees",            "type type.local description.degree level degree",           values.degrees),
    ("degrees",            "thesis.degree.level description",                           values.degrees),
    ("online",             "format format.mimetype format.medium medium",               values.online),
    ("extents",            "extent format.extent format",                               values.extents),
    ("series",             "relation.ispartofseries isPartOfSeries relation.ispartof",  values.series),
    ("series",             "isPartOf",                                                  values.series),
    ("subjects",           "subject subject.other subject.lcsh subject.keyword",        values.subjects),
    ("subjects",           "coverage.spatial spatial",                                  values.subjects),
    ("classes",            "subject subject.ddc subject.classification subject.udc",    values.classes),
    ("classes",            "subject.lcc",                                               values.classes),
    ("summaries",          "description.abstract abstract",                             values.line),
    ("summaries",          "description",                                               values.long_descriptions),
    ("notes",              "description",                                               values.short_descriptions),
    ("notes",              "description.tableofcontents tableOfContents",               values.line),
    ("notes",              "description.note description.sponsorship",                  values.line),
    ("identifiers",        "identifier identifier.isbn identifier.issn identifier.doi", values.identifiers),
    ("identifiers",        "identifier.uri identifier.other relation.isbn",             values.identifiers),
    ("hosts",              "identifier.citation bibliographicCitation source",          values.hosts),
    ("hosts",              "relation.ispartofjournal",                                  values.hosts),
    ("urls",               "identifier identifier.uri",                                 values.pages),
    ("links",              "identifier identifier.uri relation relation.uri",           values.links),
    ("links",              "identifier.url source references",                          values.links),
)  # fmt: skip

COMPILED = compile_names(RULES)


def texts_of(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Return the (name, text) pairs of a Dublin Core element: the qualifier joined to the name by a dot."""
    for child in element:
        name = local_name(child)
        if not name:
            continue
        text = inner_text(child)
        if name in {"field", "dcvalue", "meta"} and (own := child.get("element") or child.get("name")):
            # DSpace's dim (element, qualifier) and HTML's meta (DC.title)
            name = own.removeprefix("DC.").removeprefix("dc.")
            text = child.get("content") or text
        elif len(child) and not text.strip():
            continue
        if qualifier := child.get("qualifier"):
            name = f"{name}.{qualifier}"
        if text.strip():
            yield name[:1].lower() + name[1:], text


def record_from_dc(element: etree._Element, member: str) -> Record:
    """Return the Record that Dublin Core elements describe."""
    return finish(fill_draft(Draft(), COMPILED, texts_of(element)), member)


def fill_draft(draft: Draft, rules: CompiledNames[str], found: Iterable[tuple[str, str]]) -> Draft:
    """Fill a draft from (name, text) pairs by rules like those of Dublin Core, and return it."""
    texts, draft.raw = mend_texts(list(found))
    apply_names(rules, texts, draft)
    if len(draft.titles) > 1:
        draft.other_titles[:0] = [title.title for title in draft.titles[1:]]
    if not draft.ids:
        draft.ids += [one.value for one in draft.identifiers if one.scheme in values.NAMES_OF_RECORDS]
    if not draft.ids:
        draft.ids += draft.urls
    return draft
