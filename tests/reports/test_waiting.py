"""Waiting times of a clinic: the numbers, the lists behind them, who may read which."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import AuditAction, AuditEvent
from followup.models import Clock, Standing
from patients.actions import end_registration, mark_deceased
from tests.factories import records as make
from tests.reports.pages import words_in

pytestmark = pytest.mark.django_db
PAGE = reverse("reports:waiting")
LIST = reverse("reports:waiting-patients")
FILE = reverse("reports:waiting-csv")


@pytest.fixture
def waiting_since(clinic_north, ago):
    """`waiting_since(days)`: a patient who met a class I on that day, with nothing after it."""

    def make_one(days, clinic=clinic_north, **person):
        patient = make.patient_of(clinic, **person)
        make.diagnosis(patient, ago(900))
        make.none_of_these(patient, ago(days + 5))
        make.symptom_free(patient, ago(days + 1))
        make.echo(
            patient, ago(days), lvef_percent=58, lvesd_mm=42, eroa_mm2=45, vena_contracta_mm=8
        )
        return patient

    return make_one


@pytest.fixture
def clinic_of_many(waiting_since, ago, alice, clinic_north):
    """One operated, one decided against, one dead, one worse, one moved, one waiting."""
    operated, against, dead, worse, moved, waits = (
        waiting_since(days, family_name=name)
        for days, name in ((200, "Operated"), (190, "Against"), (180, "Dead"), (170, "Worse"),
                           (160, "Moved"), (30, "Waits"))
    )  # fmt: skip
    make.referral(operated, ago(196), question="?")
    make.team_review(operated, ago(180), decision="intervene")
    make.intervention(operated, ago(140), kind="mitral_repair")
    make.team_review(against, ago(100), decision="watch")
    mark_deceased(
        by=alice, clinic=clinic_north, patient=dead, deceased_on=ago(150), reason="letter"
    )
    make.admission(worse, ago(120))
    end_registration(
        by=alice, registration=moved.registrations.get(), until_on=ago(50), because="moved"
    )
    # All of this is entered today; the clinic is to have known it of the one who left.
    Clock.objects.filter(patient=moved, basis="known").update(started_on=ago(155))
    return {"waits": waits, "moved": moved}


def read(client, address, **asked):
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def links_in(page):
    """Each number that leads to a list, with the address of the list."""
    found = re.findall(r'<a href="([^"]*waiting/patients[^"]*)">(\d+)<', page)
    return [(unescape(href), int(number)) for href, number in found]


def names_in(client, address):
    page = client.get(address).content.decode()
    return re.findall(r'class="strong-link"[^>]*>([^<]*)</a>', page)


def test_it_counts_how_the_waits_ended(clinic_of_many, client_of, alice):
    words = words_in(read(client_of(alice), PAGE))
    decision, treatment = words.split("To a decision", 1)[1].split("To an intervention", 1)
    assert "Began to wait 6" in decision
    assert "Decided 2" in decision
    assert "Died while waiting 1" in decision
    assert "Got worse while waiting 1" in decision
    assert "Still waiting 2" in decision, "the one who moved was last seen waiting"
    assert "Decided not to treat 1" in treatment
    assert "Treated 1" in treatment


@pytest.mark.parametrize(
    ("asked", "fewest"), [({}, 30), ({"edition": "esc-eacts-2025"}, 30), ({"basis": "known"}, 5)]
)
def test_every_number_leads_to_exactly_so_many_patients(
    clinic_of_many, client_of, alice, asked, fewest
):
    client = client_of(alice)
    links = links_in(read(client, PAGE, **asked))
    assert len(links) > fewest
    for href, number in links:
        assert len(names_in(client, href)) == number, href


def test_the_list_says_what_became_of_each(clinic_of_many, client_of, alice, ago):
    page = words_in(read(client_of(alice), LIST, until="treatment", part="all"))
    assert "Operated" in page
    assert "after 4 days" in page, "referred"
    assert "after 20 days" in page, "decided"
    assert "after 60 days" in page, "treated"
    assert "Got worse while waiting: admitted for heart failure" in page
    assert "left the clinic on" in page
    first = names_in(client_of(alice), f"{LIST}?until=decision&part=waiting")
    assert [name.split(",")[0] for name in first] == ["Moved", "Waits"], "the longest wait first"


def test_it_is_narrowed_to_a_period(clinic_of_many, client_of, alice, ago):
    words = words_in(read(client_of(alice), PAGE, from_on=ago(40).isoformat()))
    assert "Began to wait 1" in words
    page = read(client_of(alice), PAGE, from_on="soon")
    assert "is not a date" in words_in(page) or "field-error" in page
    assert 'value="soon"' in page, "nothing typed is lost"
    words = words_in(read(client_of(alice), PAGE, from_on="2026-01-01", until_on="2025-01-01"))
    assert "This is before the first day." in words


def test_who_is_not_computed_is_said_and_in_no_number(clinic_of_many, client_of, alice):
    Standing.objects.filter(patient=clinic_of_many["waits"]).update(clock=None)
    words = words_in(read(client_of(alice), PAGE))
    assert "1 patient is not yet computed" in words
    assert "Began to wait 5" in words


def test_it_hides_other_clinics(clinic_of_many, waiting_since, clinic_south, client_of, charlie):
    waiting_since(20, clinic=clinic_south, family_name="Southern")
    client = client_of(charlie)
    assert "Began to wait 1" in words_in(read(client, PAGE))
    assert [n.split(",")[0] for n in names_in(client, f"{LIST}?part=all")] == ["Southern"]


def test_a_former_clinic_does_not_count_what_it_never_knew(waiting_since, ago, client_of, alice):
    patient = waiting_since(40, family_name="Moved")
    end_registration(
        by=alice, registration=patient.registrations.get(), until_on=ago(1), because="moved"
    )
    words = words_in(read(client_of(alice), PAGE))
    assert "Nobody waited." in words, "entered today: a day after the last one here"


def test_an_auditor_reads_the_numbers_without_the_patients(clinic_of_many, client_of, otto):
    client = client_of(otto)
    page = read(client, PAGE)
    assert "Began to wait 6" in words_in(page)
    assert links_in(page) == []
    assert client.get(LIST).status_code == 403
    assert client.get(FILE).status_code == 403


@pytest.mark.parametrize("name", ["nina", "clara", "rita", "ada"])
def test_others_may_not_read_it(request, client_of, name):
    client = client_of(request.getfixturevalue(name))
    for address in (PAGE, LIST, FILE):
        assert client.get(address).status_code == 403


def test_it_requires_login(client):
    for address in (PAGE, LIST, FILE):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "asked",
    ["part=nothing", "until=nothing", "by=many", "month=soon", "part=decided&month=2026-01-01"],
)
def test_a_list_that_there_is_not_is_not_found(clinic_of_many, client_of, alice, asked):
    month = Clock.objects.order_by("id").first().started_on.replace(day=1).isoformat()
    asked = asked.replace("2026-01-01", month)
    assert client_of(alice).get(f"{LIST}?{asked}").status_code == 404


def test_the_file_holds_the_list_and_is_written_to_the_audit(clinic_of_many, client_of, alice):
    answer = client_of(alice).get(f"{FILE}?until=treatment&part=all")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = {row["family_name"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 6
    assert (rows["Operated"]["ended"], rows["Operated"]["waited_days"]) == ("treated", "60")
    assert (rows["Waits"]["ended"], rows["Waits"]["waited_days"]) == ("", "30")
    assert rows["Waits"]["decided_on"] == ""
    event = AuditEvent.objects.filter(action=AuditAction.EXPORT).latest("id")
    assert (event.record_kind, event.counts) == ("waiting", {"rows": 6})


def test_an_edition_that_is_not_signed_off_shows_nothing(
    clinic_of_many, client_of, alice, settings
):
    settings.SHOWS_UNSIGNED_VERDICTS = False
    page = words_in(read(client_of(alice), PAGE))
    assert "No edition is signed off." in page
    assert "ESC/EACTS 2025" not in page.split("Without filters")[0].split("Guideline")[1]


def test_it_asks_as_often_for_many_as_for_few(waiting_since, client_of, alice):
    client = client_of(alice)

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    waiting_since(30)
    addresses = (PAGE, f"{LIST}?part=all")
    few = [queries(address) for address in addresses]
    for days in (40, 50, 60, 70):
        waiting_since(days)
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 12
