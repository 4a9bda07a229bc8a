"""Pages of an import: list, file, columns, preview, result."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ClinicRequest, clinics_shown, require
from accounts.models import Clinic
from accounts.permissions import Action, allowing_role, clinics_where
from accounts.session_limits import RENEWS
from audit.models import AuditAction
from audit.recording import record
from interop import actions, storage
from interop.forms import DecisionForm, MappingForm, StartForm
from interop.models import ImportBatch
from interop.progress import AT_REST, NotReadyError, advance
from interop.selectors import import_or_404, imports_seen_by, mappings_for
from interop.spreadsheets.mapping import Mapping, adapted, guess
from interop.spreadsheets.plain_csv import csv_lines
from interop.spreadsheets.plan import (
    CHANGED,
    NEW,
    REJECTED,
    STATUS_NAMES,
    UNCHANGED,
    Outcome,
    PlannedPart,
    page_of_plan,
)
from interop.spreadsheets.reading import UnreadableFileError
from interop.spreadsheets.rows import KINDS
from interop.spreadsheets.shapes import SHAPES, day_of, summary
from interop.tasks import check_in_background, commit_in_background

PER_PAGE = 50
Status = ImportBatch.Status


@require_GET
def import_list(request: ClinicRequest) -> HttpResponse:
    """Imports of one's clinics, and the way to a new one."""
    clinic_ids = clinics_shown(request, Action.IMPORT_DATA)
    imports = imports_seen_by(request.user).filter(clinic_id__in=clinic_ids)
    page = Paginator(imports, PER_PAGE).get_page(request.GET.get("page"))
    pages = page.paginator.get_elided_page_range(page.number)
    return render(
        request,
        "interop/import_list.html",
        {"page": page, "pages": pages, "kinds": KINDS.values(), "several": len(clinic_ids) > 1},
    )


@require_http_methods(["GET", "POST"])
def import_start(request: ClinicRequest) -> HttpResponse:
    """Choose a file, its kind and the clinic."""
    clinics = _importing_clinics(request)
    form = StartForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        clinics=clinics,
        chosen=request.clinic,
    )
    if request.method == "POST" and form.is_valid():
        require(request, Action.IMPORT_DATA, form.cleaned_data["clinic"])
        batch = _received(request, form)
        if batch is not None:
            return redirect("interop:import-map", batch.public_id)
    return render(
        request, "interop/import_start.html", {"form": form, "kinds": KINDS.values()},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _importing_clinics(request: ClinicRequest) -> list[Clinic]:
    clinics_shown(request, Action.IMPORT_DATA)  # refuses, remembered, when there is none
    allowed = clinics_where(request.user, Action.IMPORT_DATA)
    return [clinic for clinic in request.clinics if clinic.pk in allowed]


def _received(request: ClinicRequest, form: StartForm) -> ImportBatch | None:
    upload = form.cleaned_data["file"]
    try:
        return actions.receive_file(
            by=request.user,
            clinic=form.cleaned_data["clinic"],
            kind=form.cleaned_data["kind"],
            file_name=upload.name,
            chunks=upload.chunks(),
            size=upload.size,
        )
    except UnreadableFileError as error:
        form.add_error("file", str(error))
        return None


@require_http_methods(["GET", "POST"])
def import_map(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """Say which column is which field."""
    batch = _batch(request, public_id)
    if batch.is_working or not batch.is_open:
        return redirect(_next_page(batch), batch.public_id)
    form = _mapping_form(request, batch)
    if request.method == "POST" and form.is_valid():
        mapping = form.mapping()
        try:
            actions.choose_mapping(batch, mapping)
        except NotReadyError:
            return _elsewhere(batch)
        if form.cleaned_data["save_as"]:
            actions.keep_mapping(
                by=request.user, batch=batch, name=form.cleaned_data["save_as"], mapping=mapping
            )
        try:
            error = _check(batch)
        except NotReadyError:
            return _elsewhere(batch)
        if error is None:
            return redirect("interop:import-preview", batch.public_id)
        form.add_error(None, error)
    return render(
        request,
        "interop/import_map.html",
        {
            "batch": batch,
            "form": form,
            "kept": mappings_for(batch),
            "kept_chosen": request.GET.get("mapping", ""),
        },
        status=422 if form.errors else 200,
    )


def _mapping_form(request: ClinicRequest, batch: ImportBatch) -> MappingForm:
    kind, profile = KINDS[batch.kind], _profile(batch)
    mapping = Mapping.from_json(batch.mapping) if batch.mapping else guess(kind, profile)
    kept = request.GET.get("mapping", "")
    if kept.isdecimal() and len(kept) < 19:
        saved = mappings_for(batch).filter(pk=int(kept)).first()
        if saved is None:
            raise Http404("No such mapping.")
        mapping = adapted(Mapping.from_json(saved.mapping), guess(kind, profile))
    data = request.POST if request.method == "POST" else None
    return MappingForm(data, kind=kind, profile=profile, mapping=mapping)


def _profile(batch: ImportBatch) -> Any:
    try:
        return actions.profile_kept(batch)
    except FileNotFoundError:
        raise Http404("The file of this import is gone.") from None


def _check(batch: ImportBatch) -> str | None:
    """Check now, or hand a long file to the background; gives an error in words."""
    if actions.is_long(batch):
        if advance(batch, before=AT_REST, to=Status.CHECKING):
            check_in_background.enqueue(str(batch.public_id))
        return None
    try:
        actions.check_import(batch)
    except UnreadableFileError as error:
        return str(error)
    return None


@require_http_methods(["GET", "POST"])
def import_preview(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """What the import would do; on POST, do it."""
    batch = _batch(request, public_id)
    if batch.is_working:
        return _progress(request, batch)
    if batch.status == Status.CHECKED and not actions.plan_is_kept(batch):
        _close(request, batch)
        batch.refresh_from_db()
    if batch.status != Status.CHECKED:
        return redirect(_next_page(batch), batch.public_id)
    decision = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and decision.is_valid():
        return _decide(request, batch, decision)
    return _show_preview(request, batch)


def _close(request: ClinicRequest, batch: ImportBatch) -> None:
    """An import whose plan is gone ends here, unless it was just imported by somebody else."""
    with suppress(NotReadyError):
        actions.cancel_import(batch, by=request.user, why=actions.FILE_GONE)


def _progress(request: ClinicRequest, batch: ImportBatch) -> HttpResponse:
    """A page that renews itself while a background job holds the import.

    That keeps nobody's session alive: a file of an hour must not leave a screen open for an hour.
    """
    answer = render(request, "interop/import_progress.html", {"batch": batch})
    answer["Refresh"] = f"3; url={request.path}?{RENEWS}=yes"
    return answer


def _decide(request: ClinicRequest, batch: ImportBatch, decision: DecisionForm) -> HttpResponse:
    choices = actions.Choices(**decision.cleaned_data)
    if actions.is_long(batch):
        if advance(batch, before=(Status.CHECKED,), to=Status.IMPORTING):
            commit_in_background.enqueue(
                str(batch.public_id),
                request.user.pk,
                choices.accept_implausible,
                choices.apply_changes,
            )
        return redirect("interop:import-preview", batch.public_id)
    try:
        actions.commit_import(batch, by=request.user, choices=choices)
    except (actions.RecordChangedError, NotReadyError) as error:
        batch.refresh_from_db()
        batch.message = str(error)
        if batch.status != Status.CHECKED:
            return redirect(_next_page(batch), batch.public_id)
        return _show_preview(request, batch, status=409)
    return redirect("interop:import-result", batch.public_id)


class _Rows:
    """The rows of one status, as a list that is read from the plan page by page."""

    def __init__(self, batch: ImportBatch, status: str) -> None:
        self.batch = batch
        self.status = status

    @cached_property
    def _count(self) -> int:
        return int(self.batch.counts[STATUS_NAMES[self.status]])

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        start, stop = wanted.start or 0, wanted.stop
        found = page_of_plan(self.batch.stored_as, self.status, start, stop - start)
        return [_shown(outcome) for outcome in found]


def _shown(outcome: Outcome) -> dict[str, Any]:
    """One row of the plan as the preview shows it."""
    return {
        "outcome": outcome,
        "changed": [_named(part) for part in outcome.parts if part.status == CHANGED],
        "lines": [
            (
                SHAPES[part.shape].noun,
                day_of(SHAPES[part.shape], part.values),
                summary(SHAPES[part.shape], _stated(part.values)),
            )
            for part in outcome.parts
            if part.status == NEW and part.shape != "registration"
        ],
    }


def _named(part: PlannedPart) -> str:
    """A part as its kind and day: ``echo study 2015-03-12``."""
    days = [text for text in part.key if text[4:5] == "-"]
    return " ".join([SHAPES[part.shape].noun, *days[:1]])


def _stated(values: dict[str, Any]) -> dict[str, Any]:
    hidden = {"unit", "comparator", "drug_class", "record_number"}
    return {name: value for name, value in values.items() if name not in hidden and value != ""} | {
        name: values[name] for name in ("comparator",) if values.get(name)
    }


def _show_preview(request: ClinicRequest, batch: ImportBatch, status: int = 200) -> HttpResponse:
    counts = batch.counts
    shown = request.GET.get("rows", "")
    if shown not in STATUS_NAMES:
        order = (REJECTED, CHANGED, NEW, UNCHANGED)
        shown = next((s for s in order if counts[STATUS_NAMES[s]]), NEW)
    rows: Any = _Rows(batch, shown)
    page: Any = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    record(
        action=AuditAction.VIEW,
        by=request.user,
        clinic_id=batch.clinic_id,
        role=allowing_role(request.user, Action.IMPORT_DATA, batch.clinic_id),
        record_kind="importbatch",
        record_id=batch.public_id,
        note="preview of an import",
    )
    context = {
        "batch": batch,
        "counts": counts,
        "kind": KINDS[batch.kind],
        "tabs": [(code, name, counts[name], code == shown) for code, name in STATUS_NAMES.items()],
        "shown": shown,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "reasons": sorted(counts["reasons"].items(), key=lambda pair: -pair[1]),
        "records": _nouns(counts["records"]),
        "posted": request.POST if request.method == "POST" else {},
    }
    return render(request, "interop/import_preview.html", context, status=status)


def _nouns(records: dict[str, int]) -> list[tuple[int, str]]:
    return [
        (count, SHAPES[code].noun if count == 1 else SHAPES[code].nouns)
        for code, count in records.items()
        if code != "registration"
    ]


@require_GET
def import_result(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """What an import did."""
    batch = _batch(request, public_id)
    if batch.is_open:
        return redirect(_next_page(batch), batch.public_id)
    done = batch.counts.get("imported", {})
    written = [
        (verb, count, SHAPES[code].noun if count == 1 else SHAPES[code].nouns)
        for key, count in done.items()
        for verb, _, code in [key.partition("_")]
        if code in SHAPES
    ]
    context = {
        "batch": batch,
        "done": done,
        "written": written,
        "refused": actions.refused_file_rows(batch),
        "kind": KINDS[batch.kind],
    }
    return render(request, "interop/import_result.html", context)


@require_GET
def import_refused(request: ClinicRequest, public_id: UUID) -> HttpResponseBase:
    """The rows that are not imported, with the reason beside each."""
    batch = _batch(request, public_id)
    name = f"refused rows of {batch.file_name.removesuffix('.csv')}.csv"
    if batch.status == Status.CHECKED and actions.plan_is_kept(batch):
        lines = actions.refused_lines(batch, actions.Choices())
        answer: HttpResponseBase = StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = 'attachment; filename="refused rows.csv"'
    elif actions.refused_file_rows(batch):
        path = storage.path_of(batch.stored_as, storage.REFUSED)
        answer = FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=name,
            content_type="text/csv; charset=utf-8",
        )
    else:
        raise Http404("There is no file of refused rows.")
    record(
        action=AuditAction.EXPORT,
        by=request.user,
        clinic_id=batch.clinic_id,
        role=allowing_role(request.user, Action.IMPORT_DATA, batch.clinic_id),
        record_kind="importbatch",
        record_id=batch.public_id,
        note="refused rows of an import",
    )
    return answer


@require_POST
def import_cancel(request: ClinicRequest, public_id: UUID) -> HttpResponse:
    """Drop an import and its file."""
    batch = _batch(request, public_id)
    try:
        actions.cancel_import(batch, by=request.user)
    except NotReadyError:
        return _elsewhere(batch)
    return redirect("interop:import-list")


@require_GET
def import_template(request: ClinicRequest, kind: str) -> HttpResponse:
    """An empty file with the headings of one kind."""
    clinics_shown(request, Action.IMPORT_DATA)
    headings = [target.name for target in _kind_or_404(kind).targets]
    answer = HttpResponse("".join(csv_lines([headings])), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="mrtrack {kind}.csv"'
    return answer


@require_GET
def import_fields(request: ClinicRequest, kind: str) -> HttpResponse:
    """The dictionary of one kind of file: heading, meaning, unit, allowed values."""
    clinics_shown(request, Action.IMPORT_DATA)
    found = _kind_or_404(kind)
    needed = {name for names in found.needed for name in names}
    return render(
        request,
        "interop/import_fields.html",
        {"kind": found, "kinds": KINDS.values(), "needed": needed},
    )


def _kind_or_404(code: str) -> Any:
    if code not in KINDS:
        raise Http404("No such kind of file.")
    return KINDS[code]


def _batch(request: HttpRequest, public_id: UUID) -> ImportBatch:
    """The import, for who may import in its clinic.

    Raises ``PermissionDenied`` in words for a member whose role does not allow it, and ``Http404``
    for everybody else; either is remembered.
    """
    batch = import_or_404(public_id)
    require(request, Action.IMPORT_DATA, batch.clinic)
    return batch


def _elsewhere(batch: ImportBatch) -> HttpResponse:
    """To the page of an import that somebody else took further meanwhile."""
    batch.refresh_from_db()
    return redirect(_next_page(batch), batch.public_id)


def _next_page(batch: ImportBatch) -> str:
    """The page on which an import stands."""
    if batch.status == Status.UPLOADED:
        return "interop:import-map"
    if batch.is_open:
        return "interop:import-preview"
    return "interop:import-result"
