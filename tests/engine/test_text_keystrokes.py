"""Vietnamese typed with the keyboard set to another language is recognised, and nothing else is."""

from __future__ import annotations

import csv
import gzip
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import clean, exact_key, keystrokes, unmarked

TELEX_SHAPES = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_SHAPES = {"â": "a6", "ê": "e6", "ô": "o6", "ă": "a8", "ơ": "o7", "ư": "u7", "đ": "d9"}
VNI_TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


def typed(text: str, shapes: dict[str, str], tones: dict[str, str], *, tone_last: bool = True) -> str:
    """Return the keys that write a text, the tone behind its vowel or at the end of the word."""
    words = []
    for word in text.split():
        keys = last = ""
        for letter in word:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
            tone = "".join(tones.get(part, "") for part in parts)
            keys += shapes.get(base, base) + ("" if tone_last else tone)
            last += tone if tone_last else ""
        words.append(keys + last)
    return " ".join(words)


@pytest.mark.parametrize(
    ("keys", "written"),
    [
        ("tieengs vieetj", "tiếng việt"),
        ("tieesng vieejt", "tiếng việt"),
        ("tieng1 viet65", None),
        ("nguyeenx", "nguyễn"),
        ("Nguyeenx Vawn A", "Nguyễn Văn A"),
        ("TIEENGS VIEETJ", "TIẾNG VIỆT"),
        ("dduwowngf", "đường"),
        ("dduowngf", "đường"),
        ("giaos trinhf kinh tees vi moo", "giáo trình kinh tế vi mô"),
        ("khoa hocj", "khoa học"),
        ("truyeenj kieeuf", "truyện kiều"),
        ("giáo trinhf luaatj", "giáo trình luật"),
        ("quoocs gia hoocs", "quốc gia hốc"),
        ("tie61ng vie65t", "tiếng việt"),
        ("gia1o tri2nh kinh te61", "giáo trình kinh tế"),
        ("d9u7o7ng2", "đường"),
        ("luaatj daan suwj 2015", "luật dân sự 2015"),
    ],
)
def test_keys_become_what_they_would_have_written(keys: str, written: str | None) -> None:
    assert keystrokes(keys) == written


NOT_KEYS = """
class; address; off; access; as is; his music; for her; of mice and men; too soon; moon queens; been there; six tax
box; car bus taxi; mix max; data science; how now brown cow; roof door floor; the rest is noise; less is more; cats
and dogs; bees; meets; rooms; songs; see you soon; java sas; guns germs and steel; has been; was it his;
9786048012342; 978-604-80-1234-2; ISBN 0131103628; 0866-7128; h2o; co2 no2; mp3; win10; toan 5; toan5 tap1; lop5; c++;
html5 css3; b2b; 4g; a4; sin2 tan2; C1 C2; ISO 9001; TCVN 5574; covid19; 2010-2020; giao trinh kinh te vi mo; nguyen
van a; truyen kieu; toan cao cap; luat dan su 2015; hoa hoc; ha noi; kinh te hoc; phap luat dai cuong; giáo trình kinh
tế vi mô; Nguyễn Du; tác giả:mankiw; EES; phần mềm SAS; data mining; deep learning; office; error; offer; grammar
"""


@pytest.mark.parametrize("text", [text.strip() for text in NOT_KEYS.split(";")])
def test_english_codes_and_unmarked_vietnamese_are_no_keys(text: str) -> None:
    assert keystrokes(text) is None


COMMON_ENGLISH = """
the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she or an
will my one all would there their what so up out if about who get which go me when make can like time no just him know
take people into year your good some could them see other than then now look only come its over think also back after
use two how our work first well way even new want because any these give day most us is was are been has had were said
did having may should am being more very own too here each down off such through much before must where those both
between life never still last world school state family student group country problem hand part place case week
company system program question government number night point home water room mother area money story fact month lot
right study book eye job word business issue side kind head house service friend father power hour game line end
member law car city community name president team minute idea kid body information nothing ago lead social whether
watch together follow around parent face others level office door health person art war history party within grow
result change morning reason research girl guy moment air teacher force education foot boy age policy everything
process music including consider appear buy love human mean process serve die send expect sense build stay fall cut
six rest turn boss less cross press grass glass pass mass success express process access address discuss class off
staff stuff cliff traffic effect difference error mirror horror terror sorry carry marry hurry worry tax box fix mix
fox sex wax relax complex index matrix text next context poem queen green screen seem between deep keep sleep meet
street week seek need feed speed agree degree free three tree coffee employee food good book cook look took room moon
soon noon school pool tool fool root foot door floor poor choose loose proof roof law draw saw raw jaw paw straw lawn
dawn down town brown crown know show grow throw slow low flow blow follow window door core more store before score
shore explore chair hair pair fair repair affair air stair beer deer peer career engineer dad did died dead deed add
odd kidding middle sudden daddy toys boys guys days ways says plays
"""


def test_no_common_english_word_is_taken_for_keys_alone_or_in_pairs() -> None:
    words = COMMON_ENGLISH.split()
    for word in words:
        assert keystrokes(word) is None, word
    for one, other in zip(words, words[7:] + words[:7], strict=True):
        assert keystrokes(f"{one} {other}") is None, (one, other)


SYLLABLES = """
tiếng việt kinh tế học giáo trình phương pháp nghiên cứu khoa kỹ thuật điện tử công nghệ quản lý dữ liệu luật dân sự
nguyễn trần phạm đặng đỗ dương thuyết ứng dụng của trong lịch sử văn nước đường lợi quyết truyện người chuyên giữa yêu
thuở
"""


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(SYLLABLES.split()), min_size=4, max_size=10).map(" ".join), st.booleans())
def test_keys_of_both_ways_give_the_text_back(text: str, tone_last: bool) -> None:
    for shapes, tones in ((TELEX_SHAPES, TELEX_TONES), (VNI_SHAPES, VNI_TONES)):
        keys = typed(text, shapes, tones, tone_last=tone_last)
        written = keystrokes(keys)
        assert written is None or exact_key(written) == exact_key(text)
        # A word with two keys or more is no accident: such a text is always recognised.
        if any(sum(letter in "12345" for letter in word) and re.search("[67][a-z]", word) for word in keys.split()):
            assert written is not None


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_any_text_gives_a_text_or_nothing(text: str) -> None:
    written = keystrokes(text)
    assert written is None or written != text


@pytest.mark.needs("corpus")
def test_no_real_title_gives_a_suggestion_and_real_keystrokes_do(corpus: Path) -> None:
    path = corpus / "marc/vietnamese_university_catalogue/shelf_list.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        titles = sorted({clean(row["ten_sach"]) for row in csv.DictReader(file)})
    english = [title for title in titles if title.isascii()]
    assert len(english) > 5000
    for title in titles:
        assert keystrokes(title) is None
        assert keystrokes(unmarked(title).lower()) is None
        words = title.split()
        for at in range(0, len(words) - 1, 3):
            assert keystrokes(" ".join(words[at : at + 2])) is None

    tried = right = 0
    for title in titles[::11]:
        start = " ".join(re.sub(r"[^\w\s]", " ", title.lower()).split()[:5])
        keys = typed(start, TELEX_SHAPES, TELEX_TONES)
        if start.isascii() or not re.search("[fsrxj]( |$)", keys) or not keys.isascii():
            continue
        tried += 1
        written = keystrokes(keys)
        right += written is not None
        assert written is None or exact_key(written) == exact_key(start)
    assert tried > 400
    assert right / tried > 0.85
