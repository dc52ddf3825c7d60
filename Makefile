# Everything that is done with this repository, one target each. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
NEWSWEIR_EVAL_DIR ?= ../shared/eval
# The interpreter is the machine's; uv fetches none.
export UV_PYTHON_DOWNLOADS := never

# What runs anywhere: no server but the bundled one, no browser.
ANYWHERE := not elasticsearch and not redis_server and not browser and not deploy and not docker and not slow and not fuzz
# Where such tests are: what lies elsewhere needs something, each of it, and importing it takes time.
WITHOUT_A_SERVER := tests/unit tests/contract tests/integration

# Stores write to disk before they answer, and tests wait for the disk more than they compute: their folders are in
# memory where there is enough of it (a run takes 110 MB), and gone afterwards.
FOLDERS = $(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 1000000 2>/dev/null && \
	echo /dev/shm || echo "$${TMPDIR:-/tmp}")

# Each commit of the embedded store takes some megabytes and gives them back, and with them the system's time: a fifth of
# that of a run. Kept for the next one they are not asked for again, and the threads that come and go share them.
KEEPING_MEMORY := MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=268435456 MALLOC_TRIM_THRESHOLD_=1073741824

# Every target with a line of help is a command, whatever file bears its name.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\# .*/\1/p' $(MAKEFILE_LIST))

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Install everything into .venv

$(INSTALLED): uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "make: creating $(VENV)"; $(PYTHON) -m venv $(VENV) || \
	  { echo "make: $(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }; }
	@test -x $(BIN)/uv || { echo "make: installing uv"; $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; }
	@echo "make: installing the locked dependencies"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --frozen --all-extras --inexact --compile-bytecode --quiet
	@touch $@

demo: setup ## Run everything over the bundled newsroom, then open http://127.0.0.1:8000/
	@$(BIN)/newsweir demo

run: setup ## Run everything over your sources: make run SOURCES=sources.yaml
	@$(BIN)/newsweir run $(if $(SOURCES),--sources $(SOURCES))

# Three workers on two cores: while one waits for what it started, or for a pause that is meant, two others work.
test: setup ## Test what needs no server: 120 s of processor time, on two cores
	@folders=$$(mktemp -d "$(FOLDERS)/newsweir-XXXXXX") && trap 'rm -rf "$$folders"' EXIT && PYTHONDONTWRITEBYTECODE= $(KEEPING_MEMORY) \
	  $(BIN)/pytest $(WITHOUT_A_SERVER) -m "$(ANYWHERE)" -n 3 --dist worksteal --hypothesis-profile=quick --basetemp "$$folders/t"

test-all: setup ## Test everything; Elasticsearch (ELASTICSEARCH_URL), redis-server and Chromium where they are found
	@$(KEEPING_MEMORY) $(BIN)/pytest $(PYTEST_FLAGS)

test-ui: setup ## Test the pages in Chromium, over the demo: journeys, accessibility, a budget
	@$(BIN)/pytest tests/browser --require-browser $(PYTEST_FLAGS)

screenshots: setup ## Take the pictures of README and docs from the demo, in Chromium: docs/images
	@$(BIN)/python -m tests.browser.screenshots

test-deploy: setup ## Test what is deployed: image, compose file, chart, rules, dashboards, backups, a trace; says what it skips
	@$(BIN)/pytest tests/deploy $(PYTEST_FLAGS)

lint: setup ## Check style, types and who imports whom
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

fix: setup ## Mend what the linter can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

eval: eval-extraction eval-robots eval-feeds eval-relations eval-search eval-enrichment eval-stories ## Measure the quality of everything that has a public evaluation set

eval-extraction: setup ## Measure text extraction on the article extraction benchmark
	@$(BIN)/python -m tests.eval.extraction --dir $(NEWSWEIR_EVAL_DIR)

eval-robots: setup ## Check robots.txt against the public compliance cases of RFC 9309
	@$(BIN)/python -m tests.eval.robots --dir $(NEWSWEIR_EVAL_DIR)

docs: setup ## Build the documentation's pages into build/docs
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --frozen --all-extras --group docs --inexact --quiet
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet && echo "build/docs/index.html"

audit: setup ## Compare the locked packages with the vulnerabilities that the package index knows
	@$(BIN)/uv export --frozen --all-extras --no-dev --no-emit-project --format requirements-txt --quiet >.venv/locked.txt
	@$(BIN)/uv tool run pip-audit --disable-pip --require-hashes --requirement .venv/locked.txt

bench: bench-pipeline bench-bus ## Measure everything together, then the bus alone; docs/benchmarks.md says what came of it

bench-pipeline: setup ## Measure real pages on their way through all services (PAGES=1000 HOSTS=50), on each stack, beside a script
	@$(BIN)/python -m tests.bench.pipeline --dir $(NEWSWEIR_EVAL_DIR) $(if $(PAGES),--pages $(PAGES)) $(if $(HOSTS),--hosts $(HOSTS))

bench-growth: setup ## Measure whether an article costs more as articles and sources become more: 10,000, or ARTICLES=N
	@$(BIN)/python -m tests.bench.pipeline.growth --dir $(NEWSWEIR_EVAL_DIR) $(if $(ARTICLES),--articles $(ARTICLES))

bench-profile: setup ## Show which functions take the time as real pages pass through all services (PAGES=1000)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --frozen --all-extras --inexact --group bench --quiet
	@$(BIN)/python -m tests.bench.pipeline.profile --dir $(NEWSWEIR_EVAL_DIR) $(if $(PAGES),--pages $(PAGES))

bench-placing: setup ## Measure what placing in stories takes as articles become more: 10,000, or ARTICLES=N
	@$(BIN)/python -m tests.bench.placing $(if $(ARTICLES),--articles $(ARTICLES))

bench-bus: setup ## Measure a stage beside loops written by hand: under 90 seconds
	@$(BIN)/python -m tests.bench.bus

eval-feeds: setup ## Measure the reading of feeds on the documents that feedparser is tested with
	@$(BIN)/python -m tests.eval.feeds --dir $(NEWSWEIR_EVAL_DIR)

eval-search: setup ## Measure the relevance of searches on Cranfield, on each store
	@$(BIN)/python -m tests.eval.search --dir $(NEWSWEIR_EVAL_DIR) $(if $(ELASTICSEARCH_URL),--elasticsearch $(ELASTICSEARCH_URL))

eval-relations: setup ## Measure relations between companies on CORE's training sentences
	@$(BIN)/python -m tests.eval.relations --dir $(NEWSWEIR_EVAL_DIR)

eval-stories: setup ## Measure how copies are told, how different articles stay apart, and how those on one event are found
	@$(BIN)/python -m tests.eval.stories --dir $(NEWSWEIR_EVAL_DIR)

eval-enrichment: setup ## Measure money, names, quotes, speed and memory of enrichment; MEASURES="money quotes" takes some of them
	@$(BIN)/python -m tests.eval.enrichment --dir $(NEWSWEIR_EVAL_DIR) $(MEASURES)

bench-crawl: setup ## Measure the crawler beside httpx and Scrapy, on real pages from loopback (4 minutes)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv sync --frozen --all-extras --inexact --group bench --quiet
	@$(BIN)/python -m tests.bench.crawl --dir $(NEWSWEIR_EVAL_DIR)

bench-alerts: setup ## Measure what a thousand alerts take of the processor beside indexing
	@$(BIN)/python -m tests.bench.alerts

bench-store: setup ## Measure puts into each store beside one bulk request by hand
	@$(BIN)/python -m tests.bench.store_puts

bench-search: setup ## Measure searches with eight facets on each store (ARTICLES=5000 for fewer than 100,000; KEEP=folder for stores to stay filled)
	@$(BIN)/python -m tests.bench.search $(if $(ARTICLES),--articles $(ARTICLES)) $(if $(KEEP),--keep $(KEEP))

bench-frontier: setup ## Measure the memory and the speed of the crawler's queue
	@$(BIN)/python -m tests.bench.frontier

bench-traces: setup ## Measure what traces cost, off and on
	@$(BIN)/python -m tests.bench.traces

bench-scale: setup ## Measure 1, 2 and 4 replicas of each stage, and simulate what large rates need; needs ELASTICSEARCH_URL
	@$(BIN)/python -m tests.bench.scale --dir $(NEWSWEIR_EVAL_DIR)

bench-startup: setup ## Measure how soon the command, the services and the demo are there
	@$(BIN)/python -m tests.bench.startup

soak: setup ## Run everything under a steady load and see whether it grows: an hour, or MINUTES=N
	@$(BIN)/python -m tests.bench.soak $(if $(MINUTES),--minutes $(MINUTES))

chaos: setup ## Kill, stop and cut off everything under 20,000 articles, then count (SEED=N repeats a run)
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

chaos-short: setup ## The same under 2,000 articles, in less than three minutes
	@$(BIN)/python -m tests.chaos --short $(if $(SEED),--seed $(SEED))

fuzz: setup ## Bend feeds, sitemaps, rules, pages, addresses and queries for MINUTES=10, and read them; TARGET=feed for one
	@$(BIN)/python -m tests.fuzz $(if $(MINUTES),--minutes $(MINUTES)) $(if $(TARGET),--target $(TARGET))
	@$(if $(TARGET),:,$(BIN)/pytest tests/unit/fuzz -m fuzz --no-header -q)

elasticsearch: ## Start a development Elasticsearch without Docker (needs Maven and a JDK), print its URL
	@deploy/elasticsearch/start

elasticsearch-stop: ## Stop it
	@deploy/elasticsearch/stop
