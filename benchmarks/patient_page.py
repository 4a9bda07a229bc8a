"""The patient page with few and with many studies."""

from __future__ import annotations

from django.urls import reverse

from benchmarks import pages
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, milliseconds, times
from benchmarks.sizes import Size

ABOUT = (
    "A patient with 5 and one with 60 studies, each study with a symptom log and a laboratory "
    "result. The baseline is a bare page: logged in, the whole middleware, one query."
)
STUDIES = (5, 60)
MOST_QUERIES = 25


def run(size: Size) -> Part:
    """Open both patients; count queries and bytes."""
    part = Part("Patient page", ABOUT)
    queries = []
    place = new_place()
    patients = {number: make_patients(place, 1, studies=number) for number in STUDIES}
    give_standings([patient for made in patients.values() for patient in made])
    analyze()
    with pages.logged_in(place.user) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        for number, [patient] in patients.items():
            address = reverse("reports:patient-page", args=[patient.public_id])
            page = pages.measured(client, address, size.page_repeats)
            queries.append(page.queries)
            _report(part, number, page, bare)
    part.add(
        "Same number of queries for both",
        " and ".join(str(number) for number in queries),
        target="the same",
        met=len(set(queries)) == 1,
    )
    part.remark(f"The bare page takes {milliseconds(bare)}.")
    return part


def _report(part: Part, studies: int, page: pages.Page, bare: float) -> None:
    part.add(
        f"{studies} studies: queries",
        str(page.queries),
        target=f"≤ {MOST_QUERIES}",
        met=page.queries <= MOST_QUERIES,
    )
    part.add(
        f"{studies} studies: server time",
        milliseconds(page.seconds),
        ratio=times(page.seconds / bare),
    )
    pages.add_bytes(part, f"{studies} studies: HTML, CSS and JavaScript compressed", page)
