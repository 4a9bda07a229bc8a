"""Two records of one person: found, shown side by side, merged, and made two again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import ClinicRequest, require
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where, may
from audit.models import AuditAction
from audit.recording import record as record_event
from audit.recording import record_refusal
from patients.days import spoken
from patients.duplicates import PossibleDuplicate, possible_duplicates_of
from patients.forms.merging import MergeForm, MergeUndoForm
from patients.forms.records import accepted
from patients.merging import (
    MergeChangedError,
    MergeOrder,
    as_if_merged,
    entered_since,
    merge_patients,
    state_of,
    undo_merge,
    undo_until,
    why_not_undone,
)
from patients.models import Patient, PatientMerge, Registration
from patients.selectors import (
    patients_found,
    registrations_running_in,
    registrations_seen_by,
)
from patients.side_by_side import Side, conflicts_of, kinds_of, person_rows, place_of
from patients.views.access import (
    clinic_to_write,
    identity,
    note_view,
    open_patient_or_404,
    patient_url,
)

CONFLICT, OK = 409, 200
MOST_FOUND = 20
CHANGED_WORDS = "One of the two records was changed meanwhile. Please look at them again."


@dataclass(frozen=True)
class Offered:
    """A record that may be merged with this one, and the page that compares them."""

    patient: Patient
    registrations: list[Registration]
    reasons: tuple[str, ...]
    url: str


# ---- finding the other record --------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def merge_choose(request: ClinicRequest, patient_id: UUID) -> HttpResponse:
    """Records that may be the same person's, and a search for any other."""
    patient = open_patient_or_404(request, patient_id)
    clinic_to_write(request, patient, Action.MERGE_PATIENTS)
    typed = request.POST.get("q", "").strip()[:100] if request.method == "POST" else ""
    found = _searched(request, patient, typed) if typed else []
    likely = [_offered(patient, each) for each in possible_duplicates_of(request.user, patient)]
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "likely": likely,
        "found": found,
        "typed": typed,
        "list_url": reverse("patients:registrations", args=[patient.public_id]),
    }
    return render(request, "patients/merge_choose.html", context)


def _offered(patient: Patient, each: PossibleDuplicate) -> Offered:
    return Offered(
        each.patient, each.registrations, each.reasons, compare_url(patient, each.patient)
    )


def compare_url(this: Patient, other: Patient) -> str:
    """The address of the page that shows two records side by side."""
    return reverse("patients:merge-compare", args=[this.public_id, other.public_id])


def _searched(request: ClinicRequest, patient: Patient, typed: str) -> list[Offered]:
    allowed = clinics_where(request.user, Action.MERGE_PATIENTS)
    clinics = [clinic for clinic in request.clinics if clinic.pk in allowed]
    # Whom a clinic let go it reads as it knew them, and merges with nobody.
    followed = registrations_running_in(clinics).values("patient_id")
    seen = Patient.objects.filter(pk__in=followed).exclude(pk=patient.pk)
    rows = patients_found(seen, typed, allowed).order_by("search_key", "id")[:MOST_FOUND]
    found = [
        Offered(each, registrations_seen_by(request.user, each), (), compare_url(patient, each))
        for each in rows
    ]
    record_event(
        action=AuditAction.SEARCH,
        by=request.user,
        record_kind="patient",
        counts={"found": len(found)},
        note="for a record to merge",
    )
    return found


# ---- side by side --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def merge_compare(request: ClinicRequest, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Two records side by side; merged after a look at what will happen."""
    this = open_patient_or_404(request, patient_id)
    other = open_patient_or_404(request, other_id)
    if this == other:
        raise Http404("One record is not merged with itself.")
    clinic = _clinic_to_merge(request, this, other)
    conflicts = conflicts_of(this, other, clinic.today())
    sides = (_side(request, this, clinic), _side(request, other, clinic))
    form = MergeForm(
        accepted(request.POST) if request.method == "POST" else None,
        this=this,
        other=other,
        numbers=(sides[0].number, sides[1].number),
        has_conflicts=bool(conflicts.to_look_at),
        today=clinic.today(),
    )
    lines: list[str] = []
    digest, status = "", OK
    if request.method == "POST" and form.is_valid() and not conflicts.blocking:
        order, state = _order(form), state_of((this, other))
        lines = _lines(request, form, order, sides, clinic)
        digest = _digest(lines, order, state)
        if lines and request.POST.get("confirm"):
            if request.POST["confirm"] != digest:
                status = CONFLICT
                messages.warning(request, CHANGED_WORDS)
            elif merged := _merged(request, form, order, clinic, state):
                return redirect(patient_url(merged.patient))
    note_view(request, this)
    note_view(request, other)
    context = {
        **identity(request, this),
        "clinic": clinic,
        "sides": sides,
        "persons": person_rows(this, other),
        "kinds": kinds_of(this, other),
        "conflicts": conflicts,
        "form": form,
        "lines": lines,
        "digest": digest,
        "choose_url": reverse("patients:merge-choose", args=[this.public_id]),
    }
    return render(request, "patients/merge_compare.html", context, status=status)


def _clinic_to_merge(request: ClinicRequest, this: Patient, other: Patient) -> Clinic:
    """The clinic that follows both today and lets the user merge; refused in words otherwise."""
    first = clinic_to_write(request, this, Action.MERGE_PATIENTS)
    clinics = [_following(request, each) for each in (this, other)]
    both = [clinic for clinic in clinics[0] if clinic in clinics[1]]
    for clinic in both:
        if may(request.user, Action.MERGE_PATIENTS, clinic):
            return clinic
    record_refusal(
        by=request.user,
        clinic_id=first.pk,
        patient_id=this.public_id,
        note="no clinic follows both records",
    )
    raise PermissionDenied(
        "Two records are merged by a clinic that follows both today. No clinic of yours does. "
        "Register the person there first, or ask a clinic that follows both."
    )


def _following(request: ClinicRequest, patient: Patient) -> list[Clinic]:
    return [
        row.clinic
        for row in registrations_seen_by(request.user, patient)
        if row.is_active_on(row.clinic.today())
    ]


def _side(request: ClinicRequest, patient: Patient, clinic: Clinic) -> Side:
    rows = registrations_seen_by(request.user, patient)
    return Side(
        patient=patient,
        number=next(row.record_number for row in rows if row.clinic == clinic),
        registrations=rows,
        url=patient_url(patient),
        place=place_of(patient),
    )


def _order(form: MergeForm) -> MergeOrder:
    both = (form.other, form.this) if form.other_stays else (form.this, form.other)
    return MergeOrder(*both, taken=tuple(form.taken))


def _lines(
    request: ClinicRequest,
    form: MergeForm,
    order: MergeOrder,
    sides: tuple[Side, Side],
    clinic: Clinic,
) -> list[str]:
    """What will happen, found by doing it and taking it back; none where it is refused."""
    kept, absorbed = sides[::-1] if form.other_stays else sides
    try:
        with as_if_merged(order, by=request.user, clinic=clinic) as then:
            merge = then.merges.latest("pk")
            moved, until, place = merge.rows, undo_until(merge), place_of(then)
    except (ValidationError, MergeChangedError) as refusal:
        _refuse(form, refusal)
        return []
    return [
        f"{moved} entries and registrations of {absorbed.number} move to {kept.number}, each "
        "with its history. Nothing is deleted.",
        f"The record number {absorbed.number} finds {kept.number} from now on, and so do its "
        "addresses. It stands in no list any more.",
        f"{kept.number} stands now under: {kept.place}.",
        f"{absorbed.number} stands now under: {absorbed.place}.",
        f"After the merge the person stands under: {place}.",
        "Other clinics that follow either record follow the one that stays, and see all of it.",
        f"Until {spoken(until)} it can be undone, as long as nothing that moved was changed.",
    ]


def _refuse(form: Any, refusal: Exception) -> None:
    if isinstance(refusal, ValidationError):
        form.put_errors(refusal)
    else:
        form.add_error(None, CHANGED_WORDS)


def _merged(
    request: ClinicRequest, form: MergeForm, order: MergeOrder, clinic: Clinic, state: str
) -> PatientMerge | None:
    try:
        merge = merge_patients(
            order,
            by=request.user,
            clinic=clinic,
            reason=form.cleaned_data["reason"],
            expected=state,
        )
    except (ValidationError, MergeChangedError) as refusal:
        _refuse(form, refusal)
        return None
    messages.success(
        request,
        f"Merged. It can be undone until {spoken(undo_until(merge))}, under Clinics and "
        "record numbers.",
    )
    return merge


def _digest(lines: list[str], order: MergeOrder, state: str) -> str:
    """A name for exactly what was shown, and for both records as they were."""
    shown = "|".join([*lines, *order.taken, str(order.kept.pk), state])
    return hashlib.sha256(shown.encode()).hexdigest()


# ---- undoing -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def merge_undo(request: ClinicRequest, merge_id: UUID) -> HttpResponse:
    """What a merge did, and its undoing while that is possible."""
    merge = (
        PatientMerge.objects.filter(public_id=merge_id)
        .select_related("clinic", "patient", "absorbed", "entered_by", "undone_by")
        .first()
    )
    if merge is None:
        raise Http404("No such merge.")
    patient = open_patient_or_404(request, merge.patient.public_id)
    require(request, Action.MERGE_PATIENTS, merge.clinic)
    form = MergeUndoForm(
        accepted(request.POST) if request.method == "POST" else None, today=merge.clinic.today()
    )
    reasons = why_not_undone(merge)
    state = state_of((merge.patient, merge.absorbed))
    seen = hashlib.sha256(state.encode()).hexdigest()
    status = OK
    if request.method == "POST" and not reasons and form.is_valid():
        if request.POST.get("seen") != seen:
            status = CONFLICT
            messages.warning(request, CHANGED_WORDS)
        elif undone := _undone(request, form, merge, state):
            return redirect(patient_url(undone.absorbed))
    note_view(request, patient)
    context = {
        **identity(request, patient),
        "merge": merge,
        "reasons": reasons,
        "until": undo_until(merge),
        "since": entered_since(merge),
        "form": form,
        "seen": seen,
        "list_url": reverse("patients:registrations", args=[patient.public_id]),
        "before_url": before_url(merge),
    }
    return render(request, "patients/merge_undo.html", context, status=status)


def before_url(merge: PatientMerge) -> str:
    """The absorbed record as it was known on the day before the merge."""
    day = merge.clinic.today(merge.merged_at) - timedelta(days=1)
    return f"{patient_url(merge.absorbed)}?known={day.isoformat()}"


def _undone(
    request: ClinicRequest, form: MergeUndoForm, merge: PatientMerge, state: str
) -> PatientMerge | None:
    try:
        undone = undo_merge(
            merge,
            by=request.user,
            clinic=merge.clinic,
            reason=form.cleaned_data["reason"],
            expected=state,
        )
    except (ValidationError, MergeChangedError) as refusal:
        _refuse(form, refusal)
        return None
    messages.success(request, "The merge is undone: these are two records again.")
    return undone
