# What there is to do with Daybook. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BINARY := .build/release/daybook
DATA ?= daybook-data
PYTHON := .venv/bin/python
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
SOURCES := Sources Tests Package.swift

# C libraries that Daybook stands on, and what their headers need.
PACKAGES := liblz4-dev libpg-query-dev libprotobuf-c-dev libsimdjson-dev libedit-dev \
  libxxhash-dev zlib1g-dev libpcre2-dev libmaxminddb-dev uap-core tzdata pkg-config
# What the dashboard loads; the service reads them where they are installed.
SCRIPTS := libjs-chart.js libjs-codemirror

.PHONY: help setup setup-tests build demo serve test service-test web-test crash-test coverage lint format check golden differential bench bench-durability clean

help: ## List these targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' \
	  | while IFS=$$'\t' read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

# Asks dpkg first: with everything in place this neither needs root nor the network.
define install
@missing=(); for package in $(1); do \
  [[ "$$(dpkg-query -W -f '$${db:Status-Status}' $$package 2>/dev/null)" == installed ]] \
    || missing+=($$package); \
done; \
if (( $${#missing[@]} )); then \
  echo "installing $${missing[*]}"; \
  $(SUDO) apt-get update -qq; \
  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -qq -y --no-install-recommends \
    "$${missing[@]}" > /dev/null; \
fi
endef

setup: ## Install the C libraries, and those of the dashboard, that are missing (Debian; with sudo where not root).
	@command -v swift > /dev/null || { echo "Swift 6.3 is needed: https://swift.org/install" >&2; exit 1; }
	$(call install,$(PACKAGES) $(SCRIPTS))

# Unpacked, not installed: that would start a server on machines where it is not wanted.
PROMETHEUS := .venv/prometheus/usr/bin/prometheus

setup-tests: ## Install what only tests need: Chromium, and Python with DuckDB, playwright, schemathesis, OpenTelemetry, and Prometheus, in .venv.
	$(call install,python3-venv lz4 openssl curl chromium)
	@command -v node > /dev/null || { $(SUDO) apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -qq -y --no-install-recommends nodejs > /dev/null; }
	@[[ -x $(PYTHON) ]] || /usr/bin/python3 -m venv .venv
	@$(PYTHON) -c 'import duckdb' 2> /dev/null \
	  || .venv/bin/pip install --quiet --disable-pip-version-check duckdb==2.0.0 pytz
	@[[ -x .venv/bin/schemathesis ]] || .venv/bin/pip install --quiet --disable-pip-version-check \
	  schemathesis==4.32.5 openapi-spec-validator==0.9.0
	@$(PYTHON) -c 'import opentelemetry.exporter.otlp.json.http' 2> /dev/null \
	  || .venv/bin/pip install --quiet --disable-pip-version-check \
	  opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-json-http==0.66b1
	@$(PYTHON) -c 'import playwright, axe_playwright_python' 2> /dev/null \
	  || .venv/bin/pip install --quiet --disable-pip-version-check playwright==1.65.0 axe-playwright-python==0.1.8
	@[[ -x $(PROMETHEUS) ]] || { cd .venv; \
	  apt-get download -qq prometheus 2> /dev/null \
	    || { $(SUDO) apt-get update -qq; apt-get download -qq prometheus; }; \
	  dpkg -x prometheus_*.deb prometheus; rm prometheus_*.deb; }

build: setup ## Build .build/release/daybook.
	swift build -c release --product daybook

demo: build ## Fill the built-in tables with a sample of the last 90 days, show its overview, and serve the dashboard.
	$(BINARY) generate --data $(DATA) --clear --days 90 --until now
	$(BINARY) overview --data $(DATA)
	@[[ "$(DAYBOOK_DEMO_SERVE)" == 0 ]] || { \
	  echo; echo "The dashboard, until ^C: open the link below."; exec $(BINARY) serve --data $(DATA); }

serve: build ## Serve the tables of `make demo` and their dashboard on http://127.0.0.1:8080, until ^C.
	$(BINARY) serve --data $(DATA)

# Says again at the end what failed: it may stand thousands of lines above.
define run_tests
@echo "swift test -c release --skip-build"; \
swift test -c release --skip-build 2>&1 | tee .build/tests.log | grep -v ' started\.$$' || { \
  echo; echo "What failed (all of it in .build/tests.log):"; \
  grep -aE -A 4 '✘|recorded an issue|[Ff]atal error|exited with' .build/tests.log | tail -n 120; exit 1; }
endef

test: setup setup-tests ## Build everything in release mode, run all tests, ask DuckDB the golden and 2,000 random queries, and every metric.
	Tests/requirements
	swift build -c release --build-tests
	$(call run_tests)
	$(PYTHON) Tests/Differential/golden.py
	Tests/Differential/run
	Tests/Metrics/run
	$(PYTHON) Tests/Service/run
	$(PYTHON) Tests/Service/kills
	$(PYTHON) Tests/Web/run

service-test: setup setup-tests ## Test the built service from outside: sockets, schemathesis, Prometheus.
	swift build -c release --product daybook
	$(PYTHON) Tests/Service/run

web-test: setup setup-tests ## Test the dashboard of the built service in Chromium.
	swift build -c release --product daybook
	$(PYTHON) Tests/Web/run

crash-test: setup ## Kill a writer, and the service under its emitters, 1,000 times and look for what is lost (KILLS=n).
	swift build -c release --build-tests
	DAYBOOK_KILLS=$(or $(KILLS),1000) swift test -c release --skip-build --filter KillTests
	Tests/Service/kills --kills $(or $(KILLS),1000)

coverage: setup ## Show which lines of Persistence tests reach; fails below 90 % (a debug build of its own).
	swift test --enable-code-coverage --scratch-path .build/coverage \
	  --filter 'PersistenceTests|CommandTests'
	Tests/coverage "$$(swift test --scratch-path .build/coverage --show-codecov-path)" \
	  Sources/Persistence 90

lint: ## Check the format of all Swift files.
	swift format lint --strict --parallel --recursive $(SOURCES)

format: ## Format all Swift files in place.
	swift format --in-place --parallel --recursive $(SOURCES)

check: format lint build test ## Format, lint, build and test: before every commit.

golden: setup ## Run the golden queries; UPDATE_GOLDEN=1 rewrites their answers.
	swift build -c release --build-tests
	swift test -c release --skip-build --filter Golden

differential: setup setup-tests ## Compare answers with DuckDB's on 20,000 random queries; SEED=2 for others.
	Tests/Differential/run --count 20000 --seed $(or $(SEED),1)

bench: setup ## Run the benchmarks (a package of its own, built when first used).
	Benchmarks/run

bench-durability: setup ## Time durable ingest, snapshots and starts; bytes on disk (some minutes with FULL=1).
	Benchmarks/run durability $(if $(FULL),--full)

clean: ## Remove everything that was built, the sample included.
	rm -rf .build .venv
