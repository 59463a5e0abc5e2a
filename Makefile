# Everything a newcomer needs: `make run` and `make test` work on a fresh machine with Python 3.11 to 3.13.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
ARGS ?=
PYTEST_ARGS ?=
# The work tree itself, which is pure, must not be among these.
NATIVE_PATHS := tests/support tests/incidents tests/places
NATIVE_TESTS := tests/reading tests/places tests/incidents tests/test_replay.py tests/test_native.py

.DEFAULT_GOAL := help
.PHONY: help run test lint bench chaos soak native test-native lock schemas deploy clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## Start everything on an embedded broker and play the sample articles (ARGS=… for `tocsin up`)
	$(BIN)/tocsin up --samples --rate 3 $(ARGS)

test: $(DEV_STAMP) ## Run all tests; those on Apache Kafka need Java and Maven
	$(BIN)/pytest $(PYTEST_ARGS)

lint: $(DEV_STAMP) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) ## Measure speed as ratios side by side in one run, on Apache Kafka
	$(BIN)/python -m tests.bench $(ARGS)

chaos: $(DEV_STAMP) ## Kill workers and brokers under load, and judge that nothing is lost (ARGS="--seed 7 …")
	$(BIN)/python -m tests.chaos $(ARGS)

soak: $(DEV_STAMP) ## Run for an hour at half the capacity: memory, descriptors and lag must stay flat (ARGS=--minutes…)
	$(BIN)/python -m tests.soak $(ARGS)

native: $(DEV_STAMP) ## Compile the pure rooms into build/native (needs a C compiler); `make clean` removes it
	$(BIN)/python scripts/native.py

test-native: native ## Run the tests of the pure rooms against the compiled ones
	build/native/bin/python -P -m pytest --override-ini=pythonpath="$(NATIVE_PATHS)" --require-native $(PYTEST_ARGS) $(NATIVE_TESTS)

lock: $(DEV_STAMP) ## Resolve the pinned dependencies anew
	$(BIN)/python scripts/lock.py

schemas: $(DEV_STAMP) ## Generate schemas/ from the values in streams/model
	$(BIN)/python scripts/build_schemas.py

deploy: $(DEV_STAMP) ## Generate the dashboards, topics and tables under deploy/
	$(BIN)/python scripts/build_dashboards.py
	$(BIN)/python scripts/build_deploy.py

clean: ## Remove the virtual environment, the compiled rooms and all caches
	rm -rf $(VENV) build/native .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python {v[0]}.{v[1]} found: Tocsin needs 3.11 to 3.13; try make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(VENV)/pyvenv.cfg requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(DEV_STAMP): $(VENV)/pyvenv.cfg requirements-dev.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@ $(RUN_STAMP)
