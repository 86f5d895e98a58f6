"""The forms as data: they are whole, agree with the registry, and a mistake in a file is named with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nianbao.catalogue import Catalogue, ConfigError
from nianbao.catalogue.files import ConfigFiles
from nianbao.catalogue.forms import Forms, han, parse_forms
from nianbao.forms.compact import Compact
from nianbao.forms.knowledge import FormKnowledge
from nianbao.forms.similarity import align_words, similarity
from nianbao.paths import data_dir

METRICS = Catalogue.load().metrics

FORMS = data_dir("configs") / "forms"


def read_folder(folder: Path) -> Forms:
    files = ConfigFiles.read(folder, ("*.yaml",))
    return parse_forms(((files.place(name), files.lined_yaml(name)) for name in files), METRICS)


def cells_of(form: str) -> set[str]:
    """The metrics that a form has a cell for."""
    found = set()
    for table in Catalogue.load().forms.tables:
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
    named = {metric.id for metric in METRICS if name in metric.forms}
    # 行政诉讼 in the forms since 2019 is split by prior review; 其他处理 is a group's name from 2021 on.
    assert cells_of(form) - {"outcomes.other"} == named - {"outcomes.other"}


def test_the_registrys_wording_of_a_row_is_a_label_of_the_form() -> None:
    labels = {key for table in Catalogue.load().forms.tables for row in table.rows for key in row.keys}
    for metric in METRICS:
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
        read_folder(folder)
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
        read_folder(folder)


def test_no_forms_at_all_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="no form was found"):
        parse_forms([], METRICS)


def test_every_identity_names_metrics_and_a_formula() -> None:
    names = [identity.name for identity in Catalogue.load().identities]
    assert len(names) == len(set(names))
    for identity in Catalogue.load().identities:
        assert identity.formula
        assert identity.same or identity.applicants or ((identity.left or identity.last) and identity.right), (
            identity.name
        )


def test_the_compact_view_leads_back_to_the_text() -> None:
    text = "1.属于\n国家秘密|件|0|(二)其它处理"
    compact = Compact(text, Catalogue.load().compiled(FormKnowledge).wording)
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
