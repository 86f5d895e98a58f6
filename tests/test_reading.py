"""Files to documents: kinds, ids, encodings, records."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.reading import ReadError, Source, open_sources, read_all
from nianbao.reading.encoding import EncodingError, decode, plausibility
from nianbao.reading.html import from_bytes

SIMPLIFIED = (
    "栖霞镇人民政府2018年政府信息公开工作年度报告\n全年主动公开政府信息１，２３４条，收到申请12件，均已答复。\r\n"
)
TRADITIONAL = "棲霞鎮人民政府2018年政府信息公開工作年度報告\n全年主動公開政府信息1,234條，收到申請12件，均已答覆。\n"


def sources(*paths: Path) -> list[Source]:
    return list(read_all(paths))


def records(*paths: Path) -> list[ReadError]:
    return [item for item in open_sources(paths) if isinstance(item, ReadError)]


# --- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_a_text_file_is_its_decoded_content_unchanged(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(SIMPLIFIED.encode(encoding))
    (source,) = sources(path)
    assert (source.id, source.text) == ("a", SIMPLIFIED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk", "big5", "cp950", "big5hkscs"])
def test_traditional_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TRADITIONAL.encode(encoding))
    assert sources(path)[0].text == TRADITIONAL


@pytest.mark.parametrize("written", ["utf-8", "gb18030"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "GBK", "big5", "no-such-encoding", "rot13", "utf-16"])
def test_a_declaration_alone_is_not_believed(tmp_path: Path, written: str, declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><p>{SIMPLIFIED.strip()}</p></body></html>'
    path = tmp_path / "a.html"
    path.write_bytes(page.encode(written))
    assert "主动公开政府信息１，２３４条" in sources(path)[0].text


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta http-equiv='Content-Type' content='text/html; charset=big5'>",
        "<meta charset=big5>",
        '<?xml version="1.0" encoding="Big5"?>',
    ],
)
def test_a_declared_encoding_settles_what_is_too_short_to_tell(declaration: str) -> None:
    # Its two bytes are a frequent character in both encodings.
    assert decode("數".encode("big5")).text == "计"
    data = f"{declaration}<p>".encode() + "數".encode("big5") + b"</p>"
    assert from_bytes(data, "a", "a.html", 1000).text.endswith("數")


@pytest.mark.parametrize("text", ["申请12件", "联通", "無", "一、概述", "12件"])
def test_short_texts_are_told_apart_too(text: str) -> None:
    assert decode(text.encode("gb18030")).text == text


def test_mojibake_is_far_from_plausible() -> None:
    good = plausibility(SIMPLIFIED)
    bad = plausibility(TRADITIONAL.encode("big5").decode("gb18030", "replace"))
    assert good > 0.5 > 0.2 > bad


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_a_plain_refusal(data: bytes) -> None:
    try:
        text = decode(data).text
    except EncodingError as error:
        assert str(error)
    else:
        text.encode("utf-8")


# --- ids and folders


def test_ids_are_paths_below_the_folder_without_ending(tmp_path: Path) -> None:
    for name in ("b/index.html", "a/2019/index.htm", "a/2018/report.v2.txt", "z.md", ".hidden.txt", "a/style.css"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<p>{SIMPLIFIED}</p>", encoding="utf-8")
    found = list(open_sources([tmp_path]))
    assert [s.id for s in found if isinstance(s, Source)] == ["a/2018/report.v2", "a/2019/index", "b/index", "z"]
    assert len(found) == 4


def test_order_is_that_of_the_paths_given(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.txt" for name in ("c", "a", "b")]
    for path in paths:
        path.write_text(SIMPLIFIED, encoding="utf-8")
    assert [s.id for s in sources(*paths)] == ["c", "a", "b"]
    assert [s.id for s in sources(tmp_path)] == ["a", "b", "c"]


def test_a_loop_of_links_ends_and_gives_each_file_once(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    (tmp_path / "d" / "e" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.txt").symlink_to("self.txt")
    found = list(open_sources([tmp_path]))
    assert [s.id for s in found if isinstance(s, Source)] == ["d/a"]
    assert [e.path for e in found if isinstance(e, ReadError)] == [str(tmp_path / "self.txt")]


def test_names_from_archives_of_chinese_windows_are_readable(tmp_path: Path) -> None:
    name = os.fsdecode("年报.txt".encode("gbk"))
    (tmp_path / name).write_text(SIMPLIFIED, encoding="utf-8")
    assert [s.id for s in sources(tmp_path)] == ["年报"]


def test_the_runs_own_output_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    out = tmp_path / "facts.jsonl"
    out.write_text("{}\n", encoding="utf-8")
    assert [getattr(s, "id", s) for s in open_sources([tmp_path], exclude={out})] == ["a"]


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text(SIMPLIFIED, encoding="utf-8")
    assert len(sources(tmp_path)) == 1


# --- records


def write_rows(path: Path, rows: list[object]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8-sig")


def test_jsonl_gives_id_text_and_the_rest_as_metadata(tmp_path: Path) -> None:
    path = tmp_path / "crawl.jsonl"
    write_rows(path, [{"id": 7, "text": "甲\u2028乙", "year": 2018}, {"text": "丙", "id": "x/y", "url": None}])
    first, second = sources(path)
    assert (first.id, first.text, first.metadata["year"], first.line) == ("7", "甲\u2028乙", 2018, 1)
    assert (second.id, second.text, second.metadata["url"]) == ("x/y", "丙", None)


def test_parquet_is_streamed_with_the_same_meaning(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("datasets")
    import pyarrow.parquet as pq

    path = tmp_path / "crawl [2018].parquet"
    table = pa.table({"id": [7, 8, 9], "text": ["甲", None, "丙"], "year": [2018, None, None]})
    pq.write_table(table, path, row_group_size=1)
    found = list(open_sources([path]))
    assert [(s.id, s.text, s.metadata["year"]) for s in found if isinstance(s, Source)] == [
        ("7", "甲", 2018),
        ("9", "丙", None),
    ]
    (error,) = (e for e in found if isinstance(e, ReadError))
    assert (error.line, error.kind) == (2, "bad_record")


def test_parquet_without_its_columns_names_them(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pytest.importorskip("datasets")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a"], "body": ["甲"]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 broken")
    first, second = records(tmp_path)
    assert 'no column "text"' in str(first) and "body" in str(first)
    assert "b.parquet" in str(second) and "Parquet" in str(second)


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (SIMPLIFIED.encode("gbk"), ["stdin"]),
        (b'\xef\xbb\xbf{"id": "a", "text": "x"}\n\n{"id": "b", "text": "y"}', ["a", "b"]),
        ("<!DOCTYPE html><body><p>一、概述</p>".encode(), ["stdin"]),
        (b'{"id": "a", "text": "' + b"x" * 10_000 + b'"}\n{"id": "b", "text": "y"}\n', ["a", "b"]),
    ],
)
def test_standard_input_is_told_by_how_it_begins(monkeypatch: pytest.MonkeyPatch, data: bytes, ids: list[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    found = sources(Path("-"))
    assert [s.id for s in found] == ids
    assert not any("<" in s.text for s in found)
