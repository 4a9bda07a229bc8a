"""The whole assessment as plain text, for a terminal and for the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from followup.whole import WholeAssessment
from guidelines.acute import NO_CALL, SWITCHED_OFF
from guidelines.atrial import ROWS, SUPPORT
from guidelines.days import spoken
from guidelines.editions import EditionVerdict
from guidelines.facts import FACTS
from guidelines.progression import Progression
from guidelines.rule import CriterionState, Finding, ShownFact
from guidelines.severity import Severity
from guidelines.surveillance import Due, FollowUp, FollowUpKind
from guidelines.vocabulary import Advice, Chapter, Verdict
from patients.study_sheet import upper_first

WIDTH = 98
MARKS = {True: "yes", False: "no", None: "?"}
NOT_SIGNED_OFF = (
    "not yet signed off by your clinic: what it says is not shown. Read its rules and sign them "
    "off on the page Guidelines."
)
CANNOT_TELL_SHOWN = 6

Lines = Iterator[str]


def text_of(whole: WholeAssessment) -> str:
    """The whole assessment, section by section; an empty section is left out, never silent."""
    sections = (
        ("ACUTE REGURGITATION", _acute(whole)),
        ("SEVERITY", _grade(whole)),
        ("STAGE", _stage(whole)),
        ("WHETHER IT IS ATRIAL", _atrial(whole)),
        ("ALARMS", _alarms(whole)),
        ("INTERVENTION", _timing(whole)),
        ("STILL OPEN", _triggers(whole)),
        ("MISSING", _missing(whole)),
        ("TOO OLD FOR AN OPERATION", _too_old(whole)),
        ("SURGICAL RISK", _risk(whole)),
        ("NEAREST FLIP", _flips(whole)),
        ("WHAT SPEAKS AGAINST A PLAN OR A DRUG", _vetoes(whole)),
        ("OTHER ADVICE THAT APPLIES", _other(whole)),
        ("COURSE", _courses(whole)),
        ("NEXT ECHO AND VISIT", _follow_up(whole)),
        ("SCORES", _scores(whole)),
        ("NUMBERS THAT DO NOT FIT", _studies(whole)),
    )
    assessment = whole.assessment
    head = f"{whole.record_number or 'Record'} on {spoken(assessment.on)}"
    lines = [head, "=" * len(head), *_notes(whole)]
    for title, body in sections:
        made = list(body)
        if made:
            lines += ["", title, *made]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _say(text: str, indent: int = 2) -> Lines:
    pad = " " * indent
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=pad, subsequent_indent=pad + "  ", break_on_hyphens=False
    )


def _each(texts: Iterable[str], indent: int = 2) -> Lines:
    for text in texts:
        yield from _say(text, indent)


def _notes(whole: WholeAssessment) -> Lines:
    died = whole.record.patient.deceased_on
    if whole.record.has_died and died is not None:
        yield from _say(f"Died on {spoken(died)}: nothing is due.")
    yield from _each(whole.assessment.notes)
    for body in whole.assessment.bodies_without_edition:
        yield from _say(f"{body.label}: no edition held on this day.")


def _acute(whole: WholeAssessment) -> Lines:
    if not whole.checklist:
        return
    episode = whole.record.open_episode
    if episode is not None:
        accepted = episode.accepted_by_name or "nobody recorded"
        yield from _say(f"Where: {episode.place or 'not recorded'}. Care accepted by: {accepted}.")
        seen = episode.acknowledged_at
        known = _instant(seen) if seen else "by nobody: it stays red"
        yield from _say(f"Onset {_instant(episode.onset_at)}. Acknowledged: {known}.")
    step = None
    for line in whole.checklist:
        if line.step is not step:
            step = line.step
            yield from _say(f"{step.label}:")
        missing = f" Missing: {_labels(line.missing)}." if line.missing else ""
        yield from _say(f"{line.state.label}: {line.words}{missing}", 4)
    yield from _each((SWITCHED_OFF, NO_CALL))


def _instant(at: datetime) -> str:
    return f"{spoken(at)}, {at:%H:%M} UTC"


def _grade(whole: WholeAssessment) -> Lines:
    grade = whole.assessment.grade
    same = grade.result.label == grade.state.label
    yield from _say(grade.state.label if same else f"{grade.result.label}: {grade.state.label}")
    yield from _severity(grade)
    for severity in whole.assessment.severities:
        yield from _say(f"by {severity.scheme.label}: {severity.state.label}")


def _severity(grade: Severity) -> Lines:
    for word, reasons in (("for", grade.reasons_for), ("against", grade.reasons_against)):
        for reason in reasons:
            yield from _say(f"{word}: {reason.text}{_on(reason.on, None)}", 4)
    if grade.missing:
        yield from _say(f"missing: {_labels(grade.missing)}", 4)
    yield from _each(grade.notes, 4)


def _on(day: date | None, today: date | None) -> str:
    if day is None:
        return ""
    return f" ({spoken(day)})" if today is None else f" ({spoken(day)}, {age(day, today)})"


def age(day: date, today: date) -> str:
    """How old a value is, in the unit a clinician would use."""
    days = (today - day).days
    if days < 60:
        return f"{days} day{'s' if days != 1 else ''}"
    if days < 730:
        return f"{days // 30} months"
    return f"{days / 365.25:.1f} years"


def _labels(names: Iterable[str]) -> str:
    return ", ".join(FACTS[name].label for name in names)


def _stage(whole: WholeAssessment) -> Lines:
    staging = whole.assessment.staging
    yield from _say(staging.text)
    said = [r for r in staging.reasons if r.rstrip(".") not in staging.text]
    yield from _each((*said, *staging.notes), 4)
    if staging.missing:
        yield from _say(f"missing: {_labels(staging.missing)}", 4)


def _atrial(whole: WholeAssessment) -> Lines:
    """The definition of ESC/EACTS 2025 beside the mechanism that was entered."""
    check = whole.atrial
    if check is None:
        return
    said = {True: "is met", False: "is not met", None: "cannot be told"}[check.is_atrial]
    yield from _say(f"The definition of the atrial type {said} ({ROWS}).")
    for item in check.items:
        yield from _say(f"{MARKS[item.holds]}: {item.text} ({item.row})", 4)
    yield from _say(f"{MARKS[check.is_supported]}: {SUPPORT.text}; decides nothing", 4)
    yield from _each(check.flags, 4)
    if check.missing:
        yield from _say(f"missing: {_labels(check.missing)}", 4)


def _alarms(whole: WholeAssessment) -> Lines:
    if whole.record.has_died:
        return
    for finding in sorted(whole.assessment.alerts, key=_urgency):
        yield from _say(f"{finding.rule.source.row}: {finding.rule.message}")


_URGENT = (Advice.SAME_DAY_CONTACT, Advice.DRUG_WARNING, Advice.HEART_TEAM, Advice.QUESTION)


def _urgency(finding: Finding) -> int:
    advice = finding.rule.advice
    return _URGENT.index(advice) if advice in _URGENT else len(_URGENT)


def _timing(whole: WholeAssessment) -> Lines:
    for verdict in whole.assessment.editions:
        if verdict.edition in whole.hidden:
            yield from _say(f"{verdict.edition}: {NOT_SIGNED_OFF}")
            yield from _each((gate.message for gate in verdict.gates.closed), 4)
            continue
        yield from _say(f"{verdict.edition}: {verdict.summary}")
        yield from _edition(verdict, whole.assessment.on)
    if whole.assessment.why_they_differ and not whole.hidden:
        yield from _say(f"Why they differ: {whole.assessment.why_they_differ}")


def _edition(verdict: EditionVerdict, today: date) -> Lines:
    timing = [finding for finding in verdict.findings if finding.rule.is_timing]
    for finding in timing:
        if finding.verdict in (Verdict.MET, Verdict.PENDING_JUDGEMENT):
            yield from _finding(finding, today, verdict.summary)
    # A rule whose condition is false stays unmet, whoever the population turns out to be.
    open_ones = [
        finding
        for finding in timing
        if finding.verdict is Verdict.CANNOT_TELL and finding.when.holds is not False
    ]
    for finding in open_ones[:CANNOT_TELL_SHOWN]:
        yield from _say(
            f"cannot tell: {_class(finding)} {finding.rule.source.row}, "
            f"missing {_labels(finding.missing)}", 4
        )  # fmt: skip
    if len(open_ones) > CANNOT_TELL_SHOWN:
        yield from _say(f"and {len(open_ones) - CANNOT_TELL_SHOWN} more that cannot be told", 4)
    yield from _each((f"{assumption}." for assumption in verdict.assumptions), 4)


def _class(finding: Finding) -> str:
    rule = finding.rule
    level = f", {rule.level_label}" if rule.level_label else ""
    return f"{rule.class_label}{level}"


def _finding(finding: Finding, today: date, said: str) -> Lines:
    rule = finding.rule
    flags = "" if finding.pending_judgement else f", {_class(finding)}"
    yield from _say(f"{rule.source.row}: {finding.status}{flags}", 4)
    if rule.message not in said:
        yield from _say(rule.message, 6)
    document = rule.source.document
    where = document.title if document else f"{rule.edition}, {rule.section}"
    yield from _say(f"{where}; {rule.source.verification.label.lower()}", 6)
    for state in (finding.applies, finding.when):
        yield from _facts(state, today)


def _facts(state: CriterionState, today: date) -> Lines:
    if state.fact is not None:
        yield from _say(f"{MARKS[state.holds]}: {state.text} [{_shown(state.fact, today)}]", 6)
    for part in state.parts:
        yield from _facts(part, today)


def _shown(fact: ShownFact, today: date) -> str:
    words = [fact.text + _on(fact.on, today)]
    words += [word for word in (fact.method, fact.reason, fact.adverse_only) if word]
    if fact.too_old_to_reassure and fact.on is not None:
        words.append("too old to reassure")
    return "; ".join(words)


def _triggers(whole: WholeAssessment) -> Lines:
    if not whole.hidden:
        yield from _each(trigger.text for trigger in whole.triggers)
    yield from _each(whole.withdrawn)


def _missing(whole: WholeAssessment) -> Lines:
    for gap in whole.assessment.missing:
        text = "" if whole.hidden else gap.text
        yield from _say(f"{gap.label}: {text}" if text else gap.label)


def _too_old(whole: WholeAssessment) -> Lines:
    """What a planned procedure asks to be repeated; the verdicts above stand as they are."""
    before = whole.before_operation
    if before is None:
        return
    if before.too_old:
        yield from _say(f"{upper_first(before.why)}. Repeat before the procedure:")
    else:
        yield from _say(f"{upper_first(before.why)}. Nothing recorded is too old for it.")
    yield from _each((f"{line.values}: {line.why}" for line in before.lines), 4)
    if before.to_confirm:
        yield from _say(f"Confirm before the procedure: {', '.join(before.to_confirm)}.")


def _risk(whole: WholeAssessment) -> Lines:
    """The categories of ACC/AHA 2020 beside the class that the team entered."""
    risk = whole.risk
    if risk is None:
        return
    entered = risk.entered.label.lower() if risk.entered else "not recorded"
    yield from _say(risk.differs or f"The team's class: {entered}. {risk.words}")
    for each in risk.categories:
        missing = f", missing {_labels(each.missing)}" if each.state.holds is None else ""
        said = f"{each.category.label.lower()} risk ({each.row}){missing}"
        yield from _say(f"{MARKS[each.state.holds]}: {said}", 4)


def _flips(whole: WholeAssessment) -> Lines:
    shown = [(edition, flip) for edition, flip in whole.flips if edition not in whole.hidden]
    yield from _each(f"{edition}: {flip.text}" for edition, flip in shown)


def _vetoes(whole: WholeAssessment) -> Lines:
    if whole.hidden:
        return
    for finding in whole.assessment.vetoes:
        yield from _say(f"{_class(finding)} ({finding.rule.source.row}): {finding.rule.message}")
    for finding in whole.assessment.vetoes_to_settle:
        yield from _say(
            f"ask first, {_class(finding)} ({finding.rule.source.row}): {finding.rule.message} "
            f"Missing: {_labels(finding.missing)}."
        )


def _other(whole: WholeAssessment) -> Lines:
    # A printed interval beside "now" or "a decision" would lull.
    by_interval = all(each.kind is FollowUpKind.INTERVAL for each in whole.follow_ups)
    for verdict in whole.assessment.editions:
        if verdict.edition in whole.hidden:
            continue
        for finding in verdict.findings:
            rule = finding.rule
            if rule.chapter is Chapter.FOLLOW_UP and not by_interval:
                continue
            if finding.verdict is Verdict.MET and not rule.is_timing and not rule.is_against:
                newer = f" Newer: {rule.superseded_by}." if rule.superseded_by else ""
                yield from _say(
                    f"{verdict.edition}, {rule.chapter.label}, {_class(finding)} "
                    f"({rule.source.row}): {rule.message}{newer}"
                )


def _courses(whole: WholeAssessment) -> Lines:
    for course in whole.courses:
        yield from _say(f"{course.measure.label}: {course.verdict.label.lower()}")
        yield from _course(course)


def _course(course: Progression) -> Lines:
    yield from _each(course.words, 4)


def _follow_up(whole: WholeAssessment) -> Lines:
    for each in whole.follow_ups:
        if each.edition in whole.hidden:
            continue
        yield from _say(f"{each.edition}: {each.kind.label}")
        yield from _due(each)


def _due(each: FollowUp) -> Lines:
    for word, due in (("echo", each.echo), ("visit", each.visit)):
        if due is not None:
            yield from _say(f"{word}: {_when(due)}", 4)
    yield from _each(each.reasons, 4)


def _when(due: Due) -> str:
    rule = f"{due.rule.row}: {due.rule.words}"
    if due.by is None:
        return f"not by routine ({rule})"
    since = f"{spoken(due.since)} to " if due.since and due.since != due.by else ""
    return f"{since}{spoken(due.by)} ({rule})"


def _scores(whole: WholeAssessment) -> Lines:
    for score in whole.scores:
        labels = {each.name: each.label for each in score.definition.inputs}
        names = (labels.get(name, name.replace("_", " ")) for name in score.missing)
        missing = f" Missing: {', '.join(names)}." if score.missing else ""
        yield from _say(f"{score.definition.title}: {score.text}.{missing}")


def _studies(whole: WholeAssessment) -> Lines:
    for each in whole.studies:
        yield from _say(f"Study of {spoken(each.study.performed_on)}:")
        yield from _each((f"{found.words} {found.slip}" for found in each.found), 4)
