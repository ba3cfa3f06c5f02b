# What a developer types. Needs make and Python 3.11 or newer; everything else is installed,
# locked and checked by hash, into .venv. `make PYTHON=/path/to/python setup` chooses a Python.

SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
WORKERS ?= 2

# Stamps: what they depend on decides when something is installed anew.
VENV_READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
DEMO_READY := $(VENV)/.ready-demo
# The demo takes what is there: a development environment holds all it needs.
RUN_READY := $(if $(wildcard $(DEV_READY)),$(DEV_READY),$(DEMO_READY))

# No settings of the caller's shell may change what is installed or where.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX UV_PROJECT_ENVIRONMENT

SOURCES := src tests tools $(wildcard benchmarks examples)
UNIT := not slow and not soak and not postgres and not browser

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- environment

$(VENV_READY): requirements/setup.lock tools/find_python.sh
	@set -e; \
	python="$$(bash tools/find_python.sh "$(PYTHON)")"; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo "Making $(VENV) with $$python"; \
	  rm -rf $(VENV); "$$python" -m venv $(VENV); \
	fi; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/setup.lock; \
	touch $@

$(DEMO_READY): $(VENV_READY) requirements/demo.lock pyproject.toml
	@$(call install,requirements/demo.lock)
	@touch $@

$(DEV_READY): $(VENV_READY) requirements/dev.lock pyproject.toml
	@$(call install,requirements/dev.lock)
	@rm -f $(DEMO_READY)
	@touch $@

define install
set -e; echo "Installing $(1)"; \
$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(1); \
$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
endef

.PHONY: setup
setup: $(DEV_READY) ## install everything for development into .venv

.PHONY: lock
lock: $(VENV_READY) ## resolve the dependencies of pyproject.toml anew (LOCK_FLAGS=--upgrade for newer ones)
	@bash tools/lock.sh $(UV) $(LOCK_FLAGS)
	@$(BIN)/python -m tools.tracked $(wildcard requirements/*.lock)

.PHONY: clean
clean: ## remove .venv, caches and builds; never your data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf dist build test-results web/node_modules src/boards/api/web/_static
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- run

.PHONY: demo
demo: $(RUN_READY) ## from nothing to a board with posters, an edit, music and a slideshow
	$(BIN)/boards demo

.PHONY: up
up: $(DEV_READY) web ## start the studio on this machine
	$(BIN)/boards up

# ---------------------------------------------------------------- the page

.PHONY: web
web: $(DEV_READY) ## build the studio page; does nothing when it is current
	@$(BIN)/python -m tools.web build

.PHONY: web-types
web-types: $(DEV_READY) ## make the page's types anew after a change of REST shapes
	$(BIN)/python -m tools.web types

.PHONY: web-dev
web-dev: $(DEV_READY) ## serve the page with hot reload, beside a running server
	$(BIN)/python -m tools.web dev

.PHONY: web-check
web-check: $(DEV_READY) ## style, types and unit tests of the page
	$(BIN)/python -m tools.web check
	$(BIN)/python -m tools.web test

.PHONY: browser
browser: ## install Debian's Chromium for the browser tests
	@bash tools/install_browser.sh

# ---------------------------------------------------------------- check

.PHONY: test-fast
test-fast: $(DEV_READY) ## the unit tests, under a minute
	$(BIN)/python -m pytest -n $(WORKERS) -m "$(UNIT)" $(ARGS)

.PHONY: test
test: $(DEV_READY) web ## every test but the soak runs
	$(BIN)/python -m tools.web test
	@# Without it the tests of a real identity provider say NOT RUN.
	-$(BIN)/python -m tools.web provider
	@# And without it those of Azure.
	-$(BIN)/python -m tools.web azurite
	$(BIN)/python -m pytest -n $(WORKERS) -m "not soak" $(ARGS)

.PHONY: test-soak
test-soak: $(DEV_READY) ## the runs that last minutes
	$(BIN)/python -m pytest -m soak $(ARGS)

.PHONY: lint
lint: $(DEV_READY) ## format, style, types, layers, guards, locks
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.guards
	$(BIN)/boards catalog check
	$(BIN)/python -m tools.model_pages --check
	$(BIN)/python -m tools.catalog_schema --check
	$(BIN)/python -m tools.tracked
	$(BIN)/python -m tools.locks
	$(BIN)/python -m tools.web check

.PHONY: format
format: $(DEV_READY) ## format the code and fix what can be fixed
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

.PHONY: bench
bench: $(DEV_READY) ## measure; figures are reported, never asserted
	$(BIN)/python -m benchmarks $(ARGS)
