# make lab, make test, make grade: each sets up what it needs first, once.
# Another Python: make setup PYTHON=python3.12
BIN = .venv/bin
STAMP = .venv/.setup
CODE = .ci autograder bench convbook scripts tests
UV = $(BIN)/uv
# Each of two processes begins with its half, so that what a file prepares is mostly prepared once.
TWO = -n 2 --dist worksteal
# The sample class is our own code: where no sandbox works it may run without one.
UNPROTECTED = $$($(BIN)/python -m autograder.airlock >/dev/null || echo --sandbox none)

# The Python of .venv if there is one, else the first that fits, else python3, which says what is wrong.
PYTHON ?= $(or $(shell for python in $(BIN)/python python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python scripts/setup.py --fits 2>/dev/null && echo $$python && break; done),python3)

.PHONY: help setup lab test quick long test-browser test-gpu bench-gpu fuzz proof kill bench grade attacks
.PHONY: build slides site lint lock clean FORCE
help:  ## list the targets
	@sed -n 's/^\([A-Za-z0-9][A-Za-z0-9_.-]*\) *:.*## */make \1	/p' Makefile | expand -t 20

setup: $(STAMP)  ## make .venv and install everything into it (the others do this by themselves)
	@echo "Ready: make lab, make test, make grade."

# A Python named on the command line is looked at again, even if .venv is up to date.
$(STAMP): requirements.lock pyproject.toml $(if $(filter command,$(origin PYTHON)),FORCE)
	@$(PYTHON) scripts/setup.py
	@touch $@

lab: $(STAMP)  ## open the course at lesson 1 in JupyterLab
	@$(BIN)/convbook lab

test: $(STAMP)  ## run all tests but those of make long
	$(BIN)/pytest $(TWO) -m "not long"

long: $(STAMP)  ## run the longest tests: all attacks, killed graders, clusters, platforms, a class of sixty
	$(BIN)/pytest $(TWO) -m long

quick: $(STAMP)  ## run the tests that take no more than a few seconds
	$(BIN)/pytest $(TWO) -m "not slow"

test-browser: $(STAMP)  ## a student and an instructor in a real browser; pictures in build/browser/
	$(BIN)/pytest tests/browser

test-gpu: $(STAMP)  ## run what needs a GPU with CuPy; on other machines it is skipped
	$(BIN)/pytest tests/convbook/gpu "tests/lessons/test_lessons.py::test_the_solution_notebook_runs[10_gpu]" "tests/lessons/test_lessons.py::test_the_solution_notebook_runs[13_kernels]"

bench-gpu: $(STAMP)  ## convolution on a GPU, beside cuDNN; elsewhere it says that it was not run
	$(BIN)/python bench/gpu.py

fuzz: $(STAMP)  ## send a million malformed frames to the code that reads a student's bytes
	$(BIN)/pip install --quiet "atheris>=3,<4"
	$(BIN)/python tests/fuzz/wire.py -runs=1000000

proof: $(STAMP)  ## prove the checks: known mistakes, mutants, steady grades (takes long)
	$(BIN)/pip install --quiet "cosmic-ray>=8.4,<9"
	PYTHONPATH=tests/lessons:tests $(BIN)/python tests/proof/shortcuts.py
	PYTHONPATH=tests/proof $(BIN)/python tests/proof/shown.py
	PYTHONPATH=tests/lessons:tests/proof $(BIN)/python tests/proof --write $(ARGS)

kill: $(STAMP)  ## kill graders and workers at a hundred random moments each, and go on (takes long)
	KILLS=100 $(BIN)/pytest -s -k killed tests/autograder/classroom/test_resume.py tests/autograder/grading/test_cluster.py

bench: $(STAMP)  ## grading beside plain nbgrader, layers beside PyTorch: writes the tables in docs/
	@$(BIN)/pip install --quiet torch==2.13.0 || echo "PyTorch 2.13.0 could not be installed"
	$(BIN)/python bench $(ARGS)

grade: $(STAMP)  ## grade the sample class
	@$(BIN)/python tests/sample_class.py class/sample/submitted
	@$(BIN)/autograder grade --class class/sample $(UNPROTECTED)

attacks: $(STAMP)  ## hand the attacks in to our grader and to plain nbgrader (as root)
	@PYTHONPATH=tests $(BIN)/python -m attacks $(ARGS)

build: $(STAMP)  ## build the notebooks from their sources
	@$(BIN)/autograder build

slides: $(STAMP)  ## build the slides, one HTML file a lecture (PDF=--pdf prints them, too)
	@$(BIN)/autograder slides $(PDF)

site: $(STAMP)  ## build the website in build/site: lessons, slides, demos, docs
	@$(BIN)/python -c "import furo, myst_nb, sphinx" 2>/dev/null || \
		$(UV) pip install --quiet --python $(BIN)/python --group site
	@$(BIN)/autograder site

lint: $(STAMP)  ## check style and types
	@status=0; for check in "ruff check $(CODE) lectures solutions" "ruff format --check $(CODE)" mypy \
		"lint-imports --no-logo --no-cache"; do \
		echo "$$check"; $(BIN)/$$check || status=1; done; exit $$status

lock: $(STAMP)  ## write requirements.lock from pyproject.toml (LOCK=--upgrade for the newest versions)
	$(UV) pip compile pyproject.toml --extra grade --extra postgresql --extra test --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-strip-extras --annotation-style line --custom-compile-command "make lock" --quiet -o requirements.lock $(LOCK)

clean:  ## remove .venv and what the tools left behind (no notebooks, no grades)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
