# `make demo` and `make test` need python3 (3.11 or newer), pip and make; they set up a virtual environment of their own.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
# The outer pip fills the environment of the target, so that machines without ensurepip (Debian without python3-venv)
# will do.
INSTALL = $(PYTHON) -m pip --python $(@D)/bin/python --disable-pip-version-check install --quiet
# schemathesis takes one version of jsonschema-rs only, so it is not there beside the lowest or the newest.
WITHOUT_SCHEMATHESIS := --ignore=tests/sandbox/test_contract_cases.py

.PHONY: demo dashboard test coverage stress check bench format lint types drift codegen publish docs test-lowest test-newest test-pythons clean help

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/.demo ## A tour of the SDK against the embedded sandbox
	@$(RUN) examples/tour.py

dashboard: $(VENV)/.dev ## The desk in the terminal, live, on the embedded sandbox; q quits
	@$(RUN) examples/dashboard.py

test: $(VENV)/.dev ## All tests
	@$(RUN) -m pytest -q -n 2

check: format lint types drift test ## What has to hold before a change lands

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/validate-pyproject pyproject.toml
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright --project pyproject.toml

drift: $(VENV)/.dev
	$(RUN) -m codegen --check
	$(RUN) -m codegen --publish --check

coverage: $(VENV)/.dev ## How much of the code the tests reach; fails if it is less than pyproject.toml says
	@$(BIN)/coverage erase
	@$(RUN) -m coverage run -m pytest -q -n 2
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

stress: $(VENV)/.dev ## The random tests, long: minutes, not seconds
	@$(RUN) -m pytest -q -n 2 --hypothesis-profile=stress tests/attacks tests/webhooks tests/bulk tests/core/test_pagination.py tests/core/test_odd_lists.py \
	  tests/quota/test_quota.py tests/http/test_retry_policy.py tests/http/test_writes.py tests/quota/test_bulk_pacing.py tests/quota/test_postgres.py tests/live/test_sse.py tests/live/test_law.py tests/live/test_rows.py tests/live/test_live.py \
	  tests/test_foreign_*.py tests/test_no_secrets.py tests/codegen/test_adopt.py tests/codegen/test_adopt_new.py tests/codegen/test_diff.py \
	  tests/sandbox/test_contract_cases.py tests/sandbox/test_model.py tests/sandbox/test_kill.py \
	  tests/cli/test_listen.py tests/mcp/test_process.py tests/mcp/test_text.py tests/mcp/test_model.py \
	  tests/public/test_processes.py tests/public/test_faults.py tests/public/test_tokens.py \
	  tests/outbox/test_kill.py tests/outbox/test_waiting.py tests/outbox/test_lanes.py

bench: $(VENV)/.bench ## What the client costs, against the limits and the peers
	@$(RUN) -m benchmarks

codegen: $(VENV)/.dev ## openapi.yaml and contract/ into cstar_async/_generated; SPEC=FILE puts FILE in openapi.yaml's place
	$(RUN) -m codegen $(if $(SPEC),--adopt $(SPEC))

publish: $(VENV)/.dev ## openapi.yaml anew, as an export of contract/cstar.yaml
	$(RUN) -m codegen --publish

docs: $(VENV)/.dev ## docs/fidelity.md and docs/cli-reference.md, from the contract and the sandbox's notes
	@$(RUN) -m cstar_async.sandbox.contract.fidelity > docs/fidelity.md
	@$(RUN) -m cstar_async.cli.reference > docs/cli-reference.md

test-lowest: $(VENV)-lowest/.test ## The tests with the lowest version of everything that users may have
	@$(VENV)-lowest/bin/python -m pytest -q -n 2 $(WITHOUT_SCHEMATHESIS)

test-newest: $(VENV)-newest/.made ## The tests with the newest version of everything
	@echo "Setting up $(VENV)-newest with what is newest today ..."
	@$(PYTHON) -m pip --python $(VENV)-newest/bin/python --disable-pip-version-check install --quiet \
	  --upgrade --upgrade-strategy eager -e '.[test]'
	@$(VENV)-newest/bin/python -m pytest -q -n 2 $(WITHOUT_SCHEMATHESIS)

TARGET ?= test
test-pythons: ## The tests on each supported Python that this machine has; TARGET=test-lowest for others
	@for version in 3.11 3.12 3.13 3.14; do \
	  for candidate in "$$(command -v python$$version)" $$HOME/.pyenv/versions/$$version.*/bin/python$$version; do \
	    if [ -n "$$candidate" ] && "$$candidate" -c '' 2>/dev/null; then \
	      echo "== $$("$$candidate" --version)"; \
	      $(MAKE) --no-print-directory $(TARGET) PYTHON="$$candidate" VENV=.venv-$$version || exit 1; \
	      continue 2; \
	    fi; \
	  done; \
	  echo "== Python $$version: not on this machine"; \
	done

%/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cstar-async needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(@D) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(@D)
	@touch $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once) ..."
	@$(INSTALL) -c constraints.txt -e '.[sandbox]'
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the development tools (once) ..."
	@$(INSTALL) -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Setting up $(VENV) with the peers to measure against (once) ..."
	@$(INSTALL) -c constraints.txt -e '.[bench]'
	@touch $@

$(VENV)-lowest/.test: $(VENV)-lowest/.made pyproject.toml constraints.txt tests/lowest.py
	@echo "Setting up $(@D) with the lowest versions (once) ..."
	@$(PYTHON) tests/lowest.py > $(@D)/lowest.txt
	@$(INSTALL) -c $(@D)/lowest.txt -e '.[test]'
	@touch $@

clean: ## Remove what make made
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-newest .venv-3.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
	  .coverage .coverage.* build dist
