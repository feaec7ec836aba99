# Everything a fresh machine needs: Python 3.11 or later with its venv module, make and git. `make help` lists the rest.
PYTHON ?= python3
DATA ?= data
EDITION ?=
LANGS ?= zh,en
BUILD_DIR ?=
OUTPUT ?=
MUTANTS ?= 10000
VENV := .venv
UV_VERSION = $(shell sed -n 's/^uv==\([^ ;\\]*\).*/\1/p' requirements.lock)

WITH_SERIES = test -f "$(SERIES)/m1_yearly.csv" || { echo "error: no m1_yearly.csv in '$(SERIES)'; say SERIES=folder, that of the public series (benchmarks/README.md says what it holds)" >&2; exit 1; }

ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Without compiled bytecode every page would compile the same libraries again.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
export UV_COMPILE_BYTECODE = 1
export VIRTUAL_ENV = $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup book reproduce check test test-browser test-all lint fuzz faults rebuilds messages reference measure lab lock calibrate accuracy benchmark scale interop findings clean distclean

##@ Make the book
help: ## list the commands
	@awk -F ':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

book: $(VENV)/.ready ## check the evidence, build the website and the PDFs (DATA=folder EDITION=2024 LANGS=zh)
	$(BIN)/qualitybook build --data "$(DATA)" $(if $(EDITION),--edition "$(EDITION)") --lang "$(LANGS)" $(if $(BUILD_DIR),--build-dir "$(BUILD_DIR)") $(if $(OUTPUT),--output "$(OUTPUT)")

check: $(VENV)/.ready ## check the evidence
	$(BIN)/qualitybook check --data "$(DATA)"

lab: $(VENV)/.ready ## open JupyterLab with notebooks/explore.ipynb: change an assumption and see the verdict move
	cd notebooks && ../$(BIN)/jupyter lab explore.ipynb

setup: $(VENV)/.ready ## make the environment .venv from requirements.lock

# The stamp is new only when every step worked; a broken environment is made afresh.
$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: no $(PYTHON) found; install Python 3.11 or later, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or later is needed: install it, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "error: $(PYTHON) lacks its venv module; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV) || { echo "error: .venv could not be made; is the folder writable and the disk not full?" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)" || { echo "error: uv could not be installed; check the network or the package index (pip config list), then run make again" >&2; exit 1; }
	$(BIN)/uv pip install --quiet --require-hashes -r requirements.lock || { echo "error: the locked packages could not be installed; check the network or the package index (UV_DEFAULT_INDEX), then run make again" >&2; exit 1; }
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . || { echo "error: the package itself could not be installed; say make distclean, then run make again" >&2; exit 1; }
	@touch $@

clean: ## remove what was built
	rm -rf _build _build-* ._build*.lock _site _site-* ._site*.lock ._site*.staging ._site*.retired

distclean: clean ## remove the environment as well
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

##@ Test a change
test: lint $(VENV)/.ready ## everything that has to hold: lint, evidence, tests, a small book in Chromium
	$(BIN)/qualitybook check
	$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest

test-all: test book ## all tests, and every page of the real book in Chromium
	QUALITYBOOK_SITE="$(OUTPUT)" $(BIN)/python -m pytest tests/browser

test-browser: $(VENV)/.ready ## a small book with every kind of page, read in Chromium, which it brings or says how to install
	$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest tests/browser

lint: $(VENV)/.ready ## style, layers and types
	$(BIN)/ruff check . || { echo "error: style; '$(BIN)/ruff check --fix .' mends most of it" >&2; exit 1; }
	$(BIN)/ruff format --check . || { echo "error: layout; '$(BIN)/ruff format .' mends it" >&2; exit 1; }
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

reproduce: $(VENV)/.ready ## build the book twice from nothing, in two folders, and compare every byte
	BIN="$(BIN)" .ci/reproduce $(if $(EDITION),--edition "$(EDITION)") --lang "$(LANGS)"

faults: $(VENV)/.ready ## kill builds at 20 random moments, fill the disk, spoil files (SEED=n repeats a run)
	seed=$(if $(SEED),$(SEED),$$(date +%s)); echo "SEED=$$seed"; QUALITYBOOK_FAULTS=$$seed $(BIN)/python -m pytest tests/test_faults.py --numprocesses=0 -rP

fuzz: $(VENV)/.ready ## check and assess MUTANTS (10000) of evidence and settings, and build some (SEED=n repeats a run)
	$(BIN)/python tests/evidence/fuzz.py --mutants $(MUTANTS) $(if $(SEED),--seed $(SEED))

rebuilds: $(VENV)/.ready ## build a small book 100 times, each time with one figure changed, and say what grows
	$(BIN)/python tests/rebuilds.py

##@ Write what is made from the code
messages: $(VENV)/.ready ## bring the translations up to date
	$(BIN)/python tools/messages.py

reference: $(VENV)/.ready ## write what docs/ takes from the code
	$(BIN)/python tools/reference.py
	$(BIN)/python tools/tutorial.py

lock: $(VENV)/.ready ## choose the newest allowed packages and pin them, with hashes, in requirements.lock and what follows from it
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --extra cluster --extra lab --extra word --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --constraints requirements.lock --extra bench --output-file benchmarks/requirements.lock
	$(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --constraints requirements.lock --extra word --extra interop --output-file benchmarks/interoperability.lock
	$(BIN)/python tools/environment.py

##@ Measure
measure: $(VENV)/.ready ## say how large the source is, and which goals of its size are held
	$(BIN)/python tools/measures.py

benchmark: $(VENV)/.ready ## make the book as others do and as we do, and say which goals are held (AGAINST=work tree of older code)
	$(BIN)/python benchmarks/build.py $(if $(AGAINST),--against "$(AGAINST)")

scale: $(VENV)/.ready ## judge 3,600 synthetic goals and make synthetic pages, and say how time and memory grow
	$(BIN)/python benchmarks/scale.py

accuracy: $(VENV)/.ready ## compare the forecasts with common methods, which it installs (SERIES=folder)
	@$(WITH_SERIES)
	$(BIN)/uv pip install --quiet --require-hashes -r benchmarks/requirements.lock
	$(BIN)/python benchmarks/forecast_accuracy.py "$(SERIES)"

interop: $(VENV)/.ready ## open the site with the tools of others, which it installs, and write docs/reference/interoperability.md
	$(BIN)/qualitybook build --data "$(DATA)" --html --docx --epub $(if $(BUILD_DIR),--build-dir "$(BUILD_DIR)") $(if $(OUTPUT),--output "$(OUTPUT)")
	$(BIN)/uv pip install --quiet --require-hashes -r benchmarks/interoperability.lock
	$(BIN)/python benchmarks/interoperability.py $(or $(OUTPUT),_site)

findings: ## run every script of findings/ and say which no longer hold (needs a network with a package index)
	.ci/findings

calibrate: $(VENV)/.ready ## fit the forecasts' constants anew (SERIES=folder of public series)
	@$(WITH_SERIES)
	$(BIN)/python benchmarks/calibrate.py "$(SERIES)"
