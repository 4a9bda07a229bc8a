"""The heart team's review: judgments are entered, and what is left open is pending."""

from datetime import date
from decimal import Decimal

import pytest

from patients.forms.records import CONFIRMED
from tests.factories import records as make
from treatments.forms.team import PENDING, TeamReviewForm, pending_judgments
from treatments.record_kinds import KINDS

TODAY = date(2024, 6, 1)
KIND = KINDS["team-review"]


@pytest.fixture
def typed(patient):
    """Return a function that gives the form with what is typed into it."""
    return lambda **values: TeamReviewForm(
        {"reviewed_on": "3 Mar 2024"} | values, patient=patient, today=TODAY
    )


def errors_of(form):
    return {name: " ".join(errors) for name, errors in form.errors.items()}


def test_a_review_without_any_judgment_is_kept_and_all_of_it_is_pending(typed):
    form = typed()
    assert form.is_valid(), form.errors
    review = form.save(commit=False)
    assert (review.operability, review.surgical_risk_class) == ("not_discussed", "unknown")
    assert pending_judgments(review) == [
        "operability",
        "surgical risk class",
        "likelihood of a durable repair",
        "anatomy for TEER",
    ]
    assert TeamReviewForm.words(review, "operability") == PENDING
    assert TeamReviewForm.words(review, "center_type") is None


@pytest.mark.parametrize("name", ["operability", "surgical_risk_class", "teer_anatomy"])
def test_an_open_judgment_is_offered_first_and_called_pending(patient, name):
    form = TeamReviewForm(patient=patient, today=TODAY)
    first, *others = list(form.fields[name].choices)
    assert first[1] == PENDING
    assert form[name].value() == first[0]
    assert PENDING not in [label for _, label in others]


@pytest.mark.parametrize("decision", ["intervene", "watch", "medical", "declined_by_patient"])
def test_a_decision_needs_its_reasons(typed, decision):
    given = {"decision": decision, "review_on": "3 Sep 2025"}
    assert errors_of(typed(**given)) == {"decision_reason": "Why was this decided?"}
    assert typed(**given, decision_reason="Repair is likely to last.").is_valid()


@pytest.mark.parametrize("decision", ["watch", "declined_by_patient"])
def test_a_decision_not_to_intervene_names_the_day_of_its_next_look(typed, decision):
    given = {"decision": decision, "decision_reason": "The patient prefers to wait."}
    words = "By when is this decision looked at again?"
    assert errors_of(typed(**given)) == {"review_on": words}
    early = {"review_on": "This is not after the review."}
    assert errors_of(typed(**given, review_on="3 Mar 2024")) == early
    assert typed(**given, review_on="4 Mar 2024").is_valid()


def test_an_open_decision_needs_none(typed):
    assert typed(decision="not_decided").is_valid()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"sts_mortality_percent": "1.2"}, "sts_model"),
        ({"sts_model": "STS ACSD"}, "sts_mortality_percent"),
        ({"sts_computed_on": "1 Mar 2024"}, "sts_mortality_percent"),
    ],
)
def test_an_sts_value_comes_with_its_model(typed, values, name):
    assert set(typed(**values).errors) == {name}


@pytest.mark.parametrize(
    ("day", "is_right"), [("3 Mar 2024", True), ("4 Mar 2024", False), ("2 Jun 2024", False)]
)
def test_an_sts_value_is_not_computed_after_the_review(typed, day, is_right):
    form = typed(sts_mortality_percent="1.2", sts_model="STS ACSD", sts_computed_on=day)
    assert form.is_valid() is is_right


@pytest.mark.parametrize(
    ("text", "is_right"),
    [("0", True), ("100", True), ("101", False), ("-1", False), ("90 %", True)],
)
def test_shares_are_percentages(typed, text, is_right):
    assert typed(repair_likelihood_percent=text).is_valid() is is_right


def test_a_share_of_one_is_asked_about(typed):
    form = typed(repair_likelihood_percent="0.95")
    assert "Did you mean 95 %?" in errors_of(form)["repair_likelihood_percent"]
    assert form.beside("repair_likelihood_percent").offers == [("95", "95 %")]
    sure = typed(
        repair_likelihood_percent="0.95", **{CONFIRMED: ["repair_likelihood_percent:0.95"]}
    )
    assert sure.is_valid()


def test_the_page_says_what_is_pending_and_that_the_time_is_counted(alice, client_of, patient):
    review = make.team_review(patient, "2024-03-03", by=alice, operability="operable")
    page = " ".join(client_of(alice).get(KIND.page_url(review)).content.decode().split())
    assert "Pending: surgical risk class, likelihood of a durable repair, anatomy for TEER." in page
    assert f"{PENDING}</td>" in page
    assert f"{PENDING} <span" not in page


def test_a_complete_review_says_nothing_of_pending(alice, client_of, patient):
    review = make.team_review(
        patient,
        "2024-03-03",
        operability="operable",
        surgical_risk_class="low",
        teer_anatomy="complex",
        repair_likelihood_percent=90,
    )
    page = client_of(alice).get(KIND.page_url(review))
    assert page.context["remarks"] == []
    assert b"ending" not in page.content


def test_before_entry_the_page_names_the_review_before(alice, client_of, patient):
    decided = {"decision": "watch", "decision_reason": "no trigger"}
    last = make.team_review(patient, "2024-03-03", **decided)
    page = client_of(alice).get(KIND.add_url(patient)).content.decode()
    assert f'Last review: <a href="{KIND.page_url(last)}">3 Mar 2024, watchful waiting</a>.' in page


def test_the_value_before_stands_beside_the_box(patient, alice, client_of):
    make.team_review(patient, "2023-03-03", repair_likelihood_percent=Decimal("92.5"))
    make.team_review(patient, "2024-03-03")
    form = client_of(alice).get(KIND.add_url(patient)).context["form"]
    before = form.beside("repair_likelihood_percent").before
    assert (before.text, before.on) == ("92.5 %", date(2023, 3, 3))
