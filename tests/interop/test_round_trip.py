"""What is exported as an import template is imported as the same records, hash by hash.

The import works in one clinic, so an empty clinic stands for an empty instance.
"""

import csv
import hashlib
import io
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import EmailField

from accounts.actions import create_clinic
from accounts.models import Clinic, User
from accounts.permissions import Role
from demo.clinics import NORTH_CODE
from demo.making import Order, make_demo
from demo.patients import NORTH
from interop import actions
from interop.models import ImportBatch
from interop.spreadsheets.mapping import guess, problems
from interop.spreadsheets.plan import REJECTED, read_plan
from interop.spreadsheets.rows import KINDS
from patients.actions import end_registration, strike
from patients.fields import MEASURES
from patients.models import EchoStudy, LabResult, Patient, Registration
from patients.models.laboratory import ANALYTES, BLOOD_CULTURE
from patients.writing import writing_many
from reports.catalogue import REPORTS
from reports.import_template import import_template
from reports.package import csv_stream
from reports.scope import Scope
from tests.factories import records
from tests.factories.cast import member
from tests.interop.conftest import TAKE_ALL
from tests.interop.test_template import STAY_BEHIND
from treatments.formulary import FORMULARY
from treatments.models import Intervention, Medication

pytestmark = pytest.mark.django_db

SIMULATED = 12


@pytest.fixture
def empty(db) -> Clinic:
    return create_clinic(code="empty", name="Empty Valve Clinic", time_zone="Europe/Paris", by=None)


@pytest.fixture
def dora(empty) -> User:
    return member("dora", empty, Role.CLINICIAN)


def template_of(clinic: Clinic, kind: str) -> str:
    """The template of all rows of one kind that a clinic holds."""
    return "".join(csv_stream(import_template(REPORTS[kind]), Scope([clinic])))


def templates_of(clinic: Clinic) -> dict[str, str]:
    return {kind: template_of(clinic, kind) for kind in KINDS}


def rows_in(text: str) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1


def hashes_of(clinic: Clinic) -> Counter[str]:
    """A hash of every record of the clinic's patients: all fields but those that stay behind."""
    records_said = map(json.dumps, what_is_said_in(clinic))
    return Counter(hashlib.sha256(said.encode()).hexdigest() for said in records_said)


def what_is_said_in(clinic: Clinic) -> Iterator[list[object]]:
    """Every record that a template carries, as record number, kind and values."""
    for registration in Registration.objects.filter(clinic=clinic, until_on=None):
        number = registration.record_number
        start = [registration.from_on.isoformat(), registration.referring_doctor]
        for kind in KINDS.values():
            model = kind.shape.model
            is_person = model is Patient
            mine = {"pk": registration.patient_id} if is_person else {
                "patient_id": registration.patient_id, "struck_at": None,
            }  # fmt: skip
            for row in model.objects.filter(**mine):
                yield [number, kind.code, *(start if is_person else ()), values_of(row)]


def values_of(row) -> dict[str, object]:
    names = [f.name for f in row._meta.concrete_fields if f.name not in STAY_BEHIND]
    values = {name: _plain(getattr(row, name)) for name in names}
    ends = ("lvef_percent_low", "lvef_percent_high")
    if any(values.get(name) is not None for name in ends):
        for name, limit in zip(ends, MEASURES["lvef_percent"].possible, strict=True):
            values[name] = values[name] or _plain(limit)
    if values.get("status") == EchoStudy.Status.AMENDED:
        values["status"] = EchoStudy.Status.FINAL.value
    if values.get("bsa_m2") is not None:
        values["bsa_formula"] = values["bsa_formula"] or "not_stated"
    return values


def _plain(value):
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def carry(templates: dict[str, str], clinic: Clinic, by: User) -> list[tuple[str, str]]:
    """Import every template, the patients first; the rows that were refused, as kind and reason."""
    refused = []
    for kind, text in templates.items():
        if rows_in(text):
            batch = checked(kind, text.encode(), clinic, by)
            outcomes = read_plan(batch.stored_as, REJECTED)
            refused += [(kind, actions.reason_of(outcome)) for outcome in outcomes]
            actions.commit_import(batch, by=by, choices=TAKE_ALL)
    return refused


def checked(kind: str, content: bytes, clinic: Clinic, by: User) -> ImportBatch:
    """The file, checked with the mapping that follows from its headings."""
    size, name = len(content), f"{kind}_template.csv"
    batch = actions.receive_file(
        by=by, clinic=clinic, kind=kind, file_name=name, chunks=[content], size=size
    )
    mapping = guess(KINDS[kind], actions.profile_kept(batch))
    assert problems(KINDS[kind], mapping) == []
    actions.choose_mapping(batch, mapping)
    actions.check_import(batch)
    return batch


# --- Patients of the demo -------------------------------------------------------------------------


@pytest.fixture
def demo_clinic(settings) -> Clinic:
    """Every hand-written story of the north, and some simulated patients."""
    settings.DEBUG = True
    make_demo(Order(patients=len(NORTH) + SIMULATED, north=NORTH, south=()))
    return Clinic.objects.get(code=NORTH_CODE)


def test_the_patients_of_the_demo_arrive_as_they_are(demo_clinic, empty, dora):
    before = templates_of(demo_clinic)
    assert carry(before, empty, dora) == []
    assert templates_of(empty) == before
    assert hashes_of(empty) == hashes_of(demo_clinic)
    assert sum(rows_in(text) for text in before.values()) == hashes_of(empty).total() > 1000


# --- Random records -------------------------------------------------------------------------------

TEXTS = (
    "", "plain words", "=1+1", "-", "+33 1 99 00", "@home", "na", "N/A", "Null", "?", ".",
    "'already guarded", "''=twice", 'a "b"; c, d', "two\r\nlines", "two\nlines", "tab\tinside",
    "Åsa Ünïcode", "\N{FULLWIDTH EQUALS SIGN}1", "not recorded", "yes", "0", "1e3", "1,5",
)  # fmt: skip
TODAY = date(2026, 1, 1)


def a_value(field, chance: random.Random):
    """Any value that a field can hold, an empty one included where it can be."""
    if field.choices:
        codes = [code for code, _ in field.flatchoices if code is not None]
        return chance.choice([*codes, *([None] if field.null else [""] if field.blank else [])])
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return chance.choice([True, False, *([None] if field.null else [])])
    if kind == "DecimalField":
        return chance.choice([None, a_number(field, chance)])
    if kind == "PositiveSmallIntegerField":
        return chance.choice([None, 0, 1, chance.randrange(100)])
    if kind == "DateField":
        return chance.choice([None, TODAY - timedelta(days=chance.randrange(400))])
    if isinstance(field, EmailField):
        return chance.choice(["", "a.b+c@example.org"])
    return chance.choice(TEXTS)[: field.max_length]


def a_number(field, chance: random.Random) -> Decimal:
    """A number with all the decimals that are kept, between the limits of its field."""
    limits = {type(each): getattr(each, "limit_value", None) for each in field._validators}
    low, high = MEASURES[field.name].possible if field.name in MEASURES else (
        limits.get(MinValueValidator, 1), limits.get(MaxValueValidator, 50),
    )  # fmt: skip
    steps = 10**field.decimal_places
    lowest = -(-Decimal(low) * steps // 1)
    return Decimal(chance.randrange(int(lowest), int(high * steps) + 1)) / steps


def pair(low: str, high: str, lowest: int, highest: int, chance: random.Random):
    ends = sorted(chance.choices(range(lowest, highest + 1), k=2))
    return chance.choice([{low: None, high: None}, {low: ends[0], high: ends[1]}])


def lvef(chance: random.Random):
    lowest, highest = MEASURES["lvef_percent"].possible
    low, high, low_open, high_open = chance.choice([
        (None, None, False, False), (Decimal("58.25"), Decimal("58.25"), False, False),
        (Decimal(55), Decimal(60), False, False), (Decimal(60), highest, True, False),
        (Decimal(60), highest, False, False), (lowest, Decimal(30), False, True),
    ])  # fmt: skip
    return {
        "lvef_percent_low": low, "lvef_percent_high": high,
        "lvef_percent_low_open": low_open, "lvef_percent_high_open": high_open,
    }  # fmt: skip


def consistent(model, values: dict, day: date, chance: random.Random) -> dict:
    """The values with what must fit together made to fit."""
    if model is EchoStudy:
        values |= lvef(chance) | pair("reader_grade_low", "reader_grade_high", 0, 4, chance)
        values["status"] = chance.choice(["draft", "final", "amended"])
        values["prolapse_segments"] = chance.choice([[], ["P3", "P2"], ["A1"]])
    if model._meta.model_name == "symptomlog":
        values |= pair("nyha_low", "nyha_high", 1, 4, chance)
    if model is Intervention:
        ends = pair("residual_regurgitation_low", "residual_regurgitation_high", 0, 4, chance)
        values |= ends | {"discharged_on": chance.choice([None, day])}
        values |= dict.fromkeys(("performed_on", "planned_on", "decided_on"), day)
    if model is Medication:
        values["drug"] = chance.choice(list(FORMULARY))
        values["drug_class"] = FORMULARY[values["drug"]].drug_class.value
        values |= {"noted_on": day, "started_on": chance.choice([None, day]), "stopped_on": day}
    if model is LabResult:
        values |= result(chance)
    if "bsa_m2" in values:
        values["bsa_formula"] = chance.choice(["", "haycock"]) if values["bsa_m2"] else ""
    if model._meta.model_name == "bodysize":
        values["weight_kg"] = values["weight_kg"] or Decimal(70)
    values["asserted_known_on"] = chance.choice([None, TODAY])
    return values


def result(chance: random.Random) -> dict:
    if chance.random() < 0.2:
        return {
            "analyte": BLOOD_CULTURE, "comparator": "", "value": None, "unit": "",
            "culture_result": chance.choice(["positive", "negative", "pending"]),
        }  # fmt: skip
    analyte = chance.choice(list(ANALYTES.values()))
    ends = analyte.possible
    return {
        "analyte": analyte.code, "unit": analyte.unit, "comparator": chance.choice(["", "<", ">"]),
        "value": Decimal(chance.randrange(*(int(Decimal(end) * 1000) for end in ends))) / 1000,
        "culture_result": "", "organism": "",
    }  # fmt: skip


def random_rows(model, patient: Patient, number: int, chance: random.Random):
    """Rows of one kind, each on a day of its own."""
    skipped = STAY_BEHIND | {model.date_field}
    for place in range(number):
        day = TODAY - timedelta(days=1000 + 10 * place)
        fields = [f for f in model._meta.concrete_fields if f.name not in skipped]
        values = {field.name: a_value(field, chance) for field in fields}
        values[model.date_field] = day
        yield model(patient=patient, **consistent(model, values, day, chance))


def random_person(chance: random.Random) -> Patient:
    skipped = STAY_BEHIND | {"deceased_on", "last_contact_on"}
    fields = [f for f in Patient._meta.concrete_fields if f.name not in skipped]
    values = {field.name: a_value(field, chance) for field in fields}
    born = values["born_on"] = chance.choice([None, date(1950, 5, 5)])
    values["last_contact_on"] = chance.choice([None, TODAY]) if born else None
    return Patient(**values)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_records_arrive_as_they_are(clinic_north, alice, empty, dora, seed):
    chance = random.Random(seed)
    models = [kind.shape.model for kind in KINDS.values() if kind.shape.model is not Patient]
    for number in ("=2", "-7", "N-10", "n-9", "Å 1", "Z"):
        patient = random_person(chance)
        with writing_many([], by=alice, reason="test", clinic=clinic_north) as write:
            write.add(patient)
            write.add(Registration(
                patient=patient, clinic=clinic_north, record_number=number,
                from_on=date(2000, 1, 1), referring_doctor=chance.choice(TEXTS),
            ))  # fmt: skip
            write.lock(patient)
            for model in models:
                write.add_all(model, list(random_rows(model, patient, 8, chance)))
    before = templates_of(clinic_north)
    assert carry(before, empty, dora) == []
    assert hashes_of(empty) == hashes_of(clinic_north)
    assert templates_of(empty) == before
    assert hashes_of(empty).total() == 6 * (1 + 7 * 8)


# --- What is not carried is said ------------------------------------------------------------------


def test_what_was_struck_and_who_left_stay_behind(clinic_north, clinic_south, alice):
    stays = records.patient_of(clinic_north, record_number="N-1")
    left = records.patient_of(clinic_north, record_number="N-2")
    records.patient_of(clinic_south, record_number="S-1")
    kept = records.echo(stays, "2024-03-01", lvesd_mm=40)
    struck = records.echo(stays, "2024-03-02", lvesd_mm=99)
    records.echo(left, "2024-03-03", lvesd_mm=41)
    strike(struck, by=alice, clinic=clinic_north, reason="another patient")
    end_registration(
        by=alice, registration=left.registrations.get(), until_on=date(2025, 1, 1), because="moved"
    )
    rows = csv.DictReader(io.StringIO(template_of(clinic_north, "echo_studies")))
    assert [(row["record_number"], row["lvesd_mm"]) for row in rows] == [("N-1", "40")]
    assert kept.performed_on == date(2024, 3, 1)
    assert rows_in(template_of(clinic_north, "patients")) == 1


def test_what_the_import_cannot_tell_apart_it_refuses_by_name(clinic_north, empty, dora):
    patient = records.patient_of(clinic_north, record_number="N-1")
    records.log(patient, "2024-03-01", nyha=2)
    records.log(patient, "2024-03-01", nyha=3)
    records.planned_intervention(patient, "mitral_repair")
    said = dict(carry(templates_of(clinic_north), empty, dora))
    assert "already has this symptom log, with other values" in said["symptom_logs"]
    assert "leaves it empty" in said["interventions"]
    notes = " ".join(import_template(REPORTS["symptom_logs"]).notes)
    assert "refuses the second of two that differ otherwise" in notes
    notes = " ".join(import_template(REPORTS["interventions"]).notes)
    assert "refuses a plan without a day" in notes


def test_by_the_two_commands(clinic_north, alice, empty, dora, tmp_path):
    patient = records.patient_of(clinic_north, record_number="N-1", family_name="Null")
    records.echo(patient, "2024-03-01", lvef_percent=(55, 60), prolapse_segments=["P2"])
    for kind in ("patients", "echo_studies"):
        path = tmp_path / f"{kind}.csv"
        asked = {"by": "alice", "purpose": "move to another server", "to": path}
        call_command("report", kind, template=True, csv=True, **asked)
        call_command("import_csv", str(path), clinic="empty", kind=kind, by="dora")
    assert hashes_of(empty) == hashes_of(clinic_north)
