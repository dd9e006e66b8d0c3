"""The eight libraries of the demo: all made up. Names, places, branches, and the habits of their cataloguers."""

from __future__ import annotations

import msgspec


class Branch(msgspec.Struct, frozen=True):
    """A reading place of a library: its code in the system, its name, its shelves' names."""

    code: str
    name: str
    shelves: tuple[str, ...] = ("Kho mở", "Kho giáo trình")


class Habits(msgspec.Struct, frozen=True):
    """How often (0 to 1) a library's cataloguers write a thing their way.

    Styles are named: `isbn_style` bare, hyphens, ten, priced; `name_style` direct, comma, inverted;
    `publisher_style` full, nxb, upper, bare; `place_style` full, short; `date_style` plain, bracket, copyright, mixed.
    """

    upper_titles: float = 0.0
    unmarked_titles: float = 0.0
    wrong_marks: float = 0.01
    moved_tones: float = 0.0
    typing_errors: float = 0.01
    tcvn3: float = 0.0
    is_decomposed: bool = False
    subtitle_in_title: float = 0.1
    subtitle_left_out: float = 0.1
    people_in_statement_only: float = 0.05
    ranks: float = 0.0
    only_added_names: float = 0.05
    name_style: str = "direct"
    publisher_style: str = "nxb"
    place_style: str = "full"
    date_style: str = "plain"
    isbn_style: str = "bare"
    isbn_left_out: float = 0.1
    isbn_wrong: float = 0.01
    keywords_uncontrolled: float = 0.6
    language_code: str = "vie"
    edition_words: str = "Tái bản lần thứ {words}"
    volume_word: str = "Tập"
    once_per_shelf: float = 0.0
    english_marks: float = 0.0


class Library(msgspec.Struct, frozen=True):
    """A library: who it is, how much it holds, and the dialect of `demo.dialects` its server speaks.

    `share` is the part of the catalogue (0 to 1) it holds; `leans` multiplies it for a kind of edition
    (`vie`, `eng`, `other`, `thesis`, `journal`, `000` to `900` for a class).
    """

    id: str
    vi: str
    en: str
    short: str
    city: str
    latitude: float
    longitude: float
    dialect: str
    path: str
    branches: tuple[Branch, ...]
    share: float
    leans: dict[str, float]
    habits: Habits = Habits()
    prefix: str = "LIB"


LIBRARIES = (
    Library(
        id="song-hong",
        vi="Thư viện mẫu Đại học Sông Hồng",
        en="Sông Hồng Model University Library",
        short="ĐH Sông Hồng",
        city="Hà Nội",
        latitude=21.0285,
        longitude=105.8542,
        dialect="zebra",
        path="/biblio",
        prefix="SH",
        share=0.58,
        leans={"thesis": 0.3, "300": 1.2},
        branches=(
            Branch("TT", "Thư viện trung tâm", ("Phòng mượn", "Phòng đọc mở", "Kho giáo trình")),
            Branch("HL", "Cơ sở Hoà Lạc", ("Kho mở",)),
        ),
        habits=Habits(name_style="direct", publisher_style="nxb", place_style="short", isbn_style="hyphens",
                      keywords_uncontrolled=0.2, only_added_names=0.1, moved_tones=0.2),
    ),
    Library(
        id="ba-vi",
        vi="Thư viện mẫu Đại học Kỹ thuật Ba Vì",
        en="Ba Vì Model University of Technology Library",
        short="ĐHKT Ba Vì",
        city="Sơn Tây",
        latitude=21.1383,
        longitude=105.5053,
        dialect="koha",
        path="/biblios",
        prefix="BV",
        share=0.5,
        leans={"thesis": 0.4, "500": 1.5, "600": 1.6, "000": 1.5, "800": 0.5},
        branches=(
            Branch("CS1", "Thư viện Cơ sở 1", ("Kho H1", "Kho B")),
            Branch("CS2", "Thư viện Cơ sở 2", ("Kho C",)),
        ),
        habits=Habits(name_style="direct", publisher_style="bare", isbn_style="priced", keywords_uncontrolled=0.9,
                      ranks=0.15, isbn_left_out=0.3, once_per_shelf=0.08, edition_words="Tái bản lần {number}"),
    ),
    Library(
        id="hoa-phuong",
        vi="Thư viện mẫu Đại học Hoa Phượng",
        en="Hoa Phượng Model University Library",
        short="ĐH Hoa Phượng",
        city="Hải Phòng",
        latitude=20.8449,
        longitude=106.6881,
        dialect="alma",
        path="/view/sru/84HPU_INST",
        prefix="HP",
        share=0.52,
        leans={"eng": 1.4, "other": 1.3, "vie": 0.8},
        branches=(Branch("MAIN", "Thư viện chính", ("Tầng 2", "Tầng 3")), Branch("LAW", "Thư viện Kinh tế - Luật")),
        habits=Habits(name_style="comma", publisher_style="nxb", date_style="copyright", isbn_style="bare",
                      keywords_uncontrolled=0.1, typing_errors=0.005, isbn_left_out=0.03, volume_word="T."),
    ),
    Library(
        id="song-cau",
        vi="Thư viện số mẫu Sông Cầu",
        en="Sông Cầu Model Digital Library",
        short="TVS Sông Cầu",
        city="Bắc Ninh",
        latitude=21.1861,
        longitude=106.0763,
        dialect="digital",
        path="/sru",
        prefix="SC",
        share=0.33,
        leans={"thesis": 3.0, "journal": 2.0, "eng": 0.7},
        branches=(Branch("TVS", "Thư viện số", ("Bộ sưu tập số",)),),
        habits=Habits(name_style="inverted", publisher_style="full", unmarked_titles=0.04, upper_titles=0.08,
                      ranks=0.1, language_code="vi", subtitle_in_title=0.9, isbn_left_out=0.5),
    ),
    Library(
        id="vinh-ngoc",
        vi="Thư viện mẫu Đại học Vịnh Ngọc",
        en="Vịnh Ngọc Model University Library",
        short="ĐH Vịnh Ngọc",
        city="Hạ Long",
        latitude=20.9517,
        longitude=107.0748,
        dialect="mods",
        path="/sru/catalog",
        prefix="VN",
        share=0.4,
        leans={"eng": 1.2, "900": 1.4},
        branches=(Branch("HG", "Thư viện Hòn Gai"), Branch("BC", "Thư viện Bãi Cháy", ("Kho đọc", "Kho mượn"))),
        habits=Habits(name_style="direct", publisher_style="full", date_style="plain", isbn_style="hyphens",
                      moved_tones=0.8, language_code="vie"),
    ),
    Library(
        id="song-lo",
        vi="Thư viện mẫu Viện Sông Lô",
        en="Sông Lô Model Institute Library",
        short="Viện Sông Lô",
        city="Việt Trì",
        latitude=21.3227,
        longitude=105.4019,
        dialect="unimarc",
        path="/api/SRU",
        prefix="SL",
        share=0.38,
        leans={"other": 2.0, "800": 1.5, "100": 1.4},
        branches=(Branch("A", "Phòng đọc A"), Branch("B", "Kho lưu chiểu", ("Kho chính",))),
        habits=Habits(name_style="comma", publisher_style="bare", place_style="short", date_style="mixed",
                      isbn_style="hyphens", typing_errors=0.01, volume_word="Quyển"),
    ),
    Library(
        id="non-nuoc",
        vi="Thư viện mẫu Đại học Non Nước",
        en="Non Nước Model University Library",
        short="ĐH Non Nước",
        city="Ninh Bình",
        latitude=20.2506,
        longitude=105.9745,
        dialect="pica",
        path="/opac-demo-nn",
        prefix="NN",
        share=0.45,
        leans={"eng": 1.3, "500": 1.2},
        branches=(Branch("NB1", "Thư viện Hoa Lư", ("Tự chọn", "Kho kín")), Branch("NB2", "Thư viện Tam Điệp")),
        habits=Habits(name_style="comma", publisher_style="nxb", isbn_style="ten", date_style="bracket"),
    ),
    Library(
        id="che-xanh",
        vi="Thư viện mẫu Cao đẳng Chè Xanh",
        en="Chè Xanh Model College Library",
        short="CĐ Chè Xanh",
        city="Thái Nguyên",
        latitude=21.5942,
        longitude=105.8482,
        dialect="old",
        path="/cgi-bin/sru.exe",
        prefix="CX",
        share=0.4,
        leans={"vie": 1.3, "eng": 0.6, "thesis": 0.5},
        branches=(Branch("TV", "Thư viện", ("Kho đọc", "Kho mượn", "Kho tra cứu")),),
        habits=Habits(upper_titles=0.25, unmarked_titles=0.06, wrong_marks=0.05, typing_errors=0.03, tcvn3=0.06,
                      is_decomposed=True, subtitle_left_out=0.3, people_in_statement_only=0.2, ranks=0.35,
                      only_added_names=0.3, publisher_style="upper", place_style="short", date_style="mixed",
                      isbn_style="priced", isbn_left_out=0.4, isbn_wrong=0.04, language_code="Vie",
                      edition_words="In lần thứ {number}", volume_word="T.", once_per_shelf=0.15,
                      keywords_uncontrolled=1.0),
    ),
)  # fmt: skip
