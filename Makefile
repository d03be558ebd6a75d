# The two commands of the README, and what they are made of. PYTHON names the interpreter.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: example test setup setup-dev lint types unit golden benchmarks screenshot clean

example: setup  ## set everything up and make a report of the example article
	$(BIN)/mtqe report examples/article.txt
	$(BIN)/mtqe run configs/article-report.yaml
	@echo "A page for the browser: reports/article.html"

test: setup-dev lint types unit  ## set everything up and pass the tests

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[torch]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[torch,dev]'
	touch $@

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

unit: setup-dev
	$(BIN)/python -m pytest

golden: setup-dev  ## make the golden reports anew, after a change that is meant to show in them
	$(BIN)/python -m pytest tests/writers --golden

benchmarks: setup-dev  ## measure everything; those that need the data folder say so if it is absent
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

screenshot: setup-dev  ## the picture of the README
	$(BIN)/python docs/screenshot.py

clean:
	rm -rf $(VENV) reports build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
