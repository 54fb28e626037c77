# Everything is set up by itself: a virtual environment in .venv, from lock files with hashes. The lock files are
# whole (--no-deps): an old pip asks for "coverage[toml]" beside "coverage==X" and refuses it once a newer one is out.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run demo setup test soak lint format bench model gazetteer messages snapshots picture tour lock clean

run: .venv/run.stamp
	@$(BIN)/python -m bot

demo: .venv/run.stamp
	@$(BIN)/python -m bot demo

setup: .venv/dev.stamp

# Everything, then the rooms that judge once more with every branch counted.
test: .venv/dev.stamp
	$(BIN)/python -m pytest -q
	$(BIN)/python -m pytest -q --cov=bot.reading --cov=bot.incidents --cov=bot.rendering --cov-branch \
		--cov-fail-under=100 --cov-report=term-missing:skip-covered tests/reading tests/incidents tests/rendering

soak: .venv/dev.stamp
	$(BIN)/python -m pytest -m soak -n 0

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Measurements: ratios and medians, each with the figure it is held against in its docstring.
bench: .venv/dev.stamp
	@for each in bench/[a-z]*.py; do name=$$(basename $$each .py); echo "== $$name"; $(BIN)/python -m bench.$$name; done

# The reader's weights, fitted anew to the corpus; the shipped file changes.
model: .venv/dev.stamp
	$(BIN)/python -m tools.model --write

# The towns behind the region trees, taken anew from GeoNames.
gazetteer: .venv/dev.stamp
	$(BIN)/python -m tools.gazetteer

# New and changed messages of the code into every catalogue.
messages: .venv/dev.stamp
	@mkdir -p var
	$(BIN)/pybabel extract -F babel.cfg --no-default-keywords -k text -k count:1,2 -k mark --no-location \
		--sort-output --no-wrap -o var/messages.pot .
	@for each in bot/data/locales/*.po; do $(BIN)/pybabel update --no-fuzzy-matching --ignore-obsolete --no-wrap \
		-i var/messages.pot -l $$(basename $$each .po) -o $$each; done

# What people read, as text, written anew; look at what changes with `git diff tests/commands/snapshots`.
snapshots: .venv/dev.stamp
	SNAPSHOTS=renew $(BIN)/python -m pytest -q tests/commands/test_snapshots.py

# The pictures of docs/tour.md, photographed with Chromium (Debian: apt-get install chromium fonts-noto-core
# fonts-noto-color-emoji).
tour: .venv/dev.stamp
	$(BIN)/python -m tools.tour

picture: .venv/dev.stamp
	$(BIN)/python -m tools.picture

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
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/run.lock
	@touch $@

.venv/dev.stamp: requirements/dev.lock | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@touch $@ .venv/run.stamp
