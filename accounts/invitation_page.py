"""The way in for somebody who was invited: open to people who are not logged in.

The word in the link goes into the session at once, so that it stays out of addresses of further
pages and of what they send along.
"""

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from accounts import invitations
from accounts.forms import AcceptForm
from accounts.models import Invitation

WORD = "invitation"


@login_not_required
@require_GET
def invitation(request: HttpRequest, word: str) -> HttpResponse:
    """What the link opens. Public: whoever holds it was invited.

    A word that opens nothing begins no session: anybody may ask for any number of them.
    """
    refused = consume_or_429(request, action="invitation")
    if refused is not None:
        return refused
    if invitations.invitation_of(word) is None:
        return _gone(request)
    request.session[WORD] = word
    return redirect("accounts:invitation-accept")


@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Accept: with a new account, or with the one under which somebody is logged in.

    404 with one and the same text for a link that is unknown, used, withdrawn or too old.
    """
    refused = consume_or_429(request, action="invitation")
    if refused is not None:
        return refused
    word = request.session.get(WORD, "")
    invited = invitations.invitation_of(word)
    if invited is None:
        return _gone(request)
    try:
        if request.user.is_authenticated:
            return _join(request, invited, word)
        return _make_account(request, invited, word)
    except invitations.GoneError:
        return _gone(request)


def _join(request: HttpRequest, invited: Invitation, word: str) -> HttpResponse:
    user = request.user
    is_meant = user.email.casefold() == invited.email.casefold()  # type: ignore[union-attr]
    if request.method == "POST" and is_meant:
        invitations.accept_as(word=word, user=user)  # type: ignore[arg-type]
        del request.session[WORD]
        messages.success(request, f"You are a member of {invited.clinic} now.")
        return redirect("/")
    context = {"invitation": invited, "is_meant": is_meant}
    return render(request, "accounts/invitation_join.html", context)


def _make_account(request: HttpRequest, invited: Invitation, word: str) -> HttpResponse:
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            invitations.accept_as_new(
                word=word,
                username=typed["username"],
                password=typed["password1"],
                first_name=typed["first_name"],
                last_name=typed["last_name"],
            )
        except ValidationError as error:
            form.take(_by_field(error))
        else:
            del request.session[WORD]
            messages.success(request, "Your account is made. Log in with it.")
            return redirect("account_login")
    return render(request, "accounts/invitation_accept.html", {"form": form, "invitation": invited})


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {"password": error.messages}


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/invitation_gone.html", status=404)
