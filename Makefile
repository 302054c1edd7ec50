# Two commands: `make run` serves the site, `make test` proves it. Nothing needs to be set beforehand.
HOST ?= 127.0.0.1
PORT ?= 8000
PY := .venv/bin/python
export DATA_DIR

.PHONY: run dev test check lock bench browser films clean

run: .venv/run.stamp
	@DJANGO_SETTINGS_MODULE=harmreduction.settings.base exec $(PY) manage.py start --host $(HOST) --port $(PORT)

dev: .venv/run.stamp
	@DJANGO_SETTINGS_MODULE=harmreduction.settings.dev exec $(PY) manage.py start --dev --host $(HOST) --port $(PORT)

test: .venv/dev.stamp browser
	$(PY) -m pytest -n auto $(ARGS)

check: .venv/dev.stamp
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy accounts courses discussions harmreduction films
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports
	DJANGO_SETTINGS_MODULE=harmreduction.settings.test $(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=harmreduction.settings.test $(PY) manage.py check_content
	SECRET_KEY=only-to-look-at-the-production-settings-and-nothing-else-at-all ALLOWED_HOSTS=example.org DATA_DIR=$$(mktemp -d) \
	  DJANGO_SETTINGS_MODULE=harmreduction.settings.production $(PY) manage.py check --deploy --fail-level WARNING

bench: .venv/dev.stamp
	$(PY) -m bench.step_page
	$(PY) -m bench.page_weight
	$(PY) -m bench.discussion

# The films of the courses, made from their scripts; a script that did not change costs nothing. Needs a voice and ffmpeg.
films: .venv/dev.stamp browser
	@command -v ffmpeg >/dev/null && command -v hts_engine >/dev/null && command -v festival >/dev/null || \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ffmpeg festival htsengine festvox-us-slt-hts >/dev/null)
	$(PY) -m films

# Lock files carry hashes and no index addresses.
lock: .venv/dev.stamp
	$(PY) -m pip install -q uv
	$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(PY) -m uv pip compile pyproject.toml --group dev -c requirements.txt --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt

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
