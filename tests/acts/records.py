"""What is done with whole records: emergencies, merges, erasures, backups, files that leave."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.guideline_settings import sign_off_edition
from audit.models import AuditEvent
from mrtrack.backup import acts as backup
from patients.emergency.actions import (
    NobodyMeantError,
    end_emergency_access,
    open_emergency_access,
    review_emergency_access,
)
from patients.emergency.selectors import ROLE
from patients.erasing import confirm_erasure, request_erasure, withdraw_erasure
from patients.merging import MergeOrder, merge_patients, undo_merge
from patients.models import EmergencyAccess, Erasure, PatientMerge
from reports.job_making import make as make_report
from reports.models import ReportJob
from tests.acts.house import Done, House, run
from tests.factories import records as make


def opened(house: House, number: str = "N-1") -> EmergencyAccess:
    born_on = house.patient.born_on
    assert born_on is not None
    return open_emergency_access(
        by=house.charlie,
        clinic=house.clinic,
        record_number=number,
        born_on=born_on,
        reason="Brought in unconscious.",
    )


def open_nobody(house: House) -> None:
    with suppress(NobodyMeantError):
        opened(house, "N-2")


def look_in_an_emergency(house: House) -> None:
    opened(house)
    address = reverse("reports:patient-page", args=[house.patient.public_id])
    assert house.client_of(house.charlie).get(address).status_code == 200


def ask_without_the_role(house: House) -> None:
    address = reverse("patients:emergency-open")
    assert house.client_of(house.rita).get(address).status_code == 403


def merged(house: House) -> PatientMerge:
    other = make.patient_of(house.clinic, record_number="N-9", family_name="Okafo")
    return merge_patients(
        MergeOrder(house.patient, other), by=house.alice, clinic=house.clinic, reason="one passport"
    )


def search_to_merge(house: House) -> None:
    address = reverse("patients:merge-choose", args=[house.patient.public_id])
    assert house.as_alice.post(address, {"q": "Okafor"}).status_code == 200


def asked(house: House) -> Erasure:
    return request_erasure(
        patient=house.patient,
        by=house.ada,
        clinic=house.clinic,
        basis=Erasure.Basis.values[0],
        reason="asked by letter",
        typed_number="N-1",
    )


def erase_again(house: House) -> None:
    known = house.folder / "erased.txt"
    known.write_text(f"{house.patient.public_id}\n", encoding="utf-8")
    run("reapply_erasures", f"--list={known}")


def back_up(house: House, *, fails: bool = False) -> None:
    """Around the file itself: tests/survival/test_backup.py writes and restores whole ones."""

    def written(*_: object) -> object:
        if fails:
            raise OSError("no space left")
        return SimpleNamespace(missing=[], tables={}, rows=0, parts={"": ""})

    house.monkeypatch.setattr(backup, "_written", written)
    target = house.folder / "night.backup"
    if not fails:
        target.touch()
    with suppress(Exception):
        run("backup", str(target))


def bring_back(house: House) -> None:
    manifest = SimpleNamespace(
        id=str(uuid4()), rows=7, made_at="", tables={}, parts={"": ""}, app_version=""
    )
    for name in ("_refuse_what_does_not_fit", "_fill"):
        house.monkeypatch.setattr(backup, name, lambda *_: None)
    house.monkeypatch.setattr(backup, "read_archive", lambda *_: manifest)
    house.monkeypatch.setattr(backup, "_update", lambda: False)
    run("restore", str(house.folder / "night.backup"))


def withdraw_edition(house: House) -> None:
    sign_off_edition(
        clinic=house.clinic, edition_id="esc-eacts-2025", name="Dr A. Moreau", note="",
        on=house.clinic.today(), by=house.alice,
    )  # fmt: skip
    # The sign-off left an event of the same kind: it is the next that counts.
    signed = AuditEvent.objects.count()
    run("withdraw_sign_off", "esc-eacts-2025", "--clinic=north", "--by=alice")
    assert AuditEvent.objects.count() == signed + 1


def ordered(house: House) -> ReportJob:
    order = {"later": "yes", "purpose": "yearly review", "form": "csv"}
    house.as_alice.post(reverse("reports:report-page", args=["echo_studies"]), order)
    return ReportJob.objects.get()


def fetch(house: House) -> None:
    job = ordered(house)
    make_report(str(job.public_id))
    answer = house.as_alice.get(reverse("reports:report-job-file", args=[job.public_id]))
    assert answer.getvalue()


def purge(house: House) -> None:
    job = ordered(house)
    make_report(str(job.public_id))
    ReportJob.objects.update(finished_at=timezone.now() - timedelta(days=9))
    run("purge_reports")


def take_extract(house: House) -> None:
    order = {"take": "yes", "purpose": "a study", "form": "zip"}
    address = reverse("reports:report-extract", args=["echo_studies"])
    assert house.client_of(house.rita).post(address, order).getvalue()


def look_at_extract(house: House) -> None:
    address = reverse("reports:report-extract", args=["echo_studies"])
    assert house.client_of(house.rita).get(address).status_code == 200


def take_list(house: House, name: str) -> None:
    assert house.as_alice.get(reverse(f"reports:{name}-csv")).status_code == 200


ACTS: Mapping[str, Done] = {
    "Call list taken as CSV": (
        lambda h: take_list(h, "recall"),
        {"action": "export", "record_kind": "recall"},
    ),
    "Waiting list taken as CSV": (
        lambda h: take_list(h, "waiting"),
        {"action": "export", "record_kind": "waiting"},
    ),
    "Completeness taken as CSV": (
        lambda h: take_list(h, "completeness"),
        {"action": "export", "record_kind": "completeness"},
    ),
    "First rows of a de-identified extract": (
        look_at_extract,
        {
            "action": "view",
            "note": "first rows of a report",
            "record_kind": "echo_studies_deidentified",
        },
    ),
    "De-identified extract taken": (
        take_extract,
        {"action": "export", "record_kind": "echo_studies_deidentified"},
    ),
    "Report ordered in the background": (
        ordered,
        {"action": "create", "record_kind": "reportjob"},
    ),
    "Report of the background fetched": (
        fetch,
        {"action": "export", "record_kind": "echo_studies"},
    ),
    "Reports removed by `purge_reports`": (purge, {"note": "command purge_reports"}),
    "Record opened in an emergency": (
        opened,
        {"action": "create", "note": "record opened in an emergency"},
    ),
    "Record read in an emergency": (
        look_in_an_emergency,
        {"action": "view", "record_kind": "patient", "role": ROLE},
    ),
    "Emergency access ended": (
        lambda h: end_emergency_access(access=opened(h), by=h.charlie),
        {"note": "emergency access ended early"},
    ),
    "Emergency access reviewed": (
        lambda h: review_emergency_access(access=opened(h), by=h.ada, remark="in order"),
        {"note": "emergency access reviewed"},
    ),
    "Emergency access refused, nobody meant": (
        open_nobody,
        {"action": "refused", "note": "no such patient in the clinic"},
    ),
    "Emergency access refused for the role": (
        ask_without_the_role,
        {"action": "refused", "note": "not allowed to break_glass"},
    ),
    "Search for a record to merge": (
        search_to_merge,
        {"action": "search", "note": "for a record to merge"},
    ),
    "Two records merged": (
        merged,
        {"record_kind": "patientmerge", "note": "two records merged into one"},
    ),
    "Merge undone": (
        lambda h: undo_merge(merged(h), by=h.alice, clinic=h.clinic, reason="two twins"),
        {"record_kind": "patientmerge", "note": "merge undone"},
    ),
    "Erasure asked for": (asked, {"record_kind": "erasure", "note": "erasure asked for"}),
    "Erasure withdrawn": (
        lambda h: withdraw_erasure(asked(h), by=h.ada),
        {"record_kind": "erasure", "note": "erasure withdrawn"},
    ),
    "Patient erased": (
        lambda h: confirm_erasure(asked(h), by=h.alice, typed_number="N-1"),
        {"record_kind": "erasure", "note": "patient erased"},
    ),
    "Patient erased again by `reapply_erasures`": (
        erase_again,
        {"note": "patient erased again after a backup was restored"},
    ),
    "Backup made by `backup`": (
        back_up,
        {"action": "export", "record_kind": "backup", "note": "backup begun"},
    ),
    "Backup that failed": (
        lambda h: back_up(h, fails=True),
        {"action": "failed", "record_kind": "backup", "note": "no backup: OSError"},
    ),
    "Backup brought back by `restore`": (
        bring_back,
        {"action": "import", "record_kind": "backup", "note": "backup restored"},
    ),
    "Sign-off taken back by `withdraw_sign_off`": (
        withdraw_edition,
        {"action": "change", "record_kind": "clinic"},
    ),
}
