"""Whether one typed value alone alters what a guideline says (hazard H9: the wrong number).

The patient is judged without the study as it is now, and with it. Where the class of an edition
differs, each number of the study is put back to what was known before; a number whose former value
brings the former class back is alone responsible, and the person is asked once more whether it is
what the report says.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from accounts.guideline_settings import hidden_editions
from accounts.models import Clinic
from followup.clinic_rules import ClinicRules, rules_of
from guidelines.assessment import outline
from guidelines.rule import Edition
from guidelines.vocabulary import Cor
from patients.fields import MEASURES
from patients.forms.records import EntryQuestion
from patients.models import EchoStudy
from patients.study_sheet import COLUMNS_OF_RANGES, NAMES, label_of, value_text, with_unit
from treatments.facts import picture_of
from treatments.record import PatientRecord, record_of

Classes = Mapping[Edition, Cor | None]
NO_CLASS = "no class decided"


def question_about(study: EchoStudy, *, clinic: Clinic) -> EntryQuestion | None:
    """What must be confirmed before the study counts; ``None`` when nothing stands out."""
    today = clinic.today()
    record = record_of([study.patient], on=today)[study.patient.pk]
    rules = rules_of(clinic, today)
    before = _classes(record, rules)
    after = _classes(_with(record, study), rules)
    changed = {edition for edition in after if after[edition] != before[edition]}
    if not changed:
        return None
    without = {
        name: _classes(_with(record, former), rules) for name, former in _formers(study, record)
    }
    hidden = hidden_editions([clinic], rules.editions_of(today), today, {clinic.pk: rules.values})
    shown = [edition for edition in after if edition in changed and edition not in hidden]
    # What changes an edition that this clinic shows is asked with its effect, else neutrally.
    for editions in (shown, changed):
        alone = [name for name, classes in without.items() if _undoes(classes, before, editions)]
        if alone:
            return _question(study, alone, shown if editions is shown else [], before, after)
    return None


def _classes(record: PatientRecord, rules: ClinicRules) -> dict[Edition, Cor | None]:
    """The class of each edition's headline for this record on its day."""
    picture = picture_of(record, rules.limits)
    editions = tuple(rules.editions_of(record.on))
    return {
        verdict.edition: verdict.headline_class
        for verdict in outline(picture, on=record.on, editions=editions).editions
    }


def _undoes(classes: Classes, before: Classes, changed: Iterable[Edition]) -> bool:
    """Whether one of these changed editions says what it said before."""
    return any(classes[edition] == before[edition] for edition in changed)


def _with(record: PatientRecord, study: EchoStudy) -> PatientRecord:
    """The record with the study in it as final, in its place by day."""
    counted = copy.copy(study)
    counted.status, counted.struck_at = EchoStudy.Status.FINAL, None
    others = [each for each in record.echo_studies if each.public_id != study.public_id]
    newer = [each for each in others if each.performed_on > counted.performed_on]
    older = [each for each in others if each.performed_on <= counted.performed_on]
    return replace(record, echo_studies=[*newer, counted, *older])


def _formers(study: EchoStudy, record: PatientRecord) -> Iterator[tuple[str, EchoStudy]]:
    """Each number of the study, with the study as it were had that number not changed.

    The number goes back to its stored version, else to the study before; where there is none, it
    is left out.
    """
    earlier = [each for each in record.echo_studies if _came_before(each, study)]
    for name in NAMES:
        if name not in MEASURES and name not in COLUMNS_OF_RANGES:
            continue
        if value_text(study, name) is None:
            continue
        former = next((each for each in earlier if value_text(each, name) is not None), None)
        if former is not None and value_text(former, name) == value_text(study, name):
            continue
        changed = copy.copy(study)
        for column in COLUMNS_OF_RANGES.get(name, (name,)):
            default = False if column.endswith("_open") else None
            setattr(changed, column, getattr(former, column) if former else default)
        yield name, changed


def _came_before(each: EchoStudy, study: EchoStudy) -> bool:
    if not each.counts:
        return False
    return each.public_id == study.public_id or each.performed_on <= study.performed_on


def _question(
    study: EchoStudy, alone: list[str], shown: list[Edition], before: Classes, after: Classes
) -> EntryQuestion:
    said = [f"{label_of(name)} {with_unit(study, name)}" for name in alone]
    key = ";".join(f"{name}={value_text(study, name)}" for name in alone)
    effect = "; ".join(
        f"{edition.title} from {_words(before[edition])} to {_words(after[edition])}"
        for edition in shown
    )
    if not effect:
        return _asked_neutrally(said, key, alone)
    which = _joined(said)
    alone_words = "alone changes" if len(said) == 1 else "each alone change"
    values = _joined([str(with_unit(study, name)) for name in alone])
    asks = f"Is {values}" if len(said) == 1 else "Are these numbers"
    return EntryQuestion(
        code="one-value",
        value=key,
        title="One value decides" if len(said) == 1 else "Single values decide",
        text=f"{which} {alone_words} {effect}. {asks} what the report says?",
        label=f"Yes, {which} {'is' if len(said) == 1 else 'are'} what the report says",
        names=tuple(alone),
    )


def _asked_neutrally(said: list[str], key: str, alone: list[str]) -> EntryQuestion:
    """The same question where the clinic shows none of the editions whose class would change.

    A wrong number is as dangerous there (H9). That a class hangs on it would be a verdict of an
    edition that nobody here has signed off, so it is not said; in these words any number that was
    typed may be asked about.
    """
    which = _joined(said)
    is_one = len(said) == 1
    return EntryQuestion(
        code="one-value",
        value=key,
        title="One value to compare" if is_one else "Values to compare",
        text=f"Please compare with the report: {which}. "
        f"{'Is that' if is_one else 'Are these'} what it says?",
        label=f"Yes, {which} {'is' if is_one else 'are'} what the report says",
        names=tuple(alone),
    )


def _words(cor: Cor | None) -> str:
    return NO_CLASS if cor is None else cor.label


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
