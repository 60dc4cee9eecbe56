# Pangaea. Needs Python 3.11 or later and make; everything else goes into .venv by itself.
#   make run                          the whole shop in one process: http://127.0.0.1:8080, gRPC on 9090
#   make run TOPOLOGY=microservices   the same code, one process per module

TOPOLOGY ?= monolith
USERS ?= 16
SECONDS ?= 30
RATE ?= 0
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready

# A tree that was moved or copied has launchers that point to the old place: then setting up starts afresh.
MOVED := $(if $(wildcard $(READY)),$(if $(findstring <$(CURDIR)>,<$(shell cat $(READY))>),,moved))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup machine run dev test check lint types layers contracts architecture topologies bench load format lock imports clean moved

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@printf '\n  TOPOLOGY=name picks a plan of config/topologies.toml for run and load; ARGS="…" goes to run, test, bench and load;\n  USERS, SECONDS and RATE (users that arrive in a second; 0: all at once) say how much load.\n'

setup: $(READY) ## make .venv and install what is locked in requirements-dev.txt

$(READY): requirements-dev.txt pyproject.toml scripts/setup.sh $(MOVED)
	@sh scripts/setup.sh

machine: ## install what the tests need of the machine: Chromium (Debian; by root or sudo)
	@sh scripts/machine.sh

run: $(READY) ## serve the monolith, or with TOPOLOGY=microservices all processes of a plan
ifeq ($(TOPOLOGY),monolith)
	@exec $(BIN)/pangaea run --topology monolith $(ARGS)
else
	@exec $(BIN)/pangaea up --topology $(TOPOLOGY) $(ARGS)
endif

dev: $(READY) ## the monolith, restarted whenever a file changes
	@exec $(BIN)/pangaea dev $(ARGS)

test: $(READY) ## every test; what this machine cannot run is listed at the end with the reason
	$(BIN)/python -m pytest -ra -n auto --maxprocesses 8 --dist loadfile $(ARGS)

check: lint types layers contracts topologies architecture ## all that CI asks before the tests

lint: $(READY) ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## basedpyright, strict
	$(BIN)/basedpyright

layers: $(READY) ## import-linter: a room imports only from lower floors
	$(BIN)/lint-imports

contracts: $(READY) ## each contract.proto is what the code says, and breaks nobody
	$(BIN)/pangaea contracts --check

topologies: $(READY) ## every topology holds, without starting anything
	$(BIN)/pangaea check

architecture: $(READY) ## the house rules: sizes, names, imports
	$(BIN)/python -m pytest -q tests/architecture

bench: $(READY) ## measure every budget beside its bare counterpart; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks $(ARGS)

load: $(READY) ## shoppers against TOPOLOGY, "monolith microservices" for both: requests/s, latencies, errors, processor time
	$(BIN)/python -m benchmarks.shopper $(TOPOLOGY) --users $(USERS) --seconds $(SECONDS) --rate $(RATE) $(ARGS)

format: $(READY) ## let ruff fix and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

imports: $(READY) ## write tests/architecture/imports.txt anew
	$(BIN)/python -m tests.architecture.third_party > tests/architecture/imports.txt

lock: $(READY) ## resolve the versions anew; ARGS=--upgrade takes newer ones
	@sh scripts/lock.sh $(ARGS)

clean: ## remove .venv and every cache; data/ stays
	rm -rf .venv build ./*.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find app modules tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
