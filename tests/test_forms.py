"""The forms as data: they are whole, agree with the registry, and a mistake in a file is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nianbao.forms.compact import Compact
from nianbao.forms.definition import han, parse_forms
from nianbao.forms.identities import parse_identities
from nianbao.forms.knowledge import default_knowledge
from nianbao.forms.similarity import align_words, similarity
from nianbao.forms.wording import parse_wording
from nianbao.forms.yamlfile import read_yaml
from nianbao.metrics import ConfigError, load_registry
from nianbao.paths import data_dir

FORMS = data_dir("configs") / "forms"


def cells_of(form: str) -> set[str]:
    """The metrics that a form has a cell for."""
    found = set()
    for table in default_knowledge().forms.tables:
        if form not in table.forms:
            continue
        for row in table.rows:
            for key, metric in row.cells.items():
                alone = row.form or table.columns[key].form
                if metric and alone in (None, form):
                    found.add(metric)
    return found


@pytest.mark.parametrize(
    ("name", "form"), [("2014", "national_2014"), ("2019", "national_2019"), ("2021", "national_2021")]
)
def test_a_form_has_a_cell_for_every_metric_that_the_registry_names_in_it(name: str, form: str) -> None:
    named = {metric.id for metric in load_registry() if name in metric.forms}
    # 行政诉讼 in the forms since 2019 is split by prior review; 其他处理 is a group's name from 2021 on.
    assert cells_of(form) - {"outcomes.other"} == named - {"outcomes.other"}


def test_the_registrys_wording_of_a_row_is_a_label_of_the_form() -> None:
    labels = {key for table in default_knowledge().forms.tables for row in table.rows for key in row.keys}
    for metric in load_registry():
        for form in ("2014", "2019", "2021"):
            if form in metric.forms:
                row = han(metric.forms[form].split("×")[0].removeprefix("其中:"))
                row = row.lstrip("一二三四五六七八九十")
                assert any(row.endswith(label) for label in labels), metric.forms[form]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("metric: outcomes.granted}", "metric: outcomes.grantd}", "unknown metric 'outcomes.grantd'"),
        ("{number: (七), label: 总计,", "{number: (七), lable: 总计,", "unknown key 'lable'"),
        ("label: 予以公开, metric", "label: ABC, metric", "label in Chinese characters"),
        (
            "label: 重复申请, metric: outcomes.not_processed.duplicate",
            "label: 属于国家秘密, metric: outcomes.refused.state_secret",
            "stands twice",
        ),
        ("form: national_2021, weak: true}", "form: national_2020, weak: true}", "unknown form 'national_2020'"),
        ("- [projects, total_amount]", "- [projects, price]", "unknown column price"),
        ("metric: requests.carried_out}", "metric: capacity.staff}", "has no applicants"),
        ("    anchors: [未经复议直接起诉", "    anchor: [未经复议直接起诉", "unknown key 'anchor'"),
    ],
)
def test_a_mistake_in_a_form_is_named_with_file_and_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = tmp_path / "forms"
    shutil.copytree(FORMS, folder)
    path = folder / "since_2019.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as error:
        parse_forms(((path, read_yaml(path)) for path in sorted(folder.glob("*.yaml"))), load_registry())
    message = str(error.value)
    assert says in message
    line = int(message.split("line ")[1].split(":")[0])
    mistake = text[: text.index(old)].count("\n") + 1
    # The message names the entry that holds the mistake: the row or column itself, or the table that it is in.
    assert str(path) in message and line <= mistake


def test_yaml_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "broken.yaml").write_text("forms:\n  a: [1, 2\ntables: x\n", "utf-8")
    with pytest.raises(ConfigError, match=r"broken\.yaml, line \d+: no valid YAML"):
        parse_forms(((path, read_yaml(path)) for path in sorted(folder.glob("*.yaml"))), load_registry())


def test_no_forms_at_all_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="no form was found"):
        parse_forms([], load_registry())


def test_every_identity_names_metrics_and_a_formula() -> None:
    names = [identity.name for identity in default_knowledge().identities]
    assert len(names) == len(set(names))
    for identity in default_knowledge().identities:
        assert identity.formula
        assert identity.same or identity.applicants or (identity.left and identity.right), identity.name


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right: [requests.concluded]", "right: [requests.conclude]", "unknown metric 'requests.conclude'"),
        ("name: outcomes_sum", "name: balance", "stands twice"),
        ("kind: warning", "kind: hint", "kind (error or warning)"),
        ("relation: at_most", "relation: below", "must be equal or at_most"),
        ("forms: [national_2014]", "forms: [national_2013]", "unknown form national_2013"),
    ],
)
def test_a_mistake_in_an_identity_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (data_dir("configs") / "identities.yaml").read_text("utf-8")
    path = tmp_path / "identities.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as error:
        parse_identities(path, read_yaml(path), load_registry(), set(default_knowledge().forms.years))
    assert says in str(error.value) and "identities.yaml, line " in str(error.value)


def test_spellings_keep_their_length(tmp_path: Path) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text("spellings: [[档案, 文件夹]]\nmeasure_words: [条]\nown_cell: [条]\n", "utf-8")
    with pytest.raises(ConfigError, match="same length"):
        parse_wording(path, read_yaml(path))


def test_the_compact_view_leads_back_to_the_text() -> None:
    text = "1.属于\n国家秘密|件|0|(二)其它处理"
    compact = Compact(text, default_knowledge().wording)
    assert compact.han == "属于国家秘密二其他处理"
    assert [text[offset] for offset in compact.offsets] == list("属于国家秘密二其它处理")
    assert compact.index(text.index("国")) == 2


@pytest.mark.parametrize(
    ("words", "label", "least", "most"),
    [
        ("属于国家秘密", "属于国家秘密", 1.0, 1.0),
        ("属国家秘密", "属于国家秘密", 0.9, 0.95),
        ("培训工作情况", "属于国家秘密", 0.0, 0.2),
        ("公开", "予以公开政府信息公开申请", 0.0, 0.0),
    ],
)
def test_likeness(words: str, label: str, least: float, most: float) -> None:
    assert least <= similarity(words, label) <= most


def test_damaged_labels_are_found_in_a_string_of_words_in_their_order() -> None:
    labels = ("属于国家秘密", "其他法律行政法规禁止公开", "保护第三方合法权益", "重复申请")
    words = "属国家秘密不予其他法律行政三法规禁止公保护第三方合法权益"
    found = align_words(words, labels)
    assert [(index, words[start:end]) for index, start, end, _ in found] == [
        (0, "属国家秘密"),
        (1, "其他法律行政三法规禁止公"),
        (2, "保护第三方合法权益"),
    ]
    assert [round(share, 2) for *_, share in found] == [0.83, 0.92, 1.0]


def test_words_that_are_no_label_match_none() -> None:
    assert align_words("下一步将加强培训和考核", ("属于国家秘密", "重复申请")) == ()
