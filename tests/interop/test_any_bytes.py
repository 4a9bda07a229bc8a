"""Whatever bytes are uploaded as a file: refused in words, or read; never an exception."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interop import actions
from interop.models import ImportBatch
from interop.spreadsheets.mapping import guess, problems
from interop.spreadsheets.reading import UnreadableFileError
from interop.spreadsheets.rows import KINDS

pytestmark = pytest.mark.django_db

CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["60", "55-60", "1e999", "NaN", "0001-01-01", "31/12/9999", "=1+1", '"', "\x00", "٣", "-0"]
    ),
)
HEADINGS = st.sampled_from(["mrn", "performed_on", "lvef_percent", "born_on", "sex", "comment", ""])
SEPARATORS = st.sampled_from([",", ";", "\t", "|"])
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Something that looks like a table."""
    separator, ending = draw(SEPARATORS), draw(ENDINGS)
    headings = draw(st.lists(HEADINGS, min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(CELLS, max_size=7), max_size=6))
    lines = [separator.join(row) for row in [headings, *rows]]
    return ending.join([*lines, ""]).encode(draw(ENCODINGS), "replace")


FILES = st.one_of(st.binary(max_size=400), tables())


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=FILES, kind=st.sampled_from(sorted(KINDS)))
def test_any_file_is_refused_in_words_or_read(alice, clinic_north, content, kind):
    with transaction.atomic():
        try:
            batch = actions.receive_file(
                by=alice, clinic=clinic_north, kind=kind, file_name="a.csv", chunks=[content],
                size=len(content),
            )  # fmt: skip
        except UnreadableFileError:
            return
        mapping = guess(KINDS[kind], actions.profile_kept(batch))
        if not problems(KINDS[kind], mapping):
            actions.choose_mapping(batch, mapping)
            actions.check_import(batch)
            batch.refresh_from_db()
            # Every row that was counted is in one pile of the plan.
            assert set(batch.counts) >= {"new", "rejected"}, batch.counts
        assert ImportBatch.objects.filter(pk=batch.pk).exists()
