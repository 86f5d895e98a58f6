# Needs git, make and Python 3.11 or newer; everything else goes to .venv.

ifndef PYTHON
PYTHON := $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))) python3)
endif
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := build/demo/facts.parquet

# The tests' processes share the cores; threads of a matrix library beside them only wait.
test: export OPENBLAS_NUM_THREADS = 1

.PHONY: help setup demo test bench train docs pictures lock clean

help:
	@echo 'make demo    read the sample documents, show their facts and make their pages'
	@echo 'make test    linters, types and tests'
	@echo 'make bench   speed, with the correctness beside it'
	@echo 'make train   weak labels, training and evaluation; what did not change is skipped'
	@echo 'make pictures  take the pictures of docs/pictures anew, with chromium'
	@echo 'make docs    the documentation as a site, in build/docs; nothing is fetched'
	@echo 'make lock    write requirements.lock anew from pyproject.toml (UPGRADE=--upgrade for newer versions)'
	@echo 'make clean   remove the environment and what was built'

setup: $(READY)

# pip of the host stands in where the host's Python comes without ensurepip (Debian without python3-venv).
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if v >= (3, 11) else \
		f"nianbao needs Python 3.11 or newer; $(PYTHON) is {v[0]}.{v[1]}. Try: make PYTHON=/path/to/python3.11 ...")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) \
		|| { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip; } \
		|| { echo 'No environment could be made in $(VENV): $(PYTHON) has neither venv nor pip (Debian: apt install python3-venv).' >&2; exit 1; }
	@echo 'Installing what nianbao needs into $(VENV), from requirements.lock with hashes (some minutes, once) ...'
	$(BIN)/python -m pip install --progress-bar on --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@# Compiled once, where the environment says that Python is to write nothing (PYTHONDONTWRITEBYTECODE) too.
	@$(BIN)/python -m compileall -q pipeline/nianbao
	@touch $@

demo: $(READY)
	@echo 'Reading the sample reports in corpus/samples ...'
	@mkdir -p $(dir $(DEMO))
	$(BIN)/nianbao extract corpus/samples -o $(DEMO)
	$(BIN)/nianbao show $(DEMO) corpus/samples
	$(BIN)/nianbao view corpus/samples -o build/demo/pages

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/doccano
	$(BIN)/python -m pytest tests/doccano

bench: $(READY)
	$(BIN)/python benchmarks/speed.py

train: $(READY)
	$(BIN)/weasel run all . --vars.python $(BIN)/python

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo 'Open build/docs/index.html; the search needs a server: $(BIN)/python -m http.server -d build/docs'

pictures: $(READY)
	$(BIN)/python tests/pages/pictures.py

lock:
	@test -x build/uv/bin/uv || { $(PYTHON) -m venv build/uv && build/uv/bin/pip install --quiet uv; }
	build/uv/bin/uv pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url --universal \
		--python-version 3.11 $(UPGRADE) -o requirements.lock

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
