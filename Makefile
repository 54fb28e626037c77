# Everything is set up by itself: a virtual environment in .venv, from lock files with hashes.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run demo setup test soak lint format bench lock clean

run: .venv/run.stamp
	@$(BIN)/python -m bot

demo: .venv/run.stamp
	@$(BIN)/python -m bot demo

setup: .venv/dev.stamp

test: .venv/dev.stamp
	$(BIN)/python -m pytest

soak: .venv/dev.stamp
	$(BIN)/python -m pytest -m soak -n 0

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev.stamp
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
		pyproject.toml -o requirements/run.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate --no-header \
		pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Trucewatch needs Python 3.11 or newer; try: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.lock | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/run.lock
	@touch $@

.venv/dev.stamp: requirements/dev.lock | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@ .venv/run.stamp
