"""What this site keeps about me: take it along, or have it erased."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import reauthentication
from harmreduction import my_data, privacy


class DeleteForm(forms.Form):
    """What shall become of the words, and that the person means it."""

    words = forms.ChoiceField(
        label=gettext_lazy("What you wrote in discussions"),
        choices=[
            ("go", gettext_lazy("My words go. A note stays in their place, so that replies keep theirs.")),
            ("stay", gettext_lazy("My words stay, without my name.")),
        ],
        initial="go",
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Yes, delete my account now. It cannot be brought back."),
        error_messages={"required": gettext_lazy("Tick the box to say that you mean it. Nothing is deleted yet.")},
    )


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """How much of what is kept about this person, with the ways to take it along or erase it. With ?take the download begins by
    itself: a page stays to be seen, which a file alone does not give."""
    parts = privacy.export(request.user)  # type: ignore[arg-type]
    context = {"parts": [part for part in parts if part.rows], "take": "take" in request.GET}
    return render(request, "house/my_data.html", context)


@require_safe
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """Everything in one ZIP, made at once and kept nowhere; not for who only found a session open."""
    if is_reauthentication_required(request, app=""):
        return reauthentication.ask(request, back=f"{reverse('my-data')}?take")
    response = HttpResponse(my_data.archive(request.user), content_type="application/zip")  # type: ignore[arg-type]
    response["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Says exactly what goes and what stays; then does it."""
    form = DeleteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        my_data.erase(person=request.user, keep_words=form.cleaned_data["words"] == "stay")  # type: ignore[arg-type]
        logout(request)
        messages.success(
            request, _("Your account is deleted, with everything that belonged to it. You can go on reading.")
        )
        return redirect("home")
    parts = privacy.export(request.user)  # type: ignore[arg-type]
    context = {"form": form, "parts": [part for part in parts if part.rows]}
    return render(request, "house/delete_account.html", context, status=422 if form.errors else 200)
