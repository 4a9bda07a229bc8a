"""Completeness: counts of live records that equal their lists, goals, and who sets them."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import grant_membership, set_clinic_setting
from accounts.models import ClinicSetting
from accounts.permissions import Role
from audit.models import AuditEvent
from followup.models import Standing
from guidelines.completeness import DEFAULT_GOALS, Measure
from reports.completeness import GROUPS, completeness_in
from tests.factories import records as make
from tests.reports.test_worklist import acute, cohort, days_ago, severe  # noqa: F401

M = Measure
URL, GOALS = "/completeness/", "/completeness/goals/north/"
MOST_QUERIES = 10


def line_of(user, clinic, measure):
    (found,) = completeness_in(user, [clinic])
    return next(line for line in found.lines if line.measure is measure)


def figures(user, clinic, measure):
    line = line_of(user, clinic, measure)
    return line.has_it, line.asked


def text_of(answer):
    return " ".join(answer.content.decode().split())


def test_every_measure_stands_on_the_page_once():
    shown = [measure for _, measures in GROUPS for measure in measures]
    assert sorted(shown) == sorted(Measure)


def test_the_figures_follow_the_record(alice, clinic_north):
    patient = severe(clinic_north)
    assert figures(alice, clinic_north, M.SEEN) == (1, 1)
    assert figures(alice, clinic_north, M.VENTRICLE) == (1, 1)
    assert figures(alice, clinic_north, M.WISH) == (0, 1)
    assert figures(alice, clinic_north, M.INR) == (0, 0)
    assert figures(alice, clinic_north, M.BODY) == (0, 1)
    make.goals_of_care(patient, days_ago(1), declines_intervention=False)
    make.body_size(patient, days_ago(1), height_cm=170, weight_kg=70)
    assert figures(alice, clinic_north, M.WISH) == (1, 1)
    assert figures(alice, clinic_north, M.BODY) == (1, 1)
    make.anticoagulation_plan(patient, days_ago(9), inr_low="2.0", inr_high="3.0")
    assert figures(alice, clinic_north, M.INR) == (0, 1)
    make.lab(patient, days_ago(1), "inr", "2.4")
    assert figures(alice, clinic_north, M.INR) == (1, 1)


def test_an_operated_valve_is_asked_for_its_own_schedule(alice, clinic_north):
    patient = make.patient_of(clinic_north)
    make.diagnosis(patient, days_ago(900))
    make.intervention(patient, days_ago(700), "mitral_repair")
    assert figures(alice, clinic_north, M.ECHO) == (0, 0)
    assert figures(alice, clinic_north, M.ECHO_AFTER) == (0, 1)


def test_each_count_is_its_list_and_the_file_behind_it(alice, client_of, cohort, clinic_north):  # noqa: F811
    client = client_of(alice)
    (found,) = completeness_in(alice, [clinic_north])
    assert any(line.lacking for line in found.lines)
    for line in found.lines:
        answer = client.get(f"/today/?{line.query}")
        assert answer.context["found"].total == len(answer.context["rows"]) == line.lacking
        assert line.measure.label in text_of(answer)
        sent = client.get(f"/today/today.csv?{line.query}")
        rows = csv.reader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig")))
        assert len(list(rows)) - 1 == line.lacking


def test_who_died_or_left_is_not_counted(alice, cohort, clinic_north):  # noqa: F811
    (found,) = completeness_in(alice, [clinic_north])
    assert found.counted == 3
    assert found.left_out == {"Died": 1}
    assert max(line.asked for line in found.lines) == 3


def test_two_clinics_have_their_own_figures_and_lists(alice, client_of, clinic_north, clinic_south):
    grant_membership(user=alice, clinic=clinic_south, roles=[Role.CLINICIAN], by=None)
    severe(clinic_north)
    make.patient_of(clinic_south)
    client = client_of(alice)
    north, south = client.get(URL).context["found"]
    assert [each.counted for each in (north, south)] == [1, 1]
    line = next(line for line in south.lines if line.measure is M.SEEN)
    assert (line.has_it, line.asked) == (0, 1)
    assert "clinic=south" in line.query
    assert client.get(f"/today/?{line.query}").context["found"].total == 1


def test_it_hides_other_clinics(charlie, clinic_north, client_of):
    severe(clinic_north)
    (found,) = client_of(charlie).get(URL).context["found"]
    assert found.counted == 0
    assert "nobody to count" in text_of(client_of(charlie).get(URL))


def test_with_nobody_to_count_there_is_no_percentage(alice, client_of, clinic_north):
    line = line_of(alice, clinic_north, M.SEEN)
    assert (line.share, line.is_met) == ("", None)
    page = text_of(client_of(alice).get(URL))
    assert "nobody to count" in page
    assert " 0.0 %" not in page
    assert "not met" not in page


def test_whether_the_goal_is_met_stands_in_words_with_the_counts(alice, client_of, clinic_north):
    severe(clinic_north)
    make.patient_of(clinic_north)
    page = text_of(client_of(alice).get(URL))
    assert "50.0 %" in page
    assert "not met</strong> (90 %)" in page
    assert "1 more would meet it" in page
    assert "met (90 %)" in page


def test_a_patient_of_an_earlier_release_is_said_and_not_counted(alice, client_of, clinic_north):
    severe(clinic_north)
    Standing.objects.update(asked_mask=None, lacking_mask=None)
    page = text_of(client_of(alice).get(URL))
    assert "1 patient is not counted yet" in page
    assert line_of(alice, clinic_north, M.SEEN).asked == 0


def test_a_share_is_cut_and_never_rounded_up(alice, clinic_north):
    severe(clinic_north)
    made = line_of(alice, clinic_north, M.SEEN)
    line = type(made)(M.SEEN, asked=10000, lacking=1001, goal_percent=90, query="")
    assert (line.share, line.is_met, line.still_needed) == ("89.9", False, 1)


def test_the_figures_as_a_file_name_nobody(alice, client_of, clinic_north):
    severe(clinic_north, "Okonkwo")
    answer = client_of(alice).get("/completeness/completeness.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = {row["measure"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {measure.value for measure in Measure}
    seen = rows["seen"]
    assert (seen["has_it"], seen["asked_of"], seen["lacking"], seen["goal_met"]) == (
        "1", "1", "0", "true",
    )  # fmt: skip
    assert (rows["inr"]["asked_of"], rows["inr"]["goal_met"]) == ("0", "")
    assert "Okonkwo" not in text
    event = AuditEvent.objects.get(action="export")
    assert (event.record_kind, event.counts) == ("completeness", {"rows": len(Measure)})


def test_the_file_is_for_those_who_may_export(nina, client_of, clinic_north):
    severe(clinic_north)
    client = client_of(nina)
    assert "CSV of these figures" not in text_of(client.get(URL))
    assert client.get("/completeness/completeness.csv").status_code == 403
    assert AuditEvent.objects.filter(action="refused").count() == 1


@pytest.mark.parametrize("number", [2, 14])
def test_it_asks_as_many_queries_for_many_as_for_few(alice, client_of, clinic_north, number):
    for _ in range(number):
        severe(clinic_north)
    client = client_of(alice)
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(URL).context["found"][0].counted == number
    assert len(queries) <= MOST_QUERIES, [each["sql"][:120] for each in queries]


@pytest.mark.parametrize("name", ["rita", "otto"])
def test_who_sees_no_patient_has_no_such_page(request, client_of, name):
    client = client_of(request.getfixturevalue(name))
    assert client.get(URL).status_code == 403
    assert client.get("/completeness/completeness.csv").status_code == 403


def test_it_requires_login(client):
    assert [client.get(url).status_code for url in (URL, GOALS)] == [302, 302]


# Goals -------------------------------------------------------------------------------------------


def typed(**changes):
    return {m.value: goal for m, goal in DEFAULT_GOALS.items()} | {"save": "yes"} | changes


def test_an_administrator_of_the_clinic_sets_the_goals(ada, alice, client_of, clinic_north):
    client = client_of(ada)
    assert client.get(URL).headers["Location"] == GOALS
    assert client.post(GOALS, typed(seen="80")).status_code == 302
    assert line_of(alice, clinic_north, M.SEEN).goal_percent == 80
    page = text_of(client.get(GOALS))
    assert "Seen within two years: 90 % to 80 %" in page
    client.post(GOALS, typed(seen="85"))
    page = text_of(client.get(GOALS))
    assert page.index("80 % to 85 %") < page.index("90 % to 80 %")
    assert ClinicSetting.objects.filter(name="completeness").count() == 2
    assert AuditEvent.objects.filter(note__startswith="setting completeness").count() == 2


def test_goals_that_are_not_changed_are_not_set_again(ada, client_of):
    client_of(ada).post(GOALS, typed())
    assert not ClinicSetting.objects.filter(name="completeness").exists()


@pytest.mark.parametrize("wrong", ["", "101", "-1", "90.5", "many"])
def test_a_wrong_goal_is_refused_beside_its_box_and_kept_there(ada, client_of, wrong):
    answer = client_of(ada).post(GOALS, typed(seen=wrong, echo="70"))
    assert answer.status_code == 200
    assert answer.context["form"].errors["seen"]
    assert 'id="id_seen-error"' in answer.text
    assert 'value="70"' in answer.text
    assert not ClinicSetting.objects.filter(name="completeness").exists()


def test_who_does_not_administer_the_clinic_reads_the_goals(alice, client_of):
    client = client_of(alice)
    assert "An administrator of North Valve Clinic sets the goals" in text_of(client.get(GOALS))
    assert client.post(GOALS, typed(seen="1")).status_code == 403
    assert not ClinicSetting.objects.filter(name="completeness").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("completeness", {"sene": 90}), ("pathway", {"due_soon": -1})]
)
def test_a_slip_in_a_setting_is_refused_by_every_door(ada, clinic_north, name, value):
    with pytest.raises(ValidationError, match="cannot be used"):
        set_clinic_setting(
            clinic=clinic_north, name=name, value=value, from_on=clinic_north.today(), by=ada
        )


def test_another_clinics_goals_are_not_there(charlie, client_of):
    client = client_of(charlie)
    assert [client.get(GOALS).status_code, client.post(GOALS, typed()).status_code] == [404, 404]
