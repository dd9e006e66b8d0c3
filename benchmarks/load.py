"""SRU members that cost almost nothing: answers prepared once as bytes, so that what is measured is the service.

What names a record (its number, title, shelf copies and address) is stamped anew for each question, so that the service
reads records that it has never met; what a catalogue repeats (publishers, subjects, names) stays.

    python -m benchmarks.load --records 18,0,100 --delays-ms 0,0,200

serves one member a number, each on a port of its own on loopback, and prints their ports as one line of JSON.
`GET /-/last` tells when the last byte of the last answer was written (seconds of the system's monotonic clock).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
import zlib

WORDS = """
giáo trình kinh tế vi mô vĩ học đại cương toán cao cấp xác suất thống kê cơ sở dữ liệu cấu trúc lập trình
hướng đối tượng lịch sử triết mác pháp luật quản trị kinh doanh tài chính ngân hàng môi trường công nghệ
"""
SYLLABLES = WORDS.split()
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi")
GIVEN = ("Văn Ngọc", "Thị Hoa", "Minh Đức", "Quang Hải", "Thu Hà", "Anh Tuấn", "Thanh Bình", "Hữu Phước")
WORKS = 600
STAMP = "@@@@@@@@"
"""Stands where eight letters of the question's own come: every member stamps the same ones on the same question."""

ENVELOPE = (
    '<?xml version="1.0"?><zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:version>1.1</zs:version>'
    "<zs:numberOfRecords>{count}</zs:numberOfRecords><zs:records>{records}</zs:records></zs:searchRetrieveResponse>"
)


def isbn13(number: int) -> str:
    """Return the ISBN-13 of a number of nine digits, with its check digit."""
    digits = f"978{number:09d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


def marcxml(member: int, work: int) -> str:
    """Return a record of one of the works as this member would describe it: 25 fields, about 3 kB."""
    told = random.Random(work)
    own = random.Random(member * 100_003 + work)
    title = " ".join(told.choice(SYLLABLES) for _ in range(told.randint(4, 9))).capitalize()
    person = f"{told.choice(FAMILIES)} {told.choice(GIVEN)}"
    other = f"{told.choice(FAMILIES)} {told.choice(GIVEN)}"
    year = told.randint(1995, 2024)
    place = own.choice(("Hà Nội", "H.", "Hn"))
    publisher = own.choice(("Giáo dục", "Nxb. Giáo dục", "NXB Giáo dục Việt Nam"))

    def field(tag: str, subfields: str, indicators: str = "  ") -> str:
        parts = "".join(
            f'<marc:subfield code="{part[0]}">{part[1:]}</marc:subfield>' for part in subfields.split("|") if part
        )
        return f'<marc:datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">{parts}</marc:datafield>'

    fields = [
        f'<marc:controlfield tag="001">{member}-{work}-{STAMP}</marc:controlfield>',
        '<marc:controlfield tag="003">VN-HnTV</marc:controlfield>',
        f'<marc:controlfield tag="008">200101s{year}    vm a   b    001 0 vie d</marc:controlfield>',
        field("020", f"a{isbn13(604_000_000 + work)}|c45000đ") if own.random() < 0.6 else "",
        field("035", f"a(VN)b{member}{work:07d}{STAMP}"),
        field("040", "aVN-HnTV|bvie|eaacr2"),
        field("041", "avie", "0 "),
        field("082", f"a{told.randint(100, 999)}.{told.randint(1, 99)}|223", "04"),
        field("100", f"a{person}", "0 "),
        field("245", f"a{title} {STAMP} /|c{person}, {other}", "10"),
        field("250", "aTái bản lần thứ 2") if told.random() < 0.3 else "",
        field("260", f"a{place} :|b{publisher},|c{year}"),
        field("300", f"a{told.randint(80, 500)} tr. :|bminh họa ;|c24 cm"),
        field("490", "aTủ sách đại học", "0 ") if told.random() < 0.3 else "",
        field("504", "aThư mục: tr. 340"),
        field("650", f"a{title.split()[0]} học|xGiáo trình", " 4"),
        field("650", "aKinh tế", " 4"),
        field("653", "aGiáo trình"),
        field("653", "aĐại học"),
        field("700", f"a{other}|eđồng tác giả", "0 "),
        field("852", f"aTV{member}|bKho mượn|j330 NG|pVN{member:03d}{work:06d}{STAMP}"),
        field("852", f"aTV{member}|bKho đọc|j330 NG|pVD{member:03d}{work:06d}{STAMP}"),
        field("856", f"uhttp://127.0.0.1/{member}/{work}/{STAMP}|yToàn văn", "40") if told.random() < 0.2 else "",
    ]
    return (
        "<zs:record><zs:recordSchema>info:srw/schema/1/marcxml-v1.1</zs:recordSchema><zs:recordPacking>xml"
        "</zs:recordPacking><zs:recordData>"
        '<marc:record xmlns:marc="http://www.loc.gov/MARC21/slim"><marc:leader>00000nam a2200000 a 4500</marc:leader>'
        + "".join(fields)
        + "</marc:record></zs:recordData></zs:record>"
    )


def answer(member: int, count: int) -> bytes:
    """Return the whole HTTP answer of a member that holds so many records."""
    works = random.Random(member).sample(range(WORKS), count)
    body = ENVELOPE.format(count=count, records="".join(marcxml(member, work) for work in works)).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def stamped(reply: bytes, head: bytes) -> bytes:
    """Return an answer whose records are this question's own."""
    return reply.replace(STAMP.encode(), b"%08x" % zlib.crc32(head.partition(b"\r\n")[0]))


class Member:
    """One member: always the same answer, after its delay."""

    def __init__(self, number: int, records: int, delay_s: float) -> None:
        self.reply = answer(number, records)
        self.delay_s = delay_s
        self.written_at = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests of one connection until it is closed."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"GET /-/last"):
                    body = repr(self.written_at).encode()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                    continue
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(stamped(self.reply, head))
                await writer.drain()
                self.written_at = time.monotonic()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", required=True)
    parser.add_argument("--delays-ms", default="0")
    arguments = parser.parse_args()
    counts = [int(part) for part in arguments.records.split(",")]
    delays = [float(part) / 1000 for part in arguments.delays_ms.split(",")]
    delays += [delays[-1]] * (len(counts) - len(delays))
    ports = []
    for number, (count, delay_s) in enumerate(zip(counts, delays, strict=True)):
        member = Member(number, count, delay_s)
        server = await asyncio.start_server(member.serve, "127.0.0.1", 0, limit=1 << 20)
        ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
