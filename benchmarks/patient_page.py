"""The patient page with few and with many studies."""

from __future__ import annotations

from django.urls import reverse

from benchmarks import pages
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, milliseconds, times
from benchmarks.sizes import Size

ABOUT = (
    "Patients with 5, 60 and 500 studies, each study with a symptom log and a laboratory result. "
    "The baseline is a bare page: logged in, the whole middleware, one query."
)
STUDIES = (5, 60, 500)
FEW, USUAL, MANY = STUDIES
MOST_OF_BARE = 30
MOST_OF_FEW = 3
MOST_QUERIES = 25


def run(size: Size) -> Part:
    """Open both patients; count queries and bytes."""
    part = Part("Patient page", ABOUT)
    queries = []
    seconds = {}
    place = new_place()
    patients = {number: make_patients(place, 1, studies=number) for number in STUDIES}
    for made in patients.values():
        give_standings(made)
    analyze()
    with pages.logged_in(place.user) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        for number, [patient] in patients.items():
            address = reverse("reports:patient-page", args=[patient.public_id])
            page = pages.measured(client, address, size.page_repeats)
            queries.append(page.queries)
            seconds[number] = page.seconds
            _report(part, number, page, bare)
    many = seconds[MANY] / seconds[FEW]
    part.add(
        f"{MANY} studies beside {FEW}",
        milliseconds(seconds[MANY]),
        ratio=times(many),
        target=f"≤ {MOST_OF_FEW} ×",
        met=many <= MOST_OF_FEW,
    )
    part.add(
        "Same number of queries for all",
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
    ratio = page.seconds / bare
    has_target = studies == USUAL
    part.add(
        f"{studies} studies: server time",
        milliseconds(page.seconds),
        ratio=times(ratio),
        target=f"≤ {MOST_OF_BARE} ×" if has_target else "",
        met=ratio <= MOST_OF_BARE if has_target else None,
    )
    pages.add_bytes(part, f"{studies} studies: HTML, CSS and JavaScript compressed", page)
