"""Every act that the audit must know: each is done here, and its event looked for.

The titles are the rows of the table in docs/operators/audit.md, both ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.management.commands import changepassword
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions as people
from accounts.models import KeptPost, Membership, User
from accounts.permissions import Role
from audit.models import AuditEvent
from reports.audit_words import kinds
from tests.acts import accounts, lists, records
from tests.acts.house import NEW_PASSWORD, Done, House, admin_url, log_in, run
from tests.factories import records as make
from tests.factories.cast import PASSWORD
from tests.source_tree import ROOT

pytestmark = pytest.mark.django_db
TABLE = ROOT / "docs" / "operators" / "audit.md"


@pytest.fixture
def house(
    alice: User,
    otto: User,
    ada: User,
    superuser: User,
    charlie: User,
    rita: User,
    client_of: Callable[[User], Client],
    clinic_north: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> House:
    settings.UPLOAD_DIR = settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.REPORT_DIR, settings.VAR_DIR = tmp_path / "reports", tmp_path
    settings.ERASURE_LIST = tmp_path / "erased-records.txt"
    settings.RESEARCH_KEY = "a-key-of-the-tests-" + "z" * 20
    cache.clear()
    alice.is_staff = True
    alice.save()
    patient = make.patient_of(clinic_north, record_number="N-1", family_name="Okafor")
    return House(
        alice, otto, ada, superuser, charlie, rita, client_of, tmp_path, patient, monkeypatch,
        settings,
    )  # fmt: skip


def page(name: str, house: House, **asked: object) -> None:
    answer = house.as_alice.get(reverse(name, args=[house.patient.public_id]), asked)
    assert answer.status_code == 200


def change_own_password(house: House) -> None:
    client = Client()
    log_in(client)
    boxes = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(reverse("account_change_password"), boxes).status_code == 302


def log_out(house: House) -> None:
    client = Client()
    log_in(client)
    client.post(reverse("account_logout"))


def set_anothers_password(house: House) -> None:
    form = {
        "usable_password": "true",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
        "set-password": "1",
    }
    house.as_root.post(reverse("admin:auth_user_password_change", args=[house.alice.pk]), form)


def set_password_by_command(house: House) -> None:
    house.monkeypatch.setattr(changepassword.getpass, "getpass", lambda prompt: NEW_PASSWORD)
    run("changepassword", "alice")


def remove_second_factor(house: House) -> None:
    Authenticator.objects.create(user=house.alice, type="totp", data={})
    run("reset_second_factor", "alice")


def make_administrator(house: House) -> None:
    house.monkeypatch.setattr("sys.stdin", StringIO(f"{NEW_PASSWORD}\n"))
    run(
        "create_administrator",
        "--username=zoe",
        "--email=zoe@example.org",
        "--password-stdin",
    )


def add_user(house: House) -> None:
    form = {
        "username": "wanda",
        "email": "wanda@example.org",
        "usable_password": "true",
        "password1": NEW_PASSWORD,
        "password2": NEW_PASSWORD,
    }
    assert house.as_root.post(admin_url("accounts_user", "add"), form).status_code == 302


def deactivate_user(house: House) -> None:
    form = {"username": "alice", "email": house.alice.email, "first_name": "Alice"}
    house.as_root.post(admin_url("accounts_user", "change", house.alice.pk), form)
    house.alice.refresh_from_db()
    assert not house.alice.is_active


def make_member(house: House) -> None:
    north = house.patient.registrations.get().clinic
    form = {"user": house.superuser.pk, "clinic": north.pk, "roles": ["nurse"]}
    assert house.as_root.post(admin_url("accounts_membership", "add"), form).status_code == 302


def change_roles(house: House) -> None:
    membership = Membership.objects.get(user=house.alice)
    address = admin_url("accounts_membership", "change", membership.pk)
    assert house.as_root.post(address, {"roles": ["nurse"]}).status_code == 302


def change_setting(house: House) -> None:
    north = house.patient.registrations.get().clinic
    people.set_clinic_setting(
        clinic=north, name="recall", value=5, from_on=north.today(), by=house.ada
    )


def search(house: House) -> None:
    house.as_alice.post(reverse("reports:patient-search"), {"q": "Okafor"})


def search_as_typed(house: House) -> None:
    house.as_alice.post(reverse("reports:patient-finder"), {"q": "Okaf"})


def search_in_administration(house: House) -> None:
    address = admin_url("patients_patient", "changelist")
    assert house.as_alice.post(address, {"q": "Okafor"}, follow=True).status_code == 200


def open_in_administration(house: House) -> None:
    address = admin_url("patients_patient", "change", house.patient.pk)
    assert house.as_alice.get(address).status_code == 200


def print_in_administration(house: House) -> None:
    address = reverse("admin:patients_patient_print")
    assert house.as_alice.get(address).status_code == 200


def open_row(house: House) -> None:
    study = make.echo(house.patient, "2026-01-02", lvef_percent=60)
    house.as_alice.get(reverse("patients:echo-page", args=[study.public_id]))


def print_letter(house: House) -> None:
    letter = make.letter(house.patient, "2026-01-02", by=house.alice)
    house.as_alice.get(reverse("reports:letter-print", args=[letter.public_id]))


def enter(house: House) -> None:
    address = reverse("patients:inr-add", args=[house.patient.public_id])
    typed = {"taken_on": "2025-11-12", "result": "2.4", "save": "save"}
    assert house.as_alice.post(address, typed).status_code == 302


def strike_row(house: House) -> None:
    study = make.echo(house.patient, "2026-01-02", lvef_percent=60)
    make.strike(study, by=house.alice)


def preview_report(house: House) -> None:
    house.as_alice.get(reverse("reports:report-page", args=["echo_studies"]))


def take_report(house: House) -> None:
    order = {"take": "yes", "purpose": "yearly review", "form": "csv"}
    answer = house.as_alice.post(reverse("reports:report-page", args=["echo_studies"]), order)
    assert answer.getvalue() is not None


def take_report_by_command(house: House) -> None:
    to = house.folder / "echo.zip"
    run("report", "echo_studies", "--by=alice", "--purpose=yearly review", f"--to={to}")


def take_list(house: House) -> None:
    assert house.as_alice.get(reverse("reports:worklist-csv")).status_code == 200


def import_file(house: House) -> None:
    path = house.folder / "echo.csv"
    path.write_text("Patient,Date,EF\nN-1,2012-03-04,60\n", encoding="utf-8")
    run("import_csv", str(path), "--clinic=north", "--kind=echo_studies", "--by=alice")


def purge_files(house: House) -> None:
    house.monkeypatch.setattr("interop.storage.remove_old", lambda now: 2)
    run("purge_imports")


def purge_forms(house: House) -> None:
    KeptPost.objects.create(
        user=house.alice,
        browser="b",
        sealed="x",
        kept_at=timezone.now() - timedelta(days=3),
    )
    run("purge_kept")


def is_refused(house: House) -> None:
    north = house.patient.registrations.get().clinic
    member = people.create_user(username="rob", email="rob@example.org", by=None)
    people.grant_membership(user=member, clinic=north, roles=[Role.RESEARCHER], by=None)
    address = reverse("reports:patient-list")
    assert house.client_of(member).get(address).status_code == 403


def asks_for_another_clinics(house: House) -> None:
    south = people.create_clinic(code="far", name="Far", time_zone="UTC", by=None)
    stranger = people.create_user(username="sam", email="sam@example.org", by=None)
    people.grant_membership(user=stranger, clinic=south, roles=[Role.CLINICIAN], by=None)
    address = reverse("reports:patient-page", args=[house.patient.public_id])
    assert house.client_of(stranger).get(address).status_code == 404


ACTS: Mapping[str, Done] = {
    "Login": (lambda h: log_in(Client()), {"action": "login"}),
    "Failed login": (lambda h: log_in(Client(), "wrong"), {"action": "login_failed"}),
    "Logout": (log_out, {"action": "logout"}),
    "Own password changed": (change_own_password, {"note": "changed password"}),
    "Another's password set": (set_anothers_password, {"note": "changed password"}),
    "Password set by `changepassword`": (
        set_password_by_command,
        {"note": "changed password by command"},
    ),
    "Second factor removed by `reset_second_factor`": (
        remove_second_factor,
        {"note": "second factor removed, sessions ended"},
    ),
    **accounts.ACTS,
    "User made": (add_user, {"action": "create", "record_kind": "user"}),
    "Administrator made by `create_administrator`": (
        make_administrator,
        {"action": "create", "note": "active, administration, superuser"},
    ),
    "User changed or deactivated": (
        deactivate_user,
        {"note": "changed is_active, is_staff; inactive"},
    ),
    "Member made": (make_member, {"action": "create", "record_kind": "membership"}),
    "Roles changed": (change_roles, {"action": "change", "record_kind": "membership"}),
    "Setting of a clinic": (change_setting, {"action": "change", "record_kind": "clinic"}),
    "Patient's page opened": (
        lambda h: page("reports:patient-page", h),
        {"action": "view", "record_kind": "patient"},
    ),
    "Patient's page printed": (
        lambda h: page("reports:patient-print", h),
        {"action": "print", "record_kind": "patient"},
    ),
    "Timeline printed": (
        lambda h: page("reports:patient-timeline-print", h),
        {"action": "print", "record_kind": "patient"},
    ),
    "Whole record printed": (
        lambda h: page("reports:record-index-print", h),
        {"action": "print", "record_kind": "patient"},
    ),
    "Row of the record opened": (open_row, {"action": "view", "record_kind": "echostudy"}),
    "Letter printed": (print_letter, {"action": "print", "record_kind": "letter"}),
    "Who opened a record, read": (
        lambda h: page("reports:patient-access", h),
        {"action": "view", "record_kind": "access"},
    ),
    "Row entered": (enter, {"action": "create", "record_kind": "labresult"}),
    "Row amended or struck": (strike_row, {"action": "change", "record_kind": "echostudy"}),
    "Search": (search, {"action": "search", "record_kind": "patient"}),
    "Search as one types": (
        search_as_typed,
        {"action": "search", "note": "as typed; one line a minute at most"},
    ),
    "Search in the administration": (search_in_administration, {"action": "search"}),
    "Patient opened in the administration": (
        open_in_administration,
        {"action": "view", "record_kind": "patient"},
    ),
    "List printed in the administration": (
        print_in_administration,
        {"action": "print", "record_kind": "patient"},
    ),
    **lists.ACTS,
    "First rows of a report": (
        preview_report,
        {"action": "view", "note": "first rows of a report"},
    ),
    "Report taken": (take_report, {"action": "export", "record_kind": "echo_studies"}),
    "Report taken by `report`": (
        take_report_by_command,
        {"action": "export", "record_kind": "echo_studies"},
    ),
    "List taken as CSV": (take_list, {"action": "export"}),
    "File imported, also by `import_csv`": (
        import_file,
        {"action": "import", "record_kind": "importbatch"},
    ),
    **records.ACTS,
    "Patient assessed by `assess`": (
        lambda h: run("assess", "N-1", "--clinic=north"),
        {"action": "view", "note": "command assess"},
    ),
    "Round of the night, `reassess`": (
        lambda h: run("reassess", "--all"),
        {"action": "change", "note": "command reassess"},
    ),
    "Comparison, `reassess --what-if`": (
        lambda h: run("reassess", "--what-if"),
        {"action": "view", "note": "command reassess"},
    ),
    "Noise estimated by `estimate_noise`": (
        lambda h: run("estimate_noise", "--clinic=north", "--by=ada"),
        {
            "action": "view",
            "note": "command estimate_noise: the studies of everybody who is followed",
        },
    ),
    "Files removed by `purge_imports`": (purge_files, {"note": "command purge_imports"}),
    "Kept forms deleted by `purge_kept`": (purge_forms, {"note": "command purge_kept"}),
    "Refused for the role": (
        is_refused,
        {"action": "refused", "note": "not allowed to view_patient"},
    ),
    "Refused, another clinic's record": (
        asks_for_another_clinics,
        {"action": "refused", "record_kind": "patient"},
    ),
    "Audit read": (
        lambda h: h.client_of(h.otto).get(reverse("reports:audit-list")),
        {"action": "view", "record_kind": "audit"},
    ),
    "Audit read in the administration": (
        lambda h: h.as_root.get(admin_url("audit_auditevent", "changelist")),
        {"action": "view", "record_kind": "audit"},
    ),
}


@pytest.mark.parametrize("title", ACTS)
def test_it_leaves_its_event(house: House, title: str) -> None:
    act, expected = ACTS[title]
    last = AuditEvent.objects.latest("id").pk
    act(house)
    found = AuditEvent.objects.filter(id__gt=last, **expected)
    assert found.exists(), list(
        AuditEvent.objects.filter(id__gt=last).values("action", "record_kind", "note")
    )
    written = AuditEvent.objects.filter(id__gt=last).values_list("record_kind", flat=True)
    assert set(written) - {""} <= set(kinds()), "an auditor cannot choose this kind"


def test_the_table_for_operators_names_the_same_acts() -> None:
    rows = re.findall(r"^\| ([^|]+?) +\| `", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == list(ACTS)


def test_every_command_of_ours_is_in_the_table_or_reads_no_patient() -> None:
    """A command that comes later has to be thought about."""
    without_patients = {
        "rules", "readiness", "seal_audit", "verify_audit", "createsuperuser",
        "demo",  # invented patients; it writes events of its own
        "verify",  # counts and compares; no row of anybody is told, nothing is written
        "work",  # runs what somebody ordered: imports and reports, which have their events
    }  # fmt: skip
    ours = {
        path.stem
        for path in ROOT.glob("*/management/commands/*.py")
        if path.stem != "__init__" and ".venv" not in path.parts
    }
    named = set(re.findall(r"`(\w+)", " ".join(ACTS)))
    assert ours - without_patients == named & ours


def test_no_administrator_is_made_past_the_audit(db: None) -> None:
    with pytest.raises(CommandError, match="create_administrator"):
        call_command("createsuperuser", interactive=False, username="x", email="x@example.org")
    assert not User.objects.exists()
