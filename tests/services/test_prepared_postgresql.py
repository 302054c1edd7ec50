"""Plans that PostgreSQL keeps (?prepare=1): pages are as they are without, also after a migration changed a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.discussions.test_at_the_same_time import PEOPLE, finish, run
from tests.services.conftest import database_of_its_own

LOOK = """
import re
from django.test import Client
from django.test.utils import CaptureQueriesContext
from courses.models import Completion
learner = User.objects.get(handle="reader 1")
root, other = Comment.objects.filter(parent=None).order_by("pk")[:2]
marking.like(person=learner, comment=root, on=True)
marking.bookmark(person=learner, comment=other, on=True)
step = root.step
Completion.objects.create(learner=learner, step=step, fingerprint=step.fingerprint)
client = Client(SERVER_NAME="127.0.0.1")
client.force_login(learner)
def look(of, address):
    answer = of.get(address)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r'name="(?:csrfmiddlewaretoken|submission)" value="[\\w-]*"', "", answer.text)
def pages():
    addresses = [step.get_absolute_url() for step in Step.objects.order_by("pk")]
    return [look(of, address) for of in (client, Client(SERVER_NAME="127.0.0.1")) for address in addresses]
def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE '_pg3_%'")
        return cursor.fetchone()[0]
"""
SAME_PAGES = """
with_plans = [pages() for _ in range(7)]  # PostgreSQL plans anew five times before it decides for one plan
assert kept() == 5, kept()
connection.connection.prepare_threshold = None
assert all(found == pages() for found in with_plans)
connection.connection.prepare_threshold = 0
address = step.get_absolute_url()
with CaptureQueriesContext(connection) as queries:
    look(client, address)
print(f"same, by {len(queries)} queries")
"""
MIGRATED = """
import psycopg
before = pages()
with psycopg.connect(os.environ["TEST_DATABASE_URL"].partition("?")[0], autocommit=True) as another:
    another.execute("ALTER TABLE courses_step ALTER slug TYPE varchar(90)")
assert pages() == before
print("same")
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[[str, str], str]]:
    """A course and a conversation; gives what runs a script with these parameters of the database's address, and what it printed."""
    with database_of_its_own() as database:

        def printed(parameters: str, script: str) -> str:
            settings = {
                "DJANGO_SETTINGS_MODULE": "harmreduction.settings.test",
                "TEST_DATABASE_URL": database + parameters,
            }
            return finish(run(tmp_path, script, **settings))

        printed("", PEOPLE)
        yield printed


@pytest.mark.parametrize("parameters", ["?prepare=1", "?prepare=1&pool=2"])
def test_pages_are_the_same_with_kept_plans(site, parameters):
    assert site(parameters, LOOK + SAME_PAGES) == "same, by 5 queries"


def test_without_being_asked_nothing_is_kept(site):
    assert site("", LOOK + "pages()\nprint(kept())") == "0"


def test_a_migration_under_a_running_process_is_no_error(site):
    assert site("?prepare=1", LOOK + MIGRATED) == "same"
