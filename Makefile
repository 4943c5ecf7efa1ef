# The commands of this project. `make help` lists them.

VENV   ?= .venv
BIN    := $(VENV)/bin
# The first interpreter found that is new enough; `make test PYTHON=python3.13 VENV=.venv-3.13` chooses another.
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
            $(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
READY  := $(VENV)/.ready
NYC311 := examples/nyc311/nyc311.yaml examples/nyc311/complaints.csv
CHERY  := chery_nev examples/chery/complaints.jsonl

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit test-all bench schema record coverage-page clean

help: ## what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 12

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "closedloop needs Python 3.11 or newer, and none was found; give one with PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(READY) ## decide real complaints, with the clause behind every answer
	$(BIN)/closedloop explain $(NYC311) --id 63621402 --format text
	$(BIN)/closedloop decide $(NYC311) --limit 12 --format text
	$(BIN)/closedloop explain $(CHERY) --id repeat-chained --format text
	$(BIN)/closedloop explain $(CHERY) --id level-open --lang zh --format text
	$(BIN)/closedloop decide $(CHERY) --limit 0 --format text

test: lint unit ## everything that must hold before a change lands

lint: $(READY) ## style, types, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY) ## tests, policy tests and examples, with branch coverage
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

test-all: ## the same under every supported Python
	for version in 3.11 3.12 3.13; do \
	  PYENV_VERSION=$$version $(MAKE) test PYTHON=python$$version VENV=.venv-$$version || exit 1; \
	done

bench: $(READY) ## measure against the named peers
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,batch,bench]'
	$(BIN)/python benchmarks/run.py

schema: $(READY) ## write the JSON Schema of a policy document anew
	$(BIN)/closedloop schema > docs/reference/policy.schema.json

record: $(READY) ## write anew what the examples print, to be read before it is committed
	cd examples && for program in *.py; do $(abspath $(BIN))/python $$program > $${program%.py}.out || exit 1; done
	cd examples/stories && for story in *.yaml; do $(abspath $(BIN))/python tell.py $${story%.yaml} > $${story%.yaml}.out || exit 1; done

coverage-page: $(READY) ## write the page on where each clause of the sources lives anew
	$(BIN)/python docs/reference/source_coverage.py

clean: ## remove what the commands above made
	rm -rf .venv .venv-3.* .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
