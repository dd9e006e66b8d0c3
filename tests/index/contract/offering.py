"""What is offered to somebody who types."""

from __future__ import annotations

from tests.index.contract.shelf import Opened, answer, book, found, question


class OfferingContract:
    """What is offered to somebody who types."""

    async def test_titles_are_offered_with_and_without_marks_and_typed_marks_count(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Đại số"), book("2", "Dai so co ban"), book("3", "Giải tích")))
        await index.flush()
        assert set(await index.suggest("dai s", 5)) == {"Đại số", "Dai so co ban"}
        assert (await index.suggest("đại", 5))[0] == "Đại số"
        assert await index.suggest("GIẢI  T", 5) == ("Giải tích",)
        assert await index.suggest("tích", 5) == ()  # it begins otherwise
        assert await index.suggest("", 5) == ()
        assert len(await index.suggest("d", 1)) == 1

    async def test_a_title_that_several_records_have_is_offered_once(self, opened: Opened) -> None:
        index = await opened()
        index.keep(question(), answer(book("1", "Giải tích"), book("2", "Giải tích"), book("3", "GIAI TICH")))
        await index.flush()
        assert await index.suggest("giải", 5) == ("Giải tích",)

    async def test_of_many_titles_that_begin_so_the_shortest_are_offered(self, opened: Opened) -> None:
        index = await opened()
        many = [book(f"{number}", f"Kinh tế {number:03} của một nước nông nghiệp") for number in range(400)]
        index.keep(question(), answer(*many, book("s", "Kinh tế vùng"), book("q", "Quản trị"), book("n", "Y tế")))
        await index.flush()
        offered = await index.suggest("kinh te", 4)
        assert offered[0] == "Kinh tế vùng"
        assert len(set(offered)) == 4
        assert await index.suggest("Kinh té", 1) == ("Kinh tế vùng",)  # with the wrong marks, too

    async def test_a_long_title_is_offered_to_whom_types_nearly_all_of_it(self, opened: Opened) -> None:
        index = await opened()
        long = "Hoàn thiện công tác kế toán chi phí sản xuất và tính giá thành sản phẩm tại công ty cổ phần"
        index.keep(question(), answer(book("1", f"{long} may Sông Hồng"), book("2", f"{long} gốm Bát Tràng")))
        await index.flush()
        assert await index.suggest(f"{long} g".lower(), 5) == (f"{long} gốm Bát Tràng",)

    async def test_a_title_without_letters_and_a_very_long_one_are_kept_and_searched(self, opened: Opened) -> None:
        index = await opened()
        index.keep(
            question(), answer(book("1", "???"), book("2", "Sách " + "rất dài " * 3_000), book("3", "Sách\x1f\x00"))
        )
        await index.flush()
        assert await index.record("dhqg", "1") is not None
        assert sorted(await found(index, "sach")) == ["2", "3"]
        assert len(await index.suggest("sach", 5)) == 2

    async def test_what_is_asked_more_is_offered_first(self, opened: Opened) -> None:
        index = await opened()
        for terms, asks in (("kinh doanh", 3), ("kinh tế học", 9), ("kinh dịch", 5)):
            for _ in range(asks):
                index.count(terms)
        index.keep(question(), answer(book("1", "Kinh Kim Cương")))
        await index.flush()
        assert await index.suggest("kinh", 5) == ("kinh tế học", "kinh dịch", "kinh doanh", "Kinh Kim Cương")
