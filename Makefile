# Every target works in a fresh clone; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One more than there are cores: some tests wait for browsers and other programs.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PORT ?= 8000
# The demo, whose password everybody knows, has data of its own: `make run` must not serve it.
DATA_DIR ?= $(if $(filter demo,$(MAKECMDGOALS)),var/demo,var)
export PORT DATA_DIR
# Where the environment forbids it, each of the many programs that start would compile all of ours.
unexport PYTHONDONTWRITEBYTECODE

# What `make check` looks at is what production would run with. The values protect nothing.
PRODUCTION := SCOPEWARD_ENV=production ISSUER=https://id.example.com \
	DATABASE_URL=postgres://scopeward@localhost/scopeward REDIS_URL=redis://localhost:6379/0 \
	EMAIL_URL=smtp+tls://mail.example.com:587 \
	SECRET_KEY=throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-A \
	TOKEN_PEPPER=throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-B \
	KEY_ENCRYPTION_SECRET=throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-C \
	HISTORY_SECRET=throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-D
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--fork-strategy fewest --no-emit-index-url --no-emit-find-links --no-header --quiet
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help demo run test test-in-process test-long compliance check format lock messages guard-wheel clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/runtime ## Try it: provider, Query Desk, worker, demo people; Ctrl-C stops all
	@$(BIN)/python examples/demo.py

run: $(VENV)/runtime ## Run the provider alone on its own data (PORT, DATA_DIR, ADMIN_*)
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2> /dev/null \
		|| { echo "Port $(PORT) cannot be used: set PORT to another one."; exit 1; }
	@echo "Preparing the database and the signing keys …"
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) rotate_keys > /dev/null
	@$(MANAGE) first_administrator
	@echo "Scopeward on http://localhost:$(PORT), the admin on http://localhost:$(PORT)/admin/"
	@trap 'kill $$(jobs -p) 2> /dev/null; wait' EXIT; trap 'exit 0' INT TERM; \
	$(BIN)/python -m idp.front --host 127.0.0.1 --port $(PORT) \
		--workers-kill-timeout 10 --log-level warning & web=$$!; \
	$(BIN)/celery --quiet -A idp worker --beat-thread --pool threads --concurrency 5 \
		--queues celery,outgoing & wait $$web

test: $(VENV)/dev ## Run the whole suite, on SQLite and on PostgreSQL
	@$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile
	@$(BIN)/python -m tests.services.postgresql $(BIN)/pytest --numprocesses $(JOBS) \
		--dist loadfile -m "both_databases or postgresql"

# What is in words, templates and import directions is the same on every Python, and so is what
# other programs do.
ELSEWHERE := demo opa interop architecture docs pages

test-in-process: $(VENV)/dev ## Every test, two cases of each at most, that another Python may fail
	@$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --two-cases \
		$(ELSEWHERE:%=--ignore tests/%) -m "not browser and not redis and not opa and not node"

test-long: $(VENV)/dev ## Run what is heavy: load, soak, long fuzzing
	@$(BIN)/pytest -m long
	@$(BIN)/python -m tests.services.postgresql $(BIN)/pytest \
		-m "long and (both_databases or postgresql)"; (($$? == 0 || $$? == 5))

compliance: $(VENV)/dev ## Prove what the specifications require, write docs/compliance.md
	@$(BIN)/pytest -m spec --numprocesses $(JOBS) --dist loadfile --compliance-report

check: $(VENV)/dev ## Format, lint, types, import directions, templates, migrations, deployment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates examples --check --lint --quiet
	$(MANAGE) makemigrations --check --dry-run
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

format: $(VENV)/dev ## Format code and templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djlint templates examples --reformat --quiet

lock: $(VENV)/dev ## Lock the newest allowed versions again
	echo pip | $(LOCK:pyproject.toml=-) --upgrade --no-annotate -o requirements/pip.lock
	$(LOCK) --upgrade -o requirements/production.lock
	$(LOCK) --upgrade --group examples -o requirements/runtime.lock
	$(LOCK) --upgrade --group examples --group dev -o requirements/dev.lock

messages: $(VENV)/dev ## Collect and compile translations (needs gettext)
	$(MANAGE) makemessages --locale de --no-wrap --ignore "$(VENV)/*" --ignore "examples/*"
	$(MANAGE) compilemessages --ignore "$(VENV)/*"

guard-wheel: $(VENV)/dev ## Build scopeward_guard as a package of its own, in DATA_DIR/guard/dist
	rm -rf "$(DATA_DIR)/guard" && mkdir -p "$(DATA_DIR)/guard"
	cp -r scopeward_guard "$(DATA_DIR)/guard/"
	mv "$(DATA_DIR)/guard/scopeward_guard/"{pyproject.toml,README.md} "$(DATA_DIR)/guard/"
	$(BIN)/uv build --quiet --offline "$(DATA_DIR)/guard"

clean: ## Remove the environment, caches and the data in DATA_DIR
	rm -rf $(VENV) "$(DATA_DIR)" staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, built again whenever its lock file changes. dev holds all that runtime holds.
# Its pip comes first: those that Python 3.11 brought along take no extra of what is locked.
$(VENV)/runtime: requirements/runtime.lock
	@if [ -e $(VENV)/dev ] && [ $(VENV)/dev -nt requirements/dev.lock ]; then \
		touch $@; \
	else \
		$(call install,runtime); \
	fi

$(VENV)/dev: requirements/dev.lock
	@$(call install,dev)

define install
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; } && \
	echo "Setting up $(VENV) ($(1)), which takes a minute the first time …" && \
	{ $(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV); } && \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/pip.lock && \
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes \
		-r requirements/$(1).lock \
		| awk '/^(Collecting|Installing)/ { print "  " $$1, $$2; fflush() }' && \
	touch $(VENV)/$(1)
endef
