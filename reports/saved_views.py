"""Saved views of the worklist: who sees and changes them, and the acts on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.models import Clinic, User
from accounts.permissions import Action, allowing_role_of, clinics_where, may
from audit.models import AuditAction
from audit.recording import record
from reports.models import NAME_LENGTH, SavedView, StartView

if TYPE_CHECKING:
    from reports.worklist import WorklistFilter

MOST_OF_ONE_PERSON = 30
TOO_MANY = f"You have {MOST_OF_ONE_PERSON} views of your own, which is the most. Delete one first."
TAKEN = "There is a view of this name already. Choose another name, or delete that one first."
NO_NAME = "Give the view a name."


def may_share(user: User, clinic: Clinic) -> bool:
    """Whether the user may share views with a clinic: its clinicians and administrators."""
    return may(user, Action.DECIDE, clinic) or may(user, Action.MANAGE_CLINIC, clinic)


def may_change(user: User, view: SavedView) -> bool:
    """Whether the user may rename or delete the view."""
    return view.owner_id == user.pk if view.clinic is None else may_share(user, view.clinic)


def views_seen_by(user: User) -> QuerySet[SavedView]:
    """The user's own views, and those shared with clinics in which they see patients."""
    shared = Q(clinic__in=clinics_where(user, Action.VIEW_PATIENT))
    own = Q(owner=user, clinic__isnull=True)
    return SavedView.objects.filter(own | shared).select_related("clinic")


@dataclass(frozen=True)
class ViewLine:
    """A saved view on the page: where it leads, and what of it no longer exists."""

    view: SavedView
    href: str
    is_open: bool
    is_start: bool
    may_change: bool
    words: str
    """What it holds: Follow-up: Overdue; Order: longest overdue."""
    gone: Sequence[str]
    """Labels of the boxes for which the view holds a choice that there is no more."""


def view_lines(user: User, form: WorklistFilter) -> list[ViewLine]:
    """The saved views of this person beside the list, in one query; ``form``: the list's filters.

    Choices that the list of all the person's clinics does not offer count as gone.
    """
    start = StartView.objects.filter(user=user, view=OuterRef("pk"))
    views = views_seen_by(user).annotate(is_start=Exists(start))
    return [
        ViewLine(
            view=view,
            href=f"?{query_of(view.codes)}",
            is_open=bool(form.chosen) and dict(view.codes) == form.chosen,
            is_start=view.is_start,
            may_change=may_change(user, view),
            words=_words(form, view.codes),
            gone=_gone(form, view.codes),
        )
        for view in views
    ]


def _words(form: WorklistFilter, codes: Mapping[str, str]) -> str:
    said = ((name, _offered(form, name).get(code)) for name, code in codes.items())
    return "; ".join(f"{form[name].label}: {words}" for name, words in said if words)


def _gone(form: WorklistFilter, codes: Mapping[str, str]) -> list[str]:
    return [
        str(form[name].label) if name in form.fields else name.replace("_", " ").capitalize()
        for name, code in codes.items()
        if code not in _offered(form, name)
    ]


def _offered(form: WorklistFilter, name: str) -> dict[str, str]:
    """The codes of a box with their labels; none where there is no such box."""
    box: Any = form.fields.get(name)
    return {} if box is None else {str(code): str(label) for code, label in box.choices}


def query_of(codes: Mapping[str, str]) -> str:
    """The part of an address that opens the list with these choices."""
    query = QueryDict(mutable=True)
    query.update(dict(codes))
    return query.urlencode()


def start_query(user: User) -> str:
    """The choices with which the person begins; empty for the whole list."""
    start = StartView.objects.filter(user=user, view__in=views_seen_by(user)).first()
    return query_of(start.view.codes) if start is not None else ""


class ViewForm(forms.Form):
    """The name of a view, and whom it is for."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        error_messages={
            "required": NO_NAME,
            "max_length": f"Use at most {NAME_LENGTH} characters.",
        },
    )
    shared_with = forms.ChoiceField(label="Who sees it", required=False)

    def __init__(self, data: Any = None, *, user: User, clinics: Sequence[Clinic]) -> None:
        super().__init__(data, prefix="view")
        self.shareable = {each.code: each for each in clinics if may_share(user, each)}
        box = self.fields["shared_with"]
        assert isinstance(box, forms.ChoiceField)  # noqa: S101 - for the type checker
        box.choices = [("", "only me")] + [
            (code, f"everybody in {clinic.name}") for code, clinic in self.shareable.items()
        ]
        if not self.shareable:
            del self.fields["shared_with"]

    def clean_name(self) -> str:
        """The name with single spaces."""
        return " ".join(self.cleaned_data["name"].split())

    @property
    def clinic(self) -> Clinic | None:
        """The clinic with which it is shared; none for one's own."""
        return self.shareable.get(self.cleaned_data.get("shared_with", ""))


# Acts --------------------------------------------------------------------------------------------


@transaction.atomic
def save_view(*, by: User, name: str, codes: Mapping[str, str], clinic: Clinic | None) -> SavedView:
    """Keep the choices under a name. Raises ``ValidationError`` for the name that is taken."""
    own = SavedView.objects.filter(owner=by, clinic__isnull=True)
    if clinic is None and own.count() >= MOST_OF_ONE_PERSON:
        raise ValidationError(TOO_MANY)
    view = SavedView(owner=by, clinic=clinic, name=name, codes=dict(codes))
    _require_free(view)
    view.save(force_insert=True)
    _note(AuditAction.CREATE, by, view)
    return view


@transaction.atomic
def rename_view(*, by: User, view: SavedView, name: str) -> None:
    """Give the view another name. Raises ``ValidationError`` when it is empty or taken."""
    view.name = " ".join(name.split())
    if not view.name:
        raise ValidationError(NO_NAME)
    if len(view.name) > NAME_LENGTH:
        raise ValidationError(f"Use at most {NAME_LENGTH} characters.")
    if not view.name.isprintable():
        raise ValidationError("The name has a sign in it that cannot be printed.")
    _require_free(view)
    view.save(update_fields=["name"])
    _note(AuditAction.CHANGE, by, view, "renamed")


@transaction.atomic
def delete_view(*, by: User, view: SavedView) -> None:
    """Take the view away; of a shared one the audit keeps who did it."""
    _note(AuditAction.CHANGE, by, view, "deleted")
    view.delete()


@transaction.atomic
def start_with(*, by: User, view: SavedView | None) -> None:
    """Begin with this view from now on; with none, with the whole list."""
    StartView.objects.filter(user=by).delete()
    if view is not None:
        StartView.objects.create(user=by, view=view)


def view_named(user: User, public_id: str) -> SavedView | None:
    """The view of this opaque id among those the user sees."""
    try:
        wanted = UUID(public_id)
    except ValueError:
        return None
    return views_seen_by(user).filter(public_id=wanted).first()


def _require_free(view: SavedView) -> None:
    others = SavedView.objects.filter(clinic=view.clinic, name__iexact=view.name)
    if view.clinic is None:
        others = others.filter(owner=view.owner)
    if others.exclude(pk=view.pk).exists():
        raise ValidationError(TAKEN)


def _note(action: AuditAction, by: User, view: SavedView, note: str = "") -> None:
    """What is shared changes what others see first; one's own views are nobody's business."""
    if view.clinic is None:
        return
    record(
        action=action,
        by=by,
        clinic_id=view.clinic_id,
        role=allowing_role_of(by, view.clinic),
        record_kind="saved_view",
        record_id=view.public_id,
        note=note,
    )
