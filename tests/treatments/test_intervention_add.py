"""Entering the parts of one operation one after the other."""

import re
from datetime import date

import pytest

from patients.actions import strike
from tests.factories import records as make
from treatments.models import Complication, Intervention
from treatments.record_kinds import KINDS

KIND = KINDS["intervention"]
REPAIR = {
    "kind": "mitral_repair",
    "status": "performed",
    "performed_on": "3 Mar 2024",
    "urgency": "elective",
    "approach": "sternotomy",
    "operator": "Dr Keller",
    "center": "North University Hospital",
}


def text_of(answer):
    return " ".join(answer.content.decode().split())


def words_of(answer):
    """What is read on the page: its text without the links."""
    return re.sub(r"</?a[^>]*>", "", text_of(answer))


def test_another_part_begins_with_the_day_of_the_first(alice, client_of, patient):
    client = client_of(alice)
    answer = client.post(KIND.add_url(patient), REPAIR | {"save": "another"}, follow=True)
    repair = Intervention.objects.get()
    assert answer.redirect_chain[0][0] == f"{KIND.add_url(patient)}?with={repair.public_id}"
    form = answer.context["form"]
    shared = {name: form[name].value() for name in REPAIR}
    assert shared == REPAIR | {"kind": ""}
    assert "Mitral valve repair of 3 Mar 2024 is recorded." in text_of(answer)
    again = REPAIR | {"kind": "af_ablation", "save": "save"}
    assert client.post(answer.redirect_chain[0][0], again).status_code == 302
    assert {row.kind for row in Intervention.objects.all()} == {"mitral_repair", "af_ablation"}
    assert "Also done on 3 Mar 2024: ablation of atrial fibrillation." in words_of(
        client.get(KIND.page_url(repair))
    )


def test_a_new_entry_begins_empty_however_the_last_one_ended(alice, client_of, patient):
    client = client_of(alice)
    client.post(KIND.add_url(patient), REPAIR | {"save": "save"})
    form = client.get(KIND.add_url(patient)).context["form"]
    assert not form["performed_on"].value()
    assert not form["status"].value()


@pytest.mark.parametrize("named", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_part_fills_in_nothing(alice, client_of, patient, named):
    answer = client_of(alice).get(f"{KIND.add_url(patient)}?with={named}")
    assert answer.status_code == 200
    assert not answer.context["form"]["performed_on"].value()


def test_a_part_of_another_patient_fills_in_nothing(alice, client_of, patient, clinic_north):
    other = make.intervention(make.patient_of(clinic_north), "2024-03-03", "pci")
    answer = client_of(alice).get(f"{KIND.add_url(patient)}?with={other.public_id}")
    assert not answer.context["form"]["performed_on"].value()


def test_a_struck_part_fills_in_nothing(alice, client_of, patient, clinic_north):
    other = make.intervention(patient, "2024-03-03", "pci")
    strike(other, by=alice, clinic=clinic_north, reason="another patient")
    answer = client_of(alice).get(f"{KIND.add_url(patient)}?with={other.public_id}")
    assert not answer.context["form"]["performed_on"].value()


def test_typing_stays_when_the_day_is_wrong(alice, client_of, patient):
    answer = client_of(alice).post(
        KIND.add_url(patient), REPAIR | {"performed_on": "3/4/2024", "save": "another"}
    )
    assert "can be read as" in text_of(answer)
    assert 'value="performed_on:3 Apr 2024"' in text_of(answer)
    assert 'value="Dr Keller"' in text_of(answer)
    assert not Intervention.objects.exists()


def test_the_page_of_an_intervention_leads_on(alice, client_of, patient):
    repair = make.intervention(patient, "2024-03-03", "mitral_repair")
    page = client_of(alice).get(KIND.page_url(repair))
    links = dict(page.context["links"])
    assert set(links) == {"Also done in this operation", "Add a complication"}
    form = client_of(alice).get(links["Add a complication"]).context["form"]
    assert str(form["intervention"].value()) == str(repair.public_id)


def test_before_entry_the_page_names_what_is_planned(alice, client_of, patient):
    planned = make.planned_intervention(patient, "teer", planned_on="2124-03-01")
    make.strike(make.planned_intervention(patient, "cabg"), by=alice)
    answer = client_of(alice).get(KIND.add_url(patient))
    said = "Planned: transcatheter edge-to-edge repair (TEER) for 1 Mar 2124. Once it is done"
    assert said in words_of(answer)
    assert KIND.page_url(planned) in text_of(answer)


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_takes_the_same_queries_beside_1_and_20_complications(
    alice, client_of, patient, django_assert_num_queries, count
):
    repair = make.intervention(patient, "2024-03-03", "mitral_repair")
    for number in range(count):
        kind = {"intervention": repair, "kind": "bleeding", "patient": patient}
        make.enter(Complication(occurred_on=date(2024, 3, 4 + number), **kind))
        make.intervention(patient, "2024-03-03", "pci")
    client = client_of(alice)
    client.get(KIND.page_url(repair))
    with django_assert_num_queries(QUERIES_OF_A_PAGE):
        client.get(KIND.page_url(repair))


QUERIES_OF_A_PAGE = 14


def test_a_planned_one_leads_to_no_complication(alice, client_of, patient):
    planned = make.planned_intervention(patient, "teer")
    page = client_of(alice).get(KIND.page_url(planned))
    assert [label for label, _ in page.context["links"]] == ["Another part of it"]


def test_who_may_not_write_is_led_nowhere(clara, client_of, patient):
    repair = make.intervention(patient, "2024-03-03", "mitral_repair")
    assert client_of(clara).get(KIND.page_url(repair)).context["links"] == []
