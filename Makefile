# `make` alone lists the targets. Each prepares what it needs; nothing outside this folder is changed.

VENV := .venv
BIN := $(VENV)/bin
PATHS ?= seeds
FAULTS ?= 500

# The first Python of these that runs, is 3.11 to 3.13 and can make environments.
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$python; exit; }; done

.PHONY: help run test train bench faults lint format lock up status clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

run: $(VENV)/.installed  ## run the pipeline over seeds/ (other input: make run PATHS=...)
	$(BIN)/wireroom run $(PATHS)

test: $(VENV)/.installed-dev  ## run all tests, on real servers that the wheels provide
	$(BIN)/pytest -n auto --dist worksteal

faults: $(VENV)/.installed-dev  ## inject 500 faults, an hour or more (make faults FAULTS=50 SEED=7)
	$(BIN)/python -m tests.faults --faults $(FAULTS) $(if $(SEED),--seed $(SEED))

train: $(VENV)/.installed-dev  ## retrain the claim models on corpus/ (ten minutes)
	$(BIN)/python -m training.check
	$(BIN)/python -m training

bench: $(VENV)/.installed-dev  ## measure speed against a baseline, write bench/report.md (make bench BENCH="--parts starts")
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r benchmarks/whole/requirements.txt
	$(BIN)/python -m benchmarks.whole $(BENCH)

lint: $(VENV)/.installed-dev  ## check formatting, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

up: $(VENV)/.installed  ## run the services on this machine
	$(BIN)/wireroom up

status: $(VENV)/.installed  ## show the state of documents, queues and workers
	$(BIN)/wireroom status

lock: $(VENV)/.installed-dev  ## resolve versions again (requirements.lock, requirements-dev.lock)
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock $(LOCK) -o requirements-dev.lock

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links --quiet --upgrade

clean:  ## remove the environment and the data in .wireroom
	rm -rf $(VENV) .wireroom

# uv if it is installed, because it is fast; else venv and pip. An incomplete environment is recreated.
$(VENV)/.made:
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet --clear --python '>=3.11,<3.14' $(VENV); \
	else python=$$($(FIND_PYTHON)); \
		[ -n "$$python" ] || { echo 'Wireroom needs Python 3.11, 3.12 or 3.13 with venv; set PYTHON=/path/to/it'; exit 2; }; \
		$$python -m venv --clear $(VENV); fi
	@touch $@

define install
	@echo 'installing the locked versions (a minute, once) ...'
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(1) && \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .; fi
	@$(BIN)/python -c 'from workers.tasks.stage_settings import gazetteer, languages; gazetteer(); languages()'
	@touch $@
endef

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/.installed-dev: $(VENV)/.made requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.installed
