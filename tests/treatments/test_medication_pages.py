"""Two quick acts on a running drug: stop it, change its dose."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from patients.actions import change
from patients.models import Registration
from patients.writing import StaleRecord
from tests.factories import records as make
from treatments.actions import change_dose, stop_medication
from treatments.forms.medication import next_course
from treatments.models import Medication
from treatments.record import record_of
from treatments.record_kinds import KINDS

KIND = KINDS["medication"]
STOP = {"stopped_on": "4 Mar 2024", "stop_reason": "side_effect", "version": "1", "save": "save"}
DOSE = {
    "started_on": "4 Mar 2024",
    "dose_mg": "10",
    "times_a_day": "1",
    "version": "1",
    "save": "save",
}
PAGES = {"medication-stop": STOP, "medication-change-dose": DOSE}


@pytest.fixture
def course(patient):
    return make.medication(
        patient,
        "2024-02-01",
        "bisoprolol",
        dose_mg=5,
        times_a_day=1,
        started_on=date(2024, 2, 1),
        indication="heart_failure",
        name_as_written="Concor",
    )


@pytest.fixture(params=sorted(PAGES))
def page(request, course):
    """The address of one of the acts, and what is typed there."""
    return reverse(f"treatments:{request.param}", args=[course.public_id]), PAGES[request.param]


def url(name, course):
    return reverse(f"treatments:{name}", args=[course.public_id])


def text_of(answer):
    return " ".join(answer.content.decode().split())


def words_of(answer):
    """What is read on the page: its text without the links."""
    return re.sub(r"</?a[^>]*>", "", text_of(answer))


def test_a_drug_is_stopped_from_its_page(alice, client_of, course):
    client = client_of(alice)
    links = dict(client.get(KIND.page_url(course)).context["links"])
    assert client.get(links["Stop this drug"]).status_code == 200
    answer = client.post(links["Stop this drug"], STOP)
    assert answer["Location"] == KIND.page_url(course)
    course.refresh_from_db()
    assert (course.stopped_on, course.stop_reason, course.version) == (
        date(2024, 3, 4),
        "side_effect",
        2,
    )
    assert course.history.latest().history_change_reason == "stopped"
    assert client.get(KIND.page_url(course)).context["links"] == []


def test_a_dose_is_changed_from_its_page(alice, client_of, course, patient):
    client = client_of(alice)
    links = dict(client.get(KIND.page_url(course)).context["links"])
    assert "Present dose since 1 Feb 2024" in text_of(client.get(links["Change dose"]))
    answer = client.post(links["Change dose"], DOSE)
    successor = Medication.objects.get(stopped_on=None)
    assert answer["Location"] == KIND.page_url(successor)
    course.refresh_from_db()
    assert (course.stopped_on, course.stop_reason) == (date(2024, 3, 4), "dose_changed")
    assert (successor.dose_mg, successor.started_on) == (Decimal(10), date(2024, 3, 4))
    assert (successor.indication, successor.name_as_written) == ("heart_failure", "Concor")
    assert successor.drug_class == course.drug_class == "beta_blocker"
    former = words_of(client.get(KIND.page_url(course)))
    assert "Continued from 4 Mar 2024 as 10 mg, once a day." in former
    assert "dose changed" in former


def test_no_day_has_both_doses_and_none_has_neither(alice, client_of, course, patient):
    client_of(alice).post(url("medication-change-dose", course), DOSE)

    def doses(day):
        record = record_of([patient], on=day)[patient.pk]
        return [each.dose_mg for each in record.current_medications]

    assert [doses(date(2024, 3, day)) for day in (3, 4, 5)] == [[5], [10], [10]]


def test_both_acts_are_in_the_audit(alice, client_of, course):
    client_of(alice).post(url("medication-change-dose", course), DOSE)
    successor = Medication.objects.get(stopped_on=None)
    events = AuditEvent.objects.filter(actor_id=alice.pk, record_kind="medication")
    assert set(events.values_list("action", "record_id")) == {
        (AuditAction.CHANGE, str(course.public_id)),
        (AuditAction.CREATE, str(successor.public_id)),
    }


def test_a_stop_for_allergy_leads_to_the_allergy(alice, client_of, course):
    answer = client_of(alice).post(
        url("medication-stop", course), STOP | {"stop_reason": "allergy"}, follow=True
    )
    assert "Enter the allergy now" in text_of(answer)


def test_it_requires_login(client, page):
    assert client.get(page[0]).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, page, method):
    assert getattr(client_of(charlie), method)(page[0]).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_clerk_changes_no_drug(clara, client_of, page, method):
    assert getattr(client_of(clara), method)(page[0], page[1]).status_code == 403
    assert Medication.objects.get().version == 1


def test_a_nurse_may(nina, client_of, page):
    assert client_of(nina).post(*page).status_code == 302


def test_a_former_clinic_reads_only(alice, client_of, page, patient):
    Registration.objects.update(until_on=date(2024, 5, 1), ended_because="moved")
    assert client_of(alice).get(page[0]).status_code in {403, 404}


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("medication-stop", STOP, {"stopped_on": "the day before"}),
        ("medication-stop", STOP, {"stop_reason": "no idea"}),
        ("medication-stop", STOP, {"version": ""}),
        ("medication-change-dose", DOSE, {"dose_mg": "half"}),
        ("medication-change-dose", DOSE, {"started_on": "1 Jan 2124"}),
        ("medication-change-dose", DOSE, {"version": "x"}),
    ],
)
def test_bad_input_is_refused_and_stays(alice, client_of, course, name, typed, wrong):
    answer = client_of(alice).post(url(name, course), typed | wrong)
    assert answer.status_code == 200
    assert "Nothing was saved yet" in text_of(answer)
    assert "Bisoprolol, 5 mg, once a day" in text_of(answer)
    for box, value in (typed | wrong).items():
        assert box in {"save", "version"} or value in text_of(answer)
    assert Medication.objects.get().version == 1


def test_enter_in_a_box_saves_nothing(alice, client_of, page):
    typed = {name: value for name, value in page[1].items() if name != "save"}
    answer = client_of(alice).post(page[0], typed | {"check": "yes"})
    assert "Nothing is saved yet" in text_of(answer)
    assert Medication.objects.get().version == 1


def test_somebody_elses_change_is_shown_and_nothing_is_overwritten(
    alice, bob, client_of, course, page, clinic_north
):
    course.dose_mg = Decimal("7.5")
    change(course, by=bob, clinic=clinic_north, reason="misread")
    answer = client_of(alice).post(*page)
    assert answer.status_code == 409
    assert "it now reads: Bisoprolol, 7.5 mg, once a day" in text_of(answer)
    assert 'value="4 Mar 2024"' in text_of(answer)
    assert Medication.objects.count() == 1
    assert Medication.objects.get().stopped_on is None
    again = client_of(alice).post(page[0], page[1] | {"version": "2"})
    assert again.status_code == 302


def test_a_stopped_drug_takes_neither_act(alice, client_of, course, page):
    client = client_of(alice)
    client.post(url("medication-stop", course), STOP)
    answer = client.post(*page, follow=True)
    assert "stopped already, on 4 Mar 2024" in text_of(answer)
    course.refresh_from_db()
    assert course.version == 2


def test_a_struck_drug_takes_neither_act(alice, client_of, course, page):
    make.strike(course, by=alice)
    answer = client_of(alice).post(*page, follow=True)
    assert "marked as entered in error" in text_of(answer)


def test_before_entry_the_page_names_the_drugs_that_run(alice, client_of, course, patient):
    make.medication(patient, "2023-02-01", "furosemide", stopped_on=date(2023, 3, 1))
    make.medication(patient, "2024-02-02", "other", name_as_written="<b>ivabradine")
    answer = client_of(alice).get(KIND.add_url(patient))
    said = "Recorded as taken: &lt;b&gt;ivabradine; Bisoprolol, 5 mg, once a day."
    assert said in words_of(answer)
    assert KIND.page_url(course) in text_of(answer)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_of_a_drug_takes_the_same_queries_beside_1_and_30_drugs(
    alice, client_of, course, patient, django_assert_num_queries, count
):
    for number in range(count):
        make.medication(patient, date(2024, 1, 1 + number), "furosemide", dose_mg=40)
    client = client_of(alice)
    client.get(KIND.page_url(course))
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        client.get(KIND.page_url(course))


QUERIES_OF_A_PAGE = 12


# --- The acts themselves -------------------------------------------------------------------------


def test_a_course_of_another_drug_is_no_change_of_dose(alice, clinic_north, course):
    successor = next_course(course)
    successor.drug, successor.started_on = "carvedilol", date(2024, 3, 4)
    with pytest.raises(ValidationError, match="stays with the drug"):
        change_dose(by=alice, clinic=clinic_north, course=course, successor=successor)
    assert Medication.objects.get().stopped_on is None


def test_a_successor_that_cannot_be_stored_stops_nothing(alice, clinic_north, course):
    successor = next_course(course)
    successor.started_on, successor.dose_mg = date(2024, 3, 4), Decimal(-5)
    with pytest.raises(ValidationError):
        change_dose(by=alice, clinic=clinic_north, course=course, successor=successor)
    stored = Medication.objects.get()
    assert (stored.stopped_on, stored.version) == (None, 1)


def test_a_successor_needs_its_first_day(alice, clinic_north, course):
    with pytest.raises(ValidationError, match="From which day"):
        change_dose(by=alice, clinic=clinic_north, course=course, successor=next_course(course))


def test_a_stop_of_an_outdated_version_writes_nothing(alice, clinic_north, course):
    with pytest.raises(StaleRecord):
        stop_medication(
            by=alice,
            clinic=clinic_north,
            course=course,
            stopped_on=date(2024, 3, 4),
            stop_reason="other",
            expected_version=7,
        )
    assert Medication.objects.get().stopped_on is None


def test_a_course_is_stopped_once(alice, clinic_north, course):
    def stop():
        stop_medication(
            by=alice,
            clinic=clinic_north,
            course=Medication.objects.get(),
            stopped_on=date(2024, 3, 4),
            stop_reason="other",
        )

    stop()
    with pytest.raises(ValidationError, match="stopped already"):
        stop()
