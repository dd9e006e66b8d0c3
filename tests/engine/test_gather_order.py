"""Whatever the order in which members answer, the final list is the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.gather import Gathering
from engine.model import (
    Clause,
    Facet,
    Identifier,
    Material,
    Person,
    Placed,
    Query,
    Record,
    Scheme,
    Title,
)

QUERY = Query(Clause("kinh tế vi mô"))
NOW = 1_790_000_000.0

TITLES = (
    "Kinh tế vi mô",
    "Kinh te vi mo",
    "Kinh tế vĩ mô",
    "Giáo trình kinh tế vi mô",
    "Kinh tế vi mô: lý thuyết",
    "Kinh tế vi mô: bài tập",
    "Kinh tế học vi mô và ứng dụng trong kinh doanh",
)
NAMES = ("Nguyễn Văn A", "Nguyễn, Văn A", "Trần Thị B", "N. V. A", "Mankiw, N. Gregory")
ISBNS = ("9786040000008", "9786041000005")

people = st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(
    lambda names: tuple(Person(name) for name in names),
)
identifiers = st.lists(st.sampled_from(ISBNS), max_size=1).map(
    lambda found: tuple(Identifier(Scheme.ISBN, value) for value in found),
)


@st.composite
def answers(draw: st.DrawFn) -> dict[tuple[str, int], tuple[Placed, ...]]:
    """Answers of some members, of one to three rounds each."""
    found: dict[tuple[str, int], tuple[Placed, ...]] = {}
    for number in range(draw(st.integers(1, 5))):
        member = f"m{number}"
        for depth in draw(st.sampled_from([(1,), (0,), (0, 1), (1, 2), (0, 1, 2)])):
            records = [
                Record(
                    member,
                    f"r{draw(st.integers(0, 6))}",
                    draw(st.sampled_from(TITLES)),
                    people=draw(people),
                    year=draw(st.sampled_from((None, 2009, 2010, 2015))),
                    volume=draw(st.sampled_from((None, None, "1", "2"))),
                    publisher=draw(st.sampled_from((None, "NXB Giáo dục", "Thống kê"))),
                    identifiers=draw(identifiers),
                    material=draw(st.sampled_from((None, Material.BOOK, Material.THESIS))),
                    subjects=draw(st.sampled_from(((), ("Kinh tế",), ("kinh tế", "Vi mô")))),
                )
                for _ in range(draw(st.integers(0, 5)))
            ]
            found[member, depth] = tuple(Placed(place, record) for place, record in enumerate(records, 1))
    return found


def gathered(
    batches: list[tuple[tuple[str, int], tuple[Placed, ...]]],
    looks: frozenset[int] = frozenset(),
) -> tuple[tuple[Title, ...], tuple[Facet, ...], int, int]:
    gathering = Gathering(QUERY, preferences={"m1": 2}, now=NOW)
    for number, ((member, depth), placed) in enumerate(batches):
        gathering.add(member, placed, round=depth, asked_at=NOW - 5 if depth == 0 else None)
        if number in looks:
            gathering.titles(1, 3)
            gathering.facets()
    titles = tuple(title for page in range(1, gathering.page_count(100) + 1) for title in gathering.titles(page, 100))
    return titles, gathering.facets(), gathering.title_count, gathering.record_count


@settings(max_examples=50, deadline=None)
@given(answers(), st.randoms(use_true_random=False), st.frozensets(st.integers(0, 12)))
def test_the_order_of_arrival_and_when_it_is_looked_at_never_change_the_list(
    found: dict[tuple[str, int], tuple[Placed, ...]],
    random: object,
    looks: frozenset[int],
) -> None:
    batches = list(found.items())
    shuffled = list(batches)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert gathered(shuffled, looks) == gathered(batches)


@settings(max_examples=50, deadline=None)
@given(answers(), answers())
def test_an_answer_that_was_replaced_leaves_no_trace(
    stale: dict[tuple[str, int], tuple[Placed, ...]],
    fresh: dict[tuple[str, int], tuple[Placed, ...]],
) -> None:
    emptied = [(key, fresh.get(key, ())) for key in stale]
    batches = [*stale.items(), *emptied, *fresh.items()]
    every = frozenset(range(len(batches)))
    assert gathered(batches, every) == gathered([*emptied, *fresh.items()])


@settings(max_examples=50, deadline=None)
@given(answers())
def test_going_deeper_never_moves_a_row(found: dict[tuple[str, int], tuple[Placed, ...]]) -> None:
    first = [(key, placed) for key, placed in found.items() if key[1] < 2]
    deeper = [(key, placed) for key, placed in found.items() if key[1] == 2]
    before, *_ = gathered(first)
    after, *_ = gathered([*first, *deeper])
    assert [(title.id, title.score) for title in after[: len(before)]] == [(title.id, title.score) for title in before]


@settings(max_examples=50, deadline=None)
@given(answers())
def test_every_record_stands_in_one_title_once(found: dict[tuple[str, int], tuple[Placed, ...]]) -> None:
    titles, _, title_count, record_count = gathered(list(found.items()))
    keys = [(record.member, record.id) for title in titles for edition in title.editions for record in edition.records]
    assert len(keys) == len(set(keys)) == record_count
    assert len({title.id for title in titles}) == len(titles) == title_count
