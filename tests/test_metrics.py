"""The registry: every metric of the contract is in it, named, and comparable where it says so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nianbao.catalogue import Catalogue


def test_registry_has_the_metrics_of_the_contract(shared: Path) -> None:
    with (shared / "contract" / "metrics.tsv").open(encoding="utf-8", newline="") as stream:
        contract = list(csv.DictReader(stream, delimiter="\t"))
    ours = {metric.id: (metric.unit, ";".join(metric.dimensions)) for metric in Catalogue.load().metrics}
    assert ours.items() >= {row["id"]: (row["unit"], row["dimensions"] or "") for row in contract}.items()


def test_every_metric_has_names_and_says_what_it_may_be_compared_with() -> None:
    for metric in Catalogue.load().metrics:
        assert metric.name_zh and metric.name_en.isascii() and metric.comparability.endswith("."), metric.id


def test_unknown_metric_is_named() -> None:
    with pytest.raises(KeyError, match=r"requests\.unheard_of"):
        Catalogue.load().metrics.get("requests.unheard_of")
