"""The panel beside the echo form: what the typed numbers give, without keeping or logging them."""

from datetime import date

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from patients.models import EchoStudy
from tests.factories import records

SEVERE_BY_PISA = {
    "performed_on": "2025-11-12",
    "pisa_radius_mm": "11",
    "aliasing_velocity_cm_s": "38",
    "mr_peak_velocity_m_s": "5",
    "mr_vti_cm": "150",
}


@pytest.fixture
def patient(clinic_north):
    return records.patient_of(clinic_north, born_on=date(1959, 4, 12), sex="male")


@pytest.fixture
def url(patient):
    return reverse("reports:echo-live", args=[patient.public_id])


@pytest.fixture
def live(alice, client_of, url):
    """What the panel says of typed values: `live(lvesd_mm="41").reading`."""
    client = client_of(alice)

    def asked(**typed):
        answer = client.post(url, {"performed_on": "2025-11-12", **typed})
        assert answer.status_code == 200
        return answer.context["reading"]

    return asked


def test_it_works(alice, client_of, url):
    answer = client_of(alice).post(url, SEVERE_BY_PISA)
    page = answer.content.decode()
    assert "EROA by PISA" in page
    assert "Regurgitant volume by PISA" in page
    assert answer.context["reading"].grade.label.startswith("Severe by one line of evidence")


def test_it_requires_login(client, url):
    assert client.post(url, SEVERE_BY_PISA).status_code == 302


def test_it_hides_other_clinics(charlie, client_of, url):
    assert client_of(charlie).post(url, SEVERE_BY_PISA).status_code == 404


def test_who_may_not_enter_gets_no_panel(clara, client_of, url):
    assert client_of(clara).post(url, SEVERE_BY_PISA).status_code == 403


def test_it_is_never_fetched_by_a_link(alice, client_of, url):
    assert client_of(alice).get(url).status_code == 405


def test_it_keeps_nothing_that_is_typed(alice, client_of, url):
    client_of(alice).post(url, SEVERE_BY_PISA)
    assert not EchoStudy.objects.exists()
    assert "38" not in str(list(AuditEvent.objects.order_by("id").values_list("note", "counts")))


def test_reading_beside_a_form_is_one_line_of_the_audit(
    alice, clinic_north, patient, client_of, url, time_machine
):
    time_machine.move_to("2026-06-02 12:00:00+00:00", tick=False)
    client = client_of(alice)
    for size in ("4", "41"):
        client.post(url, SEVERE_BY_PISA | {"lvesd_mm": size})
    views = AuditEvent.objects.filter(action="view", record_kind="echostudy")
    event = views.get()
    assert (event.actor_id, event.clinic_id, event.role) == (alice.pk, clinic_north.pk, "clinician")
    assert (event.record_kind, event.patient_id) == ("echostudy", str(patient.public_id))
    study = records.echo(patient, "2025-11-12", final=False)
    client.post(f"{url}?study={study.public_id}", SEVERE_BY_PISA)
    assert [each.record_id for each in views] == [str(study.public_id), ""]
    # Ten minutes and six: after fifteen idle the session would have ended.
    time_machine.move_to("2026-06-02 12:10:00+00:00", tick=False)
    client.get("/patients/")
    time_machine.move_to("2026-06-02 12:16:00+00:00", tick=False)
    assert client.post(url, SEVERE_BY_PISA).status_code == 200
    assert views.all().count() == 3


def test_it_says_no_class_and_no_advice(alice, client_of, url, patient):
    records.diagnosis(patient, "2025-01-01", mechanism="primary")
    page = client_of(alice).post(url, {**SEVERE_BY_PISA, "lvesd_mm": "45"}).content.decode()
    assert "Class" not in page
    assert "surgery" not in page.lower()


def test_an_empty_form_gives_nothing_and_no_grade(live):
    reading = live()
    assert (reading.derived, reading.grade, reading.unread) == ([], None, [])
    assert reading.why_no_grade == "Nothing entered yet that measures the leak."


def test_volumes_give_the_lvef(live):
    (line,) = live(lvedv_ml="150", lvesv_ml="60").derived
    assert (line.label, line.text, line.unit) == ("LVEF from volumes", "60", "%")


def test_the_body_surface_of_the_record_serves_the_indices(live, patient):
    records.body_size(patient, "2025-11-01", height_cm=180, weight_kg=80)
    reading = live(lvesd_mm="41")
    assert [line.label for line in reading.derived] == ["LVESD index"]
    assert reading.surface.startswith("With the body surface of 1 Nov 2025 in the record, 2")


def test_another_unit_is_offered_and_not_used(live):
    reading = live(lvesd_mm="4.1 cm")
    (unread,) = reading.unread
    assert (unread.name, unread.offers) == ("lvesd_mm", [("41", "41 mm")])
    assert not reading.unusual


def test_swapped_diameters_are_named_with_a_button(live):
    (found,) = live(lvesd_mm="58", lvedd_mm="41").doubtful
    assert found.is_impossible
    assert (found.accept, found.accept_label) == ("swap:lvesd_mm:lvedd_mm", "Swap LVESD and LVEDD")


def test_a_value_in_another_unit_is_mended_by_one_button(live):
    (found,) = [each for each in live(pisa_radius_mm="1.1").doubtful if each.accept]
    assert (found.accept, found.accept_label) == ("pisa_radius_mm:11", "Use 11 mm")


def test_what_is_unusual_is_said_by_sex(live):
    (found,) = live(lvesd_mm="41").unusual
    assert (found.text, found.reading) == ("LVESD 41 mm", "Mildly abnormal")
    assert found.usual == "25 to 40 mm"


def test_the_corrected_study_does_not_stand_beside_itself(alice, client_of, url, patient):
    study = records.echo(patient, "2025-11-12", eroa_mm2=50, flail_leaflet=True)
    typed = {"performed_on": "2025-11-12", "eroa_mm2": "10"}
    address = f"{url}?study={study.public_id}"
    grade = client_of(alice).post(address, typed).context["reading"].grade
    assert grade.reasons_for == []


@pytest.mark.parametrize("named", ["", "x", "9" * 400, "00000000-0000-0000-0000-000000000000"])
def test_a_strange_study_is_passed_over(alice, client_of, url, named):
    assert client_of(alice).post(f"{url}?study={named}", SEVERE_BY_PISA).status_code == 200


def test_a_plain_submit_shows_the_same_panel(alice, client_of, url, patient):
    client = client_of(alice)
    live = client.post(url, SEVERE_BY_PISA).content.decode()
    form = reverse("patients:echo-add", args=[patient.public_id])
    page = client.post(form, {**SEVERE_BY_PISA, "save": "check"}).content.decode()
    assert live.strip() in page
    assert not EchoStudy.objects.exists()


def test_a_stored_draft_opens_with_its_panel(alice, client_of, patient):
    draft = records.echo(patient, "2025-11-12", final=False, lvedv_ml=150, lvesv_ml=60)
    page = client_of(alice).get(reverse("patients:echo-edit", args=[draft.public_id]))
    assert page.context["reading"].derived[0].label == "LVEF from volumes"


def test_the_number_of_queries_does_not_grow_with_the_record(
    alice, client_of, url, patient, django_assert_num_queries, django_assert_max_num_queries
):
    client = client_of(alice)
    records.echo(patient, "2015-01-01", eroa_mm2=20, lvef_percent=60)
    client.post(url, SEVERE_BY_PISA)
    with django_assert_max_num_queries(20) as few:
        client.post(url, SEVERE_BY_PISA)
    for year in range(2016, 2025):
        records.echo(patient, f"{year}-01-01", eroa_mm2=20, lvef_percent=60)
    with django_assert_num_queries(len(few)):
        client.post(url, SEVERE_BY_PISA)
