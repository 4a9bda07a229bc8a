"""The panel beside the echo form: what one keystroke costs the server."""

from __future__ import annotations

from django.urls import reverse

from benchmarks import pages
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, best_of, milliseconds, times
from benchmarks.sizes import Size

ABOUT = (
    "The panel that follows the typing in the echo form, asked with a dozen filled boxes, for a "
    "patient with 5 and one with 60 studies. The baseline is a bare page: logged in, the whole "
    "middleware, one query."
)
STUDIES = (5, 60)
MOST_MILLISECONDS = 50
TYPED = {
    "performed_on": "2025-11-12",
    "lvef_percent": "58",
    "lvesd_mm": "41",
    "lvedd_mm": "58",
    "pisa_radius_mm": "11",
    "aliasing_velocity_cm_s": "38",
    "mr_peak_velocity_m_s": "5",
    "mr_vti_cm": "150",
    "lvedv_ml": "180",
    "lvesv_ml": "70",
    "tr_peak_velocity_m_s": "3",
    "la_volume_ml": "120",
}


def run(size: Size) -> Part:
    """Ask the panel of both patients."""
    part = Part("Echo form, live values", ABOUT)
    place = new_place()
    patients = {number: make_patients(place, 1, studies=number) for number in STUDIES}
    give_standings([patient for made in patients.values() for patient in made])
    analyze()
    with pages.logged_in(place.user) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        for number, [patient] in patients.items():
            address = reverse("reports:echo-live", args=[patient.public_id])
            seconds = best_of(size.page_repeats, lambda to=address: _ask(client, to))  # type: ignore[misc]
            part.add(
                f"{number} studies: server time",
                milliseconds(seconds),
                ratio=times(seconds / bare),
                target=f"≤ {MOST_MILLISECONDS} ms",
                met=seconds * 1000 <= MOST_MILLISECONDS,
            )
    return part


def _ask(client: pages.Client, address: str) -> None:
    answer = client.post(address, TYPED)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
