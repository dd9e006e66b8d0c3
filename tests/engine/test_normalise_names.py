"""Names freed of ranks, dates and roles; people out of statements; names compared."""

from __future__ import annotations

import csv
import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import PersonKind, Role
from engine.normalise.names import name_syllables, people, person, role


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("GS.TS.NGND Nguyễn Văn A", "Nguyễn Văn A"),
        ("PGS. TS Trần Thị B", "Trần Thị B"),
        ("PGS.TS. Lê Hồng C", "Lê Hồng C"),
        ("PGS, TS. Lê Hồng C", "Lê Hồng C"),
        ("GS.TSKH Phạm D", "Phạm D"),
        ("PTS. Đỗ Văn E", "Đỗ Văn E"),
        ("ThS Lê C", "Lê C"),
        ("Ths. Bùi Đăng Khoa", "Bùi Đăng Khoa"),
        ("TS Nguyễn Văn Lê", "Nguyễn Văn Lê"),
        ("BS.CKII Nguyễn Thị H", "Nguyễn Thị H"),
        ("KS. Trần Văn Bình", "Trần Văn Bình"),
        ("Phó giáo sư, Tiến sĩ Võ Văn K", "Võ Văn K"),
        ("Nguyễn Huy Chương, TS.", "Nguyễn Huy Chương"),
        ("Prof. Dr. Hans Müller", "Hans Müller"),
        ("John Smith, Ph.D.", "John Smith"),
        ("T.S. Eliot", "T.S. Eliot"),
        ("J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("Vũ Cao Đàm.", "Vũ Cao Đàm"),
        ("Strunk, William, Jr.", "Strunk, William, Jr."),
        ("Nguyễn, Thị Nga", "Nguyễn, Thị Nga"),
        ("Đỗ, Văn A, 1950-", "Đỗ, Văn A"),
        ("Marx, Karl, 1818-1883.", "Marx, Karl"),
        ("Nguyễn Tuân (1910-1987)", "Nguyễn Tuân"),
        ("Mankiw, N. Gregory", "Mankiw, N. Gregory"),
        ("A. Fokas,... [et al.]", "A. Fokas"),
        ("Đặng Vũ Ngoạn,... [và những người khác]", "Đặng Vũ Ngoạn"),
        ("Trần B [và nh. ng. khác]", "Trần B"),
        ("Việt Nam (CHXHCN)", "Việt Nam (CHXHCN)"),
        ("Jean-Claude Cheftel", "Jean-Claude Cheftel"),
        ("Nguyễn Trọng Viết", "Nguyễn Trọng Viết"),  # not the word "viết"
    ],
)
def test_a_name_is_freed_of_what_is_not_the_name(text: str, name: str) -> None:
    assert person(text) == (name, None)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Nguyễn Văn A (chủ biên)", "Nguyễn Văn A", Role.EDITOR),
        ("PGS.TS. Nguyễn Văn A (ch.b.)", "Nguyễn Văn A", Role.EDITOR),
        ("Nguyễn Văn A chủ biên", "Nguyễn Văn A", Role.EDITOR),
        ("Chủ biên: Nguyễn Văn A", "Nguyễn Văn A", Role.EDITOR),
        ("Lê C dịch", "Lê C", Role.TRANSLATOR),
        ("Người dịch: Lê C", "Lê C", Role.TRANSLATOR),
        ("Lê C dịch từ tiếng Nga", "Lê C", Role.TRANSLATOR),
        ("Lê C (b.s.)", "Lê C", Role.COMPILER),
        ("Lê C h.đ.", "Lê C", Role.REVISER),
        ("Hồng Phương tuyển chọn và hệ thống.", "Hồng Phương", Role.COMPILER),
        ("Trần D minh hoạ", "Trần D", Role.ILLUSTRATOR),
        ("GVHD: TS. Trần D", "Trần D", Role.ADVISOR),
        ("edited by John Smith", "John Smith", Role.EDITOR),
        ("translated from the French by Ann Lee", "Ann Lee", Role.TRANSLATOR),
        ("by Douglas C. Montgomery", "Douglas C. Montgomery", Role.AUTHOR),
        ("traduit par Jean Petit", "Jean Petit", Role.TRANSLATOR),
        ("sous la direction de Marie Curie", "Marie Curie", Role.EDITOR),
        ("Smith, John, ed.", "Smith, John", Role.EDITOR),
        ("chủ biên", "", Role.EDITOR),
    ],
)
def test_the_role_beside_a_name_is_told(text: str, name: str, said: Role) -> None:
    assert person(text) == (name, said)


@pytest.mark.parametrize(
    "text",
    ["TCVN 1234", "TCVN 1234:2005", "22TCN 211-06", "QCVN 01", "ISO/IEC 27001", "Thông tư số 200/2014", "NĐ-CP 34"],
)
def test_the_number_of_a_standard_or_regulation_names_nobody(text: str) -> None:
    assert person(text) == ("", None)
    assert people(text) == ()


@pytest.mark.parametrize("text", ["Isobel Nguyễn", "Đinh Công Tư", "Din Trần", "Thông Tư Nguyễn"])
def test_a_name_that_only_begins_like_a_standard_is_a_name(text: str) -> None:
    assert person(text) == (text, None)


@pytest.mark.parametrize("text", ["Nhiều tác giả", "et al.", "[Không có tác giả]", "Khuyết danh", "và nnk", "...", ""])
def test_nobody_has_no_name(text: str) -> None:
    assert person(text) == ("", None)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Nguyễn Văn A (ch.b.), Trần B; Lê C dịch", "Nguyễn Văn A=editor Trần B=author Lê C=translator"),
        ("Đỗ Xuân Tùng chủ biên; Trương Ngộ, Lê Thanh", "Đỗ Xuân Tùng=editor Trương Ngộ=author Lê Thanh=author"),
        ("Nguyễn Văn Huân, chủ biên; Vũ Đức Thái", "Nguyễn Văn Huân=editor Vũ Đức Thái=author"),
        ("R. Eales-White; Việt Hà, Lan Nguyên dịch", "R. Eales-White=author Việt Hà=translator Lan Nguyên=translator"),
        ("Thanh Thúy, Duy Thảo biên soạn", "Thanh Thúy=compiler Duy Thảo=compiler"),
        ("Trần A, Lê B (đồng chủ biên), Vũ C", "Trần A=editor Lê B=editor Vũ C=author"),
        ("Chủ biên: Nguyễn A; Biên soạn: Trần B, Lê C", "Nguyễn A=editor Trần B=compiler Lê C=compiler"),
        ("Nguyễn Duy A Tham gia: Đặng Vũ B", "Nguyễn Duy A=author Đặng Vũ B=other"),
        ("Đinh Vũ;\nTham gia: Phạm Hải,...[và những người khác].", "Đinh Vũ=author Phạm Hải=other"),
        ("Nguyễn Minh Anh - Trần Văn Bách", "Nguyễn Minh Anh=author Trần Văn Bách=author"),
        ("Nguyễn A và Trần B", "Nguyễn A=author Trần B=author"),
        ("edited by John Smith, Ann Lee and Bob Ray", "John Smith=editor Ann Lee=editor Bob Ray=editor"),
        ("Cecil H. Chilton [and] Sidney D. Kirk", "Cecil H. Chilton=author Sidney D. Kirk=author"),
        ("Mankiw, N. Gregory; Taylor, Mark P.", "Mankiw, N. Gregory=author Taylor, Mark P.=author"),
        ("Nguyễn, Thị Nga", "Nguyễn, Thị Nga=author"),
        ("William Strunk, Jr., E. B. White", "William Strunk, Jr.=author E. B. White=author"),
        ("Anh, Nguyễn Thị Tường", "Anh, Nguyễn Thị Tường=author"),
        ("Anh, Nguyễn Thị Tường; Lê, Văn B", "Anh, Nguyễn Thị Tường=author Lê, Văn B=author"),
        ("Trần, Anh", "Trần, Anh=author"),
        ("Soạn, Lê Thị", "Soạn, Lê Thị=author"),
        ("Dịch, Nguyễn Văn", "Dịch, Nguyễn Văn=author"),
        ("Hoàng Anh, Nguyễn Thị", "Hoàng Anh, Nguyễn Thị=author"),
        ("ảnh: Nguyễn Văn A", "Nguyễn Văn A=illustrator"),
        ("Ảnh, Nguyễn Văn A", "Nguyễn Văn A=illustrator"),
        ("Nguyễn Văn A (ảnh), Trần Thị B", "Nguyễn Văn A=illustrator Trần Thị B=author"),
        ("Dịch, Nguyễn Văn A", "Nguyễn Văn A=translator"),
        ("Hà Anh, Trần Văn B", "Hà Anh=author Trần Văn B=author"),
        ("Editor, John Smith", "John Smith=editor"),
        ("TCVN 5913 - 1995", ""),
        ("TCVN 1234:2005; Nguyễn Văn A", "Nguyễn Văn A=author"),
        ("", ""),
    ],
)  # fmt: skip
def test_people_of_a_statement_have_their_roles(statement: str, expected: str) -> None:
    found = people(statement)
    assert " ".join(f"{one.name}={one.role}" for one in found) == expected
    assert all(one.kind is PersonKind.PERSON for one in found)


@pytest.mark.parametrize(
    "name",
    [
        "Bộ Giáo dục và Đào tạo",
        "Trường Đại học Bách khoa Hà Nội",
        "Viện Khoa học Xã hội",
        "Harvard University",
        "World Bank",
    ],
)
def test_a_body_is_one_and_no_person(name: str) -> None:
    (found,) = people(name)
    assert (found.name, found.kind) == (name, PersonKind.CORPORATE)


@pytest.mark.parametrize("name", ["Vũ Đức Thái", "Trương Tri Ngộ", "Đoàn Thị Điểm", "Hội Văn"])
def test_family_names_that_sound_like_bodies_are_persons(name: str) -> None:
    assert people(name)[0].kind is PersonKind.PERSON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aut", Role.AUTHOR), ("edt", Role.EDITOR), ("trl", Role.TRANSLATOR), ("070", Role.AUTHOR),
        ("730", Role.TRANSLATOR), ("ths", Role.ADVISOR), ("editor.", Role.EDITOR), ("ed.", Role.EDITOR),
        ("chủ biên", Role.EDITOR), ("h.đ.", Role.REVISER), ("h.d.", Role.ADVISOR),
        ("biên soạn và dịch", Role.COMPILER), ("traducteur", Role.TRANSLATOR), ("isb", Role.ISSUER),
        ("http://id.loc.gov/vocabulary/relators/ill", Role.ILLUSTRATOR), ("minh họa", Role.ILLUSTRATOR),
        ("minh hoạ", Role.ILLUSTRATOR),
    ],
)  # fmt: skip
def test_codes_and_words_of_roles_are_known(text: str, expected: Role) -> None:
    assert role(text) is expected


def test_what_says_no_role_gives_none() -> None:
    assert role("Nguyễn Văn A") is None
    assert role("") is None


def test_direct_and_inverted_names_have_the_same_syllables() -> None:
    assert name_syllables("Nguyễn, Thị Nga") == name_syllables("Nguyễn Thị Nga") == name_syllables("Nga, Nguyễn Thị")
    assert name_syllables("Nguyễn Thị Nga") != name_syllables("Nguyễn Thị Nga Nga")
    assert name_syllables("Lý Quí") == name_syllables("Lí Quý")


PIECES = "Nguyễn|Văn|A|,|;|(|)|[|]|chủ biên|dịch|và|by|GS.|TS|:|.|-|...|1950-|et al."
any_statement = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            PIECES.split("|"),
        ),
        max_size=14,
    ).map(" ".join),
)  # fmt: skip


@settings(deadline=None)
@given(any_statement)
def test_any_statement_is_read_without_a_crash(statement: str) -> None:
    name, _ = person(statement)
    assert name == name.strip()
    for one in people(statement):
        assert one.name


@settings(deadline=None)
@given(any_statement)
def test_composed_and_decomposed_statements_name_the_same_people(statement: str) -> None:
    assert people(unicodedata.normalize("NFD", statement)) == people(unicodedata.normalize("NFC", statement))


@pytest.mark.needs("corpus")
def test_statements_of_a_real_catalogue_leave_no_rank_or_role_in_the_names(corpus: Path) -> None:
    path = corpus / "marc/vietnamese_university_catalogue/shelf_list.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        statements = sorted({row["tac_gia"] for row in csv.DictReader(file)})
    names = [one.name for statement in statements for one in people(statement)]
    assert len(names) > 18_000
    spoiled = [
        name
        for name in names
        if name.endswith((" chủ biên", " dịch", " biên soạn", " hiệu đính", "et al", "khác"))
        or name.startswith(("TS.", "PGS", "GS.", "ThS", "PTS"))
        or any(sign in name for sign in ";[]…")
    ]
    assert len(spoiled) <= 3, spoiled
