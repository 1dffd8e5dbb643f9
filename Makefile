PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

# The scripts of tests/clients run from a copy beside what npm fetches, so that none of it lies among the tests.
CLIENTS := build/clients
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
NPM_INSTALL := npm install --no-package-lock --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error
CLIENT_SCRIPTS = cp tests/clients/*.js tests/clients/*.css $(CLIENTS)
HAS_CLIENT_TOOLS = node -e 'process.exit(+!import.meta.dirname)' --input-type=module 2> /dev/null \
	&& command -v npm > /dev/null && test -n "$(CHROMIUM)"
GALLERY := import json; from bot.sandbox.gallery import gallery; print(json.dumps(gallery()))

.PHONY: run test walks thorough check format bench pictures e2e-teams e2e-cards client-tools pins clean

run: $(VENV)/run.stamp
	$(BIN)/python app.py serve

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses auto $(PYTEST_ARGS)

# Rewards from end to end in a browser. They mostly wait for messages, so more run at a time than there are cores.
walks: $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses 4 --timeout=300 -m walk tests/browser $(PYTEST_ARGS)

# Every state machine of the tests, for about an hour: hundreds of random sequences of up to 80 steps, on both engines.
thorough: $(VENV)/dev.stamp
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --numprocesses auto --timeout=0 -m machine $(PYTEST_ARGS)

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench $(BENCH_ARGS)
	$(BIN)/python -m bench.programme $(filter --quick,$(BENCH_ARGS))
	$(BIN)/python -m bench.people_import

# Those of docs/guide, from the sandbox.
pictures: $(VENV)/dev.stamp
	CHROMIUM="$(CHROMIUM)" $(BIN)/python -m tests.browser.pictures

e2e-teams: $(VENV)/run.stamp $(CLIENTS)/teams.stamp
	$(CLIENT_SCRIPTS)
	CHROMIUM="$(CHROMIUM)" node $(CLIENTS)/teams.js $(BIN)/python build/e2e-teams

e2e-cards: $(VENV)/run.stamp $(CLIENTS)/cards.stamp
	$(CLIENT_SCRIPTS)
	$(BIN)/python -c "$(GALLERY)" > $(CLIENTS)/gallery.json
	CHROMIUM="$(CHROMIUM)" node $(CLIENTS)/cards.js $(CLIENTS)/gallery.json build/e2e-cards

pins: $(VENV)/dev.stamp
	{ echo "# What is installed, exactly. Refresh with: make pins"; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.txt

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(PIP) --editable '.[dev]'
	touch $@

client-tools:
	@$(HAS_CLIENT_TOOLS) || { echo "Install Node.js 20.11 or newer with npm, and Chromium (or name one in CHROMIUM):" \
		"see tests/clients/README.md." >&2; exit 1; }

# Without the playground, which has a licence of its own.
$(CLIENTS)/cards.stamp: tests/clients/package.json | client-tools
	mkdir -p $(CLIENTS)
	cp $< $(CLIENTS)
	cd $(CLIENTS) && $(NPM_INSTALL) --omit=dev
	touch $@

$(CLIENTS)/teams.stamp: $(CLIENTS)/cards.stamp
	cd $(CLIENTS) && $(NPM_INSTALL)
	touch $@
