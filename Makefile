# One-line aliases; what is checked is defined in noxfile.py.
PYTHON = python3
BIN = .venv/bin
RESULTS = .nox/results.json
OPTIONS =
UV = $(BIN)/uv pip install --quiet --python .venv
NOX = $(BIN)/nox --parallel auto --report $(RESULTS) $(OPTIONS)

check: setup  ## Run every check of the pre-push stage; end in the table.
	@rm -f $(RESULTS)
	-@$(NOX) --tags pre-push
	@$(BIN)/autodevelop report $(RESULTS)

test: setup  ## Run the tests on every Python here, and the coverage gate.
	@rm -f $(RESULTS)
	-@$(NOX) --sessions tests coverage
	@$(BIN)/autodevelop report $(RESULTS)

setup: $(BIN)/autodevelop  ## Make .venv with all that is locked.

$(BIN)/autodevelop: test-requirements.txt .ci/uv.txt setup.cfg
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r .ci/uv.txt
	$(UV) --require-hashes -r test-requirements.txt
	$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

lint: setup  ## Fix and check the style of every file.
	@$(BIN)/python -m nox --session lint

dev: setup  ## Serve the division on 127.0.0.1:5000, and reload on changes.
	$(BIN)/flask --app autodevelop.service run --debug

prod-run: setup  ## Serve the division in production: 127.0.0.1:8000.
	$(BIN)/python -m autodevelop.service

health: setup  ## Ask the served division how it is.
	@$(BIN)/autodevelop health http://127.0.0.1:8000/healthz

lock: setup  ## Pin anew what the *.in files ask for.
	@for name in requirements test-requirements .ci/requirements .ci/codecov .ci/uv; do \
	(cd $$(dirname $$name) && $(CURDIR)/$(BIN)/uv pip compile --quiet --upgrade \
	--universal --generate-hashes --no-strip-extras --python-version 3.11 --no-header \
	$$(basename $$name).in -o $$(basename $$name).txt) || exit; done

.PHONY: check test setup lint dev prod-run health lock
