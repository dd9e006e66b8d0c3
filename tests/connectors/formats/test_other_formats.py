"""UNIMARC, MODS, Dublin Core and PICA -> Record, on small records of the shapes that real catalogues have."""

from __future__ import annotations

import pytest
from lxml import etree

from connectors.formats import dialect_of, record_from_xml
from engine.errors import UnreadableError
from engine.model import (
    Availability,
    ClassNumber,
    Degree,
    Holding,
    Host,
    Identifier,
    Link,
    LinkKind,
    Material,
    Person,
    PersonKind,
    Record,
    Role,
    Scheme,
    Series,
    Service,
)
from tests.connectors.formats.building import marcxml

MARCXCHANGE = "info:lc/xmlns/marcxchange-v2"


def read(element: etree._Element, dialect: str) -> Record:
    assert dialect_of(element) == dialect
    return record_from_xml(element, member="thu")


# UNIMARC --------------------------------------------------------------------------------


def unimarc(*lines: str, leader: str = "00000nam  2200000   450 ") -> Record:
    return read(marcxml(*lines, leader=leader, namespace=MARCXCHANGE), "unimarc")


def test_a_unimarc_book_is_read() -> None:
    record = unimarc(
        "001 123456789",
        "003 http://www.sudoc.fr/123456789",
        "010 ## $a 978-2-07-036822-8 $d 7 EUR",
        "100 ## $a 20060104d2005    m  y0frey50      ba",
        "101 1# $a fre $c vie",
        "200 1# $a Le fleuve $e chroniques $h Tome 2 $i Les crues $d = The river $f Anne Bel $g traduit par Luc Dor",
        "205 ## $a 2e éd.",
        "214 #0 $a Lyon $c Éditions du Quai $d DL 2006",
        "214 #3 $c Imprimerie Roche $d 2007",
        "215 ## $a 1 vol. (210 p.) $c ill. $d 20 cm",
        "225 0# $a Collection Eaux $v 12",
        "330 ## $a Un texte.",
        "606 ## $a Inondations $x Histoire $y Viêt Nam",
        "676 ## $a 551.48",
        "700 #1 $a Bel $b Anne $f 1950-.... $4 070",
        "702 #1 $a Dor $b Luc $4 730",
        "712 02 $a Institut des eaux $b Section crues $4 650",
    )
    assert (record.id, record.url) == ("123456789", "http://www.sudoc.fr/123456789")
    assert (record.title, record.subtitle, record.volume, record.part_title) == (
        "Le fleuve",
        "chroniques",
        "2",
        "Les crues",
    )
    assert record.other_titles == ("The river",)
    assert record.people == (
        Person("Bel, Anne", Role.AUTHOR, dates="1950-"),
        Person("Dor, Luc", Role.TRANSLATOR),
        Person("Institut des eaux. Section crues", Role.PUBLISHER, PersonKind.CORPORATE),
    )
    assert (record.place, record.publisher, record.year) == ("Lyon", "Éditions du Quai", 2006)
    assert (record.edition_number, record.languages, record.material) == (2, ("fre",), Material.BOOK)
    assert record.extent == "1 vol. (210 p.) : ill. ; 20 cm"
    assert record.series == (Series("Collection Eaux", "12"),)
    assert record.subjects == ("Inondations -- Histoire -- Viêt Nam",)
    assert record.classes == (ClassNumber("ddc", "551.48"),)
    assert record.identifiers == (Identifier(Scheme.ISBN, "9782070368228"),)


def test_a_unimarc_thesis_and_its_holdings_are_read() -> None:
    record = unimarc(
        "001 9",
        "200 1# $a Barrages $f Minh Ha",
        "328 #0 $b Thèse de doctorat $c Génie civil $e Toulouse $d 2011",
        "930 ## $5 315552101:44 $b 315552101 $a TH 12 $j u",
        "995 ## $b BU $c Campus $k 624 BAR $f 3900 $n 2027-01-05",
    )
    assert (record.material, record.degree, record.year) == (Material.THESIS, Degree.DOCTOR, 2011)
    assert record.holdings == (
        Holding(
            branch="315552101",
            call_number="TH 12",
            availability=(Availability(Service.INTERLOAN, available=True),),
        ),
        Holding(
            branch="Campus",
            call_number="624 BAR",
            item="3900",
            availability=(Availability(Service.LOAN, available=False, expected="2027-01-05"),),
        ),
    )


@pytest.mark.parametrize(
    ("states", "loan", "house", "limitation"),
    [
        ("$0 0 $2 0 $o 0", True, True, None),
        ("$o 1", False, True, "not for loan"),
        ("$o -1", False, False, "on order"),
        ("$2 4 $o 0", False, False, "lost"),
        ("$3 1", False, True, "restricted"),
        ("$n 2027-01-05 $o 0", False, False, None),
    ],
)
def test_the_states_of_an_item_of_a_unimarc_koha_are_read(
    states: str, loan: bool, house: bool, limitation: str | None
) -> None:
    (copy,) = unimarc("001 9", "200 1# $a Barrages", f"995 ## $9 14 $b BU $f 3900 {states}").holdings
    told = [(one.service, one.available, one.limitation) for one in copy.availability or ()]
    assert told == [(Service.LOAN, loan, limitation), (Service.PRESENTATION, house, None)]
    assert unimarc("001 9", "200 1# $a Barrages", "995 ## $9 14 $f 39").holdings == (Holding(item="39"),)


def test_a_unimarc_article_stands_in_its_host() -> None:
    record = unimarc(
        "001 9",
        "200 1# $a Limons $f Minh Ha",
        "463 #0 $1 001X $1 200#1 $a Revue des eaux $1 011## $a 0378-5955 $v vol. 5, no 3, p. 12-20",
        leader="00000naa  2200000   450 ",
    )
    assert record.host == Host("Revue des eaux", issn="0378-5955", volume="5", issue="3", pages="12-20")
    assert record.material is Material.ARTICLE


# MODS -----------------------------------------------------------------------------------

MODS = """
<mods xmlns="http://www.loc.gov/mods/v3" version="3.7">
  <titleInfo><nonSort>The</nonSort><title>river</title><subTitle>a chronicle</subTitle>
    <partNumber>Volume 2</partNumber><partName>Floods</partName></titleInfo>
  <titleInfo type="translated"><title>Dòng sông</title></titleInfo>
  <name type="personal" usage="primary"><namePart type="family">Bell</namePart><namePart type="given">Ann</namePart>
    <namePart type="date">1950-</namePart><role><roleTerm type="text">author</roleTerm></role></name>
  <name type="personal"><namePart>Dorn, Luke</namePart><role><roleTerm type="text">Übersetzer</roleTerm>
    <roleTerm type="code" authority="marcrelator">trl</roleTerm></role></name>
  <name type="corporate"><namePart>Institute of Waters</namePart><namePart>Flood Section</namePart></name>
  <typeOfResource>text</typeOfResource><genre authority="marcgt">bibliography</genre>
  <originInfo><place><placeTerm type="code">enk</placeTerm></place>
    <place><placeTerm type="text">Leeds</placeTerm></place>
    <publisher>Quay Press</publisher><dateIssued encoding="marc">2006</dateIssued><copyrightDate>2004</copyrightDate>
    <edition>2nd ed.</edition><issuance>monographic</issuance></originInfo>
  <language><languageTerm type="code" authority="iso639-2b">eng</languageTerm></language>
  <physicalDescription><form authority="marcform">print</form><extent>210 p.</extent></physicalDescription>
  <abstract>A text.</abstract>
  <note type="statement of responsibility">Ann Bell ; translated by Luke Dorn</note><note>With an index.</note>
  <subject><topic>Floods</topic><geographic>Viet Nam</geographic><temporal>1971</temporal></subject>
  <subject><name type="personal"><namePart>Mann, Thomas</namePart>
    <namePart type="date">1875-1955</namePart></name></subject>
  <classification authority="ddc">551.48</classification>
  <relatedItem type="series"><titleInfo><title>Waters ; 12</title></titleInfo></relatedItem>
  <identifier type="isbn">9780198534532 (pbk.)</identifier><identifier type="isbn" invalid="yes">0198534531</identifier>
  <location><physicalLocation>Main Library</physicalLocation><shelfLocator>551 BEL</shelfLocator>
    <holdingSimple><copyInformation><subLocation>Stacks</subLocation>
    <itemIdentifier>390</itemIdentifier></copyInformation>
    </holdingSimple></location>
  <location><url access="preview">http://example.org/cover.jpg</url>
    <url usage="primary display">http://example.org/record/7</url></location>
  <recordInfo><recordIdentifier>7</recordIdentifier></recordInfo>
</mods>"""


def test_a_mods_book_is_read() -> None:
    record = read(etree.fromstring(MODS), "mods")
    assert (record.id, record.url) == ("7", "http://example.org/record/7")
    assert (record.title, record.subtitle, record.volume, record.part_title) == (
        "The river",
        "a chronicle",
        "2",
        "Floods",
    )
    assert record.other_titles == ("Dòng sông",)
    assert record.people == (
        Person("Bell, Ann", Role.AUTHOR, dates="1950-"),
        Person("Dorn, Luke", Role.TRANSLATOR),
        Person("Institute of Waters. Flood Section", Role.OTHER, PersonKind.CORPORATE),
    )
    assert (record.place, record.publisher, record.year) == ("Leeds", "Quay Press", 2006)
    assert (record.edition_number, record.languages, record.material) == (2, ("eng",), Material.BOOK)
    assert (record.extent, record.is_online, record.summary) == ("210 p.", False, "A text.")
    assert (record.responsibility, record.notes) == ("Ann Bell ; translated by Luke Dorn", ("With an index.",))
    assert record.subjects == ("Floods -- Viet Nam -- 1971", "Mann, Thomas, 1875-1955")
    assert record.classes == (ClassNumber("ddc", "551.48"),)
    assert record.series == (Series("Waters", "12"),)
    assert record.identifiers == (
        Identifier(Scheme.ISBN, "9780198534532"),
        Identifier(Scheme.ISBN, "9780198534532", valid=False),
    )
    assert record.holdings == (Holding(branch="Main Library", location="Stacks", call_number="551 BEL", item="390"),)
    assert Link("http://example.org/cover.jpg", LinkKind.COVER) in record.links


def test_a_mods_article_stands_in_its_host() -> None:
    record = record_from_xml(
        etree.fromstring(
            "<modsCollection><mods><titleInfo><title>Silt</title></titleInfo><typeOfResource>text</typeOfResource>"
            "<genre>article</genre><relatedItem type='host'><titleInfo><title>Water Review</title></titleInfo>"
            "<identifier type='issn'>0378-5955</identifier><part><detail type='volume'><number>5</number></detail>"
            "<detail type='issue'><number>3</number></detail>"
            "<extent unit='pages'><start>12</start><end>20</end></extent><date>2010</date></part>"
            "</relatedItem></mods></modsCollection>"
        ),
        member="thu",
    )
    assert record.material is Material.ARTICLE
    assert record.host == Host("Water Review", issn="0378-5955", volume="5", issue="3", pages="12-20")


# Dublin Core ----------------------------------------------------------------------------

DC_NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:srw_dc="info:srw/schema/1/dc-schema"'
)


def dc(elements: str, root: str = "oai_dc:dc") -> Record:
    return read(etree.fromstring(f"<{root} {DC_NAMES}>{elements}</{root}>"), "dc")


def test_a_dewey_number_among_dublin_core_subjects_is_none_of_them() -> None:
    record = dc(
        "<dc:title>Đê</dc:title><dc:subject>DDC 338.5</dc:subject>"
        "<dc:subject>ddc:330</dc:subject><dc:subject>Đê</dc:subject>"
    )
    assert record.subjects == ("Đê",)
    assert record.classes == (ClassNumber("ddc", "338.5"), ClassNumber("ddc", "330"))


def test_a_thesis_of_a_vietnamese_repository_is_read() -> None:
    record = dc(
        "<dc:title>Nghiên cứu đê biển</dc:title><dc:creator>Đặng, Thị Sen</dc:creator>"
        "<dc:contributor>PGS.TS. Ngô Văn Đê (hướng dẫn)</dc:contributor>"
        "<dc:subject>Đê biển; Thuỷ lợi</dc:subject><dc:subject>627.5</dc:subject>"
        "<dc:description>Luận văn thạc sĩ</dc:description>"
        "<dc:date>2016-03-01T02:00:00Z</dc:date><dc:date>2016-03-01T02:00:00Z</dc:date><dc:date>2015</dc:date>"
        "<dc:type>Luận văn</dc:type><dc:language>Tiếng Việt</dc:language><dc:publisher>Đại học Thuỷ lợi</dc:publisher>"
        "<dc:identifier>http://hdl.handle.net/DHTL/123</dc:identifier><dc:format>application/pdf</dc:format>"
        "<dc:format>95 tr.</dc:format>"
    )
    assert (record.title, record.year, record.languages) == ("Nghiên cứu đê biển", 2015, ("vie",))
    assert (record.material, record.degree, record.is_online) == (Material.THESIS, Degree.MASTER, True)
    assert record.people == (Person("Đặng, Thị Sen"), Person("Ngô Văn Đê", Role.ADVISOR))
    assert (record.subjects, record.classes) == (("Đê biển", "Thuỷ lợi"), (ClassNumber("ddc", "627.5"),))
    assert record.identifiers[0].scheme is Scheme.HANDLE
    assert (record.id, record.url) == (record.identifiers[0].value, "http://hdl.handle.net/DHTL/123")
    assert record.extent == "95 tr."


def test_the_number_of_a_standard_is_no_person_and_an_inverted_name_is_one() -> None:
    record = dc(
        "<dc:title>Bê tông</dc:title><dc:creator>TCVN 1234</dc:creator><dc:creator>TCVN 9001:2005</dc:creator>"
        "<dc:creator>Anh, Nguyễn Thị Tường</dc:creator><dc:contributor>Lê Ảnh (ảnh)</dc:contributor>"
    )
    assert record.people == (Person("Anh, Nguyễn Thị Tường"), Person("Lê Ảnh", Role.ILLUSTRATOR))


def test_people_and_publishers_that_share_one_element_are_told_apart_by_their_roles() -> None:
    record = dc(
        "<dc:title>Rivers : a survey / Ann Bell</dc:title><dc:contributor>Bell, Ann (author)</dc:contributor>"
        "<dc:contributor>Dorn, Luke [translator]</dc:contributor>"
        "<dc:contributor>Quay Press (publisher)</dc:contributor>",
        "srw_dc:dc",
    )
    assert (record.title, record.subtitle, record.responsibility) == ("Rivers", "a survey", "Ann Bell")
    assert record.people == (Person("Bell, Ann"), Person("Dorn, Luke", Role.TRANSLATOR))
    assert record.publisher == "Quay Press"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("ISBN 978-0-19-853453-2", Identifier(Scheme.ISBN, "9780198534532")),
        ("urn:isbn:9780198534532", Identifier(Scheme.ISBN, "9780198534532")),
        ("ISSN: 0378-5955", Identifier(Scheme.ISSN, "0378-5955")),
        ("https://doi.org/10.1000/ABC", Identifier(Scheme.DOI, "10.1000/abc")),
        ("urn:nbn:de:101:1-2", Identifier(Scheme.NBN, "urn:nbn:de:101:1-2")),
        ("LV.0042", Identifier(Scheme.OTHER, "LV.0042")),
    ],
)
def test_an_identifier_of_dublin_core_is_what_it_looks_like(text: str, identifier: Identifier) -> None:
    assert dc(f"<dc:title>X</dc:title><dc:identifier>{text}</dc:identifier>").identifiers == (identifier,)


def test_qualified_dublin_core_of_dspace_is_read() -> None:
    fields = {
        ("title", ""): "Đất ngập mặn",
        ("title", "alternative"): "Salt land",
        ("contributor", "author"): "Đỗ Én",
        ("contributor", "advisor"): "TS. Hà Lan",
        ("date", "accessioned"): "2021-01-01T00:00:00Z",
        ("date", "issued"): "2019-05",
        ("description", "abstract"): "Một câu.",
        ("identifier", "citation"): "Tạp chí Đất, Số 4 (2018), tr. 15-22",
        ("type", ""): "Article",
    }
    root = etree.Element("{http://www.dspace.org/xmlns/dspace/dim}dim")
    for (element, qualifier), text in fields.items():
        field = etree.SubElement(root, "{http://www.dspace.org/xmlns/dspace/dim}field", mdschema="dc", element=element)
        if qualifier:
            field.set("qualifier", qualifier)
        field.text = text
    record = read(root, "dim")
    assert (record.title, record.other_titles, record.year) == ("Đất ngập mặn", ("Salt land",), 2019)
    assert record.people == (Person("Đỗ Én"), Person("Hà Lan", Role.ADVISOR))
    assert (record.material, record.summary) == (Material.ARTICLE, "Một câu.")
    assert record.host == Host("Tạp chí Đất", issue="4", pages="15-22")


# PICA -----------------------------------------------------------------------------------

PICA = [
    ("002@", "", {"0": "Aau"}),
    ("003@", "", {"0": "12345678X"}),
    ("004A", "", {"0": "978-0-19-853453-2"}),
    ("010@", "", {"a": "ger", "c": "vie"}),
    ("011@", "", {"a": "2006"}),
    ("021A", "", {"a": "Der @Fluss", "d": "eine Chronik", "h": "Anna Bell"}),
    ("028A", "", {"d": "Anna", "a": "Bell", "h": "1950-"}),
    ("028C", "", {"A": "Dorn", "D": "Lukas", "4": "trl"}),
    ("032@", "", {"a": "2. Aufl."}),
    ("033A", "", {"p": "Leipzig", "n": "Quai-Verlag"}),
    ("034D", "", {"a": "210 S."}),
    ("036E", "", {"a": "@Wasser", "l": "12"}),
    ("044K", "", {"8": "Hochwasser [Tsz]"}),
    ("144Z", "01", {"a": "Überschwemmung"}),
    ("101@", "", {"a": "20"}),
    ("203@", "01", {"0": "1"}),
    ("209A", "01", {"a": "A 2006/1", "f": "Magazin", "d": "u"}),
    ("209G", "01", {"a": "390"}),
    ("209A", "02", {"a": "LS 4", "d": "i"}),
    ("101@", "", {"a": "31"}),
    ("209A", "01", {"a": "X 7"}),
]


def _plain_pica() -> etree._Element:
    root = etree.Element("{info:srw/schema/5/picaXML-v1.0}record")
    for tag, occurrence, subfields in PICA:
        field = etree.SubElement(root, "{info:srw/schema/5/picaXML-v1.0}datafield", tag=tag)
        if occurrence:
            field.set("occurrence", occurrence)
        for code, text in subfields.items():
            etree.SubElement(field, "{info:srw/schema/5/picaXML-v1.0}subfield", code=code).text = text
    return root


def _ppxml() -> etree._Element:
    space = "{http://www.oclcpica.org/xmlns/ppxml-1.0}"
    root = etree.Element(f"{space}record")
    parent = etree.SubElement(root, f"{space}global")
    for tag, occurrence, subfields in PICA:
        if tag == "101@":
            parent = etree.SubElement(etree.SubElement(root, f"{space}owner"), f"{space}local")
        field = etree.SubElement(parent, f"{space}tag", id=tag, occ=occurrence)
        for code, text in subfields.items():
            etree.SubElement(field, f"{space}subf", id=code).text = text
    return root


@pytest.mark.parametrize("root", [_plain_pica(), _ppxml()], ids=["plain", "ppxml"])
def test_pica_is_read_in_both_its_forms(root: etree._Element) -> None:
    record = read(root, "pica")
    assert (record.id, record.title, record.subtitle) == ("12345678X", "Der Fluss", "eine Chronik")
    assert record.people == (Person("Bell, Anna", Role.AUTHOR, dates="1950-"), Person("Dorn, Lukas", Role.TRANSLATOR))
    assert (record.place, record.publisher, record.year) == ("Leipzig", "Quai-Verlag", 2006)
    assert (record.edition_number, record.languages, record.material) == (2, ("ger",), Material.BOOK)
    assert record.series == (Series("Wasser", "12"),)
    assert record.subjects == ("Hochwasser", "Überschwemmung")
    assert record.identifiers == (Identifier(Scheme.ISBN, "9780198534532"),)
    assert record.holdings == (
        Holding(branch="20", location="Magazin", call_number="A 2006/1", item="390"),
        Holding(
            branch="20",
            call_number="LS 4",
            availability=(
                Availability(Service.PRESENTATION, available=True),
                Availability(Service.LOAN, available=False),
            ),
        ),
        Holding(branch="31", call_number="X 7"),
    )


def test_an_authority_record_of_pica_is_no_edition() -> None:
    root = _plain_pica()
    root[0][0].text = "Tp1"
    with pytest.raises(UnreadableError, match="authority"):
        record_from_xml(root, member="thu")


# Telling formats apart ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "dialect"),
    [
        ('<record><leader/><datafield tag="245"/></record>', "marc21"),
        ('<record><leader/><controlfield tag="001"/></record>', "marc21"),
        ('<record format="UNIMARC"><leader/></record>', "unimarc"),
        ('<x:record xmlns:x="urn:x"><x:datafield tag="021A"/></x:record>', "pica"),
        ("<qualifieddc><title/></qualifieddc>", "dc"),
        ("<record><title/><creator/></record>", "dc"),
        ("<archivaldescription/>", ""),
    ],
)
def test_the_format_is_told_from_the_element(xml: str, dialect: str) -> None:
    assert dialect_of(etree.fromstring(xml)) == dialect
