# Two commands: `make run` starts everything from nothing, `make test` checks everything. Needs Python 3.11+, git and make.
# A second start takes seconds: each step of the set-up leaves a stamp and is done again only when its list changed.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

TOOLS := .tools
UV := $(TOOLS)/venv/bin/uv
BIN := .venv/bin
PYTHON ?= $(shell sh scripts/find_python.sh)
SHARED ?= ../shared
DATA ?= $(SHARED)/nlu
VENDOR := gateway/console/static/vendor
LOCKED := requirements requirements-dev requirements-tools requirements-node
SYNC = $(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes
COMPILE := pip compile --quiet --no-header --generate-hashes --universal --python-version 3.11

# A .venv that is a link belongs to somebody else: it is used as it is and never changed.
ifeq ($(shell test -L .venv && echo linked),linked)
RUNTIME :=
DEV :=
else
RUNTIME := .venv/.runtime
DEV := .venv/.dev
endif
ASSETS := $(VENDOR)/.stamp

.PHONY: help run setup test lint types unit covered lock lock-check judge bench bench-nlu audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

run: setup ## start everything, print the addresses and a login (Ctrl-C stops it)
	@exec $(BIN)/python -m gateway.supervisor --with-parent

setup: $(RUNTIME) $(ASSETS) ## environment and page assets, without starting anything

test: $(DEV) $(ASSETS) lock-check lint covered ## lint, types, layer rules, tests, coverage

lint: $(DEV) ## style, types and layer rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(DEV) $(ASSETS) ## the tests alone; ARGS="tests/webhooks -x" for some of them
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(ARGS)

covered: $(DEV) $(ASSETS) ## the tests, and whether they run enough of every part
	$(BIN)/python -m pytest -q -p tests.coverage -n 2 --dist loadgroup $(ARGS)
	$(BIN)/python scripts/check_coverage.py .coverage.json

judge: $(DEV) $(ASSETS) ## the independent stand-in against us: make judge SHARED=../shared
	$(BIN)/python -m pytest -q judge --shared="$(SHARED)" $(ARGS)

bench: $(DEV) $(ASSETS) ## the figures of docs/benchmarks.md; ONLY=accept for one
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

bench-nlu: $(DEV) ## the matcher's figures: make bench-nlu DATA=../shared/nlu
	$(BIN)/python -m benchmarks.nlu --data "$(DATA)"

audit: $(DEV) ## known vulnerabilities in what we run on
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.txt

lock: $(UV) ## compile requirements*.in to pinned and hashed *.txt
	for name in $(LOCKED); do $(UV) $(COMPILE) $$name.in -o $$name.txt || exit 1; done

lock-check: $(DEV) ## do requirements*.txt still follow from their .in?
	$(BIN)/python scripts/check_lock.py $(LOCKED)

clean: ## remove environment and assets; var/ (your data) stays
	rm -rf $(TOOLS) .venv node_modules $(VENDOR)

$(UV): requirements-tools.txt
	@test -n "$(PYTHON)" || { echo "Rabta needs Python 3.11 or newer (set PYTHON=/path/to/python3)." >&2; exit 1; }
	@sh scripts/make_tools.sh "$(PYTHON)" $(TOOLS)/venv
	@touch $(UV)

.venv/.runtime: requirements.txt | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --no-python-downloads --python "$(PYTHON)" .venv
	@echo "Setting up what Rabta runs on in .venv ..."
	@$(SYNC) requirements.txt $(if $(wildcard .venv/.dev),requirements-dev.txt)
	@touch .venv/.runtime

.venv/.dev: requirements.txt requirements-dev.txt | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --no-python-downloads --python "$(PYTHON)" .venv
	@echo "Setting up what Rabta runs on and is checked with in .venv ..."
	@$(SYNC) requirements.txt requirements-dev.txt
	@touch .venv/.runtime .venv/.dev

$(ASSETS): package.json package-lock.json
	@sh scripts/get_assets.sh $(TOOLS) $(VENDOR)
	@touch $(ASSETS)
