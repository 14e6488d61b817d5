PYTHON ?= python3
BIN := .venv/bin
MINUTES ?= 15

.DEFAULT_GOAL := help
.PHONY: help install demo test test-long lint format bench soak wheel schema-check release lock clean

help: ## list every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-13s %s\n", $$1, $$2}'

install: .venv/.installed ## make .venv with the locked dependencies

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Shelfwire needs Python 3.11 or later: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## run the main job: Postgres, warehouse, sandbox, runner (DEMO_SECONDS=20, ARGS="--catalog FILE")
	@$(BIN)/python -m demo $(ARGS)

test: install ## run every test (DATABASE_URL=postgresql://... for a server of your own)
	$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

test-long: install ## run the tests that `make test` leaves out: django-oscar installed from PyPI and at work
	$(BIN)/pytest -m long $(ARGS)

bench: install ## measure; prints `name value unit` lines (ONLY=capture for one group)
	@$(BIN)/python -m bench $(ONLY)

soak: install ## load with every fault for MINUTES=15, then nothing may be lost and nothing have grown
	@$(BIN)/python -m soak --minutes $(MINUTES)

lint: install ## ruff, mypy --strict, import-linter, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 sql migrations

format: install ## rewrite the code in the project's layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: install ## build dist/shelfwire-*.whl, which needs no checkout
	@$(BIN)/hatchling build --target wheel

schema-check: install ## what another version of Shopify's schema breaks, and deprecates (FILE=schema.graphql.gz)
	@$(BIN)/python -m runner.shopify.check $(FILE)

release: install ## freeze the revisions that are not released yet, see sql/README.md
	@$(BIN)/python -m migrations.release

lock: install ## resolve requirements.lock anew
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --quiet --upgrade -o requirements.lock

clean: ## remove .venv and everything generated
	rm -rf .venv .shelfwire dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
