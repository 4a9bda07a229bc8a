"""Finding the person whom one is about to register, where they are registered already.

What was typed is compared with the patients whom the user may see, and with no others: a patient of
another clinic is never revealed. A candidate is found through an index (birth date, folded name,
every spelling one letter away, the family name with an initial) or by telephone, and then compared
in words: each reason says what is alike and what is not.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import connections
from django.db.models import Q

from accounts.permissions import Action, clinics_where
from patients.days import spoken
from patients.models import Patient, Registration
from patients.models.patient import folded
from patients.selectors import known_until, version_known

if TYPE_CHECKING:
    from accounts.models import User

MOST_SHOWN = 10
MOST_COMPARED = 2000  # only a frequent family name alone has more candidates
LONGEST_SPELLED = 40  # characters of a name of which every spelling is tried
SHORTEST_TELEPHONE = 6  # digits below which a number says nothing
COMPARED_DIGITS = 8  # the last ones: with and without a country's code it is the same telephone

_NAMES_ALIKE = 0.7
_NAMES_EQUAL = 0.95
_BIRTH_SWAPPED = 0.85


@dataclass(frozen=True)
class PossibleDuplicate:
    """A registered patient who may be the person that was typed."""

    patient: Patient
    registrations: list[Registration]
    """Those the user may see, the running ones first."""
    reasons: tuple[str, ...]
    """In words, the strongest first."""
    likeness: float
    """From 0 to 1; orders the list and is not shown."""


@dataclass(frozen=True)
class _Likeness:
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Person:
    """What is compared, in its folded form."""

    family: str
    given: str
    born_on: date | None
    sex: str
    digits: str

    @classmethod
    def of(
        cls, family_name: str, given_name: str, born_on: date | None, sex: str, telephone: str
    ) -> _Person:
        digits = "".join(sign for sign in telephone if sign in string.digits)
        return cls(
            family=folded(family_name),
            given=folded(given_name),
            born_on=born_on,
            sex=sex if sex != Patient.Sex.UNKNOWN else "",
            digits=digits[-COMPARED_DIGITS:] if len(digits) >= SHORTEST_TELEPHONE else "",
        )

    @cached_property
    def key(self) -> str:
        return " ".join(part for part in (self.family, self.given) if part)


def possible_duplicates(
    user: User,
    *,
    family_name: str,
    given_name: str,
    born_on: date | None,
    sex: str = "",
    telephone: str = "",
) -> list[PossibleDuplicate]:
    """Patients visible to the user who may be this person, the likeliest first, at most ten.

    A value that was not typed is ``""`` or ``None``: it neither speaks for nor against anybody.
    """
    typed = _Person.of(family_name, given_name, born_on, sex, telephone)
    found = []
    for patient in _candidates(user, typed):
        likeness = _compared(typed, _stored(patient))
        if likeness.score:
            found.append((patient, likeness))
    found.sort(key=lambda each: (-each[1].score, each[0].search_key, each[0].pk))
    shown = _with_registrations(user, found[:MOST_SHOWN])
    return [each for one in shown if (each := _as_held(typed, one)) is not None]


def possible_duplicates_of(user: User, patient: Patient) -> list[PossibleDuplicate]:
    """Other records visible to the user that may be this person's, the likeliest first."""
    found = possible_duplicates(
        user,
        family_name=patient.family_name,
        given_name=patient.given_name,
        born_on=patient.born_on,
        sex=patient.sex,
        telephone=patient.telephone,
    )
    return [each for each in found if each.patient.pk != patient.pk]


def _as_held(typed: _Person, found: PossibleDuplicate) -> PossibleDuplicate | None:
    """A former clinic compares with, and is shown, the person as it knew them; None: not alike."""
    known_at = known_until(found.registrations)
    then = version_known(Patient, found.patient.pk, known_at) if known_at is not None else None
    if then is None:
        return found
    likeness = _compared(typed, _stored(then))
    if not likeness.score:
        return None
    return PossibleDuplicate(then, found.registrations, likeness.reasons, likeness.score)


def _stored(patient: Patient) -> _Person:
    return _Person.of(
        patient.family_name, patient.given_name, patient.born_on, patient.sex, patient.telephone
    )


def _with_registrations(
    user: User, found: list[tuple[Patient, _Likeness]]
) -> list[PossibleDuplicate]:
    if not found:
        return []
    rows = Registration.objects.filter(
        patient__in=[patient.pk for patient, _ in found],
        clinic_id__in=clinics_where(user, Action.VIEW_PATIENT),
    ).select_related("clinic")
    of_patient: dict[int, list[Registration]] = {}
    for row in rows.exclude(ended_because=Registration.Ended.ENTERED_IN_ERROR):
        of_patient.setdefault(row.patient_id, []).append(row)
    for registrations in of_patient.values():
        registrations.sort(key=lambda r: (r.until_on is not None, r.clinic.name, r.pk))
    return [
        PossibleDuplicate(patient, of_patient.get(patient.pk, []), likeness.reasons, likeness.score)
        for patient, likeness in found
    ]


# ---- candidates ----------------------------------------------------------------------------------


def _candidates(user: User, typed: _Person) -> list[Patient]:
    """Everybody who may be worth a comparison; each condition has an index but the telephone's."""
    conditions = [each for each in (_by_birth(typed), _by_name(typed)) if each is not None]
    conditions += [each for each in (_by_initial(typed), _by_telephone(typed)) if each is not None]
    if not conditions:
        return []
    everybody = Patient.objects.order_by()
    first, *others = (everybody.filter(each).values_list("pk", flat=True) for each in conditions)
    keys = set(first.union(*others) if others else first)
    seen = Patient.objects.visible_to(user).filter(pk__in=keys)
    return list(seen.order_by("pk")[:MOST_COMPARED])


def _by_birth(typed: _Person) -> Q | None:
    if typed.born_on is None:
        return None
    return Q(born_on__in={typed.born_on, _swapped(typed.born_on) or typed.born_on})


def _by_name(typed: _Person) -> Q | None:
    """The name as typed, in the other order, and every spelling one letter away."""
    if not typed.family or not typed.given:
        return Q(search_key=typed.key) if typed.key else None
    keys = {typed.key, f"{typed.given} {typed.family}"}
    if len(typed.key) <= LONGEST_SPELLED:
        keys |= set(_one_letter_off(typed.key))
    return Q(search_key__in=keys) & _born_near(typed.born_on)


def _by_initial(typed: _Person) -> Q | None:
    """The family name with the given name's first letter, or with any when none was typed."""
    if not typed.family:
        return None
    return _begins_with(f"{typed.family} {typed.given[:1]}") & _born_near(typed.born_on)


def _by_telephone(typed: _Person) -> Q | None:
    """The last digits with whatever stands between them; the one condition without an index."""
    if not typed.digits:
        return None
    return Q(telephone__endswith=typed.digits[-2:]) & Q(
        telephone__regex="[^0-9]*".join(typed.digits) + "$"
    )


def _born_near(born_on: date | None) -> Q:
    """Born on a day that a slip may turn into this one; or the birth date is not recorded."""
    if born_on is None:
        return Q()
    day = Q(born_on__year=born_on.year) | Q(born_on__month=born_on.month, born_on__day=born_on.day)
    swapped = _swapped(born_on)
    return Q(born_on__isnull=True) | day | (Q(born_on=swapped) if swapped else Q())


def _begins_with(start: str) -> Q:
    """A condition on the folded name that either database answers from its index.

    SQLite compares by bytes and cannot use an index for LIKE; PostgreSQL has one made for LIKE, and
    may order by a language's rules.
    """
    if connections["default"].vendor == "postgresql":
        return Q(search_key__startswith=start)
    return Q(search_key__gte=start, search_key__lt=start[:-1] + chr(ord(start[-1]) + 1))


def _swapped(day: date) -> date | None:
    """The day with day and month exchanged; None where there is no such day."""
    return day.replace(day=day.month, month=day.day) if day.day <= 12 else None


def _one_letter_off(text: str) -> Iterable[str]:
    """Every spelling with one letter more, less or other, or two neighbors exchanged."""
    letters = sorted(set(string.ascii_lowercase) | (set(text) - {" "}))
    for place in range(len(text) + 1):
        before, after = text[:place], text[place:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


# ---- comparison ----------------------------------------------------------------------------------


def _compared(typed: _Person, stored: _Person) -> _Likeness:
    """How alike two persons are, and why; a score of 0 is nobody to ask about."""
    name, birth = _names_compared(typed, stored), _births_compared(typed, stored)
    is_same_telephone = bool(typed.digits) and typed.digits == stored.digits
    if not (_is_worth_asking(typed, name.score, birth) or is_same_telephone):
        return _Likeness(0)
    known = 0.5 if birth is None else birth.score
    score = 0.55 * name.score + 0.35 * known + 0.1 * is_same_telephone
    reasons = [*name.reasons, *(birth.reasons if birth else _unknown_birth(typed, stored))]
    if name.score < _NAMES_ALIKE:
        reasons.reverse()
    if is_same_telephone:
        reasons.append("same telephone number")
    if typed.sex and stored.sex and typed.sex != stored.sex:
        reasons.append(f"but recorded as {stored.sex}")
        score -= 0.05
    return _Likeness(score, tuple(reasons))


def _is_worth_asking(typed: _Person, name: float, birth: _Likeness | None) -> bool:
    if birth is None:
        return name >= _NAMES_ALIKE
    if birth.score >= _BIRTH_SWAPPED:
        return bool(name) or not typed.key
    return name >= _NAMES_EQUAL and birth.score > 0


def _unknown_birth(typed: _Person, stored: _Person) -> tuple[str, ...]:
    if stored.born_on is None:
        return ("birth date not recorded there",) if typed.born_on else ()
    return (f"born {spoken(stored.born_on)}",)


def _births_compared(typed: _Person, stored: _Person) -> _Likeness | None:
    """None when one of the two is not known."""
    if typed.born_on is None or stored.born_on is None:
        return None
    if typed.born_on == stored.born_on:
        return _Likeness(1, ("same birth date",))
    if _swapped(typed.born_on) == stored.born_on:
        return _Likeness(_BIRTH_SWAPPED, ("day and month of birth swapped",))
    parts = [
        part
        for part in ("year", "month", "day")
        if getattr(typed.born_on, part) != getattr(stored.born_on, part)
    ]
    if len(parts) == 1:
        return _Likeness(0.6, (f"birth date differs in the {parts[0]} only",))
    return _Likeness(0, (f"but born {spoken(stored.born_on)}",))


def _names_compared(typed: _Person, stored: _Person) -> _Likeness:
    if not typed.key or not stored.key:
        return _Likeness(0, ("name not recorded there",) if typed.key else ())
    if (typed.family, typed.given) == (stored.family, stored.given):
        return _Likeness(1, ("same name",))
    if sorted(typed.key.split()) == sorted(stored.key.split()):
        return _Likeness(_NAMES_EQUAL, ("same names in another order",))
    straight = _parts_compared(typed, stored.family, stored.given)
    crossed = _parts_compared(typed, stored.given, stored.family)
    if crossed.score >= _NAMES_ALIKE > straight.score:
        reasons = ("family and given name exchanged", *crossed.reasons)
        return _Likeness(0.95 * crossed.score, reasons)
    return straight


def _parts_compared(typed: _Person, family: str, given: str) -> _Likeness:
    parts = [
        _part_compared("family", typed.family, family),
        _part_compared("given", typed.given, given),
    ]
    reasons = tuple(reason for part in parts for reason in part.reasons)
    lowest, highest = sorted(part.score for part in parts)
    if lowest:
        return _Likeness(0.9 * lowest, reasons)
    if highest >= _NAMES_EQUAL:
        return _Likeness(0.4, reasons)
    return _Likeness(0, ("but another name",))


def _part_compared(which: str, typed: str, stored: str) -> _Likeness:
    """One part of the name: 1 same, from 0.8 alike, 0 another."""
    if typed == stored and typed:
        return _Likeness(1)
    if not typed or not stored:
        where = "" if typed == stored else " in one of the two"
        return _Likeness(0.8, (f"{which} name not recorded{where}",))
    if min(len(typed), len(stored)) > 1 and _is_one_letter_off(typed, stored):
        return _Likeness(0.95, (f"{which} name differs by one letter",))
    if _is_shortened(typed, stored) or _is_shortened(stored, typed):
        return _Likeness(0.95, (f"{which} name shortened",))
    return _Likeness(0, (f"but another {which} name",))


def _is_shortened(short: str, long: str) -> bool:
    """Whether each word of the shorter name begins, or is, a word of the longer one."""
    words = long.split()
    return len(short) < len(long) and all(
        any(word.startswith(each) for word in words) for each in short.split()
    )


def _is_one_letter_off(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbors exchanged, make them the same."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = next((i for i, sign in enumerate(short) if sign != long[i]), len(short))
    if len(long) > len(short):
        return short[start:] == long[start + 1 :]
    if short[start + 1 :] == long[start + 1 :]:
        return True
    exchanged = long[start + 1 : start + 2] + long[start : start + 1] + long[start + 2 :]
    return short[start:] == exchanged
