"""Cells: dates, terms, yes and no, results, units."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from interop.spreadsheets.cells import FlagCell, TermCell, parse_day, parse_result
from interop.spreadsheets.plain_csv import neutral
from interop.spreadsheets.units import converted, other_units


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2015-03-12", "", date(2015, 3, 12)),
        ("2015-03-12 00:00:00", "", date(2015, 3, 12)),
        ("2015-03-12T10:30", "", date(2015, 3, 12)),
        ("12.03.2015", "", date(2015, 3, 12)),
        ("12 Mar 2015", "", date(2015, 3, 12)),
        ("03/04/2015", "dmy", date(2015, 4, 3)),
        ("03/04/2015", "mdy", date(2015, 3, 4)),
    ],
)
def test_it_reads_dates_as_files_spell_them(text, order, day):
    assert parse_day(text, order) == day


@pytest.mark.parametrize("text", ["03/04/2015", "12.3.15", "2015-02-30", "soon", "20150312"])
def test_it_refuses_a_date_it_would_have_to_guess(text):
    with pytest.raises(ValidationError):
        parse_day(text, "")


def test_month_first_dates_do_not_become_day_first_ones():
    with pytest.raises(ValidationError, match="not a day"):
        parse_day("12/31/2015", "dmy")


def test_a_term_is_found_by_code_label_and_synonym():
    cell = TermCell(terms=[("tte", "transthoracic echo")], synonyms=[("tte", "surface")])
    assert {cell.clean(text) for text in ("TTE", "Transthoracic Echo", "surface")} == {"tte"}
    with pytest.raises(ValidationError, match="is not one of"):
        cell.clean("MRI")


def test_unknown_is_neither_yes_nor_no():
    cell = FlagCell(required=False)
    assert [cell.clean(text) for text in ("1", "no", "unknown", "")] == [True, False, None, None]
    with pytest.raises(ValidationError, match="neither yes nor no"):
        cell.clean("2")


def test_a_result_keeps_its_comparator():
    assert parse_result("crp", "<0,5") == ("<", Decimal("0.5"))
    assert parse_result("creatinine", "103 umol/L") == ("", Decimal(103))
    with pytest.raises(ValidationError, match="not possible"):
        parse_result("inr", "300")


def test_a_column_in_centimeters_is_converted_exactly():
    factor = other_units("mm")["cm"]
    assert converted("4,1", "cm", factor) == "41"
    assert converted("4.1 cm", "cm", factor) == "41"
    assert converted("41 mm", "cm", factor) == "41 mm"
    assert converted("wide", "cm", factor) == "wide"


def test_a_range_is_converted_at_both_ends():
    assert converted("0.55-0.60", "fraction", other_units("%")["fraction"]) == "55-60"


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"])
def test_formulas_are_neutralized_on_the_way_out(text):
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["-18.5", "+3", "-18,5", "plain", "", "2015-03-12"])
def test_numbers_and_plain_text_leave_as_they_are(text):
    assert neutral(text) == text
