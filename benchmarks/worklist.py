"""Today's list of a large clinic, alone and among a hundred others."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Clinic
from benchmarks import pages
from benchmarks.cohort import analyze, give_standings, make_patients, new_place
from benchmarks.figures import Part, milliseconds, times
from benchmarks.sizes import Size
from followup.models import Standing
from patients.models import Patient, Registration

ABOUT = (
    "Today of one clinic: the first page of 50, all counts, a bucket, a concern. Then, on "
    "PostgreSQL, the same clinic among the patients of many other clinics, who are copied by SQL. "
    "The baseline is a bare page: logged in, the whole middleware, one query. Of the slowest "
    "queries among the others the plans are shown, as the database carried them out."
)
MOST_QUERIES, MOST_OF_BARE, MOST_OF_ALONE = 15, 25, 1.5
PLANS_SHOWN = 2  # of each view
MOST_COLUMNS = 160
VIEWS = (("all", ""), ("overdue", "?bucket=overdue"), ("class 1 or I", "?concern=class_1"))


def run(size: Size) -> Part:
    """Open the list alone; then among the others."""
    place = new_place()
    give_standings(make_patients(place, size.listed_patients, studies=2))
    analyze()
    part = Part("Worklist", ABOUT)
    with pages.logged_in(place.user) as client:
        bare = pages.bare_seconds(client, size.page_repeats)
        alone = {}
        for name, query in VIEWS:
            page = pages.measured(client, reverse("reports:worklist") + query, size.page_repeats)
            alone[name] = page.seconds
            _report(part, f"{size.listed_patients:,} patients, {name}", page, bare)
        if connection.vendor == "postgresql":
            others = _copy_to_other_clinics(place.clinic, size.other_clinics)
            analyze()
            for name, query in VIEWS:
                address = reverse("reports:worklist") + query
                page = pages.measured(client, address, size.page_repeats)
                ratio = page.seconds / alone[name]
                part.add(
                    f"the same among {others:,}, {name}",
                    milliseconds(page.seconds),
                    ratio=times(ratio),
                    target=f"≤ {MOST_OF_ALONE} ×",
                    met=ratio <= MOST_OF_ALONE,
                )
                part.plans |= _plans(client, address, name)
    part.remark(f"The bare page takes {milliseconds(bare)}.")
    return part


def _report(part: Part, name: str, page: pages.Page, bare: float) -> None:
    ratio = page.seconds / bare
    part.add(
        f"{name}: queries", str(page.queries), target=f"≤ {MOST_QUERIES}",
        met=page.queries <= MOST_QUERIES,
    )  # fmt: skip
    part.add(
        f"{name}: server time", milliseconds(page.seconds), ratio=times(ratio),
        target=f"≤ {MOST_OF_BARE} ×", met=ratio <= MOST_OF_BARE,
    )  # fmt: skip


def _copy_to_other_clinics(clinic: Clinic, number_of_clinics: int) -> int:
    """Each patient of the clinic once more for each of the other clinics, with their standing."""
    clinics = [
        Clinic(code=f"{clinic.code}-{number}", name=f"Clinic {number}")
        for number in range(number_of_clinics)
    ]
    keys = [made.pk for made in Clinic.objects.bulk_create(clinics)]
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(_copies(Patient, {"public_id": "gen_random_uuid()"}), [clinic.pk])
            cursor.execute(_copied_registrations(), [key, clinic.pk])
            cursor.execute(_copied_standings(), [key, clinic.pk])
    return Patient.objects.count()


def _columns(model: type, but: set[str]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if field.column not in but]


def _copies(model: type, made: dict[str, str]) -> str:
    """Rows of the clinic's patients copied; the order of their keys is that of the originals."""
    columns = _columns(model, {"id"})
    values = [made.get(column, f"p.{column}") for column in columns]
    return (
        f"INSERT INTO patients_patient ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608
        "FROM patients_patient p JOIN patients_registration r ON r.patient_id = p.id "
        "WHERE r.clinic_id = %s ORDER BY p.id"
    )


# The newest copies stand in the order of the originals: they are matched by their place.
PAIRED = """
    WITH given AS (SELECT %s::bigint AS other, %s::bigint AS original),
    old AS (
        SELECT r.*, row_number() OVER (ORDER BY r.patient_id) AS place
        FROM patients_registration r WHERE r.clinic_id = (SELECT original FROM given)
    ),
    new AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
            SELECT id FROM patients_patient ORDER BY id DESC LIMIT (SELECT count(*) FROM old)
        ) newest
    )
"""


def _copied_registrations() -> str:
    columns = _columns(Registration, {"id"})
    made = {
        "public_id": "gen_random_uuid()",
        "clinic_id": "(SELECT other FROM given)",
        "patient_id": "new.id",
    }
    values = [made.get(column, f"old.{column}") for column in columns]
    insert = f"INSERT INTO patients_registration ({', '.join(columns)}) "
    select = f"SELECT {', '.join(values)} FROM old JOIN new ON new.place = old.place"  # noqa: S608
    return PAIRED + insert + select


def _copied_standings() -> str:
    columns = _columns(Standing, {"id", "patient_id"})
    values = [f"s.{column}" for column in columns]
    insert = f"INSERT INTO followup_standing (patient_id, {', '.join(columns)}) "
    select = (
        f"SELECT new.id, {', '.join(values)} FROM old JOIN new ON new.place = old.place "  # noqa: S608
        "JOIN followup_standing s ON s.patient_id = old.patient_id"
    )
    return PAIRED + insert + select


def _plans(client: Client, address: str, name: str) -> dict[str, str]:
    """How the database carried out the slowest queries of the page."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    asked = [q for q in captured if q["sql"].startswith("SELECT")]
    slowest = sorted(asked, key=lambda q: -float(q["time"]))[:PLANS_SHOWN]
    plans = {}
    for place, query in enumerate(slowest, 1):
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + query["sql"].replace("%", "%%"), ())
            lines = [row[0][:MOST_COLUMNS] for row in cursor.fetchall()]
        title = (
            f"{name}, slowest query {place} of {len(asked)}, {float(query['time']) * 1000:.0f} ms"
        )
        plans[title] = "\n".join(lines)
    return plans
