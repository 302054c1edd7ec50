"""Having a certificate printed and revoking it; and, for whoever is shown one, checking it.

The name is in no address, no record and no log: it comes in the body of one request, and the printed sheet is the answer to that. The
QR code carries it behind the # of an address, which browsers do not send; a script reads it there, and without one it can be sent in
the body of a form.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import certificates as rules
from courses import paper, signed
from courses import progress as following
from courses.models import Certificate, Course
from courses.views.learning import find_course


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, course_slug: str) -> HttpResponse:
    """What a certificate takes, and the form for the name; sent, the certificate itself: as a page, a file or a PDF."""
    found = find_course(request, course_slug)
    if request.method != "POST" or not request.user.is_authenticated:
        return _page(request, found)
    try:
        name = rules.clean_name(request.POST.get("name", ""))
        issued = rules.issue(
            person=request.user,
            course=found,
            standing=following.standing(found, following.of(request)),
            another=request.POST.get("another") == "1",
        )
    except ValidationError as error:
        return _page(request, found, error=error.messages[0], status=422)
    except rules.NotEarned:
        return _page(request, found, status=403)
    except rules.TooMany:
        words = _("You have %(most)d certificates of this course; there can be no more. Print one of them again.")
        return _page(request, found, error=words % {"most": rules.MOST_CODES}, status=422)
    return _printed(request, found, _sheet(request, issued, name))


def _sheet(request: HttpRequest, issued: Certificate, name: str) -> rules.Sheet:
    verify_at = request.build_absolute_uri(reverse("verify"))
    address = f"{verify_at}#{rules.number_of(issued, name)}"
    return rules.Sheet(issued, name, address, verify_at.split("://")[1].rstrip("/"))


def _printed(request: HttpRequest, course: Course, sheet: rules.Sheet) -> HttpResponse:
    form = request.POST.get("as", "")
    if form == "pdf" and paper.available():
        try:
            return _file(paper.pdf(sheet.for_pdf(), str(sheet.qr)), "application/pdf", "certificate.pdf")
        except paper.NotPrintable:
            words = _(
                "Our fonts for PDF files lack a letter of this name. The page prints it with the fonts of your device."
            )
            return _page(request, course, sheet=sheet, error=words, status=422)
    if form == "page":
        css = Path(str(finders.find("css/certificate.css"))).read_text(encoding="utf-8")
        css += "@page { size: A4 landscape; margin: 0 }"
        address = f"data:text/css;base64,{base64.b64encode(css.encode()).decode()}"
        page = render_to_string("courses/certificate_file.html", {"sheet": sheet, "css_address": address})
        return _file(page, "text/html; charset=utf-8", "certificate.html")
    return _page(request, course, sheet=sheet)


def _file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(
    request: HttpRequest, course: Course, *, sheet: rules.Sheet | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    progress = following.of(request)
    steps = [step for step in following.steps_of(course.outline) if not step["optional"]]
    context: dict[str, Any] = {
        "course": course,
        "standing": following.standing(course, progress),
        "missing": [step for step in steps if not progress.has(step["pk"])],
        "sheet": sheet,
        "error": error,
        "name": request.POST.get("name", "")[: 10 * rules.LONGEST_NAME],
        "pdf": paper.available(),
    }
    if request.user.is_authenticated:
        mine = list(Certificate.objects.of(request.user, course).order_by("-pk"))
        context |= {"mine": mine, "standing_ones": [c for c in mine if not c.revoked_on]}
    return render(request, "courses/certificate.html", context, status=status)


@require_POST
@login_required
def revoke(request: HttpRequest, course_slug: str) -> HttpResponse:
    """Take a certificate of one's own back."""
    found = find_course(request, course_slug)
    if rules.revoke(person=request.user, code=request.POST.get("code", "")):
        messages.success(request, _("The certificate is revoked. Whoever checks it is told so."))
    return redirect("courses:certificate", found.slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a certificate that was scanned is as it was issued; or, by its code, whether there is one."""
    if request.method != "POST":
        return render(request, "courses/verify.html", {"keys": rules.public_keys()})
    sent = request.POST.get("certificate", "").strip()
    try:
        digits = signed.digits_in(sent)
    except signed.Unreadable:
        code = sent.rstrip("/").rsplit("/", 1)[-1]
        return redirect("verify-code", code[:40]) if code else redirect("verify")
    context: dict[str, Any] = {"keys": rules.public_keys(), "checked": True}
    try:
        fields = signed.unpack(digits, rules.public_keys())
    except (signed.Unreadable, signed.Altered):
        return render(request, "courses/verify.html", context, status=422)
    known = Certificate.objects.with_code(fields["code"]).first()
    context |= {"fields": fields, "scope": rules.scope_of(fields), "known": known}
    return render(request, "courses/verify.html", context)


@never_cache
@require_safe
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the site knows of a code: course, day and steps, and no name. Nothing lists certificates."""
    known = Certificate.objects.with_code(code).first()
    status = 200 if known else 404
    if not request.accepts("text/html"):
        state = "revoked" if known and known.revoked_on else "valid" if known else "unknown"
        return JsonResponse({"state": state}, status=status)
    context = {"known": known, "code": code, "scope": rules.scope_of(known.snapshot) if known else ""}
    return render(request, "courses/verify_code.html", context, status=status)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public keys, the one in use first: with them anybody can check a certificate without this site."""
    lines = [
        _("Ed25519 public keys of the certificates of %(site)s, in base64url; the first one is in use.")
        % {"site": settings.SITE_NAME},
        "",
        *rules.public_keys(),
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
