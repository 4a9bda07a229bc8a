"""Where the patient page leads: what can be entered, the page of each row, the person."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.actions import end_registration
from patients.days import spoken
from patients.models import Allergy, BodySize, EchoStudy, LabResult, MitralDiagnosis, SymptomLog
from reports.kinds import GROUPS, KINDS, Doors
from reports.patient_page.words import ENTERED_IN, entry_link
from tests.factories import records as make
from treatments.models import AnticoagulationPlan, Intervention, TeamReview

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture
def patient(clinic_north):
    return make.patient_of(clinic_north)


@pytest.fixture
def page(client_of, alice, patient):
    """The page's HTML, for Alice or somebody else."""

    def page_(user=alice):
        response = client_of(user).get(reverse("reports:patient-page", args=[patient.public_id]))
        assert response.status_code == 200
        return response.content.decode()

    return page_


def linked(body):
    return set(re.findall(r'href="([^"#?]+)', body))


def menu_of(body, title):
    """The links of one of the banner's menus: words and addresses."""
    panel = re.search(rf"<summary[^>]*>{title}</summary>(.*?)</details>", body, re.DOTALL)
    found = re.findall(r'<a href="([^"]+)">([^<]+)</a>', panel[1]) if panel else []
    return {words: href for href, words in found}


def test_everything_that_may_be_entered_stands_in_the_menu(page, client_of, alice, patient):
    menu = menu_of(page(), "Add")
    expected = {kind.add_url(patient) for kind in KINDS.values()}
    expected.add(reverse("patients:echo-add", args=[patient.public_id]))
    assert set(menu.values()) == expected
    client = client_of(alice)
    for words, href in menu.items():
        assert client.get(href).status_code == 200, words


def test_a_clerk_finds_what_a_clerk_may_enter(page, clara, client_of, patient):
    menu = menu_of(page(clara), "Add")
    assert KINDS[LabResult].title in menu
    assert KINDS[SymptomLog].title in menu
    assert KINDS[MitralDiagnosis].title not in menu
    assert KINDS[TeamReview].title not in menu
    for words, href in menu.items():
        assert client_of(clara).get(href).status_code == 200, words


def test_a_nurse_decides_nothing(page, nina):
    assert KINDS[TeamReview].title not in menu_of(page(nina), "Add")


def test_the_person_is_reached_by_those_who_may(page, client_of, alice, patient):
    menu = menu_of(page(), "More")
    assert list(menu) == [
        "Timeline",
        "Waiting times",
        "The whole record",
        "Team sheet",
        "Letters",
        "Print",
        "Show another day",
        "Name, birth date, contact",
        "Clinics and record numbers",
        "Record a death",
        "Changes of these, by whom",
        "Who opened the record",
        "Possible duplicates",
    ]
    client = client_of(alice)
    for words, href in menu.items():
        if href.startswith("#"):
            assert f'id="{href[1:]}"' in page(), words
        else:
            assert client.get(href).status_code == 200, words


def test_a_former_clinic_is_offered_nothing_to_enter(page, client_of, alice, patient):
    make.echo(patient, days_ago(30), lvef_percent=58)
    end_registration(
        by=None, registration=patient.registrations.get(), until_on=days_ago(5), because="moved"
    )
    body = page()
    assert menu_of(body, "Add") == {}
    menu = menu_of(body, "More")
    assert set(menu) == {
        "Timeline",
        "Waiting times",
        "The whole record",
        "Team sheet",
        "Letters",
        "Print",
        "Show another day",
        "Clinics and record numbers",
        "Changes of these, by whom",
        "Who opened the record",
    }
    entries = {kind.add_url(patient) for kind in KINDS.values()}
    assert not (entries | {reverse("patients:echo-add", args=[patient.public_id])}) & linked(body)
    for words, href in menu.items():
        if href.startswith("#"):
            assert f'id="{href[1:]}"' in body, words
        else:
            assert client_of(alice).get(href).status_code == 200, words


def test_each_row_of_the_tables_leads_to_its_page(page, client_of, alice, patient):
    rows = [
        make.log(patient, days_ago(9), nyha=2),
        make.lab(patient, days_ago(8), "inr", "2.5"),
        make.intervention(patient, days_ago(7), Intervention.Kind.PCI),
        make.medication(patient, days_ago(6), "bisoprolol"),
    ]
    found = linked(page())
    for row in rows:
        href = KINDS[type(row)].page_url(row)
        assert href in found
        assert client_of(alice).get(href).status_code == 200


def test_a_planned_intervention_without_a_day_says_so(page, patient):
    make.planned_intervention(patient, Intervention.Kind.TEER)
    assert "no date" in page()


def test_the_banner_leads_to_the_list_or_to_the_first_entry(page, patient):
    before = linked(page())
    assert KINDS[Allergy].add_url(patient) in before
    assert KINDS[Allergy].list_url(patient) not in before
    make.allergy(patient, days_ago(1), substance="latex", reaction="rash")
    make.diagnosis(patient, days_ago(1))
    make.anticoagulation_plan(patient, days_ago(1))
    after = linked(page())
    for model in (Allergy, MitralDiagnosis, AnticoagulationPlan):
        assert KINDS[model].list_url(patient) in after


def test_goals_of_care_that_hold_back_an_intervention_stand_in_the_banner(page, patient):
    make.goals_of_care(patient, days_ago(3))
    assert "Goals of care</a>" not in banner_of(page())
    make.goals_of_care(patient, days_ago(2), declines_intervention=True, frailty="severe")
    banner = banner_of(page())
    assert "Goals of care</a>" in banner
    assert "Declines intervention; frailty severe, " in banner
    make.goals_of_care(patient, days_ago(1), declines_intervention=False)
    assert "eclines intervention" not in banner_of(page())


def test_a_question_left_open_later_takes_back_no_wish(page, patient):
    make.goals_of_care(patient, days_ago(30), declines_intervention=True)
    make.goals_of_care(patient, days_ago(1), frailty="severe")
    banner = banner_of(page())
    assert f"Frailty severe, {spoken(days_ago(1))}" in banner
    assert f"declines intervention, {spoken(days_ago(30))}" in banner
    make.goals_of_care(patient, days_ago(0), frailty="none")
    assert "railty" not in banner_of(page())


def test_an_allergy_without_a_reaction_says_that_the_reaction_is_not_known(page, patient):
    make.allergy(patient, days_ago(1), substance="latex")
    assert "latex, reaction not known" in banner_of(page())


def test_words_beside_a_dose_do_not_hide_its_number(page, patient):
    make.medication(patient, days_ago(1), "bisoprolol", dose_mg=5, dose_text="in the evening")
    assert "5 mg, in the evening" in page()


def test_a_unit_reads_as_it_is_printed(page, patient):
    make.lab(patient, days_ago(1), "creatinine", "71")
    assert "µmol/L" in page()
    assert "umol/L" not in page()


def banner_of(body):
    return re.search(r'<dl class="banner-facts">(.*?)</dl>', body, re.DOTALL)[1]


def test_a_missing_fact_leads_to_its_form(patient):
    may_all = Doors(patient, frozenset(kind.action for kind in KINDS.values()))
    kind = KINDS[TeamReview]
    assert entry_link("operability", may_all) == f"{kind.add_url(patient)}#id_operability"
    assert entry_link("height_cm", may_all) == f"{KINDS[BodySize].add_url(patient)}#id_height_cm"
    assert entry_link("lvef_percent", may_all).endswith("/echo/add/#id_lvef_percent")
    assert entry_link("symptoms_persist_on_gdmt", may_all) == ""


def test_a_missing_fact_leads_nowhere_for_who_may_not_enter_it(patient):
    nothing = Doors(patient, frozenset())
    for fact in ("operability", "lvef_percent", "age_years", *ENTERED_IN):
        assert entry_link(fact, nothing) == ""


def test_every_kind_stands_in_one_group():
    placed = [model for group in GROUPS for model in group.models]
    assert {*KINDS, EchoStudy} == set(placed)
    assert len(placed) == len(set(placed))
