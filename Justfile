# The recipes of the house; `just` lists them. Everything runs in .venv, which ./run and ./test make.

export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# List the recipes
default:
    @just --list

# Everything that CI checks but the tests
check: lint types floors lock openapi-check web-check site

# Style, format and length of files
lint:
    ruff format --check src tests benchmarks scripts hatch_build.py
    ruff check src tests benchmarks scripts hatch_build.py
    python scripts/lengths.py

# Write the format that `lint` wants
format:
    ruff format src tests benchmarks scripts hatch_build.py
    ruff check --fix src tests benchmarks scripts hatch_build.py

# The strict type checker
types:
    mypy

# Imports go down only
floors:
    lint-imports

# The lock fits pyproject.toml and names no address
lock:
    python scripts/lock.py

# The OpenAPI document in the documentation is the code's, and breaks no client
openapi-check:
    python scripts/openapi.py --check

# Write the OpenAPI document anew; clients are made from it
openapi *words:
    python scripts/openapi.py {{ words }}

# Types and units of the console and the TypeScript client
web-check:
    python scripts/console.py check

# Build the console
web:
    python scripts/console.py

# The public conformance suite of MCP against our server; needs Bun
mcp-conformance:
    cd web && bun install --frozen-lockfile
    pytest -n0 tests/foreign/test_mcp_conformance.py

# Pin newest versions again
relock:
    uv pip compile --quiet --universal --generate-hashes --no-header --upgrade --all-extras --group dev pyproject.toml -o requirements.lock

# Every test; words go to pytest
test *words:
    ./test {{ words }}

# Every test with branch coverage
coverage:
    coverage erase
    coverage run -m pytest -n 2 --dist worksteal
    coverage combine --quiet
    coverage report

# The engine's tests on Python 3.13, where it is installed
other-python:
    sh scripts/other-python

# One benchmark: just bench run_overhead --quick
bench name *words:
    python -m benchmarks.{{ name }} {{ words }}

# Whether memory stays flat: 10,000 runs in one process; just soak --quick for 1500
soak *words:
    python -m benchmarks.soak {{ words }}

# Build the router's weights anew from training/routing, and measure them on requests they have not seen
train-router:
    PYTHONPATH=src:. OMP_NUM_THREADS=1 uv run --quiet --no-project --isolated --python .venv/bin/python --with-requirements training/requirements.lock python -m training.routing.train
    artelier eval routing training/routing/data/held_back.jsonl

# Kill the server at random moments, many times: just chaos 50 3 (rounds, seed)
chaos rounds="30" seed="7":
    ARTELIER_CHAOS_ROUNDS={{ rounds }} ARTELIER_CHAOS_SEED={{ seed }} python -m pytest tests/e2e/test_kill.py -k chaos

# Write the reference pages that the code says itself
reference:
    python scripts/reference.py

# Build the documentation site into build/site
site:
    zensical build --clean --strict

# Show the documentation site while it is written
site-serve:
    zensical serve

# Take the pictures of the documentation anew
pictures:
    ARTELIER_PICTURES=build/pictures python -m pytest -n0 tests/console/test_screens.py -k "light or phone"
    mkdir -p docs/pictures && cd build/pictures && cp console-first.png console-question.png console-done.png console-phone.png ../../docs/pictures/
