"""The measurements of one patient over time, as the core compares them (``guidelines.series``).

Final and amended studies at rest are compared. Drafts, studies under stress or whose state is not
stated, and values that cannot be compared with the others are kept with the reason. What changed
the heart or its therapy (an intervention, an infarction, endocarditis, an emergency, an admission,
a pregnancy, a change of therapy in secondary regurgitation) starts a new segment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import islice

from guidelines.facts import Interval, Number, Value
from guidelines.quantities import lvesd_index
from guidelines.series import MEASURES, Event, Point, Series
from guidelines.vocabulary import LvefMethod, RegurgitationMethod
from patients.derived import diameters_conflict
from patients.models import Comorbidity, EchoStudy, SymptomLog
from treatments.facts.body import body_surface
from treatments.facts.case import Case, exact, source_of
from treatments.facts.case_of_record import case_of
from treatments.facts.heart import (
    TORRENTIAL,
    computed_la_volume_index,
    lvef_interval,
    pressure_of,
)
from treatments.facts.laboratory import value_of
from treatments.facts.linear import RESTING, TRANSTHORACIC, adverse_only_by_state
from treatments.formulary import DrugClass
from treatments.record import PatientRecord

SEGMENTING = frozenset(
    {
        "procedure",
        "admission",
        "acute_episode",
        "pregnancy",
        "therapy",
        Comorbidity.Kind.MYOCARDIAL_INFARCTION.value,
        Comorbidity.Kind.ACTIVE_ENDOCARDITIS.value,
    }
)
ON_ARNI = "on sacubitril/valsartan BNP is not followed"  # row SAFE-30
_DAY = re.compile(r"( recorded)? (of|on) \d{1,2} \w+ \d{4}$")

MOST_VALUES = 120
"""Of one measure by echo, the newest; twice what a course compares, and that says so."""
# What one study alone gives; an index needs the body surface of the day besides.
OF_ONE_STUDY = frozenset({"lvef_percent", "lvesd_mm", "lvedd_mm", "eroa_mm2", "gls_percent"})

Measured = Callable[[Case, EchoStudy], Iterator[tuple[Value, str, str]]]
"""The value of a study, its method, and why it is not comparable; nothing where it has none."""


def series_of(record: PatientRecord) -> Mapping[str, Series]:
    """Every measure whose course is followed, by its name; one without a value has no points."""
    if "series" not in record.of_all:
        record.of_all["series"] = series_in(case_of(record), MEASURES)
    series: Mapping[str, Series] = record.of_all["series"]
    return series


def series_in(case: Case, names: Iterable[str]) -> dict[str, Series]:
    """The series of these measures."""
    events = tuple(
        Event(event.on, _DAY.sub("", event.words))
        for event in case.events
        if event.kind in SEGMENTING
    )
    return {name: Series(name, tuple(_points(case, name)), events) for name in names}


def _points(case: Case, name: str) -> Iterator[Point]:
    if name in ECHO:
        yield from _echo_points(case, name)
    if name == "lvef_percent":
        yield from _cmr_points(case)
    elif name == "spap_mmhg":
        yield from _catheter_points(case)
    elif name in LABORATORY:
        yield from _laboratory_points(case, name)
    elif name == "six_minute_walk_m":
        yield from _walks(case.record.symptom_logs)


# Echo studies ------------------------------------------------------------------------------------


def _echo_points(case: Case, name: str) -> Iterator[Point]:
    return islice(_all_echo_points(case, name), MOST_VALUES)


def _all_echo_points(case: Case, name: str) -> Iterator[Point]:
    for study in case.record.echo_studies:
        if study.status == EchoStudy.Status.ENTERED_IN_ERROR:
            continue
        if name in OF_ONE_STUDY:
            yield from case.record.once(name, study, partial(_points_of, case, name, study))
        else:
            yield from _points_of(case, name, study)


def _points_of(case: Case, name: str, study: EchoStudy) -> tuple[Point, ...]:
    return tuple(_points_in(case, name, study))


def _points_in(case: Case, name: str, study: EchoStudy) -> Iterator[Point]:
    for value, method, why_not in ECHO[name](case, study):
        why = why_not or adverse_only_by_state(study)
        yield Point(
            on=study.performed_on,
            value=_number(value),
            source=source_of(study),
            method=method,
            laboratory=study.laboratory,
            vendor=study.machine,
            rhythm=study.rhythm,
            is_final=study.counts,
            is_rest=study.state in RESTING,
            is_comparable=not why,
            why_not=why,
        )


def _number(value: Value) -> Interval | Number:
    exactly = exact(value)
    assert isinstance(exactly, Interval | Decimal | float)  # noqa: S101 - for the type checker
    return exactly


def _lvef(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    """As reported, else from the two volumes."""
    method, why = study.lvef_method, ""
    if method == LvefMethod.TEICHHOLZ.value and study.regional_wall_motion_abnormality is True:
        why = "Teichholz with a regional wall motion abnormality"
    value: Value | None = lvef_interval(study)
    if value is None and "lvef_percent" in case.quantities_of(study):
        value = case.quantities_of(study)["lvef_percent"].value
    if value is not None:
        yield value, method, why


def _diameter(name: str) -> Measured:
    def measured(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
        value = getattr(study, name)
        if value is not None:
            yield value, study.linear_method, _why_no_diameter(study)

    return measured


def _why_no_diameter(study: EchoStudy) -> str:
    if study.modality not in TRANSTHORACIC or study.linear_method == EchoStudy.LinearMethod.OTHER:
        return "not a linear transthoracic diameter"
    return "LVESD larger than LVEDD" if diameters_conflict(study) else ""


def _index(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    if study.lvesd_mm is None:
        return
    surface = body_surface(case, study)
    if surface is not None and isinstance(surface.value, Decimal | float):
        index = lvesd_index(lvesd_mm=study.lvesd_mm, bsa_m2=surface.value)
        yield index.value, study.linear_method, _why_no_diameter(study)


def _orifice(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    if study.eroa_mm2 is not None:
        yield study.eroa_mm2, study.eroa_method, ""
    elif "eroa_mm2" in case.quantities_of(study):
        yield case.quantities_of(study)["eroa_mm2"].value, RegurgitationMethod.PISA.value, ""


def _volume(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    if study.regurgitant_volume_ml is not None:
        yield study.regurgitant_volume_ml, study.regurgitant_volume_method, ""
        return
    computed = case.quantities_of(study)
    if "regurgitant_volume_ml" in computed:
        method = RegurgitationMethod.PISA.value if study.eroa_mm2 is None else study.eroa_method
        yield computed["regurgitant_volume_ml"].value, method, ""


def _atrium(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    if study.la_volume_index_ml_m2 is not None:
        yield study.la_volume_index_ml_m2, "", ""
        return
    index = computed_la_volume_index(case, study)
    if index is not None:
        yield index, "", ""


def _pressure(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    """As reported, else from the TR jet; in torrential regurgitation a lower limit only."""
    found = pressure_of(case, study)
    if found is None:
        return
    value, computed = found
    source = "" if study.spap_source == "not_stated" else study.spap_source
    if computed:
        source = "echo"
    if study.tricuspid_regurgitation == TORRENTIAL and source != "catheter":
        low = value.low if isinstance(value, Interval) else value
        value = Interval(low, None)
    yield value, source, ""


def _strain(case: Case, study: EchoStudy) -> Iterator[tuple[Value, str, str]]:
    if study.gls_percent is not None:
        yield study.gls_percent, "", ""


ECHO: Mapping[str, Measured] = {
    "lvef_percent": _lvef,
    "lvesd_mm": _diameter("lvesd_mm"),
    "lvedd_mm": _diameter("lvedd_mm"),
    "lvesd_index_mm_m2": _index,
    "eroa_mm2": _orifice,
    "regurgitant_volume_ml": _volume,
    "la_volume_index_ml_m2": _atrium,
    "spap_mmhg": _pressure,
    "gls_percent": _strain,
}


# Other sources -----------------------------------------------------------------------------------


def _cmr_points(case: Case) -> Iterator[Point]:
    for scan in case.record.cmr_studies:
        if scan.lvef_percent is not None:
            value = _number(scan.lvef_percent)
            yield Point(scan.performed_on, value, source_of(scan), method=LvefMethod.CMR.value)


def _catheter_points(case: Case) -> Iterator[Point]:
    for row in case.record.catheter_studies:
        if row.spap_mmhg is not None:
            value = _number(row.spap_mmhg)
            yield Point(row.performed_on, value, source_of(row), method="catheter")


LABORATORY = {"bnp_pg_ml": "bnp", "nt_probnp_pg_ml": "nt_probnp"}


def _laboratory_points(case: Case, name: str) -> Iterator[Point]:
    for row in case.record.lab_results:
        value = value_of(row) if row.analyte == LABORATORY[name] else None
        if value is None:
            continue
        on_arni = name == "bnp_pg_ml" and any(
            course.drug_class == DrugClass.ARNI
            and (course.started_on or course.noted_on) <= row.taken_on
            and (course.stopped_on is None or course.stopped_on >= row.taken_on)
            for course in case.record.medications
        )
        yield Point(
            row.taken_on,
            value,
            source_of(row),
            laboratory=row.laboratory,
            is_comparable=not on_arni,
            why_not=ON_ARNI if on_arni else "",
        )


def _walks(logs: list[SymptomLog]) -> Iterator[Point]:
    for log in logs:
        if log.six_minute_walk_m is not None:
            yield Point(log.recorded_on, _number(log.six_minute_walk_m), source_of(log))
