"""The pages that every kind of record has: list, entry, one row, its versions, change, strike."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import cycle
from typing import Any

import pytest
from django.db import connection
from django.forms import CheckboxSelectMultiple
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Clinic, User
from accounts.permissions import Role
from audit.models import AuditEvent
from patients import actions
from patients.models import LabResult, Patient, Registration
from patients.record_kinds import KINDS, RecordKind
from tests.factories import records
from tests.factories.cast import member
from tests.patients.record_examples import BY_SLUG, EXAMPLES, Example

pytestmark = pytest.mark.django_db

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=[e.slug for e in EXAMPLES])


@pytest.fixture
def patient(clinic_north: Clinic) -> Patient:
    return records.patient_of(
        clinic_north, family_name="Rossi", given_name="Maria", born_on=date(1989, 4, 12),
        pregnancy_possible=True,
    )  # fmt: skip


def kind_of(example: Example) -> RecordKind:
    return KINDS[example.slug]


def row_of(example: Example) -> Any:
    return kind_of(example).model._default_manager.get()


@pytest.fixture
def client(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def enter(client: Client, patient: Patient) -> Callable[..., Any]:
    """Type an example, with what one changes, and press Save."""

    def entered(example: Example, **typed: Any) -> Any:
        url = kind_of(example).add_url(patient)
        return client.post(url, {**example.typed, "save": "save", **typed})

    return entered


@pytest.fixture
def sent(client: Client) -> Callable[..., dict[str, Any]]:
    """What a browser sends of the form on the page of a stored row."""

    def of_row(example: Example, **typed: Any) -> dict[str, Any]:
        form = client.get(kind_of(example).edit_url(row_of(example))).context["form"]
        values = {name: form[name].value() for name in form.fields}
        shown = {name: value for name, value in values.items() if value not in (None, False)}
        return {**shown, "save": "save", **typed}

    return of_row


@pytest.fixture
def change(client: Client, sent: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Change the stored row as the example says."""

    def changed(example: Example, **typed: Any) -> Any:
        name, value = example.changed
        data = sent(example, **{name: value, "reason": "misread on the letter", **typed})
        return client.post(kind_of(example).edit_url(row_of(example)), data)

    return changed


# ---- entering ------------------------------------------------------------------------------------


@every_example
def test_it_works(example: Example, enter: Any, patient: Patient, alice: User) -> None:
    answer = enter(example)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    row = row_of(example)
    assert {name: getattr(row, name) for name in example.stored} == example.stored
    assert (row.patient, row.entered_by, row.version) == (patient, alice, 1)


@every_example
def test_a_button_pressed_twice_enters_one_row(example: Example, enter: Any) -> None:
    assert enter(example).status_code == 302
    enter(example)
    kind = row_of(example)._meta.model_name
    assert AuditEvent.objects.filter(action="create", record_kind=kind).count() == 1


@every_example
def test_the_entry_page_opens(example: Example, client: Client, patient: Patient) -> None:
    answer = client.get(kind_of(example).add_url(patient))
    page = answer.content.decode()
    assert "Rossi, Maria" in page
    assert "None" not in page.replace("None-of-these", "")
    assert f'href="{reverse("reports:patient-page", args=[patient.public_id])}"' in page


@every_example
def test_bad_input_is_named_beside_its_box_and_the_typing_stays(
    example: Example, enter: Any
) -> None:
    name, typed, message = example.slip
    answer = enter(example, **{name: typed})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert message in " ".join(form.errors[name]).replace("There is no day", "is not a date")
    kept = {box: form[box].value() for box in example.typed}
    assert kept == {**example.typed, **({name: typed} if name in kept else {})} | {
        box: True for box, value in example.typed.items() if value == "on"
    }
    assert form[name].value() == typed
    assert not kind_of(example).model._default_manager.exists()


@every_example
def test_a_day_in_the_future_or_after_death_is_refused(
    example: Example, enter: Any, patient: Patient, alice: User, clinic_north: Clinic
) -> None:
    name = kind_of(example).model.date_field
    box = f"{name}_day" if name in kind_of(example).form.moments else name
    tomorrow = clinic_north.today() + timedelta(days=1)
    answer = enter(example, **{box: tomorrow.isoformat()})
    assert "in the future" in answer.context["form"].errors[box][0]
    patient.deceased_on = date(2025, 3, 1)
    actions.correct_person(by=alice, clinic=clinic_north, patient=patient, reason="died")
    assert "The patient died on 1 Mar 2025" in enter(example).context["form"].errors[box][0]
    assert not kind_of(example).model._default_manager.exists()


@every_example
def test_enter_in_a_box_saves_nothing(example: Example, client: Client, patient: Patient) -> None:
    answer = client.post(kind_of(example).add_url(patient), {**example.typed, "check": "yes"})
    body = answer.content.decode()
    assert "Nothing is saved yet" in body
    # Whoever works by keyboard stands on the button that saves.
    assert 'class="btn btn-primary" autofocus>' in body
    assert not kind_of(example).model._default_manager.exists()


def test_a_procedure_elsewhere_is_told_back_and_listed(client: Client, patient: Patient) -> None:
    kind = KINDS["mitral-diagnosis"]
    typed = {
        "diagnosed_on": "2025-03-12",
        "mechanism": "unknown",
        "etiology": "unknown",
        "tempo": "unknown",
        "previous_mitral_procedure": "mechanical",
        "save": "save",
    }
    answer = client.post(kind.add_url(patient), typed, follow=True)
    assert "Procedure elsewhere Mechanical prosthesis" in answer.content.decode()
    assert "Mechanical prosthesis" in client.get(kind.list_url(patient)).content.decode()


@every_example
def test_a_row_that_says_nothing_but_its_day_is_refused(
    example: Example, client: Client, patient: Patient
) -> None:
    name = kind_of(example).model.date_field
    days = {name, f"{name}_day", f"{name}_clock"}
    typed = {box: value for box, value in example.typed.items() if box in days}
    answer = client.post(kind_of(example).add_url(patient), {**typed, "save": "save"})
    # That somebody was admitted, or that an emergency began, says something by itself.
    assert (answer.status_code == 302) is (
        example.slug in {"acute-episode", "heart-failure-admission"}
    )


# ---- who may -------------------------------------------------------------------------------------


def urls_of(example: Example, patient: Patient) -> list[str]:
    kind, row = kind_of(example), row_of(example)
    return [
        kind.list_url(patient),
        kind.add_url(patient),
        kind.page_url(row),
        kind.version_url(row, 1),
        kind.edit_url(row),
        kind.strike_url(row),
    ]


@every_example
def test_every_page_opens_and_is_audited(
    example: Example, enter: Any, client: Client, patient: Patient
) -> None:
    enter(example)
    for url in urls_of(example, patient):
        before = AuditEvent.objects.filter(action="view").count()
        assert client.get(url).status_code == 200, url
        assert AuditEvent.objects.filter(action="view").count() == before + 1, url


@every_example
def test_every_page_requires_login(example: Example, enter: Any, patient: Patient) -> None:
    enter(example)
    for url in urls_of(example, patient):
        assert Client().get(url).status_code == 302, url


@every_example
def test_every_page_hides_other_clinics(
    example: Example, enter: Any, patient: Patient, charlie: User, client_of: Any
) -> None:
    enter(example)
    other = client_of(charlie)
    for url in urls_of(example, patient):
        assert other.get(url).status_code == 404, url
        assert other.post(url, {"reason": "x", "version": "1"}).status_code in {404, 405}, url


@every_example
def test_a_role_without_the_right_is_told_so(
    example: Example, enter: Any, patient: Patient, clinic_north: Clinic, client_of: Any
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    urls = [kind.add_url(patient), kind.edit_url(row), kind.strike_url(row)]
    if example.refused_role == "rita":
        return  # every role that reads may enter this kind
    clerk = client_of(member("clerk", clinic_north, Role.CLERK))
    for url in urls:
        answer = clerk.post(url, {**example.typed, "save": "save", "reason": "x", "version": "1"})
        assert answer.status_code == 403
        assert "your role is clerk" in answer.content.decode()
    for url in (kind.list_url(patient), kind.page_url(row)):
        page = clerk.get(url)
        assert page.status_code == 200
        assert kind.add_url(patient) not in page.content.decode()
        assert kind.edit_url(row) not in page.content.decode()


@pytest.mark.parametrize("slug", ["lab-result", "symptom-log"])
def test_a_clerk_enters_and_corrects_what_comes_on_paper(
    slug: str, patient: Patient, clara: User, client_of: Any
) -> None:
    example = BY_SLUG[slug]
    clerk = client_of(clara)
    answer = clerk.post(kind_of(example).add_url(patient), {**example.typed, "save": "save"})
    assert answer.status_code == 302
    assert clerk.get(kind_of(example).edit_url(row_of(example))).status_code == 200


# ---- reading -------------------------------------------------------------------------------------


@every_example
def test_the_page_says_every_value_and_every_gap(
    example: Example, enter: Any, client: Client
) -> None:
    enter(example)
    page = client.get(kind_of(example).page_url(row_of(example))).content.decode()
    for words in example.read:
        assert words in page
    assert "first entry" in page
    assert "None" not in page.replace("None-of-these", "")
    gaps = [
        line
        for part in client.get(kind_of(example).page_url(row_of(example))).context["parts"]
        for line in part.lines
        if line.text is None
    ]
    assert page.count("not recorded") >= len(gaps)


@every_example
def test_a_change_keeps_the_former_version_with_its_reason(
    example: Example, enter: Any, change: Any, client: Client
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    assert change(example)["Location"] == kind.page_url(row)
    page = client.get(kind.page_url(row)).content.decode()
    assert row_of(example).version == 2
    assert "misread on the letter" in page
    assert f"<strong>{example.shown}</strong>" in page
    then = client.get(kind.version_url(row, 1)).content.decode()
    assert "You are reading version 1 of 2" in then
    assert client.get(kind.version_url(row, 3)).status_code == 404


@every_example
def test_a_change_without_a_reason_is_refused_and_the_typing_stays(
    example: Example, enter: Any, change: Any
) -> None:
    enter(example)
    answer = change(example, reason=" ")
    assert answer.context["form"].errors["reason"] == ["Say why this is changed."]
    name, typed = example.changed
    shown = answer.context["form"][name].value()
    assert shown == (True if typed == "on" else typed)
    assert row_of(example).version == 1


@every_example
def test_a_change_of_nothing_is_no_new_version(
    example: Example, enter: Any, client: Client, sent: Any
) -> None:
    enter(example)
    data = sent(example, reason="looked at it")
    answer = client.post(kind_of(example).edit_url(row_of(example)), data)
    assert "Nothing here differs" in answer.context["form"].non_field_errors()[0]
    assert row_of(example).version == 1


@every_example
def test_two_people_at_one_row_see_each_other(
    example: Example, enter: Any, change: Any, sent: Any, client: Client, bob: User, client_of: Any
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    name, typed = example.changed
    opened = sent(example, reason="mine")
    change(example)
    other_box, other_value = _another_change(example)
    answer = client_of(bob).post(kind.edit_url(row), {**opened, other_box: other_value})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Alice" in page
    assert example.shown in page
    assert answer.context["form"][other_box].value() == other_value
    assert row_of(example).version == 2
    again = {**opened, other_box: other_value, name: typed, "version": "2"}
    assert client_of(bob).post(kind.edit_url(row), again).status_code == 302
    assert row_of(example).version == 3


def _another_change(example: Example) -> tuple[str, str]:
    """A day earlier: every kind has one."""
    name = kind_of(example).model.date_field
    return (f"{name}_day" if name in kind_of(example).form.moments else name), "11 Mar 2025"


@every_example
def test_a_struck_row_stays_readable_and_takes_no_change(
    example: Example, enter: Any, change: Any, sent: Any, client: Client, patient: Patient
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    opened = sent(example, reason="too late")
    unexplained = client.post(kind.strike_url(row), {"version": "1", "reason": " "})
    assert unexplained.context["form"].errors["reason"]
    stale = client.post(kind.strike_url(row), {"version": "7", "reason": "wrong patient"})
    assert stale.status_code == 409
    for words in ("nothing was struck", "wrong patient", kind.page_url(row)):
        assert words in stale.content.decode()
    assert row_of(example).struck_at is None
    client.post(kind.strike_url(row), {"version": "1", "reason": "wrong patient"})
    assert row_of(example).struck_at is not None
    for url in (kind.page_url(row), kind.list_url(patient)):
        page = client.get(url).content.decode()
        assert "entered in error" in page
        assert "wrong patient" in page
    assert client.get(kind.edit_url(row))["Location"] == kind.page_url(row)
    late = client.post(kind.edit_url(row), opened)
    assert late.status_code == 409
    assert "Enter as a new record" in late.content.decode()


def test_what_keeps_a_row_from_being_struck_is_said_in_words(
    client: Client, patient: Patient
) -> None:
    row = records.lab(patient, "2025-03-01", "inr", 2)
    # As an older database may hold it: today's forms know no such analyte.
    LabResult.objects.filter(pk=row.pk).update(analyte="humors")
    typed = {"version": "1", "reason": "other patient"}
    page = client.post(KINDS["lab-result"].strike_url(row), typed).content.decode()
    assert "not a valid choice" in page
    assert "other patient" in page
    assert LabResult.objects.get().struck_at is None


@pytest.mark.parametrize(
    "person", [{"born_on": date(2025, 4, 1)}, {"deceased_on": date(2025, 2, 1)}]
)
def test_a_row_of_an_impossible_day_is_struck_like_any_other(
    person: dict[str, date], client: Client, patient: Patient
) -> None:
    row = records.lab(patient, "2025-03-01", "inr", 2)
    Patient.objects.filter(pk=patient.pk).update(**person)
    typed = {"version": "1", "reason": "other patient"}
    answer = client.post(KINDS["lab-result"].strike_url(row), typed)
    assert answer["Location"] == KINDS["lab-result"].page_url(row)
    assert LabResult.objects.get().struck_at is not None


@pytest.mark.parametrize("clock", ["00:00", "23:59"])
def test_a_clock_time_before_the_calendar_is_refused(
    clock: str, client: Client, clinic_north: Clinic
) -> None:
    patient = records.patient_of(clinic_north, born_on=None)
    kind = KINDS["acute-episode"]
    typed = {"onset_at_day": "0001-01-01", "onset_at_clock": clock, "cause": "unknown"}
    answer = client.post(kind.add_url(patient), typed | {"save": "1"})
    assert "This date cannot be right" in answer.content.decode()
    assert f'value="{clock}"' in answer.content.decode()


# ---- former clinics ------------------------------------------------------------------------------


@every_example
def test_a_former_clinic_reads_what_it_held_and_enters_nothing(
    example: Example, enter: Any, change: Any, client: Client, patient: Patient, alice: User
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    registration = Registration.objects.get(patient=patient)
    day = registration.clinic.today() - timedelta(days=1)
    actions.end_registration(by=alice, registration=registration, until_on=day, because="moved")
    listed = client.get(kind.list_url(patient))
    assert [each.row.pk for each in listed.context["rows"]] == [row.pk]
    assert "when it let the patient go" in listed.content.decode()
    assert client.get(kind.page_url(row)).status_code == 200
    for url in (kind.add_url(patient), kind.edit_url(row), kind.strike_url(row)):
        assert client.post(url, {"save": "save"}).status_code == 403


def test_a_former_clinic_does_not_see_what_came_later(
    client: Client, patient: Patient, alice: User, clinic_north: Clinic, clinic_south: Any
) -> None:
    old = records.lab(patient, "2024-01-01", "inr", "2.0")
    registration = Registration.objects.get(patient=patient)
    actions.end_registration(
        by=alice,
        registration=registration,
        until_on=clinic_north.today() - timedelta(days=30),
        because="moved",
    )
    old.value = 9
    actions.change(old, by=None, clinic=clinic_south, reason="re-read in the new clinic")
    later = records.lab(patient, clinic_north.today(), "inr", "3.0")
    kind = KINDS["lab-result"]
    page = client.get(kind.list_url(patient))
    assert [each.cells[1] for each in page.context["rows"]] == ["2"]
    assert client.get(kind.page_url(later)).status_code == 404
    then = client.get(kind.page_url(old)).content.decode()
    assert "re-read" not in then


# ---- odd addresses, lists of any length ----------------------------------------------------------


def test_an_unknown_kind_or_row_is_not_found(client: Client, patient: Patient) -> None:
    row = records.allergy(patient, "2024-01-01", substance="latex", reaction="rash")
    for name, parts in (
        ("record-list", [patient.public_id, "nothing"]),
        ("record-add", [patient.public_id, "nothing"]),
        ("record-page", ["lab-result", row.public_id]),
        ("record-page", ["allergy", patient.public_id]),
        ("record-version", ["allergy", row.public_id, 2]),
    ):
        assert client.get(reverse(f"patients:{name}", args=parts)).status_code == 404


def test_a_list_asks_as_often_for_sixty_rows_as_for_five(
    client: Client, patient: Patient, alice: User
) -> None:
    counts = []
    for size in (5, 60):
        for number in range(LabResult.objects.count(), size):
            row = records.lab(patient, date(2024, 1, 1) + timedelta(days=number), "inr", 2)
            if number % 5 == 0:
                records.strike(row, by=alice)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(KINDS["lab-result"].list_url(patient))
        assert len(page.context["rows"]) == size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 15


def test_a_long_list_comes_in_pages(client: Client, patient: Patient) -> None:
    for number in range(101):
        records.lab(patient, date(2024, 1, 1) + timedelta(days=number), "inr", 2)
    url = KINDS["lab-result"].list_url(patient)
    assert len(client.get(url).context["rows"]) == 100
    assert len(client.get(url, {"page": "2"}).context["rows"]) == 1


def test_ticks_of_several_answers_are_boxes() -> None:
    box = KINDS["mitral-diagnosis"].form.base_fields["segments"]
    assert isinstance(box.widget, CheckboxSelectMultiple)


# ---- nonsense ------------------------------------------------------------------------------------

NONSENSE = (
    "\x00",
    "9" * 400,
    "1e999",
    "NaN",
    "<script>alert(7)</script>",
    "٣٤",
    "31/12/2015",
    "4,1 cm",
    "9999-12-31",
    "24:00",
    "\ud7ff\ufffe\U0001f9ea",
    "x" * 3000,
)


@every_example
def test_no_text_in_any_box_breaks_a_page(
    example: Example, enter: Any, client: Client, patient: Patient
) -> None:
    enter(example)
    kind, row = kind_of(example), row_of(example)
    boxes = [*kind.form.base_fields, "reason", "confirmed", "accept", "version"]
    urls = cycle((kind.add_url(patient), kind.edit_url(row), kind.strike_url(row)))
    for text, url in zip(NONSENSE, urls, strict=False):
        answer = client.post(url, {**dict.fromkeys(boxes, text), "save": text})
        assert answer.status_code in {200, 302, 409}, (url, text)
        assert "<script>alert" not in answer.content.decode()
    for text in NONSENSE[::3]:
        query = {box: text for box in (*kind.preset, kind.narrowed_by, "page") if box}
        for url in (kind.add_url(patient), kind.list_url(patient)):
            assert client.get(url, query).status_code in {200, 302}
