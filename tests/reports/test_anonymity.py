"""Groups of patients who look alike: pooling, leaving out, and what is said of it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.extracts.anonymity import (
    AGE_BANDS,
    NOT_RECORDED,
    OLDEST,
    POOLED,
    YOUNGEST,
    Quasi,
    age_band,
    grouped,
)

QUASIS = st.builds(
    Quasi,
    st.sampled_from(["north", "south"]),
    st.sampled_from(["female", "male", "other"]),
    st.integers(0, 105).map(age_band),
    st.sampled_from(["primary", "secondary_atrial", ""]),
)


def alike(number, **named):
    """So many patients of one group: women of 70 of the north, unless told otherwise."""
    quasi = Quasi("north", "female", "70-79", "primary")._replace(**named)
    return [quasi] * number


def of(*groups):
    return grouped(dict(enumerate(quasi for group in groups for quasi in group)), 5)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, YOUNGEST), (39, YOUNGEST), (40, "40-49"), (49, "40-49"), (50, "50-59"),
        (79, "70-79"), (80, "80-89"), (89, "80-89"), (90, OLDEST), (104, OLDEST),
        (None, NOT_RECORDED),
    ],
)  # fmt: skip
def test_ages_stand_in_bands_and_all_over_89_in_one(age, band):
    assert age_band(age) == band
    assert band in AGE_BANDS


def test_a_group_that_is_large_enough_leaves_as_it_is():
    found = of(alike(5))
    assert (len(found.told), found.smallest, found.pooled, found.left_out) == (5, 5, 0, 0)


def test_groups_that_are_too_small_leave_with_their_age_pooled_when_that_is_enough():
    found = of(alike(4), alike(1, age_band="40-49"))
    assert Counter(found.told.values()) == {Quasi("north", "female", POOLED, "primary"): 5}
    assert (found.pooled, found.left_out) == (5, 0)


def test_whoever_is_too_rare_even_so_is_left_out():
    found = of(alike(5), alike(4, sex="male"), alike(1, sex="other"))
    assert {quasi.sex for quasi in found.told.values()} == {"female"}
    assert found.left_out == 5


def test_nobody_leaves_of_a_handful():
    found = of(alike(4))
    assert (found.told, found.smallest, found.smallest_of_each()) == ({}, None, {})


def test_in_a_file_of_fewer_patients_the_groups_are_counted_again_and_nobody_is_told_otherwise():
    known = dict(enumerate([*alike(6), *alike(5, age_band="80-89"), *alike(2, age_band="40-49")]))
    found = grouped(known, 5, in_file=[0, 1, 2, 3, 4, 6, 7, 8, 11, 12])
    assert set(found.told) == {0, 1, 2, 3, 4}
    assert found.left_out == 5


@given(st.lists(QUASIS, max_size=120), st.integers(5, 9), st.data())
def test_a_patient_is_told_of_alike_in_every_file(quasis, k, data):
    known = dict(enumerate(quasis))
    whole = grouped(known, k).told
    part = data.draw(st.sets(st.sampled_from(range(len(quasis))))) if quasis else set()
    found = grouped(known, k, part)
    assert {key: whole[key] for key in found.told} == found.told
    assert set(found.told) <= part
    assert all(number >= k for number in found.groups.values())


@given(st.lists(QUASIS, max_size=120), st.integers(5, 9))
def test_no_group_is_smaller_than_what_is_asked_for(known, k):
    found = grouped(dict(enumerate(known)), k)
    assert all(number >= k for number in found.groups.values())
    assert found.smallest is None or found.smallest >= k
    assert len(found.told) + found.left_out == len(known)
    assert all(number >= k for number in found.smallest_of_each().values())


@given(st.lists(QUASIS, max_size=120))
def test_only_the_age_is_ever_altered_and_never_to_another_band(known):
    for key, quasi in grouped(dict(enumerate(known)), 5).told.items():
        assert quasi in {known[key], known[key]._replace(age_band=POOLED)}
