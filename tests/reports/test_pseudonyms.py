"""Pseudonyms and moved days: alike for one key, different for another, intervals kept."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from patients.data_classes import DataClass
from reports.csv import Column, Kind
from reports.extracts.columns import leaving
from reports.extracts.pseudonyms import MOST_DAYS, Pseudonyms

KEY = "a-key-of-the-tests-" + "z" * 20


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_days_are_moved_back_within_bounds_and_always_alike(public_id, key):
    by = Pseudonyms(key)
    moved = by.moved_by(str(public_id))
    assert timedelta(days=-MOST_DAYS) <= moved <= timedelta(days=-1)
    assert moved == Pseudonyms(key).moved_by(str(public_id))


@given(st.uuids(), st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-9999, 9999))
def test_every_interval_of_a_patient_is_kept(public_id, first, days):
    by = Pseudonyms(KEY.encode())
    moved = by.moved_by(str(public_id))
    treat = leaving(Column("taken_on", "Taken", Kind.DATE, "x", None,
                           DataClass.QUASI_IDENTIFYING)).treat  # fmt: skip
    ends = [treat((first + timedelta(days=d)).isoformat(), by, moved) for d in (0, days)]
    start, end = (date.fromisoformat(text) for text in ends)
    assert (end - start).days == days
    assert start != first


@given(st.uuids(), st.uuids())
def test_names_differ_by_patient_by_key_and_by_what_they_name(one, other):
    by, another = Pseudonyms(KEY.encode()), Pseudonyms(b"q" * 40)
    said = str(one)
    names = {by.of_patient(said), by.of_row(said), another.of_patient(said), another.of_row(said)}
    assert len(names) == 4
    assert one == other or by.of_patient(said) != by.of_patient(str(other))
    assert said.replace("-", "") not in "".join(names)
