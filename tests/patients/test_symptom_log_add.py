"""The page on which a symptom log is entered."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients.actions import end_registration
from patients.forms.symptoms import SymptomLogForm
from patients.models import Registration, SymptomLog
from tests.factories import records


@pytest.fixture
def url(patient):
    return reverse("patients:symptom-log-add", args=[patient.public_id])


@pytest.fixture
def submit(alice, client_of, url):
    client = client_of(alice)
    return lambda **typed: client.post(url, {"recorded_on": "12 Nov 2025", "save": "save", **typed})


def test_it_works(submit, patient, alice):
    answer = submit(
        nyha="I-II", dyspnea="yes", orthopnea="no", systolic_bp_mmhg="132", weight_kg="71,5"
    )
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    log = SymptomLog.objects.get()
    assert (log.nyha_low, log.nyha_high) == (1, 2)
    assert (log.dyspnea, log.orthopnea, log.edema) == (True, False, None)
    assert (log.systolic_bp_mmhg, str(log.weight_kg), log.entered_by) == (132, "71.500", alice)


def test_it_opens(alice, client_of, url):
    page = client_of(alice).get(url).content.decode()
    assert "Rossi, Marco" in page
    assert page.count('type="radio"') == 30
    assert page.count("checked") == 10


def test_former_measurements_stand_beside_the_boxes(alice, client_of, url, patient):
    records.log(patient, "2025-01-01", weight_kg=81)
    struck = records.log(patient, "2025-02-01", weight_kg=18)
    records.strike(struck, by=alice)
    form = client_of(alice).get(url).context["form"]
    assert form.beside("weight_kg").before.text == "81 kg"
    assert form.beside("heart_rate_bpm").before is None


def test_it_requires_login(client, url):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


@pytest.mark.parametrize("person", ["nina", "clara"])
def test_nurses_and_clerks_enter_it_from_paper(request, client_of, url, person):
    client = client_of(request.getfixturevalue(person))
    typed = {"recorded_on": "2025-11-12", "nyha": "2", "save": "save"}
    assert client.post(url, typed).status_code == 302
    assert SymptomLog.objects.count() == 1


def test_a_clinic_that_ended_the_registration_reads_only(alice, client_of, url, patient):
    registration = Registration.objects.get(patient=patient)
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="moved")
    assert client_of(alice).post(url, {"recorded_on": "2025-11-12"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("recorded_on", "2125-01-01", "in the future"),
        ("recorded_on", "", "required"),
        ("nyha", "V", "is not a NYHA class"),
        ("nyha", "III-II", "from the lower to the higher"),
        ("dyspnea", "perhaps", "Select a valid choice"),
        ("systolic_bp_mmhg", "13.2 kPa", "is kept in mmHg, not in kPa"),
        ("systolic_bp_mmhg", "1320", "not possible"),
        ("weight_kg", "heavy", "is not a number"),
        ("six_minute_walk_m", "1001", "Six-minute walk 1001 is not possible (0 to 1000 m)."),
        ("attributed_cause", "x" * 121, "at most 120 characters"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, typed, message):
    answer = submit(**{"comment": "kept as typed", "heart_rate_bpm": "72", name: typed})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert message in " ".join(form.errors[name])
    assert form[name].value() == typed
    assert b"kept as typed" in answer.content
    assert b'value="72"' in answer.content
    assert not SymptomLog.objects.exists()


@pytest.mark.parametrize(
    "symptom",
    [{"dyspnea": "yes"}, {"nyha": "II"}, {"angina_class": "2"}, {"activity_given_up": "yes"}],
)
def test_no_symptoms_and_a_symptom_contradict_each_other(submit, symptom):
    answer = submit(actively_asked_none="on", **symptom)
    assert "contradicts" in answer.context["form"].errors["actively_asked_none"][0]


def test_no_symptoms_goes_with_nyha_one_and_answers_of_no(submit):
    submit(actively_asked_none="on", nyha="I", dyspnea="no", angina_class="0")
    log = SymptomLog.objects.get()
    assert (log.actively_asked_none, log.edema, log.angina_class) == (True, None, 0)


def test_an_implausible_weight_is_asked_and_marked(submit):
    answer = submit(weight_kg="25")
    assert b"Yes, 25 kg is what was measured" in answer.content
    submit(weight_kg="25", confirmed="weight_kg:25")
    assert SymptomLog.objects.get().implausible_confirmed == ["weight_kg"]


def test_an_offer_is_accepted_by_its_button(submit):
    answer = submit(recorded_on="3/12/2025", accept="recorded_on:3 Dec 2025", nyha="II")
    assert answer.context["form"]["recorded_on"].value() == "3 Dec 2025"
    assert not SymptomLog.objects.exists()


def test_a_log_that_says_nothing_is_refused(submit):
    answer = submit(dyspnea="", attribution="not_answered")
    assert "Nothing is entered but the date" in answer.context["form"].non_field_errors()[0]


def test_enter_in_a_box_saves_nothing(alice, client_of, url):
    answer = client_of(alice).post(url, {"recorded_on": "2025-11-12", "nyha": "2", "check": "yes"})
    assert b"Nothing is saved yet" in answer.content
    assert not SymptomLog.objects.exists()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.dictionaries(
        st.sampled_from([*SymptomLogForm.base_fields, "confirmed", "accept"]),
        st.text(max_size=40),
        max_size=8,
    )
)
def test_no_text_in_any_field_breaks_the_page(submit, typed):
    assert submit(**typed).status_code in {200, 302}


def test_a_second_log_of_one_day_is_asked_about(submit, patient, time_machine):
    time_machine.move_to("2026-06-02 12:00:00+00:00", tick=False)
    assert submit(nyha="II").status_code == 302
    time_machine.move_to("2026-06-02 12:01:00+00:00", tick=False)
    answer = submit(nyha="II")
    (doubt,) = answer.context["form"].doubts["recorded_on"]
    assert doubt.message == "A symptom log of 12 Nov 2025 is already recorded."
    assert SymptomLog.objects.count() == 1
    assert submit(nyha="II", confirmed=doubt.key).status_code == 302
    assert SymptomLog.objects.count() == 2


def test_no_symptoms_answers_the_questions_about_them(alice, client_of, url):
    typed = {"recorded_on": "2025-11-12", "actively_asked_none": "on", "follow": "yes"}
    page = client_of(alice).post(url, typed).content.decode()
    assert 'name="dyspnea"' not in page
    assert 'name="weight_kg"' in page
    page = client_of(alice).post(url, typed | {"dyspnea": "yes"}).content.decode()
    assert 'name="dyspnea"' in page
    assert not SymptomLog.objects.exists()


def test_the_day_is_filled_in_and_nyha_waits(alice, client_of, url, clinic_north):
    form = client_of(alice).get(url).context["form"]
    assert form.initial["recorded_on"] == clinic_north.today()
    assert form.fields["nyha"].widget.attrs["autofocus"]
