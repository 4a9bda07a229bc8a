"""Facts: intervals, ageing, ratios, and a catalogue that refuses what it does not know."""

from datetime import date
from decimal import Decimal

import pytest

from guidelines.facts import (
    FACTS,
    RATIOS,
    ClinicalPicture,
    Fact,
    Interval,
    Worse,
    as_number,
    compare,
    complete_ratios,
    definition_of,
    method_of,
    plain,
    ratio_of,
    reading_of,
    widened_by_noise,
)
from guidelines.vocabulary import (
    MitralValveState,
    Operability,
    RegurgitationMethod,
    Tempo,
    Term,
)
from tests.guidelines.pictures import stale

D = Decimal


def read(name, fact):
    return reading_of(definition_of(name), fact)


def test_decimals_compare_exactly_and_computed_values_within_tolerance():
    assert compare(D("20.0000000000001"), D(20)) == 1
    assert compare(26.4 / 1.32, D(20)) == 0
    assert compare(19.99, D(20)) == -1
    assert compare(20.01, D(20)) == 1
    assert compare(D(19), D(20)) == -1


@pytest.mark.parametrize("value", [True, "60", None])
def test_only_numbers_are_numbers(value):
    with pytest.raises(TypeError):
        as_number(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), D("NaN")])
def test_a_number_is_finite(value):
    with pytest.raises(ValueError, match="finite"):
        as_number(value)


def test_an_integer_becomes_a_decimal():
    assert Fact(60).value == D(60)
    assert isinstance(Fact(60).value, Decimal)
    assert Fact(True).value is True
    assert isinstance(Interval(55, 60).low, Decimal)


def test_the_ends_of_an_interval_are_numbers():
    with pytest.raises(TypeError):
        Interval("55", None)


@pytest.mark.parametrize(
    ("low", "high", "low_open", "high_open"),
    [(D(60), D(55), False, False), (D(60), D(60), True, False), (D(60), D(60), False, True)],
)
def test_an_empty_interval_is_refused(low, high, low_open, high_open):
    with pytest.raises(ValueError, match="empty"):
        Interval(low, high, low_open, high_open)


def test_an_interval_knows_what_it_may_be():
    sixties = Interval(D(60), D(70), high_open=True)
    assert sixties.contains(D(60))
    assert not sixties.contains(D(70))
    assert not sixties.contains(D(59))
    assert not sixties.is_point
    assert not Interval(None, None).is_point
    assert Interval.point(D(3)).is_point


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(D(55), D(60)), "55\N{EN DASH}60"),
        (Interval(D(60), None, low_open=True), ">60"),
        (Interval(D(60), None), "≥60"),
        (Interval(None, D(60), high_open=True), "<60"),
        (Interval(None, D(60)), "≤60"),
        (Interval(None, None), "unknown"),
        (Interval.point(D("1.90")), "1.90"),
    ],
)
def test_an_interval_prints_as_people_write_it(interval, text):
    assert str(interval) == text


def test_a_computed_number_prints_short():
    assert plain(20.526315789) == "20.53"
    assert plain(D(39) / D("1.9")) == "20.53"
    assert plain(20.0) == "20"
    assert plain(39.996) == "39.996"
    assert plain(D("1E+2")) == "100"


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("lvef_percent", D(65), Interval(None, D(65))),
        (
            "lvef_percent",
            Interval(D(60), D(65), high_open=True),
            Interval(None, D(65), False, True),
        ),
        ("lvef_percent", Interval(D(60), None), None),
        ("lvesd_mm", D(38), Interval(D(38), None)),
        ("lvesd_mm", Interval(None, D(38)), None),
        ("age_years", D(60), None),
        ("symptomatic", True, True),
        ("symptomatic", False, None),
        ("none_of_these_asked", True, None),
        ("none_of_these_asked", False, False),
        ("intervention_declined", True, None),
        ("tempo", Tempo.ACUTE, Tempo.ACUTE),
        ("tempo", Tempo.CHRONIC, None),
        ("mitral_valve_state", MitralValveState.MECHANICAL, MitralValveState.MECHANICAL),
        ("mitral_valve_state", MitralValveState.NATIVE, None),
        ("operability", Operability.OPERABLE, None),
    ],
)
def test_old_age_expires_what_reassures_and_keeps_what_is_adverse(name, value, reading):
    assert read(name, stale(value)) == reading
    assert read(name, Fact(value, adverse_only="visual estimate")) == reading


def test_a_term_that_means_unknown_reads_as_unknown():
    assert read("operability", Fact(Operability.NOT_DISCUSSED)) is None
    assert read("mitral_valve_state", Fact(MitralValveState.UNKNOWN)) is None
    assert read("lvef_percent", Fact(None, reason="LVESD larger than LVEDD")) is None


def test_a_fact_knows_its_age():
    assert Fact(D(60), on=date(2026, 1, 1)).age_in_days(on=date(2026, 1, 31)) == 30
    assert Fact(D(60)).age_in_days(on=date(2026, 1, 31)) is None


def test_a_misspelt_fact_is_refused():
    with pytest.raises(LookupError, match="lvef_pct"):
        ClinicalPicture({"lvef_pct": Fact(D(60))})
    with pytest.raises(LookupError):
        ClinicalPicture().fact("lvef_pct")


@pytest.mark.parametrize(
    ("name", "value"),
    [("lvef_percent", True), ("symptomatic", D(1)), ("tempo", True), ("lvef_percent", Tempo.ACUTE)],
)
def test_a_value_of_the_wrong_kind_is_refused(name, value):
    with pytest.raises(TypeError):
        ClinicalPicture({name: Fact(value)})


def test_a_picture_is_changed_only_by_making_another():
    first = ClinicalPicture({"lvef_percent": Fact(D(60)), "bsa_m2": Fact(None)})
    second = first.having(lvesd_mm=Fact(D(38))).without("lvef_percent")
    assert set(first) == {"lvef_percent", "bsa_m2"}
    assert set(second) == {"bsa_m2", "lvesd_mm"}
    assert second.reading("lvesd_mm") == Interval.point(D(38))
    assert second.reading("lvef_percent") is None
    assert second.fact("lvesd_mm") == Fact(D(38))
    assert second.readings() == {"lvesd_mm": Interval.point(D(38))}


@pytest.mark.parametrize(
    ("over", "under", "ratio"),
    [
        (Interval.point(D(38)), Interval.point(D("1.9")), Interval.point(D(20))),
        (Interval(D(36), None), Interval.point(D(2)), Interval(D(18), None)),
        (Interval(D(36), D(40)), Interval(D("1.8"), D(2)), Interval(D(18), D(40) / D("1.8"))),
        (Interval.point(D(36)), Interval(None, D(2)), Interval(D(18), None)),
        (Interval.point(D(36)), Interval(D(0), D(2)), Interval(D(18), None)),
        (Interval(None, D(36)), Interval(None, D(2)), None),
        (Interval.point(D(36)), Interval.point(D(0)), None),
        (Interval(D(36), None, True), Interval.point(D(2)), Interval(D(18), None, True)),
    ],
)
def test_a_ratio_of_intervals(over, under, ratio):
    assert ratio_of(over, under) == ratio


def test_an_index_that_cannot_be_computed_is_unknown():
    readings = {
        "lvesd_mm": Interval(None, D(36)),
        "bsa_m2": Interval(None, D(2)),
        "lvesd_index_mm_m2": Interval.point(D(18)),
    }
    assert "lvesd_index_mm_m2" not in complete_ratios(readings)


def test_noise_widens_measured_numbers_only():
    widened = widened_by_noise(
        {
            "lvesd_mm": Interval(D(38), None),
            "lvef_percent": Interval.point(60.0),
            "bsa_m2": Interval.point(D(2)),
            "symptomatic": False,
        }
    )
    assert widened["lvesd_mm"] == Interval(D("34.397"), None)
    assert widened["lvef_percent"] == Interval(D("53.348"), D("66.652"))
    assert widened["bsa_m2"] == Interval.point(D(2))
    assert widened["symptomatic"] is False


def test_a_method_that_is_not_known_is_not_stated():
    assert method_of(None) is RegurgitationMethod.NOT_STATED
    assert method_of(Fact(D(1))) is RegurgitationMethod.NOT_STATED
    assert method_of(Fact(D(1), method="guess")) is RegurgitationMethod.NOT_STATED
    assert method_of(Fact(D(1), method="cmr")) is RegurgitationMethod.CMR


@pytest.mark.parametrize("definition", FACTS.values(), ids=FACTS.keys())
def test_every_fact_is_described(definition):
    assert definition.label
    assert definition.meaning.endswith(".")
    if issubclass(definition.kind, Term):
        assert definition.adverse_terms <= set(definition.kind)
        assert definition.unknown_terms <= set(definition.kind)
    if definition.worse in (Worse.LOWER, Worse.HIGHER):
        assert definition.kind is Decimal
    assert definition.say(None) == "not recorded"


def test_an_index_and_its_parts_are_in_the_catalogue():
    for name, ratio in RATIOS.items():
        assert {name, ratio.over, ratio.under} <= FACTS.keys()


def test_values_in_words():
    assert definition_of("symptomatic").say(True).startswith("symptoms")
    assert definition_of("low_flow").say(True) == "yes"
    assert definition_of("low_flow").say(False) == "no"
    assert definition_of("nyha_class").say(D(2)) == "2"
    assert definition_of("tempo").say(Tempo.ACUTE) == "Acute"
