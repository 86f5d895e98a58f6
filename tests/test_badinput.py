"""Bad input: a clear message, an exit code, no partial output, and the other documents done."""

from __future__ import annotations

import errno
import gzip
import json
import os
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import stub_extractor
from guards import ends
from nianbao.cli.app import DEFAULT_MEGABYTES, app
from nianbao.reading import MAX_BYTES

REPORT = "栖霞镇2018年政府信息公开工作年度报告\n收到申请12件。\n"


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nianbao.extractor", stub_extractor.module())


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "good.txt").write_text(REPORT, encoding="utf-8")
    return folder


def extract(*words: object) -> Result:
    return CliRunner().invoke(app, ["extract", *(str(w) for w in words)])


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def check(docs: Path, tmp_path: Path, name: str, *said: str, good: tuple[str, ...] = ("good",)) -> None:
    """With the bad file `name` the good ones are done and the record says so; alone it gives exit 1 and no output."""
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out)
    assert done.exit_code == 0, done.stderr
    assert {row["doc_id"] for row in rows(out)} == set(good)
    told = " ".join(json.dumps(row, ensure_ascii=False) for row in rows(tmp_path / "facts.jsonl.errors.jsonl"))
    for words in (name, *said):
        assert words in done.stderr, done.stderr
        assert words in told.replace('\\"', '"')
    assert "Traceback" not in done.stderr
    table = rows(tmp_path / "facts.documents.jsonl")
    its = [row for row in table if Path(str(row["source"])).name.partition(":")[0] == name]
    assert any(row["status"] == "failed" and row["error"] for row in its), table
    if "good" in good:
        alone = extract(docs / name, "-o", tmp_path / "alone.jsonl")
        several = name.endswith("jsonl")
        assert alone.exit_code == (0 if several else 1)
        assert several or ("no facts were written" in alone.stderr and not (tmp_path / "alone.jsonl").exists())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.txt", " \n\u3000\r\n".encode(), "is empty"),
        ("marked.txt", b"\xef\xbb\xbf", "is empty"),
        ("empty.html", b"<html><body><script>var a = 12</script><img src=a.png></body></html>", "no text between"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "is no picture"),
        ("word.txt", b"PK\x03\x04" + bytes(200), "zip"),
        ("word.html", b"\xd0\xcf\x11\xe0" + bytes(200), "old Office"),
        ("zeros.txt", "收到申请".encode() + b"\0" * 10, "is zero"),
        ("noise.txt", bytes(range(128, 256)) * 9, "encoding"),
        ("broken.txt", REPORT.encode() + b"\xff\xfe\x80" * 40 + REPORT.encode(), "convert it to UTF-8"),
        ("half.txt", b"\xff\xfe" + b"\x00\xd8" * 9, "utf-16"),
        ("report.xyz", REPORT.encode(), '".xyz", which is not read'),
        ("report", REPORT.encode(), "has no ending"),
        ("report.ofd", REPORT.encode(), "save it as .pdf"),
        ("deep.html", b"<div>" * 200_000 + b"12", "nested too deeply"),
    ],
)
def test_a_file_that_is_no_document_costs_one_record(
    docs: Path, tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    (docs / name).write_bytes(data)
    check(docs, tmp_path, name, said)


def zipped(**parts: bytes) -> bytes:
    """An archive; `__` in a part's name stands for a slash, `_` for a dot."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return buffer.getvalue()


def nested(depth: int) -> bytes:
    data = zipped(report_txt=REPORT.encode())
    for _ in range(depth):
        data = zipped(inner_zip=data)
    return data


def pages_in_a_circle() -> bytes:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 9/Kids[3 0 R]/Parent 3 0 R>>",
        b"<</Type/Pages/Count 9/Kids[2 0 R]/Parent 2 0 R>>",
    ]
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % (at, body) for at, body in enumerate(objects, 1))
    return data + b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n9\n%%EOF"


def test_bombs_loops_and_wrong_lengths_end_with_a_row_each(docs: Path, tmp_path: Path) -> None:
    zeros = bytes(40_000_000)
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    hostile = {
        "bomb.zip": zipped(big_txt=zeros),
        "bomb.docx": zipped(types_xml=types, word__document_xml=zeros),
        "bomb.xlsx": zipped(types_xml=types, xl__workbook_xml=zeros),
        "deep.zip": nested(40),
        "circle.pdf": pages_in_a_circle(),
        "cut.warc.gz": gzip.compress(
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999\r\n\r\nHTTP/1.1 200"
        )[:-9],
        "cut.parquet": b"PAR1" + bytes(64) + b"\xff\xff\xff\x7fPAR1",
        "cut.pdf": b"%PDF-1.7\n1 0 obj<</Length 999999999>>stream\n",
        "cut.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4000,
    }
    for name, data in hostile.items():
        (docs / name).write_bytes(data)
    done = extract(docs, "-o", tmp_path / "facts.jsonl")
    assert done.exit_code == 0 and "Traceback" not in done.stderr, done.stderr
    table = rows(tmp_path / "facts.documents.jsonl")
    failed = [str(row["source"]) for row in table if row["status"] == "failed" and row["error"]]
    assert [name for name in hostile if not any(name in source for source in failed)] == [], table
    assert [row["doc_id"] for row in table if row["status"] == "facts"] == ["good"]


def test_truncated_utf8_is_read_up_to_the_break_with_a_warning(docs: Path, tmp_path: Path) -> None:
    (docs / "cut.txt").write_bytes((REPORT + "申").encode()[:-1])
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out)
    assert done.exit_code == 0 and "cut.txt: the file ends in the middle of a character" in done.stderr
    assert "Warning:" in done.stderr and "warnings 1;" in done.stdout and "damaged_bytes 1" in done.stdout
    assert {row["doc_id"] for row in rows(out)} == {"good", "cut"}
    assert CliRunner().invoke(app, ["text", str(docs / "cut.txt")]).stdout == REPORT


@pytest.mark.parametrize("name", ["huge.txt", "huge.html", "huge.jsonl"])
def test_fifty_megabytes_are_refused_at_once_with_the_limit(docs: Path, tmp_path: Path, name: str) -> None:
    text = "主动公开政府信息300条，收到申请12件。" * 1_000_000
    if name.endswith("jsonl"):
        first = json.dumps({"id": "one", "text": REPORT})
        (docs / name).write_text(f"{first}\n{json.dumps({'id': 'b', 'text': text})}\n", encoding="utf-8")
    else:
        (docs / name).write_text(text, encoding="utf-8")
    assert (docs / name).stat().st_size > 48_000_000
    good = ("good", "one") if name.endswith("jsonl") else ("good",)
    with ends():
        check(docs, tmp_path, name, f"the limit of {20 if 'html' in name else 5} MB", "--max-size", good=good)


def test_a_page_may_be_larger_than_its_text(docs: Path, tmp_path: Path) -> None:
    picture = f"<img src='data:image/png;base64,{'A' * 6_000_000}'>"
    (docs / "page.html").write_text(f"<p>{REPORT}</p>{picture}", encoding="utf-8")
    (docs / "words.html").write_text(f"<p>{REPORT}</p>{'公开' * 1_000_000}", encoding="utf-8")
    done = extract(docs, "-o", tmp_path / "facts.jsonl")
    assert {row["doc_id"] for row in rows(tmp_path / "facts.jsonl")} == {"good", "page"}
    assert "words.html: is larger than the limit of 5 MB" in done.stderr


def test_the_default_limit_is_said_right() -> None:
    assert DEFAULT_MEGABYTES * 1_000_000 == MAX_BYTES


def test_the_limit_can_be_set(docs: Path, tmp_path: Path) -> None:
    (docs / "long.txt").write_text(REPORT * 100, encoding="utf-8")
    out = tmp_path / "facts.jsonl"
    assert "limit of 0.001 MB" in extract(docs, "-o", out, "--max-size", "0.001").stderr
    assert {row["doc_id"] for row in rows(out)} == {"good"}


def test_a_line_without_end_is_passed_over(docs: Path, tmp_path: Path) -> None:
    last = json.dumps({"id": "last", "text": REPORT})
    (docs / "a.jsonl").write_text("x" * 5_000_000 + f"\n{last}\n", encoding="utf-8")
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out, "--max-size", "0.01")
    assert "a.jsonl:1: is larger" in done.stderr
    assert {row["doc_id"] for row in rows(out)} == {"good", "last"}


def test_ten_thousand_nested_tags_and_absurd_spans_are_read(docs: Path, tmp_path: Path) -> None:
    (docs / "deep.html").write_text("<div>" * 10_000 + REPORT, encoding="utf-8")
    (docs / "wide.html").write_text(
        "<table><tr><td colspan=100000 rowspan=100000>收到申请<td>12<tr><td>3</table>", encoding="utf-8"
    )
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out)
    assert (done.exit_code, done.stderr) == (0, "")
    assert [(row["doc_id"], row["value"]) for row in rows(out)] == [
        ("deep", 2018.0),
        ("deep", 12.0),
        ("good", 2018.0),
        ("good", 12.0),
        ("wide", 12.0),
        ("wide", 3.0),
    ]


def test_broken_lines_and_missing_columns_name_file_and_line(docs: Path, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "first", "text": REPORT}).encode(),
        b'{"id": "cut", "text": "',
        b'{"id": "a"}',
        b'{"text": "12"}',
        b"[1, 2]",
        b'{"id": null, "text": "12"}',
        b'{"id": ["a"], "text": "12"}',
        b'{"id": "a", "text": 12}',
        b'{"id": "a", "text": " "}',
        b'{"id": "a", "text": "\xd6\xd0"}',
        b"[" * 100_000,
        b"",
        json.dumps({"id": "last", "text": REPORT}).encode(),
    ]
    (docs / "crawl.jsonl").write_bytes(b"\n".join(lines))
    said = {
        2: "is no JSON",
        3: 'has no "text" (its columns: id)',
        4: 'has no "id" (its columns: text)',
        5: "no JSON object",
        6: 'has no "id"',
        7: '"id" of the kind list',
        8: '"text" of the kind int',
        9: "empty text",
        10: "is not UTF-8",
        11: "nests too deeply",
    }
    check(
        docs,
        tmp_path,
        "crawl.jsonl",
        *said.values(),
        good=("good", "first", "last"),
    )
    records = rows(tmp_path / "facts.jsonl.errors.jsonl")
    assert {r["line"]: said[r["line"]] in str(r["message"]) for r in records} == dict.fromkeys(said, True)  # type: ignore[index]


def test_of_two_documents_with_one_id_the_first_is_kept(docs: Path, tmp_path: Path) -> None:
    (docs / "good.md").write_text("年度报告 99", encoding="utf-8")
    (docs / "z.jsonl").write_text('{"id": "good", "text": "77"}\n', encoding="utf-8")
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out)
    assert [row["value"] for row in rows(out)] == [99]
    records = rows(tmp_path / "facts.jsonl.errors.jsonl")
    assert [(r["doc_id"], r["kind"], r["line"]) for r in records] == [
        ("good", "duplicate_id", None),
        ("good", "duplicate_id", 1),
    ]
    assert 'good.txt: has the id "good", which' in done.stderr and "good.md has already" in done.stderr


def test_unreadable_files_cost_one_record_each(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (docs / "gone.txt").symlink_to("nowhere.txt")
    os.mkfifo(docs / "pipe.txt")
    (docs / "secret.txt").write_text(REPORT, encoding="utf-8")
    plain_open = Path.open

    def guarded(path: Path, *args: object, **kwargs: object) -> object:
        if path.name == "secret.txt":
            raise PermissionError(errno.EACCES, "Permission denied")
        return plain_open(path, *args, **kwargs)  # type: ignore[call-overload]

    # Permissions do not bind root, as whom tests may run.
    monkeypatch.setattr(Path, "open", guarded)
    out = tmp_path / "facts.jsonl"
    done = extract(docs, "-o", out)
    assert done.exit_code == 0 and {row["doc_id"] for row in rows(out)} == {"good"}
    for said in (
        "gone.txt: cannot be read: No such file",
        "pipe.txt: is no regular file",
        "secret.txt: cannot be read",
    ):
        assert said in done.stderr


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("missing/facts.csv", "does not exist; make it first"),
        ("facts.docx", "use one of .jsonl .csv .parquet .duckdb .sqlite .xlsx"),
        ("docs", "is a folder"),
    ],
)
def test_an_impossible_output_is_wrong_usage(docs: Path, tmp_path: Path, out: str, said: str) -> None:
    done = extract(docs, "-o", tmp_path / out)
    assert done.exit_code == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["docs"]


def test_a_folder_that_cannot_be_written_is_wrong_usage(
    docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    done = extract(docs, "-o", tmp_path / "facts.csv")
    assert done.exit_code == 2 and "cannot be written: Permission denied" in done.stderr


def test_missing_paths_and_missing_options_are_wrong_usage(docs: Path, tmp_path: Path) -> None:
    done = extract(docs / "typo.txt", "-o", tmp_path / "f.csv")
    assert done.exit_code == 2 and "typo.txt does not exist" in done.stderr
    assert extract(docs).exit_code == 2
    assert extract("-o", tmp_path / "f.csv").exit_code == 2
    assert not list(tmp_path.glob("*.csv"))


def test_a_folder_without_documents_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    done = extract(tmp_path / "docs", "-o", tmp_path / "f.csv")
    assert done.exit_code == 1 and "no document could be read" in done.stderr
    assert not (tmp_path / "f.csv").exists()


def test_a_full_disk_is_a_failure_without_output(docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for ending in ("jsonl", "csv", "parquet", "duckdb"):
        done = extract(docs, "-o", tmp_path / f"facts.{ending}")
        assert done.exit_code == 1 and "the disk is full" in done.stderr and "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["docs"]
