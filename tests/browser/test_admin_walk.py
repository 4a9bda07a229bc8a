"""A clerk at work in the administration, and every page of it looked at for barriers."""

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from accounts.permissions import Role
from patients.models import LabResult, Patient, SymptomLog
from tests.factories import records
from tests.factories.cast import member

REASON = "Typing error on the referral letter"


@pytest.fixture
def rossi(clinic_north):
    return records.patient_of(
        clinic_north,
        record_number="N-7",
        family_name="Rossi",
        given_name="Marco",
        born_on=date(1959, 4, 12),
        sex="male",
    )


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def start(page, live_server):
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Admin").click()


def find(page, text):
    page.locator("#patients-patient").get_by_role("link", name="Patients").click()
    page.get_by_label("Find a patient").fill(text)
    page.get_by_role("button", name="Search").click()


def fits(page):
    """Whether the page needs no scrolling sideways."""
    wide, shown = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return wide <= shown


def test_clara_corrects_a_birth_date_and_says_why(log_in, clara, rossi, live_server):
    page = log_in(clara)
    start(page, live_server)
    find(page, "N-7")
    assert "N-7" not in page.url
    page.get_by_role("link", name="Rossi").click()

    birth_date = page.get_by_label("Birth date", exact=False)
    birth_date.fill("1958-04-12")
    save(page)
    expect(page.get_by_text("Say why this is changed.")).to_be_visible()
    expect(birth_date).to_have_value("1958-04-12")
    rossi.refresh_from_db()
    assert rossi.born_on == date(1959, 4, 12)

    page.locator("#id_change_reason").fill(REASON)
    save(page)
    page.wait_for_url(lambda url: "/change/" not in url)
    rossi.refresh_from_db()
    assert rossi.born_on == date(1958, 4, 12)

    page.goto(live_server.url + reverse("admin:patients_patient_history", args=[rossi.pk]))
    newest = page.locator("#change-history tbody tr").first
    for words in (REASON, "Clara", "1959", "1958"):
        expect(newest).to_contain_text(words)


def test_clara_registers_a_patient_after_looking_at_those_who_look_alike(
    log_in, clara, rossi, live_server, no_barriers
):
    page = log_in(clara)
    start(page, live_server)
    page.get_by_role("link", name="Register").click()
    page.get_by_label("Record number").fill("N-8")
    page.get_by_label("Family name").fill("Rosi")
    page.get_by_label("Given name").fill("Marco")
    page.get_by_label("Birth date").fill("1959-04-12")
    save(page)
    shown = page.get_by_role("region", name="1 registered person looks like this one")
    expect(shown).to_contain_text("Rossi, Marco")
    expect(shown).to_contain_text("N-7 (North Valve Clinic)")
    expect(page.get_by_label("Family name")).to_have_value("Rosi")
    no_barriers(page)
    assert fits(page)
    page.get_by_label("None of these is the person").check()
    save(page)
    page.wait_for_url(lambda url: "/add/" not in url)
    assert Patient.objects.filter(family_name="Rosi").count() == 1


def test_clara_corrects_an_address_and_types_a_log_below_it(log_in, clara, rossi, live_server):
    page = log_in(clara)
    start(page, live_server)
    find(page, "rossi marco")
    page.get_by_role("link", name="Rossi").click()
    page.get_by_label("Address").fill("14 rue des Tilleuls")
    page.locator("#id_change_reason").fill("moved house")
    page.get_by_role("button", name="Add another Symptom log").click()
    page.locator("#id_symptomlog_set-0-recorded_on").fill("2026-01-05")
    page.locator("#id_symptomlog_set-0-nyha").fill("II")
    save(page)
    page.wait_for_url(lambda url: "/change/" not in url)
    rossi.refresh_from_db()
    assert rossi.address == "14 rue des Tilleuls"
    log = SymptomLog.objects.get()
    assert (log.patient_id, log.nyha_low, log.nyha_high) == (rossi.pk, 2, 2)


def test_clara_types_a_paper_list_of_inrs(log_in, clara, rossi, clinic_north, live_server):
    records.patient_of(clinic_north, record_number="N-9", family_name="Okafor")
    page = log_in(clara)
    start(page, live_server)
    page.locator("tr.model-labresult").get_by_role("link", name="Add").first.click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("N-7")
    page.get_by_role("option", name="Rossi, Marco").click()
    page.get_by_label("Taken on").fill("2026-01-05")
    page.get_by_label("Analyte").select_option("inr")
    page.get_by_label("Value").fill("2.8")
    page.get_by_label("Laboratory").fill("Central")
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_label("Value")).to_have_value("")
    expect(page.get_by_label("Taken on")).to_have_value("2026-01-05")
    expect(page.get_by_label("Laboratory")).to_have_value("Central")
    page.get_by_label("Or record number").fill("N-9")
    page.get_by_label("Value").fill("3.1")
    save(page)
    expect(page.get_by_text("This is Okafor")).to_be_visible()
    save(page)
    page.wait_for_url(lambda url: "/add/" not in url)
    found = LabResult.objects.values_list("patient__family_name", "value", "laboratory")
    assert sorted((name, str(value), place) for name, value, place in found) == [
        ("Okafor", "3.100", "Central"),
        ("Rossi", "2.800", "Central"),
    ]


def test_clara_types_a_paper_list_from_the_keyboard_alone(log_in, clara, rossi, live_server):
    page = log_in(clara)
    page.goto(live_server.url + reverse("admin:patients_labresult_add"))
    keys = page.keyboard
    expect(page.locator(".select2-selection")).to_be_focused()
    keys.type("N-7")
    expect(page.get_by_role("option", name="Rossi, Marco")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#id_taken_on")).to_be_focused()
    keys.type("5.1.2026")
    for _ in range(3):
        keys.press("Tab")
    keys.type("INR")
    keys.press("Tab")
    expect(page.locator("#id_value")).to_be_focused()
    keys.type("28")
    keys.press("Enter")
    expect(page.get_by_text("28 is unusual.")).to_be_visible()
    expect(page.locator("#id_value")).to_be_focused()
    keys.press("Control+a")
    keys.type("2,8")
    keys.press("Enter")
    expect(page.get_by_text("Rossi, Marco · 12 Apr 1959 · N-7: The lab result")).to_be_visible()
    # The next one needs the patient and the number only.
    expect(page.locator(".select2-selection")).to_be_focused()
    keys.type("Rossi")
    expect(page.get_by_role("option", name="Rossi, Marco")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#id_value")).to_be_focused()
    assert [str(result.value) for result in LabResult.objects.all()] == ["2.800"]


def test_clara_answers_whose_record_number_it_is_with_the_enter_key(
    log_in, clara, rossi, live_server
):
    page = log_in(clara)
    page.goto(live_server.url + reverse("admin:patients_labresult_add"))
    page.get_by_label("Taken on").fill("2026-01-05")
    page.get_by_label("Analyte").select_option("inr")
    page.get_by_label("Value").fill("2,8")
    page.get_by_label("Or record number").fill("N-7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is Rossi, Marco")).to_be_visible()
    expect(page.get_by_role("button", name="Save and add another")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("N-7: The lab result")).to_be_visible()
    assert LabResult.objects.get().patient == rossi


def test_clara_prints_a_list_and_finds_the_imports(log_in, clara, rossi, live_server, no_barriers):
    page = log_in(clara)
    start(page, live_server)
    find(page, "rossi")
    page.get_by_role("link", name="Print this list").click()
    expect(page.get_by_text("found by “rossi”")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    no_barriers(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_text("Rossi, Marco")).to_be_visible()
    page.emulate_media(media="screen")
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_role("link", name="Imports of spreadsheets").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mport")


# Barriers -----------------------------------------------------------------------------------------


@pytest.fixture
def everything(clinic_north, rossi):
    """Somebody who may see all, and a row of most kinds."""
    day = "2026-01-05"
    records.lab(rossi, day, "inr", 2)
    records.log(rossi, day, nyha=2)
    records.echo(rossi, day)
    records.echo(rossi, "2026-01-06", final=False)
    records.diagnosis(rossi, day)
    records.comorbidity(rossi, day, "diabetes")
    records.body_size(rossi, day, weight_kg=70)
    records.allergy(rossi, day, substance="penicillin")
    records.ecg(rossi, day)
    records.acute_episode(rossi, day)
    records.intervention(rossi, day, "mitral_repair")
    records.medication(rossi, day, "enalapril")
    records.team_review(rossi, day)
    user = member("walker", clinic_north, *Role, is_staff=True)
    user.is_superuser = True
    user.save()
    records.letter(rossi, day, by=user)
    return user


def pages_of(model, model_admin):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    yield reverse(f"{name}_changelist")
    if getattr(model_admin, "adds", True):
        yield reverse(f"{name}_add")
    row = model._default_manager.first()
    if row is not None:
        yield reverse(f"{name}_change", args=[row.pk])


@pytest.mark.parametrize("app", sorted({model._meta.app_label for model in admin.site._registry}))
def test_no_page_of_the_administration_has_a_barrier_or_scrolls_sideways(
    log_in, everything, live_server, no_barriers, page_errors, app
):
    page = log_in(everything)
    # Lists that nobody adds to by hand answer so.
    page_errors.expect("403")
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label != app:
            continue
        for address in pages_of(model, model_admin):
            answer = page.goto(live_server.url + address)
            if answer.status == 403:
                continue
            assert answer.status == 200, address
            assert fits(page), address
            no_barriers(page)


def test_neither_has_the_start_page_nor_a_history(
    log_in, everything, rossi, live_server, no_barriers
):
    page = log_in(everything)
    for address in (
        reverse("admin:index"),
        reverse("admin:app_list", args=["patients"]),
        reverse("admin:patients_patient_history", args=[rossi.pk]),
        reverse("admin:password_change"),
    ):
        page.goto(live_server.url + address)
        assert fits(page), address
        no_barriers(page)
