"""Days as they are written for a reader."""

from datetime import UTC, date, datetime

import pytest

from guidelines.days import spoken


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 12), "12 Mar 2026"),
        (date(1959, 4, 1), "1 Apr 1959"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 2026"),
    ],
)
def test_a_day_is_written_without_a_second_reading(day, said):
    assert spoken(day) == said
