PORT ?= 8000
export PYTHONUNBUFFERED = 1
RUN = .venv/bin/python manage.py
# What the embedded installation needs to know; production sets its own (README.md, Configuration).
EMBEDDED = SECRET_KEY="$$(cat var/secret-key)" DEMO=yes HTTPS=no PORT=$(PORT) ADMIN_BASE_URL=http://localhost:$(PORT)

.PHONY: help demo test lint format messages bench shell clean

help: ## Show what can be done here
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: var/secret-key ## Run the demo network on http://localhost:8000 (PORT=9000 changes it)
	@sh portal/bootstrap.sh --no-dev
	@$(EMBEDDED) $(RUN) demo --port $(PORT)

test: ## Run the whole test suite
	@sh portal/bootstrap.sh
	@.venv/bin/python -m pytest $(ARGS)

lint: ## Check style, types, layers, templates and migrations
	@sh portal/bootstrap.sh
	@sh .ci/lint

format: ## Put code and templates into the house style
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format --quiet .
	@git ls-files '*.html' | xargs .venv/bin/djade --target-version 6.1
	@git ls-files '*.html' | xargs .venv/bin/djhtml

messages: ## Collect and compile the interface's translations (needs gettext)
	@DEBUG=yes $(RUN) makemessages -v0 --locale fr --locale de --no-wrap --add-location file --ignore .venv --ignore var --ignore tests
	@cd portal && DEBUG=yes ../.venv/bin/python ../manage.py compilemessages -v0

bench: var/secret-key ## Measure queries, time and requests a second (ARGS="--stories 100000")
	@sh portal/bootstrap.sh
	@$(EMBEDDED) $(RUN) bench $(ARGS)

shell: var/secret-key ## Open a Python shell on the embedded installation
	@$(EMBEDDED) $(RUN) shell

clean: ## Throw away the embedded installation, database and files included
	@rm -rf var .venv

var/secret-key:
	@mkdir -p var && umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > var/secret-key
