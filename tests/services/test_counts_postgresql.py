"""Counts of likes and notifications on PostgreSQL: exact with many writers, and nobody waits for another for ever."""

from __future__ import annotations

from pathlib import Path

from tests.discussions.test_at_the_same_time import PEOPLE, SIXTEEN, finish, run
from tests.services.conftest import database_of_its_own

EACH_OTHER = """
steps = list(Step.objects.order_by("pk")[:2])
one, two = (User.objects.create(handle=name) for name in ("one", "two"))
of_one, of_two = factories.comment(steps[0], one), factories.comment(steps[1], two)
ready = threading.Barrier(4)
def answer(person, step, root):
    try:
        ready.wait()
        for _ in range(25):
            factories.comment(step, person, parent=root)
    finally:
        connection.close()
with ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda given: answer(*given), [(two, steps[0], of_one), (one, steps[1], of_two)] * 2))
for person in (one, two):
    person.refresh_from_db()
print(connection.vendor, one.unread_notifications, two.unread_notifications)
"""


def test_counts_are_exact_and_people_who_answer_each_other_never_wait_for_ever(tmp_path: Path):
    with database_of_its_own() as address:
        finish(run(tmp_path, PEOPLE, DATABASE_URL=address))
        assert finish(run(tmp_path, SIXTEEN, DATABASE_URL=address)) == "exact"
        assert finish(run(tmp_path, EACH_OTHER, DATABASE_URL=address)) == "postgresql 50 50"


def test_two_commands_at_once_send_each_mail_once(tmp_path: Path):
    with database_of_its_own() as address:
        finish(run(tmp_path, PEOPLE, DATABASE_URL=address))
        both = [run(tmp_path, 'call_command("send_digests")', DATABASE_URL=address) for _ in range(2)]
        assert sum(int(finish(process).split()[1]) for process in both) == 6


RENAMED_WHILE_ANSWERED = """
from django.db import transaction
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
step = Step.objects.get(slug="one-a")
root = Comment.objects.filter(parent=None).first()
client = Client()
client.force_login(root.author)
def change(address, sent):
    try:
        return client.post(f"/accounts/settings/{address}/", sent).status_code
    finally:
        connection.close()
def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return cursor.fetchone()[0] > 0
for address, sent in (("name", {"handle": "another reader"}), ("picture", {"picture": 3})):
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Discussion.objects.hold(step.pk)
            changed = pool.submit(change, address, sent)
            until(somebody_waits, "nobody asked for what this transaction holds")
            factories.comment(step, factories.person(), parent=root)
        assert changed.result() == 302
root.author.refresh_from_db()
print(root.author.handle, root.author.avatar_shuffle)
"""


def test_a_name_or_picture_that_is_changed_while_its_owner_is_answered_waits_for_the_answer(tmp_path: Path):
    with database_of_its_own() as address:
        finish(run(tmp_path, PEOPLE, DATABASE_URL=address))
        script = "from tests.services.servers import until\n" + RENAMED_WHILE_ANSWERED
        assert finish(run(tmp_path, script, DATABASE_URL=address)) == "another reader 3"
