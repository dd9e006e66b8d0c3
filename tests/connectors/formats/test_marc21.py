"""MARC 21 -> Record, on small records of the shapes that real catalogues have."""

from __future__ import annotations

import pytest
from lxml import etree

from connectors.formats import record_from_xml
from engine.errors import UnreadableError
from engine.model import (
    ClassNumber,
    Degree,
    Host,
    Identifier,
    Link,
    LinkKind,
    Material,
    Person,
    PersonKind,
    Role,
    Scheme,
    Series,
)
from tests.connectors.formats.building import BOOK, described, marcxml

# Titles ---------------------------------------------------------------------------------


def test_a_title_loses_the_punctuation_that_leads_to_its_next_part() -> None:
    record = described("245 10 $a Cây cầu gỗ : $b ký sự miền núi / $c Lê Thị Mây ; minh hoạ: Trần Ba.")
    assert (record.title, record.subtitle) == ("Cây cầu gỗ", "ký sự miền núi")
    assert record.responsibility == "Lê Thị Mây ; minh hoạ: Trần Ba"


@pytest.mark.parametrize(
    ("title", "volume", "part"),
    [
        ("245 10 $a Giải tích. $n Tập 2, $p Tích phân.", "2", "Tích phân"),
        ("245 10 $a Giải tích. Tập 2: Tích phân", "2", "Tích phân"),
        ("245 10 $a Giải tích (T.2)", "2", None),
        ("245 10 $a Giải tích - Quyển II", "2", None),
        ("245 10 $a Giải tích : $b T.2, Tích phân", "2", "Tích phân"),
        ("245 10 $a Giải tích / $n Phần 2", "2", None),
        ("245 10 $a Giải tích $n Band 2 $p Integrale", "2", "Integrale"),
    ],
)
def test_a_volume_is_found_wherever_libraries_write_it(title: str, volume: str, part: str | None) -> None:
    record = described(title)
    assert (record.title, record.volume, record.part_title) == ("Giải tích", volume, part)


def test_a_volume_that_stands_in_a_series_statement_without_series_is_read() -> None:
    record = described("245 00 $a Lập trình nhúng", "490 ## $v T.01")
    assert (record.volume, record.series) == ("1", ())


def test_two_levels_of_parts_are_joined() -> None:
    record = described("245 00 $a Lịch sử xứ Đoài. $n Tập 1, $p Thời cổ. $n Quyển 3, $p Làng nghề")
    assert (record.volume, record.part_title) == ("1.3", "Thời cổ. Làng nghề")


@pytest.mark.parametrize("title", ["Luật số 5", "Catch 22", "Tập làm văn", "Phần mềm nguồn mở", "1984"])
def test_a_title_that_only_looks_like_a_volume_stays_whole(title: str) -> None:
    record = described(f"245 00 $a {title}")
    assert (record.title, record.volume) == (title, None)


def test_a_parallel_title_is_another_title() -> None:
    record = described("245 10 $a Sông và núi = $b Rivers and mountains : sketches / $c A. Minh")
    assert record.title == "Sông và núi"
    assert record.other_titles[0].startswith("Rivers and mountains")
    assert record.subtitle is None


def test_a_title_in_its_own_script_is_another_title() -> None:
    record = described(
        "245 10 $6 880-01 $a Shan yu he", "880 10 $6 245-01/$1 $a 山與河 / $c 李明", "880 1# $6 100-02 $a 李明"
    )
    assert (record.title, record.other_titles) == ("Shan yu he", ("山與河",))


def test_a_record_with_nothing_but_the_title_in_its_own_script_takes_that() -> None:
    root = marcxml("880 10 $6 245-01/$1 $a 山與河")
    assert record_from_xml(root, member="thu").title == "山與河"


def test_sort_marks_are_no_part_of_a_title() -> None:
    assert described("245 10 $a \x98Die\x9c Brücke").title == "Die Brücke"


def test_a_card_that_stands_in_one_subfield_is_taken_apart() -> None:
    record = described("245 00 $a Nghề gốm: làng cổ ven sông / Phạm Văn Tư")
    assert (record.title, record.subtitle, record.responsibility) == ("Nghề gốm", "làng cổ ven sông", "Phạm Văn Tư")
    assert record.people == (Person("Phạm Văn Tư"),)


def test_what_stands_behind_a_slash_is_part_of_the_title_if_it_names_none_of_the_people() -> None:
    record = described("100 0# $a Lò Văn Én", "245 00 $a Bảo trì máy in 95 / 98")
    assert (record.title, record.responsibility) == ("Bảo trì máy in 95 / 98", None)
    record = described("100 0# $a Lò Văn Én", "245 00 $a Bảo trì máy in / Lò Văn Én")
    assert (record.title, record.responsibility) == ("Bảo trì máy in", "Lò Văn Én")


def test_marks_of_subfields_that_were_typed_as_text_are_read() -> None:
    record = described("245 00 $a Nghề rèn / \\c Bàn Tài")
    assert (record.title, record.responsibility) == ("Nghề rèn", "Bàn Tài")
    record = described("245 00 $a Nghề rèn \\b sổ tay /\\c")
    assert (record.title, record.subtitle) == ("Nghề rèn", "sổ tay")


# People ---------------------------------------------------------------------------------


def test_relators_tell_roles_by_code_term_and_address() -> None:
    record = described(
        "100 1# $a Ngô, Bình, $d 1950- $4 aut",
        "700 1# $a Hà, Thu, $e translator.",
        "700 1# $a Đỗ, Lan $4 http://id.loc.gov/vocabulary/relators/ill",
        "700 0# $a Mai Sơn $e hiệu đính",
        "700 1# $a Binder, Bob, $e bookbinder.",
    )
    assert [(one.name, one.role) for one in record.people] == [
        ("Ngô, Bình", Role.AUTHOR),
        ("Hà, Thu", Role.TRANSLATOR),
        ("Đỗ, Lan", Role.ILLUSTRATOR),
        ("Mai Sơn", Role.REVISER),
        ("Binder, Bob", Role.OTHER),
    ]
    assert record.people[0].dates == "1950-"


def test_names_lose_academic_ranks() -> None:
    record = described("100 0# $a PGS. TS. Vũ Đình Hạc (chủ biên)", "700 0# $a ThS. Lò Thị Én")
    assert record.people == (Person("Vũ Đình Hạc", Role.EDITOR), Person("Lò Thị Én"))


def test_the_first_added_name_is_an_author_where_there_is_no_main_entry() -> None:
    record = described("245 00 $a Vườn xưa", "700 0# $a Tạ Minh Khai")
    assert record.people == (Person("Tạ Minh Khai", Role.AUTHOR),)


def test_a_role_that_only_the_statement_of_responsibility_tells_is_found() -> None:
    record = described(
        "100 1# $a Okada, Jun",
        "245 10 $a Mưa / $c J. Okada ; translated by Petra K. Lang.",
        "700 1# $a Lang, Petra K.",
    )
    assert record.people[1] == Person("Lang, Petra K.", Role.TRANSLATOR)


def test_people_come_from_the_statement_of_responsibility_where_no_field_names_them() -> None:
    record = described("245 00 $a Đất lề / $c Hồ Bá, Kim Tám biên soạn ; Lý Ba dịch")
    assert {(one.name, one.role) for one in record.people} == {
        ("Hồ Bá", Role.COMPILER),
        ("Kim Tám", Role.COMPILER),
        ("Lý Ba", Role.TRANSLATOR),
    }


def test_several_people_in_one_field_are_several() -> None:
    record = described("100 ## $a Cao Văn Ất; Tham gia: Bế Thị Bình")
    assert [one.name for one in record.people] == ["Cao Văn Ất", "Bế Thị Bình"]


def test_a_given_name_before_a_comma_is_no_role_and_no_second_person() -> None:
    told = described("245 10 $a Thơ / $c Anh, Nguyễn Thị Tường; ảnh: Lê Văn B")
    assert told.people == (Person("Anh, Nguyễn Thị Tường"), Person("Lê Văn B", Role.ILLUSTRATOR))
    entered = described("100 1# $a Anh, Nguyễn Thị Tường", "700 0# $a TCVN 1234")
    assert [one.name for one in entered.people] == ["Anh, Nguyễn Thị Tường"]


def test_a_body_in_a_personal_field_is_a_body() -> None:
    assert described("100 ## $a Trường Đại học Mỏ").people[0].kind is PersonKind.CORPORATE


def test_bodies_and_meetings_keep_their_units() -> None:
    record = described("110 1# $a Việt Nam. $b Bộ Xây dựng.", "711 2# $a Hội nghị Cơ học $n (5 : $d 1999)")
    assert record.people[0] == Person("Việt Nam. Bộ Xây dựng", Role.AUTHOR, PersonKind.CORPORATE)
    assert record.people[1].kind is PersonKind.MEETING


def test_the_maker_of_another_work_has_no_part_in_this_one() -> None:
    assert described("700 12 $a Homer. $t Odyssey.").people == ()


# Publication ----------------------------------------------------------------------------


def test_publication_is_read_from_260_and_264() -> None:
    for tag in ("260 ##", "264 #1"):
        record = described(f"{tag} $a Huế : $b Sông Hương, $c [2019]")
        assert (record.place, record.publisher, record.year) == ("Huế", "Sông Hương", 2019)


def test_a_printer_and_a_copyright_year_serve_only_where_nothing_better_is() -> None:
    record = described("264 #3 $a Đà Lạt : $b Xưởng in Thông, $c 2003", "264 #4 $c ©2001")
    assert (record.publisher, record.year) == ("Xưởng in Thông", 2003)
    record = described("264 #4 $c ©2001", "264 #1 $b Nxb Trẻ, $c 2002")
    assert record.year == 2002


def test_the_year_comes_from_008_where_the_imprint_has_none() -> None:
    assert described("008 920219s1993    vm a   j     |||| ||vie d").year == 1993
    assert described("008 181222s9999||||xx |||||||||||||| ||und||", "260 ## $c 1982").year == 1982
    assert described("008 181222s19uu||||xx |||||||||||||| ||und||").year is None


def test_an_edition_is_kept_as_printed_and_as_a_number() -> None:
    record = described("250 ## $a Tái bản lần thứ ba, $b có sửa chữa.")
    assert (record.edition, record.edition_number) == ("Tái bản lần thứ ba, có sửa chữa", 3)


@pytest.mark.parametrize(
    ("lines", "languages"),
    [
        (("041 0# $a engfre",), ("eng", "fre")),
        (("041 0# $a Tiếng Việt",), ("vie",)),
        (("008 920219s1993    vm a   j     |||| ||vie d", "041 1# $a vie $h eng"), ("vie",)),
        (("008 181222s9999||||xx |||||||||||||| ||und||",), ()),
    ],
)
def test_languages_are_codes_whatever_was_typed(lines: tuple[str, ...], languages: tuple[str, ...]) -> None:
    assert described(*lines).languages == languages


# Kinds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leader", "lines", "material"),
    [
        ("00000nam a2200000 a 4500", (), Material.BOOK),
        ("00000nas a2200000 a 4500", (), Material.JOURNAL),
        ("00000nem a2200000 a 4500", (), Material.MAP),
        ("00000ncm a2200000 a 4500", (), Material.SCORE),
        ("00000njm a2200000 a 4500", (), Material.SOUND),
        ("00000ngm a2200000 a 4500", (), Material.FILM),
        ("00000nkm a2200000 a 4500", (), Material.IMAGE),
        ("00000ntm a2200000 a 4500", (), Material.MANUSCRIPT),
        ("00000nrm a2200000 a 4500", (), Material.OBJECT),
        ("00000nab a2200000 a 4500", ("773 0# $t Tạp chí Cá $g Số 4 (2018), tr. 15-22",), Material.ARTICLE),
        ("00000naa a2200000 a 4500", ("773 0# $t Sổ tay đê điều $z 9786048012342",), Material.CHAPTER),
        ("00000nam a2200000 a 4500", ("502 ## $a Luận văn thạc sĩ -- Trường Đại học Thuỷ lợi, 2011",), Material.THESIS),
        ("00000nam a2200000 a 4500", ("245 00 $a Đập đất : $b luận án tiến sĩ",), Material.THESIS),
        ("00000nam a2200000 a 4500", ("245 00 $a Gió $h [ghi âm]", "655 #7 $a Sound recordings"), Material.SOUND),
        ("", (), None),
    ],
)
def test_the_kind_of_thing_is_told(leader: str, lines: tuple[str, ...], material: Material | None) -> None:
    assert described(*lines, leader=leader).material is material


@pytest.mark.parametrize(
    ("note", "degree"),
    [
        ("$a Luận văn thạc sĩ -- Trường Đại học Thuỷ lợi", Degree.MASTER),
        ("$a Luận án tiến sĩ kinh tế", Degree.DOCTOR),
        ("$a Thesis $b Ph. D. $c Somewhere", Degree.DOCTOR),
        ("$a Đồ án tốt nghiệp", Degree.BACHELOR),
    ],
)
def test_a_thesis_tells_its_degree(note: str, degree: Degree) -> None:
    assert described(f"502 ## {note}").degree is degree


def test_a_book_that_was_sold_in_a_collection_is_no_article() -> None:
    record = described("773 0# $t Some Publisher eBooks")
    assert (record.material, record.host) == (Material.BOOK, None)


def test_the_host_of_an_article_tells_where_in_it() -> None:
    record = described(
        "773 0# $t Tạp chí Khảo cứu. $g Vol. 5, no. 3 (2010), p. 12-20 $x 0378-5955", leader="00000nab a2200000 a 4500"
    )
    assert record.host == Host("Tạp chí Khảo cứu", issn="0378-5955", volume="5", issue="3", pages="12-20")


@pytest.mark.parametrize(
    ("lines", "is_online"),
    [
        (("007 cr cnu||||||||",), True),
        (("338 ## $b cr",), True),
        (("008 230212s2022    nyu     o     000 0 eng d",), True),
        (("338 ## $b nc",), False),
        (("008 920219s1993    vm a   j     |||| ||vie d",), False),
        ((), None),
    ],
)
def test_what_is_digital_is_told(lines: tuple[str, ...], is_online: bool | None) -> None:
    assert described(*lines).is_online is is_online


# Subjects, series, numbers, links -------------------------------------------------------


def test_subjects_keep_their_subdivisions() -> None:
    record = described(
        "650 #0 $a Đê điều $x Lịch sử $z Việt Nam.",
        "600 14 $a Mann, Thomas, $d 1875-1955. $t Doktor Faustus",
        "653 ## $a Lũ lụt; Thuỷ triều",
        "653 ## $a (lcsh)Rivers",
        "650 #4 $a Đê điều $x Lịch sử $z Việt Nam",
    )
    assert record.subjects == (
        "Đê điều -- Lịch sử -- Việt Nam",
        "Mann, Thomas, 1875-1955. Doktor Faustus",
        "Lũ lụt",
        "Thuỷ triều",
        "Rivers",
    )


def test_a_traced_series_is_told_once() -> None:
    record = described("490 1# $a Tủ sách Sông ; $v 7", "830 #0 $a Tủ sách Sông (Hà Nội) ; $v 7.")
    assert record.series == (Series("Tủ sách Sông", "7"),)


def test_identifiers_have_one_form_and_wrong_ones_are_marked() -> None:
    record = described(
        "020 ## $a 0-19-853453-1 (pbk.) : 45000đ $z 9780198534532",
        "022 0# $a 0378-5955",
        "024 7# $a https://doi.org/10.1000/ABC.5 $2 doi",
        "024 3# $a 4006381333931",
        "035 ## $a (OCoLC)ocm00012345 $a (DE-599)1",
        "015 ## $a 21,O08 $2 dnb",
    )
    assert record.identifiers == (
        Identifier(Scheme.ISBN, "9780198534532"),
        Identifier(Scheme.ISBN, "9780198534532", valid=False),
        Identifier(Scheme.ISSN, "0378-5955"),
        Identifier(Scheme.DOI, "10.1000/abc.5"),
        Identifier(Scheme.EAN, "4006381333931"),
        Identifier(Scheme.OCLC, "12345"),
        Identifier(Scheme.NBN, "21,O08"),
    )


def test_a_running_number_in_the_place_of_an_isbn_is_none() -> None:
    assert described("020 ## $a 187").identifiers == ()


def test_class_numbers_have_their_scheme() -> None:
    record = described("082 04 $a 330.9/597 $2 23", "050 #4 $a HC444 $b .N48", "084 ## $a QC 300 $2 rvk")
    assert record.classes == (ClassNumber("ddc", "330.9597"), ClassNumber("lcc", "HC444"), ClassNumber("rvk", "QC 300"))


def test_links_are_web_addresses_with_what_stands_behind_them() -> None:
    record = described(
        "856 40 $u https://example.org/a.pdf $z Toàn văn",
        "856 42 $u http://example.org/toc $3 Inhaltsverzeichnis",
        "856 42 $u http://example.org/bia.jpg $3 Ảnh bìa",
        "856 4# $u javascript:alert(1)",
        "856 4# $u ftp://example.org/x",
    )
    assert record.links == (
        Link("https://example.org/a.pdf", LinkKind.FULL_TEXT, "Toàn văn"),
        Link("http://example.org/toc", LinkKind.CONTENTS, "Inhaltsverzeichnis"),
        Link("http://example.org/bia.jpg", LinkKind.COVER, "Ảnh bìa"),
    )


def test_summary_contents_and_notes_are_kept() -> None:
    record = described("520 ## $a Một câu.", "505 0# $a Chương một -- Chương hai", "504 ## $a Thư mục: tr. 340")
    assert (record.summary, record.notes) == ("Một câu.", ("Chương một -- Chương hai", "Thư mục: tr. 340"))


# Identity and shape ---------------------------------------------------------------------


def test_the_number_of_koha_comes_before_the_number_of_the_library_it_was_copied_from() -> None:
    assert described("001 LOC123", "999 ## $c 302 $d 302").id == "302"
    assert described("001 991", "999 ## $a mugar $c 020522").id == "991"


def test_a_record_without_a_number_keeps_the_id_that_its_content_makes() -> None:
    first, again, other = described("100 ## $a An Na"), described("100 ## $a An Na"), described("100 ## $a An Ni")
    assert first.id == again.id
    assert first.id != other.id


@pytest.mark.parametrize(
    "namespace", ["http://www.loc.gov/MARC21/slim", "info:lc/xmlns/marcxchange-v2", "urn:wrong", ""]
)
def test_the_namespace_does_not_matter(namespace: str) -> None:
    assert record_from_xml(marcxml("245 00 $a Sóng", namespace=namespace), member="thu").title == "Sóng"


def test_fields_without_tag_and_subfields_without_code_cost_nothing_else() -> None:
    root = marcxml("245 00 $a Sóng", "260 ## $c 2001")
    del root[2].attrib["tag"]
    etree.SubElement(root[1], "subfield").text = "rest"
    etree.SubElement(root[1], "subfield", code="b")
    root.append(etree.Comment("không là gì"))
    record = record_from_xml(root, member="thu")
    assert (record.title, record.subtitle, record.year) == ("Sóng", None, None)


def test_wrappers_around_a_record_are_opened() -> None:
    for name in ("collection", "recordData", "metadata"):
        wrapper = etree.Element(name)
        wrapper.append(marcxml("245 00 $a Sóng"))
        assert record_from_xml(wrapper, member="thu").title == "Sóng"


@pytest.mark.parametrize(
    "root",
    [
        marcxml("100 1# $a Ai"),
        marcxml("100 1# $a Ai", "130 #0 $a Sóng", leader="00000nz  a2200000n  4500"),
        etree.fromstring("<diagnostic><uri>1</uri></diagnostic>"),
        etree.fromstring("<html><body/></html>"),
    ],
)
def test_what_is_no_record_is_unreadable(root: etree._Element) -> None:
    with pytest.raises(UnreadableError):
        record_from_xml(root, member="thu")


def test_a_padded_leader_is_read() -> None:
    assert described(leader="  " + BOOK).material is not Material.JOURNAL
