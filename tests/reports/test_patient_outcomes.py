"""The page of results after an operation on the mitral valve."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration, mark_deceased
from patients.days import spoken
from patients.models import HeartFailureAdmission
from tests.factories import records as make

pytestmark = pytest.mark.django_db
DONE = 420  # days ago


def url_of(patient):
    return reverse("reports:patient-outcomes", args=[patient.public_id])


def text_of(response):
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def rows_of(response, number=0):
    assert response.status_code == 200
    return {row.label: row for row in response.context["operations"][number].rows}


@pytest.fixture
def days_ago(clinic_north):
    def ago(days):
        return clinic_north.today() - timedelta(days=days)

    return ago


@pytest.fixture
def patient(clinic_north, days_ago):
    patient = make.patient_of(clinic_north, from_on=days_ago(6000))
    make.diagnosis(patient, days_ago(900))
    return patient


def repaired(patient, days_ago, **values):
    make.log(patient, days_ago(DONE + 30), nyha=3, dyspnea=True, attribution="certain")
    make.echo(patient, days_ago(DONE + 20), reader_grade=4, lvef_percent=64, lvesd_mm=36)
    return make.intervention(patient, days_ago(DONE), "mitral_repair", **values)


def followed(patient, days_ago):
    """Seen at 30 days and at one year."""
    for since, grade, nyha in ((40, 0, 1), (370, 1, 2)):
        make.echo(
            patient, days_ago(DONE - since), reader_grade=grade, mitral_mean_gradient_mmhg="3.2",
            mitral_valve_area_cm2="2.1", lvef_percent=60, lvesd_mm=34,
        )  # fmt: skip
        make.log(patient, days_ago(DONE - since), nyha=nyha)


def test_each_time_point_says_what_was_due_found_and_is_missing(
    client_of, alice, patient, days_ago
):
    repaired(patient, days_ago, residual_regurgitation_low=1, residual_regurgitation_high=1)
    followed(patient, days_ago)
    answer = client_of(alice).get(url_of(patient))
    rows = rows_of(answer)
    assert list(rows) == ["Procedure", "30 days", "1 year", "2 years"]
    assert [each["text"] for each in rows["Procedure"].values] == ["MR mild"]
    assert [each["text"] for each in rows["Procedure"].missing] == ["Mean gradient"]
    early = rows["30 days"]
    assert [each["text"] for each in early.values] == [
        "MR none", "mean gradient 3.2 mmHg", "valve area 2.1 cm²"
    ]  # fmt: skip
    assert early.nyha["text"] == "NYHA I"
    assert [(each["row"], each["text"]) for each in early.outcomes] == [
        ("MV-02", "reached"), ("MV-05", "reached")
    ]  # fmt: skip
    assert (early.alive, early.missing) == ("Alive", [])
    year = rows["1 year"]
    assert year.outcomes[1]["why"] == "six-minute walk before and after, KCCQ before and after"
    assert rows["2 years"].is_to_come
    page = text_of(answer)
    assert "Device success: reached MV-02" in page
    assert "From expert knowledge, not yet checked" in page
    assert "Complications that are not recorded are taken for absent." in page
    assert f"Before: MR severe {spoken(days_ago(DONE + 20))}" in page


def test_what_was_never_measured_is_named_and_leads_to_where_it_is_entered(
    client_of, alice, nina, patient, days_ago
):
    repaired(patient, days_ago)
    rows = rows_of(client_of(alice).get(url_of(patient)))
    for label in ("30 days", "1 year"):
        assert [each["text"] for each in rows[label].missing] == ["Echo", "NYHA class"]
        assert all(each["href"] for each in rows[label].missing)
    assert not rows["30 days"].is_open
    assert rows["1 year"].is_open
    assert f"Due by {spoken(rows['1 year'].closes)}" in text_of(
        client_of(alice).get(url_of(patient))
    )


def test_complications_stand_at_the_point_by_which_they_came(client_of, alice, patient, days_ago):
    operation = repaired(patient, days_ago)
    followed(patient, days_ago)
    make.complication(operation, days_ago(DONE - 3), "stroke")
    make.enter(HeartFailureAdmission(patient=patient, admitted_on=days_ago(DONE - 200)))
    rows = rows_of(client_of(alice).get(url_of(patient)))
    assert [each["text"] for each in rows["30 days"].events] == ["Stroke"]
    assert rows["30 days"].outcomes[0]["text"] == "not reached"
    assert [each["text"] for each in rows["1 year"].events] == ["Admission for heart failure"]
    assert "none recorded" in text_of(client_of(alice).get(url_of(patient)))


def test_death_ends_it(client_of, alice, clinic_north, patient, days_ago):
    repaired(patient, days_ago)
    mark_deceased(
        by=alice, clinic=clinic_north, patient=patient, deceased_on=days_ago(DONE - 100),
        reason="told by the family",
    )  # fmt: skip
    rows = rows_of(client_of(alice).get(url_of(patient)))
    assert list(rows) == ["Procedure", "30 days", "1 year"]
    assert rows["30 days"].alive == "Alive"
    assert rows["1 year"].alive.startswith("Died on")
    assert rows["1 year"].missing == []


def test_nobody_is_taken_to_live_who_was_not_seen(client_of, alice, patient, days_ago):
    repaired(patient, days_ago)
    make.echo(patient, days_ago(DONE - 20), reader_grade=0)
    rows = rows_of(client_of(alice).get(url_of(patient)))
    assert rows["30 days"].alive == f"Last seen on {spoken(days_ago(DONE - 20))}"
    assert rows["30 days"].outcomes[0]["text"] == "cannot tell"


def test_a_second_operation_ends_the_course_of_the_first(client_of, alice, patient, days_ago):
    repaired(patient, days_ago)
    make.intervention(patient, days_ago(200), "mitral_biological")
    answer = client_of(alice).get(url_of(patient))
    newest, first = answer.context["operations"]
    assert (newest.kind, first.kind) == ("Biological mitral replacement", "Mitral valve repair")
    assert first.until == newest.on
    assert [row.label for row in first.rows] == ["Procedure", "30 days"]
    assert first.schedule == []
    assert [each["text"] for each in rows_of(answer)["30 days"].missing] == ["Echo", "NYHA class"]


def test_each_edition_says_when_the_next_echoes_are_asked_for(client_of, alice, patient, days_ago):
    repaired(patient, days_ago)
    page = text_of(client_of(alice).get(url_of(patient)))
    assert "Echoes asked for after it ACC/AHA 2020" in page
    assert "AHA-FU-09" in page
    assert "ESC/EACTS 2025" in page


def test_an_edition_that_nobody_signed_off_says_nothing(
    client_of, alice, patient, days_ago, settings
):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    repaired(patient, days_ago)
    page = text_of(client_of(alice).get(url_of(patient)))
    assert "Echoes asked for" not in page
    assert "AHA-FU" not in page


def test_a_valve_nobody_operated_on_has_no_results(client_of, alice, patient, days_ago):
    make.intervention(patient, days_ago(50), "teer", device_implanted=False)
    make.planned_intervention(patient, "mitral_repair", planned_on=days_ago(-9))
    page = text_of(client_of(alice).get(url_of(patient)))
    assert "No operation on the mitral valve is recorded as performed." in page


def test_it_requires_login(client, patient):
    response = client.get(url_of(patient))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("stranger", ["charlie", "rita", "otto", "ada"])
def test_it_hides_the_patient_from_whoever_may_not_see_them(request, client_of, patient, stranger):
    user = request.getfixturevalue(stranger)
    assert client_of(user).get(url_of(patient)).status_code == 404


def test_opening_it_is_written_to_the_audit(client_of, alice, patient):
    client_of(alice).get(url_of(patient))
    event = AuditEvent.objects.filter(action=AuditAction.VIEW).get()
    assert (event.actor_id, event.patient_id) == (alice.pk, str(patient.public_id))


def test_it_changes_nothing(client_of, alice, patient):
    assert client_of(alice).post(url_of(patient)).status_code == 405


def test_a_former_clinic_reads_it_up_to_its_last_day(client_of, alice, patient, days_ago):
    repaired(patient, days_ago)
    followed(patient, days_ago)
    end_registration(
        by=alice, registration=patient.registrations.get(), until_on=days_ago(DONE - 100),
        because="moved",
    )  # fmt: skip
    answer = client_of(alice).get(url_of(patient))
    assert "followed this patient until" in text_of(answer)
    assert rows_of(answer)["1 year"].is_to_come


def test_the_treated_valve_on_the_patient_page_leads_to_it(client_of, alice, patient, days_ago):
    repaired(patient, days_ago)
    chart = reverse("reports:patient-page", args=[patient.public_id])
    client = client_of(alice)
    assert f'href="{url_of(patient)}"' in client.get(chart).content.decode()
    day = days_ago(DONE - 50)
    then = client.get(chart, {"on": day.isoformat()}).content.decode()
    link = f"{url_of(patient)}?on={day.isoformat()}"
    assert f'href="{link}"' in then
    answer = client.get(link)
    assert "You see" in text_of(answer)
    assert list(rows_of(answer)) == ["Procedure", "30 days", "1 year"]


def test_it_asks_the_database_as_often_for_2_studies_as_for_40(client_of, alice, patient, days_ago):
    operation = repaired(patient, days_ago)
    followed(patient, days_ago)
    make.complication(operation, days_ago(DONE - 3), "stroke")
    client, counts = client_of(alice), []
    for more in (0, 38):
        for index in range(more):
            make.echo(patient, days_ago(DONE - 7 * index - 1), reader_grade=1)
            make.complication(operation, days_ago(DONE - index), "infection")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url_of(patient)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 25
