# mrtrack: the two commands a newcomer needs are `make run` and `make test`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
HOST ?= 127.0.0.1
PORT ?= 8000
VENV_PYTHON := .venv/bin/python

# The first Python of the machine that is new enough; set PYTHON to choose another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$python"; break; fi; done)

.PHONY: run test check install install-dev secret drill bench requirements format help

run: install ## Run mrtrack with a demo clinic (make run PORT=8001 for another port)
	@$(VENV_PYTHON) tools/run.py --host "$(HOST)" --port "$(PORT)"

test: install-dev ## All checks and tests, on SQLite, on PostgreSQL and in a browser
	@$(VENV_PYTHON) -m tools.run_tests

check: install-dev ## Lint, format, types, floors, templates, migrations, production settings
	@$(VENV_PYTHON) -m tools.check

drill: install-dev ## The long tests
	@$(VENV_PYTHON) -m tools.drill

bench: install-dev ## Speed and memory figures
	@$(VENV_PYTHON) -m benchmarks

install: need-python ## Create .venv and install what mrtrack needs to run
	@"$(PYTHON)" tools/install.py requirements.txt

install-dev: need-python ## The same, with what tests and checks need
	@"$(PYTHON)" tools/install.py requirements-dev.txt

secret: need-python ## Write var/secret_key, unless there is one
	@"$(PYTHON)" tools/secret.py

format: install-dev ## Put the code into the common format
	@$(VENV_PYTHON) -m ruff check --fix --quiet .
	@$(VENV_PYTHON) -m ruff format .

requirements: install-dev ## Pin every package with its hashes
	@sh tools/requirements.sh

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: need-python
need-python:
	@if [ -z "$(PYTHON)" ]; then \
	echo "mrtrack needs Python 3.11 or newer, and none was found."; \
	echo "On Debian or Ubuntu: apt install python3 python3-venv"; exit 1; fi
