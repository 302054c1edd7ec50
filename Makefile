# Two commands: `make run` serves the site, `make test` proves it. Nothing needs to be set beforehand.
HOST ?= 127.0.0.1
PORT ?= 8000
PY := .venv/bin/python
TEST_DATABASE_SERVER ?= postgresql://postgres@127.0.0.1:5432/course
export DATA_DIR

.PHONY: run dev test test-services test-postgresql test-moments services check audit lock bench faults fuzz browser films film-tools clean

run: .venv/run.stamp
	@DJANGO_SETTINGS_MODULE=harmreduction.settings.base exec $(PY) manage.py start --host $(HOST) --port $(PORT)

dev: .venv/run.stamp
	@DJANGO_SETTINGS_MODULE=harmreduction.settings.dev exec $(PY) manage.py start --dev --host $(HOST) --port $(PORT)

test: .venv/dev.stamp browser
	$(PY) -m pytest -n auto $(ARGS)

# The programs that tests with real services start: nginx in front of the site, pgbouncer behind it, a Redis and a PostgreSQL of their own.
services:
	@{ command -v nginx && command -v redis-server && command -v pg_dump && command -v pgbouncer; } >/dev/null || \
	  { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends nginx-light redis-server postgresql pgbouncer >/dev/null; } || \
	  { echo "Install nginx, redis-server, postgresql and pgbouncer." >&2; exit 1; }

# With Redis, PostgreSQL and nginx; fails, and skips nothing, where one of them is missing.
test-services: .venv/dev.stamp
	TEST_SERVICES=1 TEST_DATABASE_SERVER=$(TEST_DATABASE_SERVER) $(PY) -m pytest tests/services $(ARGS)

# The suite on PostgreSQL, through a pool of connections. Browser and film tests know nothing of the database and ran before.
test-postgresql: .venv/dev.stamp
	TEST_DATABASE_URL="$(TEST_DATABASE_SERVER)?pool=4" $(PY) -m pytest -n auto --ignore tests/browser --ignore tests/films $(ARGS)

check: .venv/dev.stamp
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy accounts courses discussions harmreduction films
	.venv/bin/bandit -q -ll -c pyproject.toml -r accounts courses discussions harmreduction films deploy
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=harmreduction.settings.test $(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=harmreduction.settings.test $(PY) manage.py check_content
	SECRET_KEY=only-to-look-at-the-production-settings-and-nothing-else-at-all ALLOWED_HOSTS=example.org EMAIL_URL=none: DATA_DIR=$$(mktemp -d) \
	  DJANGO_SETTINGS_MODULE=harmreduction.settings.production $(PY) manage.py check --deploy --fail-level WARNING

# Asks for known weaknesses in the locked libraries; fails when it could not ask. Needs the internet, so it is no part of .ci/run.
audit: .venv/dev.stamp
	$(PY) -m deploy.audit

# Sends many odd things, new ones each time, to every address, form and content file, and tries all other rules with new examples, too.
# Half an hour.
fuzz: .venv/dev.stamp
	FUZZ=200 $(PY) -m pytest -n auto $$(grep -rl --include='*.py' '@given' tests) $(ARGS)

# The tests at the moments when days, months and years turn and on a leap day; browser and film tests ask the real clock and are left out.
test-moments: .venv/dev.stamp
	for moment in 2026-12-31T23:59:58 2027-04-01T00:00:00 2028-02-29T12:59:50 2031-10-26T00:59:58; do \
	  TEST_MOMENT=$$moment+00:00 $(PY) -m pytest -n auto --ignore tests/browser --ignore tests/films $(ARGS) || exit 1; done

# Kills, stops and fills what the site stands on, and looks whether anything was lost. A quarter of an hour.
faults: .venv/dev.stamp services
	$(PY) -m bench.faults

# One report, ten minutes. On SQLite; each by itself (`python -m bench.step_page`) also with DATABASE_URL (an empty database) and CACHE_URL.
bench: .venv/dev.stamp
	$(PY) -m bench

# The films of the courses, made from their scripts; a script that did not change costs nothing. Needs a voice and ffmpeg.
films: .venv/dev.stamp browser film-tools
	$(PY) -m films

film-tools:
	@command -v ffmpeg >/dev/null && command -v hts_engine >/dev/null && command -v festival >/dev/null || \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ffmpeg festival htsengine festvox-us-slt-hts >/dev/null)

# Lock files carry hashes and no index addresses.
lock: .venv/dev.stamp
	$(PY) -m pip install -q uv
	$(PY) -m uv pip compile pyproject.toml --extra pdf --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(PY) -m uv pip compile pyproject.toml --extra pdf --extra production --extra institution -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-production.txt
	$(PY) -m uv pip compile pyproject.toml --all-extras --group dev -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt

# A browser for the tests: one that is there, Debian's, or Playwright's own.
browser: .venv/dev.stamp
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  (command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	   DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null) || \
	  $(PY) -m playwright install chromium

.venv/bin/python:
	@for candidate in python3.13 python3.12 python3.11 python3; do \
	  if command -v $$candidate >/dev/null && $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	    exec $$candidate -m venv .venv; fi; done; echo "Python 3.11 or newer is needed." >&2; exit 1

.venv/run.stamp: requirements.txt | .venv/bin/python
	$(PY) -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	$(PY) -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
