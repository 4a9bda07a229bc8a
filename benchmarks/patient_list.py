"""The patient list of a large clinic."""

from __future__ import annotations

from django.urls import reverse

from benchmarks import pages
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, milliseconds, times
from benchmarks.sizes import Size

ABOUT = (
    "The first and the last page of 50 patients. The baseline is a bare page: logged in, the whole "
    "middleware, one query."
)
MOST_QUERIES = 15
PER_PAGE = 50


def run(size: Size) -> Part:
    """Open the first page of the list and the last."""
    place = new_place()
    give_standings(make_patients(place, size.listed_patients, studies=2))
    analyze()
    part = Part("Patient list", ABOUT)
    address = reverse("reports:patient-list")
    with pages.logged_in(place.user) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        last = -(-size.listed_patients // PER_PAGE)
        for name, query in (("first page", ""), ("last page", f"?page={last}")):
            page = pages.measured(client, address + query, size.page_repeats)
            part.add(
                f"50 of {size.listed_patients:,} patients, {name}: queries",
                str(page.queries),
                target=f"≤ {MOST_QUERIES}",
                met=page.queries <= MOST_QUERIES,
            )
            part.add(
                f"50 of {size.listed_patients:,} patients, {name}: server time",
                milliseconds(page.seconds),
                ratio=times(page.seconds / bare),
            )
            pages.add_bytes(part, f"{name}: HTML, CSS and JavaScript compressed", page)
    part.remark(f"The bare page takes {milliseconds(bare)}.")
    return part
