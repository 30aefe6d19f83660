# Every target sets up what it needs: a fresh machine needs Python 3.11 or newer, and make.
# On Windows without make: docs/development.md names the same steps as plain commands.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# Twice quiet: errors only, none of the advice of the machine's own configuration.
PIP := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check
PACKAGES := rebalancer_core rebalancer_adapters rebalancer_cli
REQUIREMENTS := requirements-dev.lock
INSTALLED := $(VENV)/requirements.stamp
READY := $(VENV)/project.stamp

# Tests start many processes: what one has compiled, none compiles again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lint types laws stateful crash faults integration fuzz soak pace bench-sizing bench-flows bench-start bench-journal bench-wire bench-bands third-party mutate lock clean

help: ## show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## create .venv with the locked packages and the project

# The lock decides the whole environment, so a changed lock starts it anew: nothing stale stays.
$(INSTALLED): $(REQUIREMENTS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --requirement $(REQUIREMENTS)
	@touch $@

# The build backend comes from the lock too, so nothing is fetched here.
$(READY): $(INSTALLED) pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## trade three accounts on the simulated gateway, start to end
	@$(BIN)/rebalance demo

# More processes than cores: many tests wait, for a gateway or for time that has to pass.
WORKERS ?= 8
test: $(READY) ## run the tests and the doctests; WORKERS=1 one after the other
	$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --dist worksteal

check: lint types ## the gate: format, lint, types, architecture, dependencies, tests
	@$(MAKE) --no-print-directory test

format: $(READY) ## rewrite the code in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

lint: $(READY) ## check format, rules, architecture and dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry $(PACKAGES)

types: $(READY) ## check the types
	$(BIN)/mypy

laws: $(READY) ## search the laws thoroughly (10,000 examples each)
	$(BIN)/python -m pytest --hypothesis-profile=thorough --timeout=3600 tests/laws

STORIES := $(BIN)/python -m pytest --quiet --hypothesis-profile=stories --timeout=1800 tests/stateful
stateful: $(READY) ## play 10,000 stories of orders that are out, half of them in each of two processes
	@$(STORIES) & first=$$!; $(STORIES) && wait $$first

faults: $(READY) ## play all 796 fault cases against the simulated gateway; CASE=137 plays one
	$(BIN)/python -m tests.faults $(CASE)

RUNS ?= 2000
soak: $(READY) ## play 2,000 runs with random faults; RUNS=50 SEED=7 a slice, ONLY=31 that run
	$(BIN)/python -m tests.soak --runs $(RUNS) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

integration: $(READY) ## try a paper account (IBKR_HOST, IBKR_PORT, IBKR_CLIENT_ID), or else the simulated gateway
	$(BIN)/python -m tests.integration

ACCOUNTS ?= 100
pace: $(READY) ## trade 100 accounts x 13 symbols at a gateway that counts strictly (half an hour)
	PACE_ACCOUNTS=$(ACCOUNTS) $(BIN)/python -m pytest --quiet -rP tests/pacing

fuzz: $(READY) ## try 75,000 damaged files, and 10,000 examples for every fuzz target
	BAD_INPUTS=100 BAD_INPUT_SEED=$(SEED) $(BIN)/python -m pytest --quiet \
		--hypothesis-profile=thorough --timeout=3600 \
		tests/bad_input tests/fuzz tests/adapters/test_any_text.py \
		tests/adapters/gateway/test_fuzz.py

crash: $(READY) ## kill runs at every named point and at 200 random instants
	CRASHES=200 CRASH_SEED=$(SEED) $(BIN)/python -m pytest --timeout=600 \
		--numprocesses $(WORKERS) --dist worksteal tests/crash

# Its own environment: the solvers stay out of the one that is tested.
BENCH := .venv-bench
BENCH_PYTHON := $(subst $(VENV),$(BENCH),$(BIN))/python
$(BENCH)/requirements.stamp: requirements-bench.lock
	@echo "setting up $(BENCH) (once)"
	@$(PYTHON) -m venv --clear $(BENCH)
	@$(BENCH_PYTHON) -m pip -qq --no-input --disable-pip-version-check \
		install --require-hashes --requirement requirements-bench.lock
	@touch $@

bench-sizing: $(BENCH)/requirements.stamp ## hold sizing to its limits, compare plans with the optimum (minutes)
	@$(BENCH_PYTHON) -m benchmarks.sizing

bench-flows: $(BENCH)/requirements.stamp ## compare deposits and withdrawals with the optimum (minutes)
	@$(BENCH_PYTHON) -m benchmarks.flows

bench-start: $(READY) ## measure how long commands take to start, in units of `import ib_async`
	@$(BIN)/python -m benchmarks.start

bench-journal: $(READY) ## compare runs and status with and without 36,000 past orders (minutes)
	@$(BIN)/python -m benchmarks.journal

bench-wire: $(READY) ## count messages, waits and seconds of runs against their floor (minutes)
	@$(BIN)/python -m benchmarks.wire

bench-bands: $(READY) ## turnover and drift of four ways to rebalance 60/40 (a minute)
	@$(BIN)/python -m benchmarks.destinations

# Its own environment: mutmut brings a whole screen library along.
MUTATE := .venv-mutate
MUTATE_PYTHON := $(subst $(VENV),$(MUTATE),$(BIN))/python
$(MUTATE)/requirements.stamp: requirements-mutate.lock
	@echo "setting up $(MUTATE) (once)"
	@$(PYTHON) -m venv --clear $(MUTATE)
	@$(MUTATE_PYTHON) -m pip -qq --no-input --disable-pip-version-check \
		install --require-hashes --requirement requirements-mutate.lock
	@touch $@

mutate: $(MUTATE)/requirements.stamp ## change planning in small ways; the tests must notice (half an hour)
	@$(MUTATE_PYTHON) -m benchmarks.mutation

# Each in a folder of its own: two of them share one name, and none may come near the product.
THIRD_PARTY := .venv-third-party
THIRD_PARTY_LOCKS := tests/third_party_clients/lock
$(THIRD_PARTY)/requirements.stamp: $(wildcard $(THIRD_PARTY_LOCKS)/*) $(INSTALLED)
	@echo "setting up $(THIRD_PARTY) (once)"
	@rm -rf $(THIRD_PARTY) && mkdir -p $(THIRD_PARTY)/stoqey
	@for each in ib_insync ibapi_9 ibapi_10; do \
		$(PIP) install --require-hashes --no-deps --target $(THIRD_PARTY)/$$each \
			--requirement $(THIRD_PARTY_LOCKS)/$$each.lock || exit 1; done
	@cp $(THIRD_PARTY_LOCKS)/package*.json $(THIRD_PARTY)/stoqey
	@if command -v npm >/dev/null; then \
		npm ci --silent --ignore-scripts --prefix $(THIRD_PARTY)/stoqey; \
	else echo "npm is not installed: @stoqey/ib stays away"; fi
	@touch $@

third-party: $(READY) $(THIRD_PARTY)/requirements.stamp ## let clients that others wrote trade a session
	THIRD_PARTY=$(THIRD_PARTY) $(BIN)/python -m pytest --quiet -rA tests/third_party_clients

lock: ## renew the locked requirements within the ranges of pyproject.toml
	@$(PYTHON) -m venv --clear build/lock
	@build/lock/bin/python -m pip --quiet --no-input install 'uv>=0.9'
	@$(COMPILE) --group dev --output-file requirements-dev.lock
	@$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock
	@$(COMPILE) --constraint requirements-dev.lock --group bench \
		--output-file requirements-bench.lock
	@$(COMPILE) --constraint requirements-dev.lock --group mutate \
		--output-file requirements-mutate.lock

# One file for all systems and all Pythons, with the hashes of every file of a release and without
# the address of any index.
COMPILE = build/lock/bin/uv pip compile pyproject.toml --quiet --no-config --universal \
	--python-version 3.11 --upgrade --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links

clean: ## remove the environment, caches and build outputs
	rm -rf $(VENV) $(BENCH) $(THIRD_PARTY) $(MUTATE) build dist *.egg-info .hypothesis \
		.import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
