"""`nianbao export`: the folder that `datasets.load_dataset` opens."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nianbao.cli.app import app
from nianbao.schema import COLUMNS, DOCUMENT_COLUMNS, Document
from nianbao.simulate.country import write_country
from nianbao.writing import Output, read_facts


def run(*arguments: str | Path) -> Result:
    """The command, in this process: starting one takes longer than its work."""
    return CliRunner().invoke(app, ["export", *(str(argument) for argument in arguments)])


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("facts") / "facts.parquet"
    write_country(path, agencies=2)
    return path


def test_load_dataset_opens_it_and_gives_the_facts_back(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run("--dataset", tmp_path / "set", facts)
    assert done.exit_code == 0, done.stderr
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.column_names == list(COLUMNS)
    assert loaded.features["value"].dtype == "float64" and loaded.features["flags"].feature.dtype == "string"
    assert list(loaded) == list(read_facts(facts))


def test_the_card_has_features_counts_and_every_column(facts: Path, tmp_path: Path) -> None:
    assert run("--dataset", tmp_path / "set", facts).exit_code == 0
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert card.startswith("---\n") and "dataset_info:" in card
    assert f"{sum(1 for _ in read_facts(facts)):,} facts" in card
    assert all(f"\n| {name} | " in card for name in COLUMNS)


def test_several_outputs_make_one_set(facts: Path, tmp_path: Path) -> None:
    assert run("--dataset", tmp_path / "set", facts, facts).exit_code == 0
    [shard] = (tmp_path / "set" / "data").iterdir()
    assert sum(1 for _ in read_facts(shard)) == 2 * sum(1 for _ in read_facts(facts))


def test_a_folder_with_something_in_it_is_left_alone(facts: Path, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").write_text("x")
    done = run("--dataset", tmp_path / "set", facts)
    assert done.exit_code == 2 and "not empty" in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["set", "mine.txt"]


def test_what_holds_no_facts_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "wrong.jsonl").write_text('{"id": 1}\n')
    done = run("--dataset", tmp_path / "set", tmp_path / "wrong.jsonl")
    assert done.exit_code == 2 and "does not hold facts" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.jsonl"]


def test_the_table_of_documents_travels_with_the_facts(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Document(None, "a.pdf", "pdf", "0" * 64, "failed", "is locked", [], *[None] * 8, 0, 0, "m")  # type: ignore[arg-type]
    path = tmp_path / "facts.jsonl"
    with Output(path) as out:
        out.write(failed)
        out.commit()
    assert run("--dataset", tmp_path / "set", facts, path).exit_code == 0
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    for name, columns in (("facts", COLUMNS), ("documents", DOCUMENT_COLUMNS)):
        loaded = datasets.load_dataset(str(tmp_path / "set"), name, split="train", cache_dir=str(tmp_path / "cache"))
        assert loaded.column_names == list(columns)
    assert list(loaded) == [failed.to_dict()]
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert "each of the 1 files and records" in card and "| warnings | list of string | " in card


def test_it_stands_alone_offsets_resolve_in_its_own_texts_and_metrics_in_its_registry(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    samples = [root / "corpus/samples" / name for name in ("liudi_town_2019.txt", "qiwu_county_2012.txt")]
    (tmp_path / "other.txt").write_text("别的文件", encoding="utf-8")
    out = tmp_path / "facts.parquet"
    assert CliRunner().invoke(app, ["extract", *map(str, samples), "-o", str(out)]).exit_code == 0
    folders = [words for path in (*samples, tmp_path / "other.txt") for words in ("--texts", path)]
    done = run("--dataset", tmp_path / "set", out, *folders)
    assert done.exit_code == 0 and "Texts        2\n" in done.stdout, done.output
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    loaded = {
        name: datasets.load_dataset(str(tmp_path / "set"), name, split="train", cache_dir=str(tmp_path / "cache"))
        for name in ("facts", "documents", "metrics", "texts")
    }
    texts = {row["doc_id"]: row["text"] for row in loaded["texts"]}
    assert set(texts) == {row["doc_id"] for row in loaded["documents"]} and len(texts) == 2
    units = {row["metric"]: row["unit"] for row in loaded["metrics"]}
    assert len(loaded["facts"]) > 50
    for fact in loaded["facts"]:
        assert texts[fact["doc_id"]][fact["start"] : fact["end"]] == (fact["value_text"] or "")
        assert fact["metric"] is None or units[fact["metric"]] == fact["unit"]
    card = (tmp_path / "set" / "README.md").read_text("utf-8")
    assert "The texts of 2 documents are the config `texts`" in card
    [block] = re.findall(r"texts = dict.*?\n\n", card, flags=re.S)
    given = {"load_dataset": lambda _, name, split: loaded[name], "facts": loaded["facts"]}
    exec(textwrap.dedent("    " + block), given)  # noqa: S102  (the card's own example)


def test_a_text_that_facts_were_not_read_from_is_refused_and_one_that_is_missing_is_told(
    root: Path, tmp_path: Path
) -> None:
    sample = root / "corpus/samples/liudi_town_2019.txt"
    assert CliRunner().invoke(app, ["extract", str(sample), "-o", str(tmp_path / "f.jsonl")]).exit_code == 0
    (tmp_path / "liudi_town_2019.txt").write_text("　" + sample.read_text("utf-8"), encoding="utf-8")
    wrong = run("--dataset", tmp_path / "set", tmp_path / "f.jsonl", "--texts", tmp_path / "liudi_town_2019.txt")
    assert wrong.exit_code == 2 and "is not the one its facts were read from" in wrong.stderr
    assert not (tmp_path / "set").exists()
    (tmp_path / "other.txt").write_text("别的文件", encoding="utf-8")
    done = run("--dataset", tmp_path / "set", tmp_path / "f.jsonl", "--texts", tmp_path / "other.txt")
    assert done.exit_code == 0 and "No text of   liudi_town_2019\n" in done.stdout
