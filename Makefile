# One target per job; every target is thin. `make` lists them.
# Needs make, git and Python 3.11 or newer; everything else is installed into .venv/ on first use.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
SOURCES := handler tests

# Only `make lock` needs uv; it gets a venv of its own.
UV_VERSION := 0.13.9
LOCK_VENV := .venv-lock

.DEFAULT_GOAL := help
# Containers like to set it. A run starts hundreds of Pythons, each of which would compile all of boto3 anew.
unexport PYTHONDONTWRITEBYTECODE
.NOTPARALLEL:
.PHONY: help venv shell demo test prove bench bench-report bench-plots bench-check lint terraform-check security unit \
        integration zip contract browser pictures format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

venv: $(STAMP) ## Install everything for development into .venv/ (PYTHON=python3.13 chooses the Python)

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This project needs Python 3.11 or newer; '$(PYTHON)' is `$(PYTHON) --version 2>&1 | head -n 1`."; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),venv) PYTHON=/path/to/python3.13"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute with an empty cache) ..."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile --require-hashes \
	  --requirement requirements/dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

shell: venv ## Open a shell whose PATH has stripe-handler
	@PATH="$(CURDIR)/$(BIN):$$PATH" $${SHELL:-sh}

demo: venv ## Apply the stack to local AWS and play a subscription's life (KEEP=1 leaves it running, YES=1 ends a kept one)
	$(BIN)/stripe-handler demo $(if $(filter-out 0 no false,$(KEEP)),--keep) $(if $(filter-out 0 no false,$(YES)),--yes)

# In lanes, one of which mostly waits: tests/side_by_side.py says which.
test: venv ## Run every test and check
	$(BIN)/python tests/side_by_side.py

prove: venv ## Run the convergence properties with 100,000 examples (EXAMPLES=n SEED=n)
	$(BIN)/python tests/prove.py

# Not part of `make test`: they take minutes, and their figures are this machine's. NAME="one another", QUICK=1.
bench: venv ## Run the benchmarks and keep their results (NAME=handler_cpu runs one; QUICK=1 keeps nothing)
	PYTHONPATH=tests $(BIN)/python -m benchmarks run $(if $(filter-out 0 no false,$(QUICK)),--quick) $(NAME)

bench-report: venv bench-plots ## Write docs/performance.md again from the benchmarks' results, plots included
	PYTHONPATH=tests $(BIN)/python -m benchmarks report

bench-plots: venv ## Draw docs/plots/*.svg again from the benchmarks' results
	PYTHONPATH=tests $(BIN)/python -m benchmarks plots

# Before a release: NAME as above, JSON=1 for a program.
bench-check: venv ## Measure again and fail where a ratio is worse than the committed one beyond its margin
	PYTHONPATH=tests $(BIN)/python -m benchmarks check $(if $(filter-out 0 no false,$(JSON)),--json) $(NAME)

lint: venv ## Check style, formatting and types
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy --strict

terraform-check: venv ## Check format, validity and tests of the Terraform code
	$(BIN)/python -m stripe_handler_cli.tools.terraform check

security: venv ## Scan the Terraform code with checkov
	$(BIN)/python -m stripe_handler_cli.tools.security_scan

# Twice: the function's runtime is 3.13, and a green 3.11 can hide a red 3.13; and its boto3 is older than ours.
unit: venv ## Run the unit, property and contract tests, again on the newest other Python and the oldest boto3
	$(BIN)/python tests/on_each_python.py --numprocesses=auto --dist=loadgroup tests/unit tests/property tests/contract

# Three processes that mostly wait, each with a local AWS and a stack of its own; an AWS that was given is tested by one.
integration: venv ## Run the integration tests on local AWS, or on AWS_ENDPOINT_URL
	$(BIN)/pytest $(if $(AWS_ENDPOINT_URL),,--numprocesses=3 --dist=loadfile --no-loadscope-reorder) tests/integration

zip: venv ## Build dist/handler.zip, the same bytes on every build
	$(BIN)/stripe-handler package --out dist/handler.zip

contract: venv ## Write again what is made of other files: docs/ on attributes, Terraform's tables, its root's variables
	PYTHONPATH=tests $(BIN)/python -m support.contract_documents
	PYTHONPATH=tests $(BIN)/python -m support.costs
	PYTHONPATH=tests $(BIN)/python -m support.terraform_root
	PYTHONPATH=tests $(BIN)/python -m support.terraform_tables

# Never fails: where no browser can be installed, the tests that want one are skipped and say so.
browser: ## Install Debian's Chromium for the console's browser tests, where this may be done and none is here
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  if command -v $$name > /dev/null; then echo "A browser is here: $$name"; exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing Chromium ..."; \
	  { timeout 60 apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive timeout 180 apt-get install -qq --yes --no-install-recommends chromium; } \
	    > /dev/null 2>&1 || echo "It could not be installed; the browser tests will be skipped."; \
	else echo "No browser is here, and only root can install one; the browser tests will be skipped."; fi

pictures: venv ## Take docs/console/*.png again, of the demo that `make demo KEEP=1` left running
	PYTHONPATH=tests $(BIN)/python -m support.console_pictures

format: venv ## Format Python and Terraform code, and fix what can be fixed
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/python -m stripe_handler_cli.tools.terraform fmt

# The zip's versions are dev.txt's: what is tested is what is shipped. urllib3 stays out of the zip: it comes
# with boto3, which the Lambda runtime has.
lock: venv ## Resolve the requirements again (maintainers)
	$(PYTHON) -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	  --extra cli --extra console --group dev pyproject.toml requirements/dev.in --output-file requirements/dev.txt
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" requirements/checkov.in --output-file requirements/checkov.txt
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --constraint requirements/dev.txt \
	  requirements/benchmarks.in --output-file requirements/benchmarks.txt
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv pip compile --quiet --no-deps --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  requirements/oldest_boto3.in --output-file requirements/oldest_boto3.txt
	UV_PYTHON_DOWNLOADS=never $(LOCK_VENV)/bin/uv pip compile --quiet --upgrade --python-version 3.13 \
	  --no-emit-index-url --no-header --no-annotate --no-emit-package urllib3 \
	  --constraint requirements/dev.txt requirements/handler.in --output-file $(LOCK_VENV)/handler.txt
	$(BIN)/python -m stripe_handler_cli.tools.packaging.lock $(LOCK_VENV)/handler.txt requirements/handler.txt

clean: ## Stop local AWS and remove everything that was built, .venv/ included
	-@for aws in $(wildcard .stripe-handler/*/local-aws .stripe-handler/local-aws); do \
	  test ! -x $(BIN)/stripe-handler || $(BIN)/stripe-handler local down --state-directory $$aws; done
	rm -rf dist build .stripe-handler .mypy_cache .ruff_cache .pytest_cache .hypothesis $(LOCK_VENV) $(VENV) .venv-3.* .venv-oldest-boto3
