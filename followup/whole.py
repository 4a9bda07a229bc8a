"""The whole assessment of one record: everything the core says, in one value and in plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from followup.beside import atrial_check_of, risk_comparison_of
from followup.clinic_rules import DEFAULT_RULES, ClinicRules
from followup.standing import replay_of
from guidelines.acc_aha_2020.risk import RiskComparison
from guidelines.acute import ChecklistLine, checklist
from guidelines.assessment import Assessment, assess, graded_picture
from guidelines.atrial import AtrialCheck
from guidelines.consistency import Inconsistency, check_study
from guidelines.course_limits import course_limits
from guidelines.editions import EditionVerdict
from guidelines.facts import ClinicalPicture, Interval
from guidelines.flips import Flip, nearest_flip
from guidelines.latch import OpenTrigger
from guidelines.noise import DEFAULT_NOISE, NoiseModel
from guidelines.progression import Progression, progression_of
from guidelines.rule import Edition
from guidelines.scores.score import ScoreResult
from guidelines.surveillance import FollowUp
from guidelines.vocabulary import RegurgitationMethod
from patients.models import EchoStudy
from treatments.facts import picture_of
from treatments.facts.case import exact
from treatments.facts.heart import lvef_interval
from treatments.follow_up import follow_ups_of
from treatments.held import Replay
from treatments.latch import STANDS
from treatments.planned import BeforeOperation, before_operation
from treatments.record import PatientRecord
from treatments.scores import scores_of
from treatments.series import series_of

WHOLE_SCHEMA = 1
"""The version of the stored form."""


@dataclass(frozen=True, slots=True)
class StudyFinding:
    """What does not fit in one study."""

    study: EchoStudy
    found: tuple[Inconsistency, ...]


@dataclass(frozen=True, slots=True)
class WholeAssessment:
    """Everything the core says of one record on its day.

    ``hidden``: editions whose verdicts are not to be shown, because the clinic has not signed them
    off; facts, grade and gaps still are. ``held_since``: of each rule for an intervention that
    stands, by id, since when; nothing of a hidden edition. ``looked_from``: from which day on the
    record was replayed for that and for what is still open; ``None`` when all of it was.
    ``studies_checked``: how many of the newest studies were looked at for numbers that do not fit;
    ``None`` for all. ``before_operation``: what is too old for a procedure that is planned or
    decided; ``None`` when none is. ``atrial`` and ``risk``: what the record says beside the
    mechanism and the risk class that were entered (``followup.beside``). None changes a verdict.
    """

    record_number: str
    record: PatientRecord
    picture: ClinicalPicture
    assessment: Assessment
    checklist: tuple[ChecklistLine, ...]
    triggers: tuple[OpenTrigger, ...]
    flips: tuple[tuple[Edition, Flip], ...]
    courses: tuple[Progression, ...]
    follow_ups: tuple[FollowUp, ...]
    scores: tuple[ScoreResult, ...]
    studies: tuple[StudyFinding, ...]
    withdrawn: tuple[str, ...]
    hidden: frozenset[Edition]
    held_since: Mapping[str, date]
    looked_from: date | None = None
    studies_checked: int | None = None
    before_operation: BeforeOperation | None = None
    atrial: AtrialCheck | None = None
    risk: RiskComparison | None = None

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form; what an unsigned edition says is left out."""
        assessment = self.assessment.as_dict()
        hidden = {edition.id for edition in self.hidden}
        assessment["editions"] = [
            _without_verdict(made) if made["edition"] in hidden else made
            for made in assessment["editions"]  # type: ignore[attr-defined]
        ]
        if hidden:
            assessment |= {"why_they_differ": "", "vetoes": [], "vetoes_to_settle": []}
            assessment["missing"] = [
                {**gap, "text": "", "by_edition": {}}
                for gap in assessment["missing"]  # type: ignore[attr-defined]
            ]
        return {
            "schema_version": WHOLE_SCHEMA,
            "record_number": self.record_number,
            "on": self.record.on.isoformat(),
            "has_died": self.record.has_died,
            "assessment": assessment,
            "acute_checklist": [line.as_dict() for line in self.checklist],
            "open_triggers": [] if hidden else [t.as_dict() for t in self.triggers],
            "replayed_from": self.looked_from.isoformat() if self.looked_from else None,
            "held_since": {rule: day.isoformat() for rule, day in self.held_since.items()},
            "withdrawn": list(self.withdrawn),
            "nearest_flips": {e.id: f.as_dict() for e, f in self.flips if e not in self.hidden},
            "courses": [course.as_dict() for course in self.courses],
            "follow_up": [f.as_dict() for f in self.follow_ups if f.edition not in self.hidden],
            "scores": [score.as_dict() for score in self.scores],
            "inconsistencies": {
                f"echo_study:{each.study.public_id}": [i.as_dict() for i in each.found]
                for each in self.studies
            },
            "before_operation": (
                self.before_operation.as_dict() if self.before_operation else None
            ),
            "atrial_definition": self.atrial.as_dict() if self.atrial else None,
            "risk_categories": self.risk.as_dict() if self.risk else None,
            "not_signed_off": sorted(hidden),
        }


def _without_verdict(made: dict[str, object]) -> dict[str, object]:
    kept = ("edition", "title", "body", "published_on", "gate", "gate_label", "gates_closed",
            "gates_unknown")  # fmt: skip
    return {**{name: made[name] for name in kept}, "not_signed_off": True}


def whole_assessment(
    record: PatientRecord,
    *,
    record_number: str = "",
    rules: ClinicRules = DEFAULT_RULES,
    hidden: frozenset[Edition] = frozenset(),
    withdrawn: Sequence[str] = (),
    replay: Replay | None = None,
    studies_checked: int | None = None,
) -> WholeAssessment:
    """Everything the core says of a gathered record on its day.

    ``replay``: the record's own, where it was made before; else all of its days are judged here.
    ``studies_checked``: how many of the newest studies to look at for numbers that do not fit.
    """
    picture = picture_of(record, rules.limits)
    editions = tuple(rules.editions_of(record.on))
    assessment = assess(picture, on=record.on, editions=editions)
    courses = courses_of(record, with_limits(assessment.editions, hidden), rules.noise)
    replay = replay or replay_of(record, rules)
    return WholeAssessment(
        record_number=record_number,
        record=record,
        picture=picture,
        assessment=assessment,
        checklist=checklist(picture.readings()),
        triggers=replay.triggers,
        flips=tuple(_flips(assessment, picture)),
        courses=courses,
        follow_ups=(
            ()
            if record.has_died
            else follow_ups_of(record, picture, assessment.editions, assessment.alerts, courses)
        ),
        scores=scores_of(record, picture),
        studies=tuple(_inconsistent(record.echo_studies[:studies_checked])),
        withdrawn=tuple(withdrawn),
        hidden=hidden,
        held_since=_held_since(assessment, record, replay, hidden),
        looked_from=replay.looked_from,
        studies_checked=studies_checked,
        before_operation=before_operation(record, picture),
        atrial=None if record.has_died else atrial_check_of(assessment, picture, hidden),
        risk=None if record.has_died else risk_comparison_of(assessment, picture, hidden),
    )


def _held_since(
    assessment: Assessment, record: PatientRecord, replay: Replay, hidden: frozenset[Edition]
) -> dict[str, date]:
    """Of each rule for an intervention that stands: since when.

    Where not all days were judged, a run that stood on the first of them may have begun earlier:
    of such a rule nothing is said.
    """
    standing = [
        finding.rule.id
        for verdict in assessment.editions
        for finding in verdict.findings
        if finding.rule.is_timing and finding.verdict in STANDS
        if verdict.edition not in hidden
    ]
    since = {} if record.has_died else {i: replay.held_since.get(i, record.on) for i in standing}
    return {i: day for i, day in since.items() if day != replay.looked_from}


def with_limits(verdicts: Iterable[EditionVerdict], hidden: Collection[Edition]) -> list[Edition]:
    """The editions whose limits may be named beside a course: shown, and their gate not closed.

    Behind a closed gate the limits of the native valve say nothing.
    """
    return [v.edition for v in verdicts if v.edition not in hidden and not v.gates.is_closed]


def courses_of(
    record: PatientRecord, editions: Sequence[Edition], noise: NoiseModel = DEFAULT_NOISE
) -> tuple[Progression, ...]:
    """The course of every measure that was taken at least once."""
    limits = course_limits(editions) if editions else {}
    return tuple(
        progression_of(series, on=record.on, limits=limits.get(series.measure, ()), noise=noise)
        for series in series_of(record).values()
        if series.points
    )


def _flips(assessment: Assessment, picture: ClinicalPicture) -> Iterator[tuple[Edition, Flip]]:
    graded = graded_picture(picture).picture
    for verdict in assessment.editions:
        flip = nearest_flip(verdict, graded)
        if flip is not None:
            yield verdict.edition, flip


def _inconsistent(studies: Sequence[EchoStudy]) -> Iterator[StudyFinding]:
    for study in studies:
        found = inconsistencies_of(study)
        if found:
            yield StudyFinding(study, found)


def inconsistencies_of(study: EchoStudy) -> tuple[Inconsistency, ...]:
    """Numbers of one study, kept or still being typed, that do not fit each other."""
    method = RegurgitationMethod(study.regurgitant_volume_method)
    return check_study(_measured(study), volume_method=method)


@cache
def _measurements() -> tuple[str, ...]:
    """The columns of a study that hold numbers with decimals; asked of sixty studies a page."""
    columns = EchoStudy._meta.concrete_fields
    return tuple(c.name for c in columns if c.get_internal_type() == "DecimalField")


def _measured(study: EchoStudy) -> dict[str, Decimal | Interval]:
    values: dict[str, Decimal | Interval | None] = {
        name: getattr(study, name) for name in _measurements()
    }
    values["lvef_percent"] = lvef_interval(study)
    if study.aortic_regurgitation is not None:
        values["aortic_regurgitation"] = Decimal(study.aortic_regurgitation)
    # As typed: a column adds zeros, which the words of a finding would show.
    typed = {name: exact(value) for name, value in values.items()}
    return {name: value for name, value in typed.items() if isinstance(value, Decimal | Interval)}
