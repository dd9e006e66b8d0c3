# make demo | test | check | bench | bench-index | elastic: each makes the environment first, from pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made

.PHONY: demo test check bench bench-index elastic pins clean format

demo: $(STAMP)
	@$(BIN)/lienthu demo

test: $(STAMP)
	@sh scripts/install-parts.sh
	@$(BIN)/pytest $(ARGS)

check: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/check-docs.py

bench: $(STAMP)
	@$(BIN)/python -m benchmarks.search

# Both backends of the index, up to a million records: half an hour or more. ARGS="--sizes 10000,100000" for less.
bench-index: $(STAMP)
	@$(BIN)/python -m benchmarks.index $(ARGS)

# A real Elasticsearch on this machine, to try the service with; Ctrl-C ends it.
elastic: $(STAMP)
	@$(BIN)/python -m tests.elastic

format: $(STAMP)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(STAMP): pyproject.toml constraints.txt
	@sh scripts/make-environment.sh $(PYTHON) $(VENV)
	@touch $@

# With the oldest Python that is promised (3.11 of Debian 12), else a pin may be too new for it.
pins: $(STAMP)
	@$(BIN)/python -m pip freeze --exclude-editable | { head -1 constraints.txt; cat; } > constraints.new && mv constraints.new constraints.txt

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
