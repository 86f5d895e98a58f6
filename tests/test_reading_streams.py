"""Files that hold many documents: the same documents from each kind, packed or not, whole or broken."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nianbao.reading import Dataset, ReadError, Source, open_sources

TEXTS = {f"id/{i}": f"栖霞镇{2000 + i}年政府信息公开工作年度报告\n收到申请{i}件。" for i in range(70)}


def lines(texts: dict[str, str] = TEXTS) -> bytes:
    return b"".join(json.dumps({"id": key, "text": text}).encode() + b"\n" for key, text in texts.items())


def read(path: Path | Dataset) -> tuple[dict[str, str], list[ReadError]]:
    found = list(open_sources([path]))
    texts = {item.id: item.text for item in found if isinstance(item, Source)}
    return texts, [item for item in found if isinstance(item, ReadError)]


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)  # type: ignore[no-any-return]


def warc(path: Path, pages: Iterable[tuple[str, str, bytes]], *, packed: bool, headers: str = "") -> None:
    """A crawl of (address, content type, body), each with the request before it."""
    writer_of = pytest.importorskip("warcio.warcwriter").WARCWriter
    headers_of = pytest.importorskip("warcio.statusandheaders").StatusAndHeaders
    with path.open("wb") as stream:
        writer = writer_of(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("crawl.warc", {"software": "by hand"}))
        for address, kind, body in pages:
            dated = {"WARC-Date": "2019-01-31T08:00:00Z"}
            status, _, kind = kind.rpartition("|")
            fields = [("Content-Type", kind)] + [("Content-Encoding", "gzip")] * (headers == "gzip")
            http = headers_of(status or "200 OK", fields, protocol="HTTP/1.1")
            for rec_type in ("request", "response"):
                payload = io.BytesIO(body)
                writer.write_record(
                    writer.create_warc_record(
                        address, rec_type, payload=payload, http_headers=http, warc_headers_dict=dated
                    )
                )


@pytest.mark.parametrize("name", ["crawl.jsonl", "crawl.jsonl.gz", "CRAWL.JSONL.GZ", "crawl.v2.jsonl.zst"])
def test_lines_are_the_same_packed_or_not(tmp_path: Path, name: str) -> None:
    # Tools that append write several members one after another.
    half = len(lines()) // 2
    pack = {"gz": gzip.compress, "st": zstd, "nl": bytes}[name.lower()[-2:]]
    (tmp_path / name).write_bytes(pack(lines()[:half]) + pack(lines()[half:]))
    assert read(tmp_path) == (TEXTS, [])


@pytest.mark.parametrize("name", ["cut.jsonl.gz", "cut.jsonl.zst"])
def test_a_packed_file_cut_short_gives_what_came_before_and_says_so(tmp_path: Path, name: str) -> None:
    many = {f"{i}": f"{i * 7919 % 100_003} 件" for i in range(40_000)}
    pack = gzip.compress if name.endswith("gz") else zstd
    data = pack(lines(many))
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    texts, errors = read(tmp_path / name)
    assert texts.items() <= many.items() and 0 < len(texts) < len(many)
    assert "cut short" in errors[-1].message and name in str(errors[-1])


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.warc", "a.warc.gz", "a.parquet"])
@pytest.mark.parametrize("data", [b"", b"no such thing\n" * 9])
def test_files_that_are_not_what_they_say_cost_one_record(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    texts, errors = read(tmp_path / name)
    assert not texts and [error.place.endswith(name) for error in errors] == [True]


def test_a_small_file_that_unpacks_to_one_endless_line_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nianbao.reading.records._ENDLESS", 50_000_000)
    with gzip.open(tmp_path / "bomb.jsonl.gz", "wb", compresslevel=1) as stream:
        stream.write(lines())
        for _ in range(100):
            stream.write(b" " * 1_000_000)
    texts, errors = read(tmp_path / "bomb.jsonl.gz")
    assert texts == TEXTS and [error.kind for error in errors] == ["too_large", "too_large"]
    assert "does not end" in errors[1].message


def test_parquet_needs_no_more_than_pyarrow_and_goes_by_row_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    table = pa.table({"id": list(TEXTS), "text": list(TEXTS.values())})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=7)
    assert read(tmp_path) == (TEXTS, [])


def page(text: str) -> bytes:
    return f"<html><head><meta charset=gb2312></head><body><p>{text}</p></body></html>".encode("gb18030")


@pytest.mark.parametrize("packed", [True, False])
def test_crawls_give_the_pages_that_sites_answered_with(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("crawl.warc.gz" if packed else "crawl.warc")
    pages = [
        ("http://a.example/1.html", "text/html; charset=gb2312", page("收到申请1件")),
        ("http://a.example/1.png", "image/png", b"\x89PNG"),
        ("http://a.example/2.html", "404 Not Found|text/html", page("没有找到")),
        ("http://a.example/3.html", "Text/HTML", page("收到申请3件")),
        ("http://a.example/4.html", "application/xhtml+xml", b"<html><script>x</script></html>"),
        ("http://a.example/5.html", "text/html", page("主动公开" * 2000)),
    ]
    warc(path, pages, packed=packed)
    found = list(open_sources([path], max_bytes=1000))
    good = [item for item in found if isinstance(item, Source)]
    assert [(s.id, s.text) for s in good] == [
        ("http://a.example/1.html@2019-01-31T08:00:00Z", "收到申请1件"),
        ("http://a.example/3.html@2019-01-31T08:00:00Z", "收到申请3件"),
    ]
    assert good[0].metadata["url"] == "http://a.example/1.html" and good[0].line is not None
    errors = [(e.doc_id, e.kind) for e in found if isinstance(e, ReadError)]
    assert errors == [
        ("http://a.example/4.html@2019-01-31T08:00:00Z", "empty"),
        ("http://a.example/5.html@2019-01-31T08:00:00Z", "too_large"),
    ]


def test_a_packed_answer_is_unpacked_as_far_as_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc"
    warc(path, [("http://a.example/1", "text/html", gzip.compress(page("收到申请1件")))], packed=False, headers="gzip")
    assert list(read(path)[0].values()) == ["收到申请1件"]
    bomb = gzip.compress(b"<p>" + b" " * 200_000_000)
    warc(path, [("http://a.example/1", "text/html", bomb)], packed=False, headers="gzip")
    texts, errors = read(path)
    assert not texts and errors[0].kind == "too_large"


def test_a_crawl_cut_short_gives_what_came_before_and_no_page_in_part(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    warc(path, [(f"http://a.example/{i}", "text/html", page(f"收到申请{i}件" * 9)) for i in range(20)], packed=True)
    whole, data = read(path)[0], path.read_bytes()
    said = 0
    for cut in range(5, 400, 15):
        path.write_bytes(data[:-cut])
        texts, errors = read(path)
        assert texts.items() <= whole.items() and len(texts) >= 18
        said += [error.kind for error in errors] == ["unreadable"]
    assert said


@pytest.mark.parametrize("kind", ["saved", "saved_dict", "folder"])
def test_local_data_sets_are_streamed_by_their_split(tmp_path: Path, kind: str) -> None:
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_dict({"id": list(TEXTS), "text": list(TEXTS.values()), "year": [2018] * len(TEXTS)})
    place = tmp_path / "set"
    if kind == "saved":
        data.save_to_disk(str(place))
    elif kind == "saved_dict":
        datasets.DatasetDict({"train": data, "test": data.select([0])}).save_to_disk(str(place))
    else:
        place.mkdir()
        data.to_parquet(str(place / "train-00000.parquet"))
    assert read(Dataset(str(place))) == (TEXTS, [])
    if kind == "saved_dict":
        assert list(read(Dataset(str(place), "test"))[0]) == ["id/0"]
        texts, (error,) = read(Dataset(str(place), "valid"))
        assert not texts and "check the name and the split" in error.message


def test_a_data_set_without_the_columns_names_them(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"id": ["a"], "body": ["甲"]}).save_to_disk(str(tmp_path / "set"))
    _, (error,) = read(Dataset(str(tmp_path / "set")))
    assert 'no column "text"' in error.message and "body" in error.message
