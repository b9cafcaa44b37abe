# One-line aliases; what they run is defined in noxfile.py.
PYTHON = python3
ifeq ($(OS),Windows_NT)
BIN = .venv/Scripts/
else
BIN = .venv/bin/
endif
NOX = $(BIN)python -m nox
RESULTS = .nox/results.json

.PHONY: check test lint setup dev prod-run lock clean

check: setup  ## every check of the pre-push stage, then the table
	-$(NOX) --tags pre-push --parallel auto --report $(RESULTS)
	@$(BIN)python -m autodevelop report $(RESULTS)
