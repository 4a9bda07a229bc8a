"""The patient list: who is on it, in which order, and what is said of each."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import grant_membership
from accounts.permissions import Role
from patients.actions import correct_person, end_registration, register_in_clinic
from patients.models import AcuteEpisode, EchoStudy, Patient, Registration
from patients.writing import writing_many
from tests.factories import records

URL = "/patients/"
MOST_QUERIES = 15
MOST_BYTES = 150_000


def page_of(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.content.decode()


def names_on(answer):
    return [row.patient.name for row in answer.context["rows"]]


@pytest.fixture
def client(alice, client_of):
    return client_of(alice)


@pytest.fixture
def severe(clinic_north):
    """Severe by two lines of evidence, chronic, primary, symptomatic: class 1 and I."""
    patient = records.patient_of(clinic_north, family_name="Okonkwo", given_name="Ngozi")
    records.diagnosis(patient, "2025-01-01")
    records.none_of_these(patient, "2026-10-01")
    records.echo(
        patient,
        "2026-10-20",
        lvef_percent=62,
        lvesd_mm=36,
        eroa_mm2=45,
        regurgitant_fraction_percent=55,
        regurgitant_volume_method="doppler_volumetric",
        vena_contracta_mm=8,
        flail_leaflet=True,
        reader_grade=4,
    )
    records.log(
        patient, "2026-10-21", nyha=3, dyspnea=True, attribution="certain",
        activity_level="moderate", diuretic_need="none",
    )  # fmt: skip
    return patient


@pytest.fixture
def acute(clinic_north):
    patient = records.patient_of(clinic_north, family_name="Zeta", given_name="Ivan")
    records.acute_episode(
        patient, "2026-11-20", cause="papillary_muscle_rupture", place="CCU bed 4"
    )
    return patient


def test_it_works(client, severe):
    page = page_of(client)
    assert "Okonkwo, Ngozi" in page
    assert "MR-" in page
    assert reverse("reports:patient-page", args=[severe.public_id]) in page
    assert "5 May 1955" in page
    assert "20 Oct 2026" in page
    assert "Primary" in page
    assert "Severe" in page


def test_it_requires_login(clinic_north):
    answer = Client().get(URL)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_it_hides_other_clinics(charlie, client_of, severe):
    answer = client_of(charlie).get(URL)
    assert names_on(answer) == []
    assert "Okonkwo" not in answer.content.decode()


@pytest.mark.parametrize("person", ["rita", "otto", "ada", "superuser"])
def test_it_is_refused_to_who_may_open_no_record(person, request, client_of, severe):
    answer = client_of(request.getfixturevalue(person)).get(URL)
    assert answer.status_code == 403
    assert "Okonkwo" not in answer.content.decode()


def test_the_clinic_chosen_narrows_the_list(alice, clinic_north, clinic_south, client_of):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    records.patient_of(clinic_north, family_name="Aorta", given_name="")
    records.patient_of(clinic_south, family_name="Bifida", given_name="")
    client = client_of(alice)
    assert names_on(client.get(URL)) == ["Aorta", "Bifida"]
    client.post(reverse("accounts:choose-clinic"), {"clinic": str(clinic_south.public_id)})
    assert names_on(client.get(URL)) == ["Bifida"]


def test_acute_patients_come_first_with_a_mark_and_a_banner(client, severe, acute):
    answer = client.get(URL)
    page = answer.content.decode()
    assert names_on(answer) == ["Zeta, Ivan", "Okonkwo, Ngozi"]
    assert "ACUTE" in page
    assert "papillary muscle rupture" in page
    assert "CCU bed 4" in page
    assert "This program does not call anyone." in page
    assert "+33 1 99 00 00 01" in page
    assert "20 Nov 2026, 13:00" in page  # noon, universal time, in the clinic's own


def test_the_banner_stays_when_the_list_is_filtered(client, severe, acute):
    answer = client.get(URL, {"acute": "no"})
    assert names_on(answer) == ["Okonkwo, Ngozi"]
    assert "CCU bed 4" in answer.content.decode()


def test_a_closed_or_struck_episode_is_no_emergency(client, alice, acute):
    records.close_episode(acute.acuteepisode_set.get(), "2026-11-21")
    assert "ACUTE" not in page_of(client)
    again = records.acute_episode(acute, "2026-11-21")
    assert "ACUTE" in page_of(client)
    records.strike(again, by=alice)
    assert "ACUTE" not in page_of(client)


def test_many_acute_patients_do_not_push_the_list_away(client, clinic_north):
    for _ in range(5):
        records.acute_episode(records.patient_of(clinic_north), "2026-11-20")
    page = page_of(client)
    assert page.count("This program does not call anyone.") == 3
    assert "And 2 more acute." in page


def test_a_headline_stands_in_each_editions_own_alphabet(client, severe):
    row = client.get(URL).context["rows"][0]
    assert [(badge.text, badge.state) for badge in row.verdicts] == [
        ("ACC/AHA 1", "beyond"),
        ("ESC I pending team", "beyond"),
    ]


def test_a_patient_without_measurements_cannot_be_graded(client, clinic_north):
    records.patient_of(clinic_north)
    row = client.get(URL).context["rows"][0]
    assert (row.severity.text, row.severity.state) == ("Cannot be graded", "unknown")
    page = page_of(client)
    assert "not recorded" in page
    assert "null" not in page
    assert ">Mild" not in page.split("</form>")[-1]


def test_a_list_never_reads_as_no_indication(client, clinic_north):
    patient = records.patient_of(clinic_north)
    records.diagnosis(patient, "2025-01-01")
    records.none_of_these(patient, "2026-10-01")
    records.symptom_free(patient, "2026-10-01")
    records.echo(patient, "2026-10-20", lvef_percent=66, lvesd_mm=30, reader_grade=4, eroa_mm2=45)
    page = page_of(client)
    assert "not advice against an intervention" in page
    assert "no indication" not in page.lower()


@pytest.mark.parametrize(
    ("kind", "reason", "valve", "said"),
    [
        ("mitral_repair", "repaired valve", "Surgical repair", "rules switched off"),
        ("mitral_mechanical", "mitral prosthesis", "Mechanical prosthesis", "ACC/AHA 1 possible"),
    ],
)
def test_a_treated_valve_is_not_on_the_scale(client, clinic_north, kind, reason, valve, said):
    patient = records.patient_of(clinic_north)
    records.diagnosis(patient, "2020-01-01")
    records.intervention(patient, "2021-01-01", kind)
    row = client.get(URL).context["rows"][0]
    assert (row.severity.text, row.severity_note) == ("Not on this scale", reason)
    assert row.valve_state == valve
    assert said in [row.verdict_note, *(badge.text for badge in row.verdicts)]


def test_an_acute_patient_is_not_on_the_scale(client, acute):
    row = client.get(URL).context["rows"][0]
    assert (row.severity.text, row.severity_note) == ("Not on this scale", "acute regurgitation")


def test_the_last_lvef_has_its_own_date(client, clinic_north):
    patient = records.patient_of(clinic_north)
    records.echo(patient, "2025-03-01", lvef_percent=(55, 60))
    records.echo(patient, "2026-03-01", lvesd_mm=40)
    records.echo(patient, "2026-04-01", lvef_percent=33, final=False)
    row = client.get(URL).context["rows"][0]
    assert row.last_echo_on.isoformat() == "2026-03-01"
    assert (row.lvef, row.lvef_on.isoformat()) == ("55\N{EN DASH}60", "2025-03-01")


def test_an_lvef_away_from_rest_says_so(client, clinic_north):
    records.echo(
        records.patient_of(clinic_north), "2026-03-01", lvef_percent=70, state="dobutamine"
    )
    assert "dobutamine" in page_of(client)


def test_a_patient_without_name_or_birth_date_is_listed_last_by_number(client, clinic_north):
    for number in ("10", "9"):
        records.patient_of(
            clinic_north, record_number=number, family_name="", given_name="", born_on=None
        )
    records.patient_of(clinic_north, family_name="Ångström", given_name="")
    records.patient_of(clinic_north, family_name="Abel", given_name="")
    answer = client.get(URL)
    assert [row.numbers[0][0] for row in answer.context["rows"]][2:] == ["9", "10"]
    assert names_on(answer)[:2] == ["Abel", "Ångström"]
    assert answer.content.decode().count("Name not recorded") == 2


def moved_away(patient, until="2025-06-30", because="moved"):
    registration = patient.registrations.get()
    return end_registration(
        by=None, registration=registration, until_on=records.day_of(until), because=because
    )


def test_a_former_clinic_sees_nothing_that_came_after_the_move(
    client, clinic_north, clinic_south, severe
):
    records.echo(severe, "2025-05-01", lvef_percent=64)
    moved_away(severe)
    register_in_clinic(
        by=None, patient=severe, clinic=clinic_south, record_number="S-1",
        from_on=records.day_of("2025-07-01"),
    )  # fmt: skip
    row = client.get(URL).context["rows"][0]
    # Its own version of the studies stands on the patient's page.
    assert (row.lvef, row.last_echo_on) == ("", None)
    assert "on the patient's page" in page_of(client)
    assert row.severity is None
    assert row.verdicts == []
    page = page_of(client)
    assert "moved to another clinic, 30 Jun 2025" in page
    assert "20 Oct 2026" not in page
    assert names_on(client.get(URL, {"grade": "severe"})) == []


def test_an_emergency_after_the_move_is_the_new_clinics(client, acute):
    moved_away(acute)
    page = page_of(client)
    assert "ACUTE" not in page
    assert "CCU bed 4" not in page


def test_filters_narrow_by_codes(client, clinic_north, severe, acute):
    unmeasured = records.patient_of(clinic_north, family_name="Novak", given_name="")
    assert names_on(client.get(URL, {"grade": "severe"})) == ["Okonkwo, Ngozi"]
    assert names_on(client.get(URL, {"grade": "cannot_be_graded"})) == ["Novak"]
    assert names_on(client.get(URL, {"mechanism": "primary"})) == ["Okonkwo, Ngozi"]
    assert names_on(client.get(URL, {"acute": "yes"})) == ["Zeta, Ivan"]
    moved_away(unmeasured, because="discharged")
    assert names_on(client.get(URL, {"registration": "ended"})) == ["Novak"]
    assert names_on(client.get(URL, {"registration": "active", "acute": "no"})) == [
        "Okonkwo, Ngozi"
    ]


def test_the_deceased_are_marked_and_can_be_filtered(client, clinic_north, severe):
    severe.deceased_on = records.day_of("2026-11-01")
    correct_person(by=None, clinic=clinic_north, patient=severe, reason="died")
    records.patient_of(clinic_north, family_name="Alba", given_name="")
    assert names_on(client.get(URL, {"life": "deceased"})) == ["Okonkwo, Ngozi"]
    assert names_on(client.get(URL, {"life": "alive"})) == ["Alba"]
    assert "died 1 Nov 2026" in page_of(client)
    assert "71 y" in page_of(client)


def test_for_the_deceased_no_indication_is_shown(client, clinic_north, severe):
    [row] = client.get(URL).context["rows"]
    assert row.verdicts
    severe.deceased_on = records.day_of("2026-11-01")
    correct_person(by=None, clinic=clinic_north, patient=severe, reason="died")
    [row] = client.get(URL).context["rows"]
    assert row.verdicts == []
    assert row.verdict_note == "died: nothing is due"
    assert row.severity is not None


@pytest.mark.parametrize(
    "query",
    [
        {"mechanism": "nonsense"},
        {"grade": "' OR 1=1 --", "acute": "maybe"},
        {"page": "abc"},
        {"page": "99999"},
        {"page": "-1", "search": "no-such-token"},
        {"life": "\x00"},
    ],
)
def test_nonsense_in_the_address_shows_the_list(client, severe, query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    assert names_on(answer) == ["Okonkwo, Ngozi"]


def test_a_filter_that_is_not_used_is_said(client, severe):
    assert "Not one of the choices, so not used." in page_of(client, grade="enormous")


def test_an_empty_clinic_leads_to_the_import(client, clinic_north):
    page = page_of(client)
    assert "No patients yet." in page
    assert reverse("interop:import-list") in page


@pytest.mark.parametrize(
    ("person", "may_import", "may_sign"),
    [("alice", True, True), ("clara", True, False), ("nina", False, False)],
)
def test_the_first_steps_are_those_of_the_role(request, client_of, person, may_import, may_sign):
    page = page_of(client_of(request.getfixturevalue(person)))
    assert ("Import patients</a>" in page) is may_import
    assert ("Read and sign the rule sets</a>" in page) is may_sign
    assert reverse("patients:patient-register") in page
    assert 'aria-label="Filters"' not in page


def test_recently_opened_patients_stand_above_the_whole_list_only(client, severe):
    assert "Recently opened" not in page_of(client)
    client.get(f"/patients/{severe.public_id}/")
    assert "Recently opened" in page_of(client)
    assert "Recently opened" not in page_of(client, grade="mild")


def test_nothing_found_leads_back(client, severe):
    page = page_of(client, grade="mild")
    assert "No patient matches these filters." in page


def test_it_takes_no_other_method(client):
    assert client.post(URL).status_code == 405


# --- Speed ---------------------------------------------------------------------------------------


def many_patients(clinic, first, number):
    """Patients made in bulk, each with a study and a standing, every tenth acute."""
    today = clinic.today()
    numbers = range(first, first + number)
    people = [
        Patient(family_name=f"Chorda{i:05}", search_key=f"chorda{i:05}", sex="female")
        for i in numbers
    ]
    with writing_many([], by=None, reason="made in bulk", clinic=clinic) as write:
        write.add_all(Patient, people)
        write.add_all(
            Registration,
            [
                Registration(patient=person, clinic=clinic, record_number=f"B-{i}", from_on=today)
                for i, person in zip(numbers, people, strict=True)
            ],
        )
        write.add_all(EchoStudy, [_study(person, today) for person in people])
        write.add_all(
            AcuteEpisode,
            [AcuteEpisode(patient=person, onset_at=timezone.now()) for person in people[::10]],
        )


def _study(patient, day):
    return EchoStudy(
        patient=patient,
        performed_on=day,
        status=EchoStudy.Status.FINAL,
        lvef_percent_low=60,
        lvef_percent_high=60,
    )


@pytest.mark.parametrize("page", ["1", "2"])
def test_the_number_of_queries_does_not_grow(client, clinic_north, page):
    counts = []
    for first, number, rows in ((0, 60, {"1": 50, "2": 10}), (60, 540, {"1": 50, "2": 50})):
        many_patients(clinic_north, first, number)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(URL, {"page": page})
        counts.append(len(queries))
        assert len(answer.context["rows"]) == rows[page]
    assert counts[0] == counts[1] <= MOST_QUERIES
    assert len(answer.content) < MOST_BYTES


# --- Registering ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["alice", "nina", "clara"])
def test_whoever_may_register_a_patient_is_led_there(request, client_of, severe, person):
    client = client_of(request.getfixturevalue(person))
    href = reverse("patients:patient-register")
    assert f'href="{href}"' in page_of(client)
    assert client.get(href).status_code == 200


def test_an_empty_clinic_leads_to_the_first_patient(client, clinic_north):
    assert page_of(client).count(reverse("patients:patient-register")) == 2
