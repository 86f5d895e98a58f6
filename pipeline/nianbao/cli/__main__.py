"""`python -m nianbao.cli`, where the script `nianbao` is not on the path."""

from __future__ import annotations

from nianbao.cli import main

main()
