"""Records for tests of exports: a shelf of every kind, and records of any text."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.model import (
    Availability,
    Degree,
    Edition,
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

BOOK = Record(
    "neu",
    "1/2",
    "Giáo trình kinh tế vi mô",
    subtitle="Lý thuyết & thực hành",
    volume="2",
    people=(Person("Nguyễn Văn Ngọc"), Person("Mankiw, N. Gregory"), Person("Lê Dịch", Role.TRANSLATOR)),
    publisher="Đại học Kinh tế Quốc dân",
    place="Hà Nội",
    year=2012,
    edition="Tái bản lần thứ ba",
    edition_number=3,
    languages=("vie",),
    material=Material.BOOK,
    extent="xii, 320 tr.",
    series=(Series("Tủ sách kinh tế", "7"),),
    subjects=("Kinh tế vi mô", "Giáo trình"),
    identifiers=(Identifier(Scheme.ISBN, "9786049271236"),),
    holdings=(
        Holding("Thư viện Phạm Văn Đồng", "Kho mở", "338.5 NG-N", availability=(Availability(Service.LOAN, True),)),  # noqa: FBT003 - the noun's second place
    ),
    url="https://lib.neu.example/1",
)
THESIS = Record(
    "hust",
    "9",
    "Nghiên cứu lưới điện Việt Nam",
    people=(
        Person("Đỗ Thị Ánh"),
        Person("Trần Hướng Dẫn", Role.ADVISOR),
        Person("Trường Đại học Bách khoa Hà Nội", Role.ISSUER, PersonKind.CORPORATE),
    ),
    place="Hà Nội",
    year=2015,
    languages=("vie",),
    material=Material.THESIS,
    degree=Degree.DOCTOR,
    links=(Link("https://lib.hust.example/9.pdf", LinkKind.FULL_TEXT),),
)
ARTICLE = Record(
    "vnu",
    "a1",
    "The demand for rice",
    people=(Person("Paul A. Samuelson"), Person("Doe, Jane")),
    year=1999,
    languages=("eng",),
    material=Material.ARTICLE,
    host=Host("Journal of Rice", issn="1234-5679", volume="3", issue="2", pages="pp. 12-30"),
    identifiers=(Identifier(Scheme.DOI, "10.1000/rice_1"),),
)
CHAPTER = Record(
    "vnu",
    "c1",
    "Chương mở đầu",
    people=(Person("Lê Văn Bình"),),
    publisher="Trẻ",
    place="TP. Hồ Chí Minh",
    year=2001,
    languages=("vie",),
    material=Material.CHAPTER,
    host=Host("Kinh tế học", isbn="9786049271236", pages="1-9"),
)
REPORT = Record(
    "nlv",
    "r1",
    "Dược điển, tập mới",
    people=(Person("Bộ Y tế, Cục Quản lý Dược", kind=PersonKind.CORPORATE),),
    year=2020,
    languages=("vie",),
    material=Material.REPORT,
)
JOURNAL = Record(
    "nlv",
    "j1",
    "Tạp chí Toán học",
    publisher="Viện Toán học",
    languages=("vie",),
    material=Material.JOURNAL,
    identifiers=(Identifier(Scheme.ISSN, "0866-7128"),),
)
SHELF = (BOOK, THESIS, ARTICLE, CHAPTER, REPORT, JOURNAL)

_SIGNS = "{}\\$&#_%~^\"'`<>/@=,;:| aBĐđ中яé"
_BAD = "\x00\x1d\x1e\x1f\x85\u2028\ud800\udfff\ufeff\u200b\ue000\ue001\ue002\r\n\t"
_PIECES = st.one_of(
    st.sampled_from([*_SIGNS, *_BAD, "ế", "e\u0302\u0301", "o\u031b\u0323"]),
    st.characters(),
)
HOSTILE = st.lists(_PIECES, max_size=30).map("".join)
_SNARES = st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "ER  - \r\nTY  - JOUR",
        "}\n@book{x,",
        "x and y",
        '<span class="nocase">',
        "A. B.",
        "Đỗ, ",
    ]
)
TEXTS = st.one_of(HOSTILE, _SNARES)

_PEOPLE = st.builds(Person, TEXTS, st.sampled_from(Role), st.sampled_from(PersonKind), st.none() | TEXTS)
_NUMBERS = st.builds(Identifier, st.sampled_from(Scheme), TEXTS, st.booleans())
_MAYBE = st.none() | TEXTS
_LINKS = st.builds(Link, TEXTS.map(lambda text: f"https://x/{text}"), st.sampled_from(LinkKind))
RECORDS = st.builds(
    Record,
    member=st.just("neu"),
    id=TEXTS,
    title=TEXTS.map(lambda text: f"T {text}"),
    subtitle=_MAYBE,
    volume=_MAYBE,
    part_title=_MAYBE,
    responsibility=_MAYBE,
    people=st.lists(_PEOPLE, max_size=4).map(tuple),
    publisher=_MAYBE,
    place=_MAYBE,
    year=st.none() | st.integers(-50, 3000),
    edition=_MAYBE,
    edition_number=st.none() | st.integers(0, 30),
    languages=st.sampled_from([(), ("vie",), ("eng",), ("chi", "vie")]),
    material=st.none() | st.sampled_from(Material),
    degree=st.none() | st.sampled_from(Degree),
    is_online=st.none() | st.booleans(),
    extent=_MAYBE,
    series=st.lists(st.builds(Series, TEXTS, _MAYBE), max_size=2).map(tuple),
    subjects=st.lists(TEXTS, max_size=3).map(tuple),
    summary=_MAYBE,
    notes=st.lists(TEXTS, max_size=2).map(tuple),
    identifiers=st.lists(_NUMBERS, max_size=3).map(tuple),
    host=st.none() | st.builds(Host, TEXTS, _MAYBE, _MAYBE, _MAYBE, _MAYBE, _MAYBE),
    links=st.lists(_LINKS, max_size=2).map(tuple),
    holdings=st.lists(st.builds(Holding, _MAYBE, _MAYBE, _MAYBE), max_size=2).map(tuple),
)


def edition(record: Record) -> Edition:
    return Edition(record, (record,))
