"""People and comments for a benchmark, written to the database as many at a time as it takes."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from courses.content import rendering
from courses.models import Completion, Step
from discussions import marking
from discussions.models import Comment, Discussion

WORDS = "Our drop-in closes at five and the pharmacy at six. After that, the nearest *sterile* equipment is forty minutes away.\n\n"


def fill(*, comments: int, slug: str = "risk-environment", people: int = 50) -> tuple[str, str]:
    """Make people, comments (three in ten are replies) and some progress; give (the step's path, a signed-in learner's cookie)."""
    step = Step.objects.select_related("course").get(slug=slug)
    password = "plum harbour seven lanterns"
    authors = [User.objects.create_user(f"{slug} {i}"[-30:], password) for i in range(people)]
    html = rendering.render_comment(WORDS)
    kept = {"step": step, "body": WORDS, "body_html": html, "render_version": rendering.RULES_VERSION}
    roots: list[Comment] = []
    for i in range(comments):
        author = authors[i % people]
        if i % 10 < 7 or not roots:
            # Some are liked, and in some an educator wrote.
            roots.append(Comment.objects.create(author=author, like_count=i % 5, staff_wrote=i % 4 == 0, **kept))
            continue
        root = roots[-1 - i % min(len(roots), 20)]
        root.reply_count += 1
        made = Comment.objects.create(author=author, parent=root, root=root, ordinal=root.reply_count, **kept)
        root.latest = made.pk
        root.save(update_fields=["reply_count", "latest"])
    Discussion.objects.update_or_create(step=step, defaults={"comment_count": comments, "version": 1})
    for done in Step.objects.filter(course=step.course)[:20]:
        Completion.objects.create(learner=authors[0], step=done, fingerprint=done.fingerprint)
    client = Client()
    client.force_login(authors[0])
    return step.get_absolute_url(), f"sessionid={client.cookies['sessionid'].value}"


def differing(count: int, slug: str = "risk-environment") -> list[str]:
    """Cookies of so many signed-in learners who each finished other steps and like other comments of this one, after `fill`."""
    step = Step.objects.select_related("course").get(slug=slug)
    steps, roots = list(step.course.steps.live()), list(Comment.objects.on(step.pk).roots().order_by("-pk")[:20])
    cookies = []
    for i in range(count):
        learner = User.objects.create_user(f"another learner {i}")
        for done in steps[:: i + 2]:
            Completion.objects.create(learner=learner, step=done, fingerprint=done.fingerprint)
        for liked in roots[i % 3 :: i + 3]:
            marking.like(person=learner, comment=liked, on=True)
        client = Client()
        client.force_login(learner)
        cookies.append(f"sessionid={client.cookies['sessionid'].value}")
    return cookies
