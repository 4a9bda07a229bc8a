"""Patients: one row is one person, perhaps with findings that get a date of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

from interop.spreadsheets.cells import EmailCell
from interop.spreadsheets.rows.body_sizes import SIZES, body_size
from interop.spreadsheets.rows.comorbidities import CONDITIONS, conditions
from interop.spreadsheets.rows.kind import (
    FIRST_OPERATION,
    Part,
    RowContext,
    RowError,
    RowKind,
    Values,
    attributes,
)
from interop.spreadsheets.rows.lab_results import wide_results
from interop.spreadsheets.rows.medications import medication
from interop.spreadsheets.shapes import PATIENT, REGISTRATION, SYMPTOM_LOG
from interop.spreadsheets.targets import (
    Target,
    day,
    flag,
    nyha,
    record_number,
    result,
    targets_of,
    term,
    text,
)
from patients.days import day_error
from patients.models import ANALYTES, BodySize, Patient
from treatments.formulary import FORMULARY, DrugClass

_PERSON = "Person"
_MEDICATION = "Medication by class"

_DRUG_ALIASES = {
    DrugClass.ACE_INHIBITOR: ("ace_inhibitor", "acei", "ace"),
    DrugClass.BETA_BLOCKER: ("beta_blocker", "betablocker"),
    DrugClass.DIURETIC: ("diuretic", "diuretics"),
    DrugClass.VKA: ("vka", "anticoagulant_vka"),
}
DRUG_CLASSES: dict[str, str] = {
    f"takes_{drug_class.value}": f"{drug_class.value}_not_stated"
    for drug_class in DrugClass
    if f"{drug_class.value}_not_stated" in FORMULARY
}

PERSON_TARGETS: tuple[Target, ...] = (
    text("family_name", "Family name", _PERSON, aliases=("surname", "last_name", "name")),
    text("given_name", "Given name", _PERSON, aliases=("first_name", "forename")),
    day(
        "born_on",
        "Birth date",
        _PERSON,
        aliases=("birth_date", "date_of_birth", "dob", "birthdate"),
    ),
    term(
        "sex",
        "Sex",
        Patient.Sex.choices,
        _PERSON,
        aliases=("gender",),
        synonyms=[("female", "f"), ("female", "woman"), ("male", "m"), ("male", "man")],
    ),
    day("deceased_on", "Deceased on", _PERSON, aliases=("death_date", "date_of_death", "died_on")),
    day(
        "last_contact_on",
        "Last contact on",
        _PERSON,
        aliases=("last_contact", "last_seen", "last_follow_up"),
    ),
    text("telephone", "Telephone", _PERSON, length=60, aliases=("phone", "mobile")),
    Target(
        "email",
        "E-mail",
        _PERSON,
        lambda _order: EmailCell(required=False, max_length=254),
        aliases=("e_mail", "mail"),
        allowed="e-mail address",
    ),
    text("address", "Address", _PERSON, length=500),
    flag("pregnancy_possible", "Pregnancy possible", _PERSON),
    flag("research_consent", "Consent to research", _PERSON, aliases=("consent",)),
    day("research_consent_on", "Consent given or refused on", _PERSON),
)
REGISTRATION_TARGETS: tuple[Target, ...] = (
    day(
        "from_on",
        "Registered from",
        "Registration",
        for_all=True,
        aliases=("registered_from", "registered_on", "first_visit"),
        help_text="Used for new patients only; today when left empty.",
    ),
    text(
        "referring_doctor",
        "Referring doctor",
        "Registration",
        length=200,
        aliases=("gp", "referred_by"),
    ),
)
FINDING_TARGETS: tuple[Target, ...] = (
    *(size.named(group="Findings on one day") for size in SIZES),
    *targets_of(BodySize, ["bsa_formula"], group="Findings on one day", for_all=("bsa_formula",)),
    nyha("Findings on one day"),
    *(result(code, "Laboratory on that day") for code in ANALYTES),
    *(
        flag(
            name,
            f"Takes {FORMULARY[drug].drug_class.label}, drug not stated",
            _MEDICATION,
            aliases=_DRUG_ALIASES.get(
                FORMULARY[drug].drug_class, (FORMULARY[drug].drug_class.value,)
            ),
            help_text="Yes is recorded as a course of this class; no is not recorded.",
        )
        for name, drug in DRUG_CLASSES.items()
    ),
    *CONDITIONS,
)
FINDINGS_ON = day(
    "findings_on",
    "Date of the findings in this file",
    "Findings on one day",
    for_all=True,
    help_text="The day on which size, NYHA class, results, medication and conditions were true.",
    aliases=("assessed_on", "baseline_date"),
)

TARGETS = (
    record_number(),
    *PERSON_TARGETS,
    *REGISTRATION_TARGETS,
    FINDINGS_ON,
    *FINDING_TARGETS,
)
_PERSON_BY_NAME = {target.name: target for target in PERSON_TARGETS}
_BY_NAME = {target.name: target for target in TARGETS}
FINDING_NAMES = frozenset(target.name for target in FINDING_TARGETS)


def parts(values: Values, context: RowContext) -> list[Part]:
    """The person, their registration, and the findings of one row."""
    person = attributes(_PERSON_BY_NAME, values)
    _check_life(person, context)
    found = [
        Part(PATIENT, person),
        Part(REGISTRATION, *_registration(values, context)),
    ]
    findings = {name: values[name] for name in FINDING_NAMES if values.get(name) not in (None, "")}
    if findings:
        found.extend(_findings(findings, _findings_on(values, context)))
    return found


def _check_life(person: dict[str, Any], context: RowContext) -> None:
    """Birth, death and contacts must lie in order, the stored values included."""
    known = context.patient or Patient()
    whole = Patient(
        born_on=person.get("born_on") or known.born_on,
        deceased_on=person.get("deceased_on") or known.deceased_on,
    )
    if whole.born_on and whole.born_on > context.today:
        raise RowError("Birth date", "This date is in the future.")
    if whole.born_on and whole.deceased_on and whole.deceased_on < whole.born_on:
        raise RowError("Deceased on", "The date of death is before the birth date.")
    if whole.deceased_on and whole.deceased_on > context.today:
        raise RowError("Deceased on", "This date is in the future.")
    for name in ("last_contact_on", "research_consent_on"):
        if error := day_error(person.get(name), whole, context.today):
            raise RowError(_PERSON_BY_NAME[name].label, error)


def _registration(values: Values, context: RowContext) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the file states, and what only a new registration gets."""
    stated = (
        {"referring_doctor": values["referring_doctor"]} if values.get("referring_doctor") else {}
    )
    from_on: date = values.get("from_on") or context.today
    if from_on > context.today:
        raise RowError("Registered from", "This date is in the future.")
    return stated, {"record_number": values["record_number"], "from_on": from_on}


def _findings_on(values: Values, context: RowContext) -> date:
    on = values.get("findings_on")
    if on == FIRST_OPERATION:
        on = context.first_operation_on
        if on is None:
            raise RowError(
                FINDINGS_ON.label,
                "No performed intervention is recorded that could date the findings.",
            )
    if on is None:
        raise RowError(FINDINGS_ON.label, "The row's findings have no date.")
    return on  # type: ignore[no-any-return]


def _findings(values: dict[str, Any], on: date) -> list[Part]:
    found: list[Part] = []
    size = body_size(values, on)
    if size is not None:
        found.append(size)
    if "nyha" in values:
        stated = {"recorded_on": on, **_BY_NAME["nyha"].attributes(values["nyha"])}
        found.append(Part(SYMPTOM_LOG, stated, on=on, on_label=FINDINGS_ON.label))
    found.extend(wide_results(values, on))
    found.extend(
        medication({"drug": drug, "noted_on": on})
        for name, drug in DRUG_CLASSES.items()
        if values.get(name)
    )
    found.extend(conditions(values, on))
    for part in found:
        part.on_label = FINDINGS_ON.label
    return found


KIND = RowKind(
    code="patients",
    label="Patients",
    intro="One row is one person: record number, birth date, sex. Names are optional. Further "
    "columns (body size, NYHA class, creatinine, diabetes, medication) become dated records.",
    targets=TARGETS,
    needed=(("record_number",),),
    parts=parts,
    shape=PATIENT,
    other_spellings=FINDING_NAMES | {FINDINGS_ON.name},
    registers=True,
)
