# Run `make help` for what there is to do.
.DEFAULT_GOAL := help
.PHONY: help setup run chat train test mutation lint format lock check-corpus clean
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## create both environments (others do it when needed)
	@tools/bootstrap

run: setup ## start the assistant: everything that is missing is set up first
	@.venv/bin/huashu run

chat: setup ## talk to the running assistant in the terminal
	@.venv/bin/huashu chat

train: setup ## train a model if none fits the corpus and configuration
	@.venv/bin/huashu train

check-corpus: setup ## check every file of the script corpus, all problems at once
	@.venv/bin/huashu corpus check

test: lint check-corpus train ## everything: lint, corpus, unit tests, pages in Chromium, dialogues against the real assistant
	@.venv/bin/python -m pytest -q -n 2 tests/unit
	@.venv/bin/python -m pytest -q tests/browser
	@.venv/bin/python -m pytest -q tests/conversations tests/faults

mutation: setup ## change policy and suitability in every small way, count what no test notices (policy 3.4 %, suitability 8.0 %; an hour)
	@rm -rf mutants
	@.venv/bin/mutmut run --max-children 2
	@.venv/bin/python tools/mutation.py

lint: setup ## ruff, mypy, import-linter
	@.venv/bin/ruff format --check --quiet . && .venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache > var/log/imports.log || (cat var/log/imports.log; exit 1)

format: setup ## format the code
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

lock: setup ## renew both lock files
	@tools/lock

clean: ## remove environments, models and everything made at run time
	rm -rf .venv .venv-rasa .uv var mutants .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bot/models -mindepth 1 ! -name .gitkeep -delete
