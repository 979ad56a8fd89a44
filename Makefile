# The same commands on a developer's machine and in continuous integration.
# Everything is installed into .venv, from the lock files, by hash.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run journey test release check gallery bench soak lock licences clean

PYTHON := .venv/bin/python
WORKERS ?= 2
COMMIT = $(shell git rev-parse HEAD 2>/dev/null || echo unknown)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.runtime ## install what is needed, and serve the pages of a made-up world to try
	@COI_HOME="$${COI_HOME:-coi-home-demo}" $(PYTHON) -m coi.cli demo $(ARGS)

journey: .venv/.runtime ## tell the first journey of a therapy, command by command
	$(PYTHON) examples/first_journey.py

test: .venv/.development ## run every test but the longest
	@scripts/install_system_packages test
	$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal --junitxml build/tests.xml \
	  -o junit_suite_name=$(COMMIT) -o junit_logging=no

release: .venv/.development ## put a release together below dist/; KEY=FILE signs it
	$(PYTHON) -m tests.whole.release dist/release-$(COMMIT) $(if $(KEY),--key $(KEY))

check: .venv/.development ## check style, types and the lock files
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	$(PYTHON) -m pytest -q tests/whole/test_locks.py

gallery: .venv/.development ## look at every page, keep pictures of all, and write docs/gallery.md
	@scripts/install_system_packages test
	$(PYTHON) -m tests.browser.gallery

bench: .venv/.development ## measure ourselves beside others; shorter with ARGS=--quick
	@scripts/install_system_packages test
	$(PYTHON) -m benchmarks $(ARGS)

soak: .venv/.development ## run the tests that take longer, and change the code to see one fail
	@scripts/install_system_packages test
	@scripts/install_system_packages scan
	$(PYTHON) -m pytest -m soak -n $(WORKERS) --dist worksteal --hypothesis-profile soak
	WORKERS=$(WORKERS) $(PYTHON) -m tests.mutation.run

lock: .venv/.development ## write the lock files anew, with the newest versions that are allowed
	.venv/bin/uv pip compile --quiet --upgrade --universal --no-strip-extras --no-header --no-annotate \
	  --generate-hashes --all-extras --group build --group dev pyproject.toml \
	  --output-file requirements-dev.lock
	.venv/bin/uv pip compile --quiet --upgrade --universal --no-strip-extras --no-header --no-annotate \
	  --generate-hashes --all-extras --group build --constraint requirements-dev.lock \
	  pyproject.toml --output-file requirements.lock

licences: .venv/.development ## list the licence of everything that is installed
	.venv/bin/pip-licenses --order license

clean: ## remove what the tools left; never an instance's folder
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov build dist mutants .bench
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: requirements.lock pyproject.toml scripts/set_up scripts/install_system_packages
	@scripts/set_up runtime

.venv/.development: requirements-dev.lock pyproject.toml scripts/set_up scripts/install_system_packages
	@scripts/set_up development
