# `make demo` and `make test` need python3 (3.11 or newer), pip and make; they set up a virtual environment of their own.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
# The outer pip fills the environment, so that machines without ensurepip (Debian without python3-venv) will do.
INSTALL := $(PYTHON) -m pip --python $(RUN) --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: demo test stress check bench format lint types drift codegen docs test-pythons clean help

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.demo ## A tour of the SDK against the embedded sandbox
	@$(RUN) examples/tour.py

test: $(VENV)/.dev ## All tests
	@$(RUN) -m pytest -q -n 2

check: format lint types drift test ## What has to hold before a change lands

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright --project pyproject.toml

drift: $(VENV)/.dev
	$(RUN) -m codegen --check

stress: $(VENV)/.dev ## The random tests, long: minutes, not seconds
	@$(RUN) -m pytest -q -n 2 --hypothesis-profile=stress tests/attacks tests/webhooks tests/bulk tests/test_page.py \
	  tests/test_quota.py tests/test_retry.py tests/test_writes.py tests/test_pacing.py tests/test_shared_quota.py tests/test_sse.py \
	  tests/sandbox/test_contract_cases.py tests/sandbox/test_model.py tests/sandbox/test_kill.py

bench: $(VENV)/.bench ## What the client costs, against the limits and the peers
	@$(RUN) -m benchmarks

codegen: $(VENV)/.dev ## openapi.yaml into cstar_async/_generated
	$(RUN) -m codegen

docs: $(VENV)/.dev ## docs/fidelity.md, from the contract and the sandbox's notes
	@$(RUN) -m cstar_async.sandbox.fidelity > docs/fidelity.md

test-pythons: ## The tests on each supported Python that this machine has
	@for version in 3.11 3.12 3.13; do \
	  for candidate in "$$(command -v python$$version)" $$HOME/.pyenv/versions/$$version.*/bin/python$$version; do \
	    if [ -n "$$candidate" ] && "$$candidate" -c '' 2>/dev/null; then \
	      echo "== $$("$$candidate" --version)"; \
	      $(MAKE) --no-print-directory test PYTHON="$$candidate" VENV=.venv-$$version || exit 1; \
	      continue 2; \
	    fi; \
	  done; \
	  echo "== Python $$version: not on this machine"; \
	done

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cstar-async needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once) ..."
	@$(INSTALL) -e '.[sandbox]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the development tools (once) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the peers to measure against (once) ..."
	@$(INSTALL) -e '.[bench]'
	@touch $@

clean: ## Remove what make made
	rm -rf $(VENV) .venv-3.* .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
