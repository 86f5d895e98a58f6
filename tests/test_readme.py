"""What README shows runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_python_blocks_run(root: Path, name: str) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (root / name).read_text("utf-8"), flags=re.M | re.S)
    assert blocks
    for block in blocks:
        # The block, and that what it ends with is there: a document whose facts hold the 378 of its sentence.
        program = f"{block}\nassert any(fact['value'] == 378 for fact in doc._.facts), doc._.facts\n"
        done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_commands_that_readme_names_exist(root: Path) -> None:
    named = set(re.findall(r"`?nianbao (\w+) ", (root / "README.md").read_text("utf-8")))
    offered = subprocess.run(
        [Path(sys.executable).with_name("nianbao"), "--help"], check=True, capture_output=True, text=True
    ).stdout
    assert {"extract", "structure", "text", "show"} <= named & set(re.findall(r"^  (\w+)", offered, flags=re.M))
