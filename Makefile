# Aliases; what is checked is defined in noxfile.py.
PYTHON = python3
OLDEST = $(shell sed -n 's/^python_requires = >=//p' setup.cfg)
BIN = .venv/bin
RESULTS = .nox/results.json
OPTIONS =
TESTS = integration tests coverage
# What another Python left when it failed.
CLEAR = $(if $(wildcard $(BIN)/autodevelop),,--clear)
UV = $(BIN)/uv pip install --quiet --python .venv
LOCKED = install --quiet --require-hashes -r .ci/uv.txt
# One more than cores, since tests also wait: `make test` in 61 s, not in 68.
JOBS = $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')
NOX = $(BIN)/python .ci/progress.py $(BIN)/nox --parallel $(JOBS) \
	--report $(RESULTS) $(OPTIONS)
COMPILE = $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-strip-extras --no-header --python-version $(OLDEST)
# With the versions that are tested here; -r requirements.in needs its lock first.
NEW = $(sort $(wildcard autodevelop/new/templates/*/*requirements.in))
# Fails when nox failed, when it left no report, and when nothing ran.
TABLE = status=$$?; test $$status -ne 130 \
	&& $(BIN)/autodevelop report $(RESULTS) && exit $$status

check: setup  ## Run every check of the pre-push stage; end in the table.
	@rm -f $(RESULTS)
	@$(NOX) --tags pre-push; $(TABLE)

test: setup  ## Run the tests on every Python here, and the coverage gate.
	@rm -f $(RESULTS)
	@$(NOX) --sessions $(TESTS); $(TABLE)

help:  ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-9s %s\n", $$1, $$2}' Makefile

setup: $(BIN)/autodevelop  ## Create .venv from the lock files.

# Python's own pip installs uv, where it can do that into .venv (pip 22.3):
# ensurepip takes longer than all else here. It is called by its path, since a
# shim of pyenv would then rehash, and wait a minute for a lock that is left.
$(BIN)/autodevelop: test-requirements.txt .ci/uv.txt setup.cfg
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < tuple(map( \
	int, "$(OLDEST)".split("."))))' || { \
	echo 'error: $(PYTHON) is not Python $(OLDEST) or newer' >&2; \
	echo 'hint: make PYTHON=python$(OLDEST)' >&2; exit 1; }
	$(PYTHON) -m venv $(CLEAR) --without-pip .venv
	"$$($(PYTHON) -c 'import sys; print(sys.executable)')" \
	-m pip --python .venv $(LOCKED) || { \
	$(PYTHON) -m venv $(CLEAR) .venv && $(BIN)/python -m pip $(LOCKED); }
	$(UV) --no-deps --require-hashes -r test-requirements.txt
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

lint: setup  ## Fix and check the style of every file.
	@$(BIN)/python -m nox --session lint

dev: setup  ## Serve the division on 127.0.0.1:5000, and reload on changes.
	$(BIN)/flask --app autodevelop.service run --debug

prod-run: setup  ## Serve the division in production: 127.0.0.1:8000.
	$(BIN)/python -m autodevelop.service

health: setup  ## Check the health of the division service.
	@$(BIN)/autodevelop health http://127.0.0.1:8000/healthz

lock: setup  ## Pin the latest versions of what the *.in files list.
	@for name in requirements test-requirements .ci/requirements .ci/codecov .ci/docs .ci/uv; do \
	(cd $$(dirname $$name) && $(COMPILE) --upgrade $$(basename $$name).in \
	-o $$(basename $$name).txt) || exit; done
	@for name in $(NEW:.in=); do (cd $$(dirname $$name) && $(COMPILE) --no-annotate \
	-c $(CURDIR)/test-requirements.txt $$(basename $$name).in \
	-o $$(basename $$name).txt) || exit; done

.PHONY: check test help setup lint dev prod-run health lock
