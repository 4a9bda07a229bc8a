"""The page on which an echo study is entered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditAction, AuditEvent
from patients.actions import end_registration
from patients.forms.echo import EchoStudyForm
from patients.models import EchoStudy, Registration
from tests.factories import records


@pytest.fixture
def url(patient):
    return reverse("patients:echo-add", args=[patient.public_id])


@pytest.fixture
def submit(alice, client_of, url):
    """Send the form as Alice: `submit(save="draft", lvesd_mm="41")`."""
    client = client_of(alice)
    return lambda **typed: client.post(url, {"performed_on": "12 Nov 2025", **typed})


LEAK = "a measurement of the leak"
NO_LVESD, NO_LVEF, NO_LEAK = f"gaps:LVESD,{LEAK}", f"gaps:LVEF,{LEAK}", f"gaps:{LEAK}"


def errors_of(answer, name):
    return answer.context["form"].errors.get(name, [])


def test_it_works(alice, client_of, url):
    answer = client_of(alice).get(url)
    assert answer.status_code == 200
    assert b"Rossi, Marco" in answer.content
    assert b"HV-20418" in answer.content
    assert b"12 Apr 1959" in answer.content
    assert AuditEvent.objects.filter(action=AuditAction.VIEW, record_kind="patient").exists()


def test_it_requires_login(client, url):
    answer = client.get(url)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_hides_other_clinics(charlie, client_of, url, method):
    assert getattr(client_of(charlie), method)(url).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_clerk_is_told_why_not(clara, client_of, url, method):
    answer = getattr(client_of(clara), method)(url)
    assert answer.status_code == 403
    assert b"your role is clerk" in answer.content


def test_a_clinic_that_ended_the_registration_reads_only(alice, client_of, url, patient):
    registration = Registration.objects.get(patient=patient)
    day = registration.clinic.today() - timedelta(days=1)
    end_registration(by=alice, registration=registration, until_on=day, because="moved")
    answer = client_of(alice).post(url, {"performed_on": "2025-11-12", "save": "draft"})
    assert answer.status_code == 403
    assert b"followed this patient until" in answer.content
    assert not EchoStudy.objects.exists()
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED).exists()


def test_a_draft_needs_only_its_date(submit, patient):
    answer = submit(save="draft")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("reports:patient-page", args=[patient.public_id])
    study = EchoStudy.objects.get()
    assert (study.status, study.patient, study.modality) == ("draft", patient, "tte")
    assert (study.state, study.lvesd_mm, study.eroa_method) == ("rest", None, "not_stated")


def test_a_final_study_counts_and_keeps_what_was_typed(submit, alice):
    submit(save="final", lvef_percent="55-60", lvesd_mm="41,5 mm", eroa_mm2="40", reader_grade="3+")
    study = EchoStudy.objects.get()
    assert study.counts
    assert (study.finalized_by, study.entered_by) == (alice, alice)
    assert (study.lvef_percent_low, study.lvef_percent_high) == (55, 60)
    assert (study.lvesd_mm, study.eroa_mm2) == (Decimal("41.5"), 40)
    assert (study.reader_grade_low, study.reader_grade_high) == (3, 3)


def test_it_says_what_was_saved_and_where(alice, client_of, url):
    client = client_of(alice)
    client.post(url, {"performed_on": "2025-11-12", "save": "draft"})
    answer = client.get(url)
    assert (
        "Transthoracic echo of 12 Nov 2025 saved as a draft, which is not used for any verdict, in "
        "the record at North Valve Clinic." in answer.content.decode()
    )


def test_an_open_ended_lvef_stays_open(submit):
    submit(save="draft", lvef_percent=">60")
    study = EchoStudy.objects.get()
    assert (study.lvef_percent_low, study.lvef_percent_low_open) == (60, True)
    assert study.implausible_confirmed == []


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("performed_on", "", "This field is required."),
        ("performed_on", "2125-01-01", "This date is in the future"),
        ("performed_on", "1959-04-11", "before the patient’s birth"),
        ("performed_on", "the 12th", "is not a date"),
        ("lvef_percent", "650", "not possible"),
        ("lvef_percent", "0", "not possible"),
        ("lvef_percent", "60-55", "from the lower to the higher"),
        ("lvesd_mm", "4.1", "Did you mean 41 mm?"),
        ("lvesd_mm", "4.1 cm", "Did you mean 41 mm?"),
        ("lvesd_mm", "wide", "is not a number"),
        ("eroa_mm2", "0,4 cm²", "Did you mean 40 mm²?"),
        ("reader_grade", "heavy", "is not a grade"),
        ("rhythm", "waltz", "Select a valid choice"),
        ("flail_leaflet", "perhaps", "Select a valid choice"),
        ("prolapse_segments", "P4", "Select a valid choice"),
        ("reader", "x" * 121, "at most 120 characters"),
        ("gls_percent", "18", "Did you mean -18 %?"),
    ],
)
def test_it_rejects_bad_input_beside_the_field_and_keeps_the_typing(submit, name, typed, message):
    others = {"lvedd_mm": "58,5", "comment": "kept as typed", "save": "final", "spap_mmhg": "abc"}
    answer = submit(**{**others, name: typed})
    assert answer.status_code == 200
    found = " ".join(errors_of(answer, name)).replace("'", "’")
    assert message in found
    form = answer.context["form"]
    if name != "prolapse_segments":
        assert form[name].value() == typed
    assert f'value="{typed}"'.encode() in answer.content or name not in {"lvesd_mm", "eroa_mm2"}
    assert b'value="58,5"' in answer.content
    assert b"kept as typed" in answer.content
    assert b'value="abc"' in answer.content
    assert not EchoStudy.objects.exists()


def test_a_study_after_death_is_refused(submit, patient):
    patient.deceased_on = patient.born_on.replace(year=2020)
    patient.save()
    assert "died on 12 Apr 2020" in errors_of(submit(save="draft"), "performed_on")[0]


def test_an_offer_is_accepted_by_its_button_and_the_rest_stays_as_typed(submit):
    answer = submit(save="final", lvesd_mm="4.1 cm", lvedd_mm="58,5", reader="Dr Weiss")
    assert b'name="accept" value="lvesd_mm:41"' in answer.content
    answer = submit(accept="lvesd_mm:41", lvesd_mm="4.1 cm", lvedd_mm="58,5", reader="Dr Weiss")
    assert answer.status_code == 200
    form = answer.context["form"]
    assert form["lvesd_mm"].value() == "41"
    assert (form["lvedd_mm"].value(), form["reader"].value()) == ("58,5", "Dr Weiss")
    assert not form.errors
    assert b"Nothing is saved yet" in answer.content
    assert not EchoStudy.objects.exists()


@pytest.mark.parametrize("offer", ["", ":", "lvesd_mm", "status:final", "version:9", "x" * 5000])
def test_a_strange_offer_changes_nothing(submit, offer):
    answer = submit(accept=offer, lvesd_mm="41", save="final")
    assert answer.status_code == 200
    assert not EchoStudy.objects.exists()


def test_a_day_with_two_readings_is_offered_twice(submit):
    answer = submit(performed_on="3/12/2025", save="draft")
    assert b'value="performed_on:3 Dec 2025"' in answer.content
    assert b'value="performed_on:12 Mar 2025"' in answer.content


def test_enter_in_a_box_saves_nothing(submit):
    answer = submit(save="check", lvesd_mm="41")
    assert (answer.status_code, EchoStudy.objects.count()) == (200, 0)
    assert b"Nothing is saved yet" in answer.content
    first = answer.content.index(b'type="submit" name="save"')
    assert answer.content[first:].startswith(b'type="submit" name="save" value="check"')


def test_an_implausible_value_is_asked_and_then_marked(submit):
    answer = submit(save="final", lvef_percent="92")
    assert "92 % is unusual (expected 5 to 85 %)." in errors_of(answer, "lvef_percent")
    assert b'name="confirmed" value="lvef_percent:92"' in answer.content
    assert b"Yes, 92 % is what the report says" in answer.content
    confirmed = ["lvef_percent:92", NO_LVESD]
    answer = submit(save="final", lvef_percent="92", confirmed=confirmed)
    assert answer.status_code == 302
    assert EchoStudy.objects.get().implausible_confirmed == ["lvef_percent"]


def test_a_confirmation_is_for_one_value_only(submit):
    answer = submit(save="final", lvef_percent="95", confirmed="lvef_percent:92")
    assert errors_of(answer, "lvef_percent")
    assert b"checked" not in answer.content.split(b'value="lvef_percent:95"')[1][:80]


def test_a_confirmation_stays_ticked_while_something_else_is_wrong(submit):
    answer = submit(save="final", lvef_percent="92", confirmed="lvef_percent:92", lvesd_mm="wide")
    assert not errors_of(answer, "lvef_percent")
    assert b"checked" in answer.content.split(b'value="lvef_percent:92"')[1][:120]


def test_a_probable_slip_among_implausible_values_is_offered_and_asked(submit):
    answer = submit(save="final", pisa_radius_mm="0,9")
    assert b'value="pisa_radius_mm:9"' in answer.content
    assert b'name="confirmed" value="pisa_radius_mm:0.9"' in answer.content


def test_lvesd_above_lvedd_is_saved_after_confirmation_only(submit):
    answer = submit(save="final", lvesd_mm="60", lvedd_mm="45")
    (error,) = errors_of(answer, "lvesd_mm")
    assert "neither value feeds a verdict until this is resolved" in error
    confirmed = ["lvesd_above_lvedd:60>45", NO_LVEF]
    answer = submit(save="final", lvesd_mm="60", lvedd_mm="45", confirmed=confirmed)
    assert answer.status_code == 302
    assert EchoStudy.objects.get().implausible_confirmed == ["lvesd_above_lvedd"]


def test_several_confirmations_may_come_together(submit):
    submit(
        save="final",
        lvesd_mm="60",
        lvedd_mm="45",
        lvef_percent="3",
        confirmed=["lvesd_above_lvedd:60>45", "lvef_percent:3", NO_LEAK],
    )
    assert EchoStudy.objects.get().implausible_confirmed == ["lvef_percent", "lvesd_above_lvedd"]


def test_a_study_that_is_already_there_is_linked(submit, patient):
    there = records.echo(patient, "2025-11-12", lvef_percent=60)
    answer = submit(save="final", lvesd_mm="41")
    assert "already recorded (final)" in errors_of(answer, "performed_on")[0]
    assert reverse("patients:echo-page", args=[there.public_id]).encode() in answer.content
    typed = {"save": "final", "lvesd_mm": "41", "confirmed": NO_LVEF}
    assert submit(**typed, accession_number="B").status_code == 302
    assert submit(**typed, modality="tee").status_code == 302
    assert EchoStudy.objects.count() == 3


def test_a_struck_study_blocks_nothing(submit, patient, alice):
    records.strike(records.echo(patient, "2025-11-12", lvef_percent=60), by=alice)
    assert submit(save="final", lvesd_mm="41", confirmed=NO_LVEF).status_code == 302


def test_a_study_without_any_value_cannot_be_final(submit):
    answer = submit(save="final")
    assert "without any value" in errors_of(answer, "__all__")[0]
    assert not EchoStudy.objects.exists()


def test_gaps_that_matter_are_named_once_before_it_is_final(submit):
    answer = submit(save="final", lvef_percent="60", comment="kept as typed")
    assert errors_of(answer, "__all__") == [
        "Not recorded: LVESD; a measurement of the leak (EROA, regurgitant volume or vena "
        "contracta). Finalize anyway?"
    ]
    assert f'value="{NO_LVESD}"'.encode() in answer.content
    assert b"kept as typed" in answer.content
    assert not EchoStudy.objects.exists()
    assert submit(save="final", lvef_percent="60", confirmed=NO_LVESD).status_code == 302


def test_a_confirmed_gap_is_asked_again_when_it_grows(submit):
    answer = submit(save="final", comment="no numbers", confirmed=NO_LVESD)
    assert "Not recorded: LVEF; LVESD;" in errors_of(answer, "__all__")[0]


@pytest.mark.parametrize(
    "measured",
    [
        {"lvef_percent": "60", "regurgitant_volume_ml": "30"},
        {"lvedv_ml": "150", "lvesv_ml": "60", "vena_contracta_mm": "4"},
        {
            "lvef_percent": "60",
            "pisa_radius_mm": "9",
            "aliasing_velocity_cm_s": "38",
            "mr_peak_velocity_m_s": "5",
        },
    ],
)
def test_what_follows_from_the_rest_is_no_gap(submit, measured):
    assert submit(save="final", lvesd_mm="34", **measured).status_code == 302


def test_a_draft_is_asked_nothing(submit):
    assert submit(save="draft", lvef_percent="60").status_code == 302


def test_what_is_usual_stands_beside_the_box_by_sex(alice, client_of, url):
    page = client_of(alice).get(url).content.decode()
    assert 'id="id_lvesd_mm_usual">usual 25–40</div>' in page
    assert 'id="id_eroa_mm2_usual"' not in page


def test_two_values_in_each_others_boxes_are_exchanged_by_one_button(submit):
    answer = submit(accept="swap:lvesd_mm:lvedd_mm", lvesd_mm="58", lvedd_mm="41")
    form = answer.context["form"]
    assert (form["lvesd_mm"].value(), form["lvedd_mm"].value()) == ("41", "58")
    assert not EchoStudy.objects.exists()


def test_a_nurse_enters_drafts_and_does_not_finalize(nina, client_of, url):
    client = client_of(nina)
    assert b"Save and finalize" not in client.get(url).content
    typed = {"performed_on": "2025-11-12", "lvesd_mm": "41"}
    answer = client.post(url, {**typed, "save": "final"})
    assert answer.status_code == 403
    assert b'value="41"' in answer.content
    assert not EchoStudy.objects.exists()
    assert AuditEvent.objects.filter(action=AuditAction.REFUSED).count() == 1
    assert client.post(url, {**typed, "save": "draft"}).status_code == 302
    assert EchoStudy.objects.get().status == "draft"


def test_the_value_before_stands_beside_the_box(alice, client_of, url, patient):
    records.echo(patient, "2023-05-01", lvesd_mm=36, eroa_mm2=30)
    records.echo(patient, "2024-05-01", lvesd_mm=38, lvef_percent=(55, 60))
    records.echo(patient, "2025-05-01", lvesd_mm=44, final=False)
    before = client_of(alice).get(url).context["form"].before
    assert (before["lvesd_mm"].text, before["lvesd_mm"].on.year) == ("38 mm", 2024)
    assert (before["eroa_mm2"].text, before["eroa_mm2"].on.year) == ("30 mm²", 2023)
    assert before["lvef_percent"].text == "55–60 %"


def test_folded_chapters_open_with_a_value_or_an_error(submit, alice, client_of, url):
    closed = client_of(alice).get(url).content.decode()
    assert '<details class="chapter" open>' not in closed
    answer = submit(save="final", tapse_mm="wide", mr_vti_cm="160").content.decode()
    assert answer.count('<details class="chapter" open>') == 2


def test_the_number_of_queries_does_not_grow_with_the_studies(
    alice, client_of, url, patient, django_assert_max_num_queries
):
    client = client_of(alice)
    for year in range(2001, 2016):
        records.echo(patient, f"{year}-05-01", lvesd_mm=36)
    with django_assert_max_num_queries(16):
        client.get(url)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_takes_no_other_method(alice, client_of, url, method):
    assert getattr(client_of(alice), method)(url).status_code == 405


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    typed=st.dictionaries(
        st.sampled_from([*EchoStudyForm.base_fields, "confirmed", "accept"]),
        st.one_of(
            st.text(max_size=60), st.from_regex(r"[<>]?-?[0-9]{1,4}[.,]?[0-9]{0,3} ?[a-z%/]{0,4}")
        ),
        max_size=8,
    ),
    save=st.sampled_from(["draft", "final", "check", ""]),
)
def test_no_text_in_any_field_breaks_the_page(submit, typed, save):
    answer = submit(**{**typed, "save": save})
    assert answer.status_code in {200, 302}
    if answer.status_code == 200 and "accept" not in typed:
        form = answer.context["form"]
        texts = {name: text for name, text in typed.items() if form.fields.get(name)}
        texts.pop("prolapse_segments", None)
        assert {name: form[name].value() for name in texts} == texts


CHOICES = sorted(
    name for name, field in EchoStudyForm.base_fields.items() if getattr(field, "choices", None)
)


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_sent_empty_does_not_break_the_page(submit, name):
    answer = submit(**{name: "", "regurgitant_volume_ml": "40", "eroa_mm2": "30", "save": "check"})
    assert answer.status_code == 200
