# Everything sets itself up: the first call makes .venv from requirements/*.txt (hashes checked), the next ones find it there and need no network.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV   := .venv
RUN    := $(VENV)/bin/python
ARGS   ?=
CORES  ?= 2
# Files of tests that start stacks of their own, at once. More are faster on a quiet machine and run out of patience on a busy one.
STACKS ?= $(CORES)
# Without byte code kept, every process that a test starts, and every workflow's sandbox, compiles its modules anew: half of the suite's time.
unexport PYTHONDONTWRITEBYTECODE

stamp = $(VENV)/.installed-$(1)-$(shell cksum < requirements/$(1).txt | tr -cd '0-9')
RUNTIME := $(call stamp,runtime)
TEST    := $(call stamp,test)
BENCH   := $(call stamp,bench)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help set-up run test check prove bench format docs lock clean

help: ## what can be made
	@sed -n 's/^\([a-z][a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

set-up: $(TEST) ## what the tests need, and nothing else

run: $(RUNTIME) ## start everything on 127.0.0.1, port a number, stay up (ONCE=1: stop after the port)
	@$(RUN) -m stack

# The tests of the living part start stacks of their own, file by file, the longest first. Both parts run even if one fails;
# pytest's 5 (no tests) is no failure where the other part has some.
test: $(TEST) ## the tests (ARGS="-k rio" chooses some, CORES=8 runs more at once)
	@result=5; for part in "together --dist worksteal -n $(CORES)" "living --dist loadfile --no-loadscope-reorder -n $(STACKS)"; do \
	$(RUN) -m pytest --part $$part $(ARGS); code=$$?; \
	case $$code,$$result in 5,*) ;; 0,5) result=0;; 0,*) ;; *) result=$$code;; esac; \
	done; exit $$result

check: $(TEST) ## lint, format, types, direction of imports
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports

prove: $(TEST) ## the long proofs, outside CI: every size full (ARGS="kills" chooses some); results go to docs/proofs.md
	@$(RUN) -m tests.prove $(ARGS)

bench: $(BENCH) ## measure (ARGS are handed on)
	@$(RUN) -m benchmarks $(ARGS)

format: $(TEST) ## lay the code out
	@$(RUN) -m ruff check --fix-only .
	@$(RUN) -m ruff format .

docs: $(TEST) ## write the tables in docs/ that are made from enumerations
	@$(RUN) -m tests.support.doc_tables

# The other two files take the versions of the tests' file, so that one .venv can hold all three.
LOCK := uv pip compile --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet
lock: ## choose versions anew (needs uv)
	@$(LOCK) pyproject.toml --extra test --extra postgresql --upgrade --output-file requirements/test.txt
	@$(LOCK) pyproject.toml --constraint requirements/test.txt --output-file requirements/runtime.txt
	@$(LOCK) pyproject.toml --extra bench --constraint requirements/test.txt --output-file requirements/bench.txt

clean: ## remove .venv and caches; the state in .relais stays
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-%:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11) and "Relais needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11")'
	@name=$*; name=$${name%-*}; \
	echo "Setting up $(VENV) for requirements/$$name.txt (once; about a minute)"; \
	test -x $(VENV)/bin/python && test -x $(VENV)/bin/pip || $(PYTHON) -m venv $(VENV) || exit 1; \
	$(RUN) -m pip install --disable-pip-version-check --no-input --require-hashes --requirement requirements/$$name.txt || exit 1; \
	rm -f $(VENV)/.installed-$$name-*; \
	touch $@; \
	if [ $$name = test ]; then touch $(RUNTIME) $(BENCH); fi  # the file of the tests holds the other two
