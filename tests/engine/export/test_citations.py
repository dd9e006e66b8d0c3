"""Citations in every style, letter by letter; italics stand between asterisks."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

import pytest
from citeproc import CitationStylesStyle

from engine.export.citations import STYLES, citation, citations, style_file
from engine.model import Degree, Material, Person, PersonKind, Record, Role
from engine.sentences import Language, sentences
from tests.engine.export.works import ARTICLE, BOOK, CHAPTER, REPORT, THESIS


def written(record: Record, style: str, language: Language = "vi") -> str:
    spans = citation(record, style, language).spans
    return "".join(f"*{span.text}*" if span.is_italic else span.text for span in spans)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            BOOK,
            (
                "Nguyễn Văn Ngọc, Mankiw N. G. (2012), *Giáo trình kinh tế vi mô: Lý thuyết & thực hành*, tập 2, "
                "tái bản lần 3, Nxb Đại học Kinh tế Quốc dân, Hà Nội."
            ),
        ),
        (
            THESIS,
            (
                "Đỗ Thị Ánh (2015), *Nghiên cứu lưới điện Việt Nam*, Luận án tiến sĩ, "
                "Trường Đại học Bách khoa Hà Nội, Hà Nội."
            ),
        ),
        (ARTICLE, "Samuelson P. A., Doe J. (1999), “The demand for rice”, *Journal of Rice*, 3(2), pp. 12–30."),
        (CHAPTER, "Lê Văn Bình (2001), “Chương mở đầu”, *Kinh tế học*, tr. 1–9, Nxb Trẻ, TP. Hồ Chí Minh."),
        (REPORT, "Bộ Y tế, Cục Quản lý Dược (2020), *Dược điển, tập mới*."),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_vietnamese_style_keeps_names_in_their_order(record: Record, expected: str, language: Language) -> None:
    assert written(record, "bgddt", language) == expected


@pytest.mark.parametrize(
    ("style", "language", "record", "expected"),
    [
        (
            "apa",
            "en",
            BOOK,
            (
                "Nguyễn Văn Ngọc, & Mankiw, N. G. (2012). *Giáo trình kinh tế vi mô: Lý thuyết & thực hành* "
                "(3rd ed., Vol. 2). Nxb Đại học Kinh tế Quốc dân."
            ),
        ),
        (
            "apa",
            "vi",
            THESIS,
            (
                "Đỗ Thị Ánh. (2015). *Nghiên cứu lưới điện Việt Nam* "
                "[Luận án tiến sĩ, Trường Đại học Bách khoa Hà Nội]. https://lib.hust.example/9.pdf"
            ),
        ),
        (
            "apa",
            "en",
            ARTICLE,
            (
                "Samuelson, P. A., & Doe, J. (1999). The demand for rice. *Journal of Rice*, *3*(2), 12–30. "
                "https://doi.org/10.1000/rice_1"
            ),
        ),
        (
            "mla",
            "en",
            ARTICLE,
            (
                "Samuelson, Paul A., and Jane Doe. “The demand for rice.” *Journal of Rice*, vol. 3, no. 2, 1999, "
                "pp. 12–30, https://doi.org/10.1000/rice_1."
            ),
        ),
        (
            "mla",
            "vi",
            BOOK,
            (
                "Nguyễn Văn Ngọc, và N. Gregory Mankiw. *Giáo trình kinh tế vi mô: Lý thuyết & thực hành*. "
                "Tái bản lần 3, tập 2, Nxb Đại học Kinh tế Quốc dân, 2012."
            ),
        ),
        (
            "chicago",
            "en",
            BOOK,
            (
                "Nguyễn Văn Ngọc, and N. Gregory Mankiw. 2012. *Giáo trình kinh tế vi mô: Lý thuyết & thực hành*. "
                "3rd ed. Vol. 2. Hà Nội: Nxb Đại học Kinh tế Quốc dân."
            ),
        ),
        (
            "chicago",
            "vi",
            CHAPTER,
            "Lê Văn Bình. 2001. “Chương mở đầu”. Trong *Kinh tế học*, 1–9. TP. Hồ Chí Minh: Nxb Trẻ.",
        ),
        (
            "ieee",
            "en",
            ARTICLE,
            (
                "P. A. Samuelson and J. Doe, “The demand for rice,” *Journal of Rice*, vol. 3, no. 2, pp. 12–30, 1999, "
                "doi: 10.1000/rice_1."
            ),
        ),
        (
            "ieee",
            "vi",
            BOOK,
            (
                "Nguyễn Văn Ngọc và N. G. Mankiw, *Giáo trình kinh tế vi mô: Lý thuyết & thực hành*, tập 2, "
                "tái bản lần 3. Hà Nội: Nxb Đại học Kinh tế Quốc dân, 2012."
            ),
        ),
    ],
)
def test_the_other_styles_say_what_their_manuals_want(
    style: str, language: Language, record: Record, expected: str
) -> None:
    assert written(record, style, language) == expected


def test_what_is_not_known_leaves_no_gap() -> None:
    bare = Record("m", "1", "Không tác giả", publisher="Trẻ", languages=("vie",))
    assert {style: written(bare, style) for style in STYLES} == {
        "bgddt": "*Không tác giả*, Nxb Trẻ.",
        "apa": "*Không tác giả*. (không rõ năm). Nxb Trẻ.",
        "mla": "*Không tác giả*. Nxb Trẻ.",
        "chicago": "*Không tác giả*. Không rõ năm. Nxb Trẻ.",
        "ieee": "*Không tác giả*. Nxb Trẻ.",
    }


def test_without_an_author_the_year_stands_behind_the_title() -> None:
    dated = Record("m", "1", "Kết cấu bê tông", publisher="Xây dựng", place="Hà Nội", year=2010, languages=("vie",))
    assert written(dated, "bgddt") == "*Kết cấu bê tông* (2010), Nxb Xây dựng, Hà Nội."
    assert written(dated, "apa") == "*Kết cấu bê tông*. (2010). Nxb Xây dựng."


def test_a_thesis_of_a_faculty_names_it_once() -> None:
    faculty = (Person("Khoa Kiến trúc", kind=PersonKind.CORPORATE),)
    works = Record("m", "1", "Đồ án", people=faculty, year=2011, material=Material.THESIS, degree=Degree.BACHELOR)
    assert written(works, "bgddt") == "Khoa Kiến trúc (2011), *Đồ án*, Khóa luận tốt nghiệp."


def test_an_editor_stands_where_there_is_no_author_and_a_question_mark_ends_a_title() -> None:
    edited = Record("m", "1", "Why?", people=(Person("Smith, John", Role.EDITOR),), year=2001, publisher="CUP")
    assert written(edited, "apa", "en") == "Smith, J. (Ed.). (2001). *Why?* CUP."
    assert written(edited, "chicago", "en") == "Smith, John, ed. 2001. *Why?* CUP."


def test_markup_in_a_title_is_text() -> None:
    found = citation(Record("m", "1", 'H<sub>2</sub>O & <i>x</i> <span class="nocase">y</span>'), "apa", "en")
    assert found.text.startswith('H<sub>2</sub>O & <i>x</i> <span class="nocase">y</span>')


def test_many_authors_become_and_others() -> None:
    many = Record(
        "m", "1", "X", people=tuple(Person(f"Smith{number}, Jo") for number in range(30)), year=2001, languages=("eng",)
    )
    assert written(many, "mla", "en").startswith("Smith0, Jo, et al. *X*")
    assert written(many, "ieee", "vi").startswith("J. Smith0 và cộng sự, *X*")
    assert "…" in written(many, "apa", "en")


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_valid_csl_with_a_name_in_both_languages(style: str) -> None:
    path = files("engine.export").joinpath("styles", f"{style}.csl")
    CitationStylesStyle(str(path), locale="vi-VN", validate=True)  # warns, which is an error here
    assert style_file(style).startswith(b"<?xml")
    assert f"page.cite.style.{style}" in sentences()


def test_every_kind_of_thing_can_be_cited() -> None:
    for material in Material:
        record = Record("m", "1", "Nhan đề", people=(Person("Lê An"),), year=2001, material=material)
        assert [one.style for one in citations(record, "vi")] == list(STYLES)
        assert all("Nhan đề" in one.text and "Lê An" in one.text for one in citations(record, "en"))


def test_neither_the_processor_nor_pymarc_is_read_before_it_is_needed() -> None:
    asked = "import sys, engine.cli, engine.web.service; print({'citeproc', 'pymarc'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
