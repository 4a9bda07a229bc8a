"""What cannot be written to the audit is not done and not shown; an emergency stays readable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic, User
from audit.context import AuditUnavailable
from audit.models import AuditEvent
from audit.recording import can_record
from mrtrack.backup import acts as backup
from patients.models import LabResult, Patient
from tests.factories import records as make
from tests.factories.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def refused_by_a_trigger() -> Iterator[None]:
    """As when somebody has broken the table: every event is refused, reading goes on."""
    if connection.vendor == "sqlite":
        execute(
            "CREATE TRIGGER broken BEFORE INSERT ON audit_auditevent "
            "BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    else:
        execute(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'broken'; END $$",
            "CREATE TRIGGER broken BEFORE INSERT ON audit_auditevent "
            "FOR EACH ROW EXECUTE FUNCTION broken()",
        )
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            execute("DROP TRIGGER broken")
        else:
            execute("DROP TRIGGER broken ON audit_auditevent", "DROP FUNCTION broken()")


@contextmanager
def without_its_table() -> Iterator[None]:
    execute("ALTER TABLE audit_auditevent RENAME TO elsewhere")
    try:
        yield
    finally:
        execute("ALTER TABLE elsewhere RENAME TO audit_auditevent")


@pytest.fixture(params=[refused_by_a_trigger, without_its_table])
def broken(request: pytest.FixtureRequest) -> Callable[[], object]:
    """A context in which no event can be written."""
    made: Callable[[], object] = request.param
    return made


@pytest.fixture
def calm(clinic_north: Clinic) -> Patient:
    return make.patient_of(clinic_north)


@pytest.fixture
def acute(clinic_north: Clinic) -> Patient:
    patient = make.patient_of(clinic_north, family_name="Ruptured")
    make.acute_episode(patient, clinic_north.today() - timedelta(days=1))
    return patient


def page_of(patient: Patient) -> str:
    return reverse("reports:patient-page", args=[patient.public_id])


def test_a_page_is_refused_in_words(
    broken, client_of: Callable[[User], Client], alice: User, calm: Patient
) -> None:
    alice.is_staff = True
    alice.save()
    client = client_of(alice)
    with broken():
        for address in (
            page_of(calm),
            reverse("reports:patient-print", args=[calm.public_id]),
            reverse("reports:patient-timeline", args=[calm.public_id]),
            reverse("patients:inr-add", args=[calm.public_id]),
            reverse("reports:worklist"),
            reverse("reports:patient-list"),
            reverse("reports:recall"),
            reverse("reports:team-list"),
            reverse("reports:waiting"),
            reverse("reports:waiting-patients"),
            reverse("reports:completeness"),
            reverse("admin:patients_patient_changelist"),
        ):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert b"is written down" in answer.content
            assert str(calm).encode() not in answer.content
        assert client.post(reverse("reports:patient-search"), {"q": "abc"}).status_code == 503
    assert client.get(page_of(calm)).status_code == 200


def test_what_was_sent_is_not_saved(
    broken, client_of: Callable[[User], Client], alice: User, calm: Patient
) -> None:
    client, typed = (
        client_of(alice),
        {"taken_on": "2025-11-12", "result": "2.4", "save": "save"},
    )
    with broken():
        answer = client.post(reverse("patients:inr-add", args=[calm.public_id]), typed)
        assert answer.status_code == 503
        assert b"nothing was saved" in answer.content
        assert LabResult.objects.count() == 0
    assert client.post(reverse("patients:inr-add", args=[calm.public_id]), typed).status_code == 302
    assert LabResult.objects.count() == 1


def test_a_refused_act_is_not_answered_before_it_is_remembered(
    broken, client_of: Callable[[User], Client], charlie: User, rita: User, calm: Patient
) -> None:
    with broken():
        answers = [client_of(user).get(page_of(calm)) for user in (charlie, rita)]
    for answer in answers:
        assert answer.status_code == 503
        assert "no-store" in answer.headers["Cache-Control"]


def test_nobody_gets_in(broken, client: Client, alice: User) -> None:
    with broken():
        answer = client.post(reverse("account_login"), {"login": "alice", "password": PASSWORD})
        assert answer.status_code == 503
    assert client.get(reverse("reports:patient-list")).status_code == 302


def test_an_emergency_stays_readable_and_its_opening_goes_to_a_log(
    broken,
    client_of: Callable[[User], Client],
    alice: User,
    acute: Patient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = client_of(alice)
    episode = acute.acuteepisode_set.get()
    with broken(), caplog.at_level(logging.ERROR, logger="mrtrack.audit_lost"):
        page = client.get(page_of(acute))
        assert page.status_code == 200
        assert b"Ruptured" in page.content
        own = client.get(reverse("patients:record-page", args=["acute-episode", episode.public_id]))
        assert own.status_code == 200
        ask = client.get(reverse("patients:acute-acknowledge", args=[episode.public_id]))
        assert ask.status_code == 200
        # Reading goes on; writing without a trace does not.
        done = client.post(reverse("patients:acute-acknowledge", args=[episode.public_id]))
        assert done.status_code == 503
    lost = [each.getMessage() for each in caplog.records if each.name == "mrtrack.audit_lost"]
    assert len(lost) == 3
    assert f"view user {alice.pk}" in lost[0]
    assert f"patient {acute.public_id}" in lost[0]
    assert not any("Ruptured" in line for line in lost)
    episode.refresh_from_db()
    assert episode.acknowledged_at is None


def test_the_way_to_an_emergency_stays_open(
    broken,
    client_of: Callable[[User], Client],
    alice: User,
    acute: Patient,
    calm: Patient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Today leads to the list, which holds those with an open acute episode and nobody else."""
    client = client_of(alice)
    today, patients = reverse("reports:worklist"), reverse("reports:patient-list")
    with broken(), caplog.at_level(logging.ERROR, logger="mrtrack.audit_lost"):
        answer = client.get(today, follow=True)
        assert answer.redirect_chain == [(patients, 302)]
        for page in (answer, client.get(f"{patients}?acute=yes")):
            assert page.status_code == 200
            assert [row.patient for row in page.context["rows"]] == [acute]
            assert b"Only patients with an open acute episode are listed" in page.content
            assert page_of(acute).encode() in page.content
            assert page_of(calm).encode() not in page.content
        assert client.post(today, {"book": "yes"}).status_code == 503
        assert client.get(reverse("reports:recall")).status_code == 503
    lost = [each.getMessage() for each in caplog.records if each.name == "mrtrack.audit_lost"]
    assert len(lost) == 2
    assert f"view user {alice.pk}" in lost[0]
    assert "patient_list" in lost[0]
    assert b"Only patients with" not in client.get(patients).content


def test_a_closed_emergency_is_none(
    client_of: Callable[[User], Client], alice: User, acute: Patient, clinic_north: Clinic
) -> None:
    make.close_episode(acute.acuteepisode_set.get(), clinic_north.today())
    with refused_by_a_trigger():
        assert client_of(alice).get(page_of(acute)).status_code == 503


def test_the_installation_is_not_ready(broken, client: Client) -> None:
    assert can_record()
    with broken():
        assert not can_record()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"]["audit_writable"] == "failed"
        with pytest.raises(CommandError):
            call_command("readiness", verbosity=0)
    assert client.get("/readyz").status_code == 200


def test_asking_leaves_no_event_behind(client: Client) -> None:
    client.get("/readyz")
    assert AuditEvent.objects.count() == 0


def test_a_command_ends_with_an_error(broken, calm: Patient) -> None:
    number = calm.registrations.get().record_number
    with broken(), pytest.raises(AuditUnavailable):
        call_command("assess", number, "--clinic", "north")


def test_a_backup_is_made_all_the_same_and_says_so(
    broken, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file itself is made in tests/survival; here it is what the audit's refusal does to it."""
    settings.VAR_DIR = tmp_path
    written = object()
    monkeypatch.setattr(backup, "_written", lambda *_: written)
    with broken():
        assert backup.make_backup(tmp_path / "night.backup", key="") == (written, False)
