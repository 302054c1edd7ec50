"""People and comments for a benchmark, written to the database as many at a time as it takes."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from courses.content import rendering
from courses.models import Completion, Step
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
            roots.append(Comment.objects.create(author=author, **kept))
            continue
        root = roots[-1 - i % min(len(roots), 20)]
        root.reply_count += 1
        root.save(update_fields=["reply_count"])
        Comment.objects.create(author=author, parent=root, root=root, ordinal=root.reply_count, **kept)
    Discussion.objects.update_or_create(step=step, defaults={"comment_count": comments, "version": 1})
    for done in Step.objects.filter(course=step.course)[:20]:
        Completion.objects.create(learner=authors[0], step=done, fingerprint=done.fingerprint)
    client = Client()
    client.force_login(authors[0])
    return step.get_absolute_url(), f"sessionid={client.cookies['sessionid'].value}"
