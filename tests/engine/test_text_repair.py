"""Text that was read in the wrong encoding is put right; sound text of any language is left alone."""

from __future__ import annotations

import csv
import gzip
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc.exceptions import PymarcException

from engine.text import Repaired, clean, repair

TONES = "\u0300\u0301\u0303\u0309\u0323"


def misread_utf8(text: str, encoding: str = "latin-1") -> str:
    return text.encode().decode(encoding)


def misread_cp1258(text: str) -> str:
    """Write a text in Windows-1258, which has letters with shapes and combining tones, and read it as Latin-1."""
    written = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        written += (base + "".join(part for part in parts if part in TONES)).encode("cp1258")
    return written.decode("latin-1")


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        ("TiÕng ViÖt rÊt hay", "Tiếng Việt rất hay", "tcvn3"),
        ("Gi¸o tr×nh kinh tÕ vi m«", "Giáo trình kinh tế vi mô", "tcvn3"),
        ("§¹i häc B¸ch khoa Hµ Néi", "Đại học Bách khoa Hà Nội", "tcvn3"),
        ("Th\u00ad viÖn Quèc gia", "Thư viện Quốc gia", "tcvn3"),
        ("HÖ THèNG TH¤NG TIN", "HỆ THỐNG THÔNG TIN", "tcvn3"),
        ("NguyÔn V¨n A", "Nguyễn Văn A", "tcvn3"),
        ("To¸n", "Toán", "tcvn3"),
        ("HuÕ", "Huế", "tcvn3"),
        ("Tieáng Vieät raát hay", "Tiếng Việt rất hay", "vni"),
        ("TIEÁNG VIEÄT", "TIẾNG VIỆT", "vni"),
        ("Kyõ thuaät thuûy lôïi", "Kỹ thuật thủy lợi", "vni"),
        ("Nguyeãn Thò AÙnh Nguyeät", "Nguyễn Thị Ánh Nguyệt", "vni"),
        ("Ti\xaang Vi\xaet r\xa4t hay", "Tiếng Việt rất hay", "viscii"),
        ("Kinh tª h÷c vî mô", "Kinh tế học vĩ mô", "viscii"),
        ("Tiêìng Viêòt râìt hay", "Tiếng Việt rất hay", "windows-1258"),
        ("Tiáº¿ng Viá»‡t", "Tiếng Việt", "utf-8 as windows-1252"),
        ("NhÃ  xuáº¥t báº£n TÆ° phÃ¡p", "Nhà xuất bản Tư pháp", "utf-8 as windows-1252"),
        ("NhÃ xuáº¥t báº£n", "Nhà xuất bản", "utf-8 as windows-1252"),
        ("vÅ© Ä‘á»©c thi", "vũ đức thi", "utf-8 as windows-1252"),
        ("FranÃ§ois Ã\x89migrÃ©", "François Émigré", "utf-8 as windows-1252"),
        ("FranÃƒÂ§ois", "François", "utf-8 as windows-1252, twice"),
        ("Ä�áº¡i há»�c", "Đại học", "utf-8 as windows-1252"),  # two bytes were lost; one letter only fits
        ("Äáº¡i há»c Quá»‘c gia", "Đại học Quốc gia", "utf-8 as windows-1252"),
        ("vá»� dá»¯ liá»‡u", "v\ufffd dữ liệu", "utf-8 as windows-1252"),  # về, vỏ, vọ or vờ: not guessed
        ("Ti&#7871;ng Vi&#7879;t", "Tiếng Việt", "html entities"),
        ("Kinh t&ecirc; h&ocirc;m nay", "Kinh tê hôm nay", "html entities"),
    ],
)
def test_text_read_in_the_wrong_encoding_is_put_right(raw: str, text: str, encoding: str) -> None:
    repaired = repair(raw)
    assert (unicodedata.normalize("NFC", repaired.text), repaired.encoding) == (text, encoding)


SOUND = [
    "Ti?ng Vi?t, Nh? xu?t b?n",
    "Cô bé bán diêm",
    "Sô cô la",
    "Công ty cà phê",
    "Tiếng Việt thực hành",
    "An introduction to R&D; AT&T &c.",
    "À la recherche du temps perdu",
    "Économie générale et théorie des systèmes",
    "Le thé et le café",
    "L'été, la forêt, où l'on naît",
    "Les Moï du Darlac",
    "Caïn",
    "Haïti, Hanoï, Saïgon",
    "«Où êtes-vous ?» dit-elle…",
    "Für Elise",
    "Über die Möglichkeit, schön zu schreiben",
    "Das Öl",
    "Bäume in Köln",
    "Größe und Maß",
    "Cien años de soledad",
    "El niño y la niña",
    "¿Qué es? ¡Más allá!",
    "«Panamá»…",
    "O irmão e a mãe: ficção",
    "“IRMÔ",
    "São Paulo: não há educação",
    "Příliš žluťoučký kůň",
    "Smrt krásných srnců",
    "På tur i Århus",
    "På ø",
    "Så går det til",
    "Å være eller ikke være",
    "“Å”",
    "Hän on täällä",
    "Íslenzk fornrit: Guðmundur",
    "Bir gün",
    "Türk dili ve edebiyatı",
    "L'humanità più bella",
    "Città e università",
    "Zażółć gęślą jaźń",
    "Egy nő és a férfi",
    "België en coöperatie",
    "0.18 µm CMOS design",
    "§ 12 BGB und §a",
    "(E 15°--E 60°/N 45°--N 15°).",
    "25 °C, 3 m², n° 5, 1½ hours, © 2001, Microsoft®",
    "Naïve Bayes",
    "Αθήνα και Σπάρτη",
    "Война и мир",
    "三国演义",
    "",
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_is_left_alone(text: str) -> None:
    assert repair(text) == Repaired(text)


# Words of which a title is made; each sentence has six or more, so that no two encodings can be taken for each other.
COMMON = """
tiếng việt kinh tế học giáo trình phương pháp nghiên cứu khoa kỹ thuật điện tử công nghệ quản lý dữ liệu luật dân sự
nguyễn trần phạm hoàng đặng bùi đỗ hồ ngô dương lý thuyết và ứng dụng của trong lịch sử văn hóa nước đường thủy lợi
"""
sentences = st.lists(st.sampled_from(COMMON.split()), min_size=7, max_size=15).map(" ".join)


def _changed_words(text: str, misread: str) -> int:
    return sum(one != other for one, other in zip(text.split(), misread.split(), strict=True))


@settings(deadline=None)  # the machine may be busy
@given(sentences)
def test_doubled_utf8_is_undone(text: str) -> None:
    once = misread_utf8(text)
    twice = misread_utf8(once)
    assert repair(once).text == repair(twice).text == repair(misread_utf8(twice)).text == text


@settings(deadline=None)  # the machine may be busy
@given(sentences)
def test_windows_1258_is_undone(text: str) -> None:
    misread = misread_cp1258(text)
    if _changed_words(text, misread) > 3:
        assert repair(misread) == Repaired(text, "windows-1258")


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_any_text_can_be_repaired_once_and_for_all(text: str) -> None:
    repaired = repair(text)
    assert repaired.encoding is not None or repaired.text == text
    assert isinstance(clean(repaired.text), str)


@settings(deadline=None)  # the machine may be busy
@given(st.text(alphabet=st.characters(max_codepoint=0x1FF)))
def test_any_latin_text_can_be_repaired(text: str) -> None:
    assert isinstance(repair(text).text, str)


# With the corpus -----------------------------------------------------------------------


def _letters(corpus: Path, column: str) -> dict[int, str]:
    with (corpus / "vietnamese/encodings/vietnamese_code_tables.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {
        ord(row["nfc"]): row[column] if column.startswith("vni") else bytes.fromhex(row[column]).decode("latin-1")
        for row in rows
        # TCVN3 fonts have no capitals with tones.
        if not (column.startswith("tcvn") and row["nfc"].isupper() and row["nfc"] not in "ĂÂÊÔƠƯĐ")
    }


def _titles(corpus: Path) -> list[str]:
    path = corpus / "marc/vietnamese_university_catalogue/shelf_list.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return sorted({clean(row[column]) for row in csv.DictReader(file) for column in ("ten_sach", "tac_gia")})


@pytest.mark.needs("corpus")
@pytest.mark.parametrize(
    ("column", "encoding", "least"),
    [("tcvn5712_1_hex", "tcvn3", 0.97), ("vni_windows_cp1252", "vni", 0.95), ("viscii_hex", "viscii", 0.97)],
)
def test_real_titles_written_in_an_old_encoding_come_back(
    corpus: Path, column: str, encoding: str, least: float
) -> None:
    letters = _letters(corpus, column)
    titles = [title.lower() for title in _titles(corpus)[::9]]
    tried = right = 0
    for title in titles:
        misread = title.translate(letters)
        if misread == title or not title.isprintable() or _changed_words(title, misread) < 2:
            continue
        tried += 1
        repaired = repair(misread)
        right += repaired.text == title
        assert repaired.encoding in {None, encoding} or len(title.split()) < 6, (title, repaired)
    assert tried > 1000
    assert right / tried >= least


@pytest.mark.needs("corpus")
def test_nothing_sound_in_a_real_vietnamese_catalogue_is_changed(corpus: Path) -> None:
    changed = {title: repair(title) for title in _titles(corpus) if repair(title).encoding}
    # Eleven of its 25,310 titles and statements were typed in VNI: they are repaired, and nothing else.
    assert len(changed) == 11
    assert {repaired.encoding for repaired in changed.values()} == {"vni"}
    assert repair("Löông Duyeân Bình; Dö Trí Coâng").text == "Lương Duyên Bình; Dư Trí Công"


@pytest.fixture
def quiet_marc8(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Swallow what pymarc prints of every letter of the broken files that it can't read."""
    yield
    capsys.readouterr()


def _subfields(path: Path) -> set[str]:
    body = path.read_bytes()
    found: set[str] = set()
    try:
        for record in pymarc.MARCReader(BytesIO(body), permissive=True, utf8_handling="replace"):
            for field in record.get_fields() if record else ():
                found.update(subfield.value for subfield in field.subfields if not subfield.value.isascii())
    except (PymarcException, ValueError, IndexError, UnicodeError):
        pass  # the file is one of the broken ones
    return found


@pytest.mark.needs("corpus")
@pytest.mark.usefixtures("quiet_marc8")
def test_no_record_of_another_language_is_changed(corpus: Path) -> None:
    texts: set[str] = set()
    for folder in ("solrmarc", "catmandu_marc", "traject", "marc4j", "trln"):
        for path in sorted((corpus / "marc" / folder).rglob("*")):
            if path.name.endswith((".mrc", ".marc")):
                texts |= _subfields(path)
    assert len(texts) > 500
    assert {repair(text).encoding for text in texts} <= {None, "html entities"}
