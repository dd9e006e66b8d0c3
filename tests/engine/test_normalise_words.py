"""Languages, years, editions, volumes, imprints, materials and degrees out of the words of catalogues."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import Degree, Material
from engine.normalise.editions import edition_number, volume
from engine.normalise.imprint import place, publisher, publisher_key
from engine.normalise.languages import language, languages
from engine.normalise.materials import degree, material
from engine.normalise.years import year


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("vi", "vie"), ("vie", "vie"), ("VIE", "vie"), ("Vie", "vie"), ("vn", "vie"), ("Việt", "vie"),
        ("Tiếng Việt", "vie"), ("tieng viet", "vie"), ("vietnamese", "vie"), ("vi-VN", "vie"), ("en", "eng"),
        ("en_US", "eng"), ("Tiếng Anh", "eng"), ("English", "eng"), ("fr", "fre"), ("fra", "fre"), ("fre", "fre"),
        ("français", "fre"), ("Pháp", "fre"), ("de", "ger"), ("deu", "ger"), ("Tiếng Đức", "ger"), ("zho", "chi"),
        ("zh-Hans", "chi"), ("cmn", "chi"), ("Trung Quốc", "chi"), ("中文", "chi"), ("Hán", "chi"), ("Hàn", "kor"),
        ("Hàn Quốc", "kor"), ("Nhật", "jpn"), ("русский", "rus"), ("Nga", "rus"), ("ell", "gre"), ("grc", "grc"),
        ("scr", "hrv"), ("Khmer", "khm"), ("Lào", "lao"), ("Thái Lan", "tha"), ("mul", "mul"), ("nl", "dut"),
    ],
)  # fmt: skip
def test_a_language_is_told_by_its_bibliographic_code(text: str, code: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "und", "zxx", "xxx", "N/A", "khác", "qqq", "không xác định", "Hà Nội"])
def test_no_language_is_none(text: str) -> None:
    assert language(text) is None


def test_several_languages_are_told_apart() -> None:
    assert languages("Tiếng Việt; Tiếng Anh") == ("vie", "eng")
    assert languages("vieengfre") == ("vie", "eng", "fre")
    assert languages("Anh - Việt") == ("eng", "vie")
    assert languages("vie") == ("vie",)
    assert languages("abcdef") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019", 2019), ("[2019]", 2019), ("c2019", 2019), ("©2019", 2019), ("2019-2020", 2019), ("DL 2023", 2023),
        ("cop. 1998", 1998), ("[1992?].", 1992), ("2007,", 2007), ("2011 [reprinted 2013]", 2011),
        ("1989 [i.e. 1998]", 1998), ("tháng 5 năm 2006", 2006), ("15/03/2019", 2019), ("2019-05-01T00:00:00Z", 2019),
        ("20190501", 2019), ("[19]95", 1995), ("2553 [2010]", 2010), ("平成20 [2008]", 2008), ("MCMXCVIII", 1998),
        ("1993\n1996", 1993), ("19uu", None), ("199-?", None), ("199?", None), ("198…", None), ("208", None),
        ("2553", None), ("平成20", None), ("", None), ("[k.n.]", None), ("n.d.", None), ("9786048012342", None),
        ("45.2000đ", None),
    ],
)  # fmt: skip
def test_a_year_is_read_and_never_guessed(text: str, expected: int | None) -> None:
    assert year(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tái bản lần thứ nhất", 1), ("Tái bản lần thứ hai", 2), ("Tái bản lần 1", 1),
        ("Tái bản lần thứ 5 có sửa chữa, bổ sung", 5), ("Tái bản lần thứ tư", 4), ("Tái bản lần thứ bẩy", 7),
        ("In lần thứ 2", 2), ("In lần thứ mười hai", 12), ("Xuất bản lần thứ 3", 3), ("Lần thứ hai", 2),
        ("Lần thứ III", 3), ("Ấn bản 2", 2), ("2nd ed.", 2), ("Second edition", 2), ("10e édition", 10),
        ("2e éd.", 2), ("3. Aufl.", 3), ("2. vyd.", 2), ("5th international ed.", 5), ("2nd edition, revised", 2),
        ("Tái bản có sửa chữa, bổ sung", None), ("Rev. ed.", None), ("International ed.", None), ("2015 ed.", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_number_of_an_edition_is_told(text: str, expected: int | None) -> None:
    assert edition_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tập II", "2"), ("Tập 2", "2"), ("T.2", "2"), ("T. 02", "2"), ("T.II", "2"), ("t. 1-2", "1-2"),
        ("Quyển 2", "2"), ("Q.1", "1"), ("Quyển thứ hai", "2"), ("Phần thứ nhất", "1"), ("Ph.1", "1"),
        ("Cuốn 3", "3"), ("Bộ 2", "2"), ("Số 3", "3"), ("Vol. 3", "3"), ("V.01", "1"), ("v. 2", "2"), ("V", "5"),
        ("Vol. X", "10"), ("Volume One", "1"), ("Bd. 4", "4"), ("Teil II", "2"), ("2", "2"), ("001", "1"),
        ("T.3A", "3A"), ("Q. A", "A"), ("Tập 3, Quyển 1", "3.1"), ("T. 1 - Q. 2", "1.2"), ("Tập 1 : Đại cương", "1"),
        ("Tập 1: 2010-2015", "1"), ("Quyển I - II", "1-2"), ("Tập", None), ("Toàn tập", None), ("P. Điện", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_number_of_a_volume_is_told_without_its_word(text: str, expected: str | None) -> None:
    assert volume(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nxb. Giáo dục,", "Giáo dục"), ("NXB Giáo dục Việt Nam", "Giáo dục"), ("Nhà xuất bản Giáo dục", "Giáo dục"),
        ("NXBGD", "Giáo dục"), ("N.x.b Thống kê", "Thống kê"), ("Nxb. KHKT", "Khoa học và Kỹ thuật"),
        ("Khoa học & Kỹ thuật", "Khoa học và Kỹ thuật"), ("Khoa học và Kĩ thuật", "Khoa học và Kỹ thuật"),
        ("NXB ĐHQGHN", "Đại học Quốc gia Hà Nội"), ("CTQG", "Chính trị Quốc gia Sự thật"),
        ("Nxb. ĐHQG TP.HCM", "Đại học Quốc gia TP. Hồ Chí Minh"), ("Nxb Trẻ", "Trẻ"), ("Nxb TN", "Thanh niên"),
        ("TN", "TN"), ("John Wiley & Sons, Inc.,", "John Wiley & Sons, Inc."), ("[McGraw-Hill]", "McGraw-Hill"),
        ("Nxb ĐH KTQD", "Đại học Kinh tế Quốc dân"), ("ĐH QGHN", "Đại học Quốc gia Hà Nội"),
        ("Đại học QG TP.HCM", "Đại học Quốc gia TP. Hồ Chí Minh"), ("ĐH Công nghiệp", "ĐH Công nghiệp"),
        ("[K.nh.x.b]", None), ("[s.n.],", None), ("Nxb", None), ("", None),
    ],
)  # fmt: skip
def test_a_publisher_is_spelt_out_without_nxb(text: str, name: str | None) -> None:
    assert publisher(text) == name


def test_writings_of_one_publisher_have_one_key() -> None:
    assert (
        len(
            {publisher_key(text) for text in ("Nxb. Khoa học và Kỹ thuật", "KHKT", "NXB KH&KT", "Khoa hoc va ky thuat")}
        )
        == 1
    )
    assert len({publisher_key(text) for text in ("John Wiley & Sons, Inc.", "John Wiley", "John Wiley and Sons")}) == 1
    assert publisher_key("Nxb. Lao động") != publisher_key("Nxb. Lao động - Xã hội")
    assert publisher_key("[s.n.]") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("H. :", "Hà Nội"), ("Hn", "Hà Nội"), ("Hà nội", "Hà Nội"), ("[Hà Nội]", "Hà Nội"),
        ("Tp.HCM", "TP. Hồ Chí Minh"), ("TP. HCM", "TP. Hồ Chí Minh"), ("Tp. Hồ Chí Minh", "TP. Hồ Chí Minh"),
        ("Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"), ("S.", "Sài Gòn"), ("Đ.N", "Đà Nẵng"),
        ("New York, N.Y. :", "New York"), ("Oxford ;", "Oxford"), ("Cambridge, Mass. :", "Cambridge, Mass."),
        ("Hà Nội ; TP. HCM", "Hà Nội; TP. Hồ Chí Minh"), ("[k.đ.]", None), ("[S.l.] :", None), ("", None),
    ],
)  # fmt: skip
def test_a_place_is_spelt_out(text: str, name: str | None) -> None:
    assert place(text) == name


@pytest.mark.parametrize(
    ("text", "kind", "rank"),
    [
        ("Luận văn thạc sĩ", Material.THESIS, Degree.MASTER), ("Luận văn ThS. Kinh tế", Material.THESIS, Degree.MASTER),
        ("Luận án tiến sĩ kinh tế", Material.THESIS, Degree.DOCTOR),
        ("Khóa luận tốt nghiệp", Material.THESIS, Degree.BACHELOR),
        ("Đồ án tốt nghiệp", Material.THESIS, Degree.BACHELOR), ("ĐATN", Material.THESIS, Degree.BACHELOR),
        ("Luận văn -- Trường Đại học X, 2010", Material.THESIS, None), ("Thesis", Material.THESIS, None),
        ("Thesis (Ph. D.)--University", Material.THESIS, Degree.DOCTOR),
        ("Master's Thesis", Material.THESIS, Degree.MASTER),
        ("info:eu-repo/semantics/doctoralThesis", Material.THESIS, Degree.DOCTOR),
        ("http://purl.org/coar/resource_type/c_bdcc", Material.THESIS, Degree.MASTER),
        ("Kỷ yếu hội thảo", Material.CONFERENCE, None), ("Báo cáo khoa học", Material.REPORT, None),
        ("Đề tài NCKH", Material.REPORT, None), ("Giáo trình", Material.BOOK, None),
        ("Bài giảng", Material.BOOK, None), ("Sách", Material.BOOK, None), ("Tạp chí", Material.JOURNAL, None),
        ("Bài báo", Material.ARTICLE, None), ("Article", Material.ARTICLE, None),
        ("Book chapter", Material.CHAPTER, None), ("Bản đồ", Material.MAP, None), ("Bản nhạc", Material.SCORE, None),
        ("Video", Material.FILM, None), ("StillImage", Material.IMAGE, None), ("ảnh", Material.IMAGE, None),
        ("Phần mềm", Material.SOFTWARE, None), ("Dataset", Material.E_RESOURCE, None), ("Tiếng Anh", None, None),
        ("Other", None, None), ("text", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_the_kind_of_thing_and_the_degree_are_told(text: str, kind: Material | None, rank: Degree | None) -> None:
    assert (material(text), degree(text)) == (kind, rank)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    found = year(text)
    assert found is None or 1000 <= found < 2100
    number = edition_number(text)
    assert number is None or 0 <= number < 1000
    for read in (language, languages, volume, publisher, publisher_key, place, material, degree):
        read(text)
    name = publisher(text)
    assert name is None or publisher(name) == name or publisher(name) is not None
