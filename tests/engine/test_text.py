"""Cleaning, the three keys, pairs, stop syllables and marks."""

from __future__ import annotations

import csv
import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import (
    Marks,
    clean,
    exact_key,
    folded_key,
    folded_stop_syllables,
    marks,
    pairs,
    stop_syllables,
    toneless_key,
    unmarked,
)

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
vietnamese_text = st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " ,.:-/'\u0301\u0302\u0323\u031b", max_size=40)
any_text = st.one_of(st.text(max_size=60), vietnamese_text)

KEYS = (exact_key, toneless_key, folded_key)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Nguye\u0302\u0303n Tha\u0306\u0301ng", "Nguyễn Thắng"),
        ("Nguye\u0303\u0302n Tha\u0301\u0306ng", "Nguyễn Thắng"),  # the tone typed before the circumflex or breve
        ("h\u01a1\u0301i, ho\u0301\u031bi", "hới, hới"),  # the horn behind the tone
        ("Ti\u00ea\u0341ng Vi\u00ea\u0323t", "Tiếng Việt"),  # U+0341, the old Vietnamese acute
        ("Vie\u0302\u0323t", "Việt"),
        ("Ðà Nẵng, ÐẠI HỌC, ðường, ɖi", "Đà Nẵng, ĐẠI HỌC, đường, đi"),
        ("Søren Kierkegaard, Ðặng dịch", "Søren Kierkegaard, Đặng dịch"),
        ("a\u200bb\ufeffc\u00adde", "abcde"),
        ("kinh\u00a0tế \t vi\r\n mô ", "kinh tế vi mô"),
        ("\u201cLão Hạc\u201d \u2018Chí Phèo\u2019", "\"Lão Hạc\" 'Chí Phèo'"),
        ("\x98The \x9ctitle\x00", "The title"),
    ],
)
def test_what_looks_alike_becomes_one_letter(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize("text", ["Guðmundur Árnason", "Snorri Sturluson: Ðæt wæs god", "Müller, Łódź, Škoda, Çelik"])
def test_letters_of_other_languages_stay_in_the_text(text: str) -> None:
    assert clean(text) == text


def test_joiners_stay_in_scripts_that_need_them_and_go_elsewhere() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("kinh\u200c tế\u200d") == "kinh tế"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("uỷ ban", "ủy ban"),
        ("quỳ", "qùy"),
        ("quý", "quí"),
        ("kĩ thuật", "kỹ thuật"),
        ("vật lí", "vật lý"),
        ("mĩ thuật", "mỹ thuật"),
        ("tỉ lệ", "tỷ lệ"),
        ("bác sĩ", "bác sỹ"),
        ("hi vọng", "hy vọng"),
        ("toán", "tóan"),
        ("nghĩa", "nghiã"),
        ("của", "cuả"),
        ("già", "gìa"),
        ("Ðại học", "đại học"),
        ("C++", "c++"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    for key in KEYS:
        assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thúy", "thúi"),
        ("tay", "tai"),
        ("mũi", "muỹ"),
        ("thi", "thy"),
        ("đường", "dường"),
        ("bán", "bạn"),
        ("C++", "C#"),
        ("C++", "C"),
        ("số", "sô"),
    ],
)
def test_different_words_have_different_exact_keys(one: str, other: str) -> None:
    assert exact_key(one) != exact_key(other)


def test_the_three_keys_give_up_more_and_more() -> None:
    text = "Đường Lâm: Kĩ thuật & Quản lí (Tập 2)"
    assert exact_key(text) == "đường lâm kỹ thuật quản lý tập 2"
    assert toneless_key(text) == "đương lâm ky thuât quan ly tâp 2"
    assert folded_key(text) == "duong lam ky thuat quan ly tap 2"


def test_what_is_typed_without_marks_meets_either_spelling() -> None:
    assert folded_key("ky thuat") == folded_key("ki thuat") == folded_key("Kĩ thuật")


def test_plain_letters_of_other_languages() -> None:
    assert folded_key("Łódź, Straße, Ærø, Œuvre, Ðorđe, Ångström, ﬁn, Ⅳ, ½") == (
        "lodz strasse aero oeuvre dorde angstrom fin iv 1 2"
    )
    assert folded_key("Достоевский 三国演义 Ἀθῆναι") == "достоевскии 三国演义 αθηναι"


def test_unmarked_keeps_case_punctuation_and_spelling() -> None:
    assert unmarked("Kĩ thuật số: Đà Nẵng - Hòa Bình") == "Ki thuat so: Da Nang - Hoa Binh"


def test_pairs_are_the_words_of_vietnamese() -> None:
    assert pairs(folded_key("Kinh tế vi mô")) == ("kinh te", "te vi", "vi mo")
    assert pairs("toan") == ()


def test_stop_syllables_are_known_with_and_without_marks() -> None:
    assert {"và", "của", "các", "những", "the", "of"} <= stop_syllables()
    assert {"va", "cua", "cac", "the"} <= folded_stop_syllables()
    assert not {"toán", "học", "bản"} & stop_syllables()
    assert not {"toan", "hoc", "tu", "co"} & folded_stop_syllables()


@pytest.mark.parametrize(
    ("typed", "found", "expected"),
    [
        ("đường", "đường", Marks.SAME),
        ("hoà", "Hòa", Marks.SAME),
        ("duong", "đường", Marks.MISSING),
        ("dương", "đường", Marks.MISSING),
        ("đương", "đường", Marks.MISSING),
        ("đường", "duong", Marks.MISSING),
        ("đường", "đương", Marks.WRONG),
        ("đường", "dương", Marks.WRONG),
        ("bán", "bạn", Marks.WRONG),
        ("ban", "bạn", Marks.MISSING),
        ("kỹ", "kĩ", Marks.SAME),
        ("ki", "kỹ", Marks.MISSING),
        ("muller", "müller", Marks.MISSING),
        ("thúy", "thúi", Marks.DIFFERENT),
        ("toán", "lý", Marks.DIFFERENT),
    ],
)
def test_typed_marks_count_and_missing_ones_never_exclude(typed: str, found: str, expected: Marks) -> None:
    assert marks(typed, found) is expected


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_clean_twice_is_clean_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_clean_gives_composed_text_with_single_spaces(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_a_key_of_a_key_is_the_key(text: str) -> None:
    for key in KEYS:
        assert key(key(text)) == key(text)


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_decomposed_and_composed_text_have_the_same_keys(text: str) -> None:
    for key in KEYS:
        assert key(unicodedata.normalize("NFD", text)) == key(unicodedata.normalize("NFC", text))


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_cleaning_does_not_change_a_key(text: str) -> None:
    for key in KEYS:
        assert key(clean(text)) == key(text)


@settings(deadline=None)  # the machine may be busy
@given(vietnamese_text)
def test_removing_marks_never_changes_the_folded_key(text: str) -> None:
    assert folded_key(unmarked(text)) == folded_key(text)
    assert folded_key(exact_key(text)) == folded_key(toneless_key(text)) == folded_key(text)
    assert folded_key(text).isascii()


@settings(deadline=None)  # the machine may be busy
@given(any_text)
def test_keys_are_lower_case_words_with_single_spaces(text: str) -> None:
    for key in KEYS:
        assert key(text) == " ".join(key(text).split())


@pytest.mark.needs("corpus")
def test_every_pair_of_old_and_new_tone_placement_is_one_word(corpus: Path) -> None:
    with (corpus / "vietnamese/tone_marks/old_new_tone_placement.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 81
    for row in rows:
        assert exact_key(row["old_style"]) == exact_key(row["new_style"])
        assert marks(row["old_style"], row["new_style"]) is Marks.SAME


@pytest.mark.needs("corpus")
def test_one_catalogue_decomposed_and_composed_has_the_same_keys(corpus: Path) -> None:
    folder = corpus / "marc/vietnamese_university_catalogue"
    with gzip.open(folder / "shelf_list.csv.gz", "rt", encoding="utf-8") as file:
        titles = {row["ten_sach"] for row in csv.DictReader(file)}
    composed = {clean(title) for title in titles}
    decomposed = {clean(unicodedata.normalize("NFD", title)) for title in titles}
    assert composed == decomposed
    assert len({folded_key(title) for title in titles}) > 12_000
    marc = gzip.decompress((folder / "records.mrc.gz").read_bytes()).decode("utf-8", "replace")
    assert not unicodedata.is_normalized("NFC", marc)
    in_marc = f" {folded_key(marc)} "
    # Titles stand in the MARC file as $a, $b and $c together; a hundred of them are looked up.
    sample = sorted(title for title in titles if ":" not in title and "=" not in title and "/" not in title)[::120]
    missing = [title for title in sample if f"{folded_key(title)}" not in in_marc]
    assert len(sample) > 80
    assert len(missing) <= len(sample) // 20
