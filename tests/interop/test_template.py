"""How a record is spelled for the import: every value a cell can hold is read back as it was."""

from itertools import combinations_with_replacement

import pytest

from guidelines.vocabulary import Segment
from interop.spreadsheets.cells import MISSING_WORDS, FlagCell, TermCell
from interop.spreadsheets.plain_csv import guarded, unguarded
from interop.spreadsheets.rows import KINDS
from interop.spreadsheets.template import TEMPLATES
from patients.fields import MEASURES
from patients.models import Registration

STAY_BEHIND = {
    "id", "public_id", "version", "entered_at", "entered_by", "patient", "struck_at", "struck_by",
    "finalized_at", "finalized_by", "search_key", "derived", "drug_class", "implausible_confirmed",
    "merged_into",
}  # fmt: skip
"""Identity, history, and what follows from the rest."""

ALL = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def columns_of(kind):
    return {column.name: column for column in TEMPLATES[kind.shape.model._meta.label].columns}


@ALL
def test_every_field_of_the_record_is_carried_or_named_here(kind):
    fields = {field.name for field in kind.shape.model._meta.concrete_fields}
    carried = {name for column in columns_of(kind).values() for name in column.sources}
    assert fields - carried == fields & STAY_BEHIND
    assert carried - fields <= {field.name for field in Registration._meta.concrete_fields}


@ALL
def test_the_headings_are_the_fields_that_the_import_knows(kind):
    columns = columns_of(kind)
    assert set(columns) == {target.name for target in kind.targets} - kind.other_spellings
    assert all(set(names) & set(columns) for names in kind.needed)


@ALL
def test_every_code_is_read_as_itself(kind):
    for name, column in columns_of(kind).items():
        cell = kind.target(name).make("")
        if not isinstance(cell, TermCell | FlagCell):
            continue
        codes = [True, False] if isinstance(cell, FlagCell) else [code for code, _ in cell.terms]
        for code in codes:
            if column.sources == (name,) and code not in (None, ""):
                text = column.write(code)
                assert text.lower() not in MISSING_WORDS - {""}
                assert not text or cell.clean(text) == code, (name, code)


def test_every_range_is_read_as_itself():
    columns = columns_of(KINDS["echo_studies"])
    kind = KINDS["echo_studies"]
    lowest, highest = MEASURES["lvef_percent"].possible
    for ends in ((58, 58), (55, 60), (lowest, 30), (60, highest)):
        for open_ends in ((False, False), (True, False), (False, True)):
            if (open_ends[0] and ends[1] != highest) or (open_ends[1] and ends[0] != lowest):
                continue  # An end is open only where the other is the limit of what is possible.
            text = columns["lvef_percent"].write(*ends, *open_ends)
            read = kind.target("lvef_percent").make("").clean(text)
            assert (read.low, read.high, read.low_open, read.high_open) == (*ends, *open_ends)
    assert columns["lvef_percent"].write(None, 30, False, True) == "<30"
    assert columns["lvef_percent"].write(60, None, True, False) == ">60"
    assert columns["lvef_percent"].write(None, None, False, False) == ""
    for pair in combinations_with_replacement(range(5), 2):
        text = columns["reader_grade"].write(*pair)
        assert kind.target("reader_grade").make("").clean(text) == pair
    nyha = columns_of(KINDS["symptom_logs"])["nyha"]
    for pair in combinations_with_replacement(range(1, 5), 2):
        assert KINDS["symptom_logs"].target("nyha").make("").clean(nyha.write(*pair)) == pair
    assert nyha.write(None, None) == columns["reader_grade"].write(None, None) == ""


def test_segments_are_read_in_any_case_and_with_any_separator():
    cell = KINDS["echo_studies"].target("prolapse_segments").make("")
    every = [segment.value for segment in Segment]
    assert cell.clean(" ".join(every)) == every
    assert cell.clean("p2, P3;P2") == ["P2", "P3"]
    assert cell.clean("") is None
    with pytest.raises(Exception, match="“P4” is not a segment"):
        cell.clean("P2 P4")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Rossi", "Rossi"), ("", ""), ("'s-Hertogenbosch", "'s-Hertogenbosch"), ("'", "'"),
        ("=1+1", "'=1+1"), ("+33 1 99", "'+33 1 99"), ("-", "'-"), ("Null", "'Null"),
        ("n/a", "'n/a"), ("?", "'?"), ("'=1", "''=1"), ("''-", "'''-"), ('"=1', '\'"=1'),
        ("\N{FULLWIDTH EQUALS SIGN}1", "'\N{FULLWIDTH EQUALS SIGN}1"), ("a\r\n=b", "a\r\n=b"),
    ],
)  # fmt: skip
def test_a_text_is_guarded_and_read_back(text, written):
    assert guarded(text) == written
    assert unguarded(written) == text
    assert written.lower() not in MISSING_WORDS - {""}


def test_an_apostrophe_that_guards_nothing_stays():
    assert unguarded("'Rossi") == "'Rossi"
    assert unguarded("'") == "'"
