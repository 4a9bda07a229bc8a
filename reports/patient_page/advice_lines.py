"""What the editions advise besides an intervention, chapter by chapter, as lines of a panel."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from guidelines.editions import EditionVerdict
from guidelines.facts import FACTS
from guidelines.rule import Finding
from guidelines.vocabulary import Chapter, Verdict
from reports.patient_page.case import PageCase
from reports.patient_page.words import entry_link

STANDS = frozenset({Verdict.MET, Verdict.PENDING_JUDGEMENT})


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that is missing, and where it is entered; no address where the person may not."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One rule that stands, or that may stand once something is known, as a panel shows it."""

    edition: str
    message: str
    cor: str
    loe: str
    row: str
    verification: str
    newer: str
    is_against: bool
    is_pending: bool
    is_open: bool
    missing: tuple[Asked, ...]
    finding: Finding

    @property
    def state(self) -> str:
        """Attention for what is advised against, unknown for what cannot be told."""
        if self.is_open:
            return "unknown"
        return "attention" if self.is_against else "quiet"


def findings_shown(case: PageCase) -> Iterator[tuple[EditionVerdict, Finding]]:
    """Every finding of the editions that may be shown to this clinic."""
    for verdict in case.assessment.editions:
        if verdict.edition not in case.hidden:
            for finding in verdict.findings:
                yield verdict, finding


def lines_of(
    case: PageCase,
    chapters: Collection[Chapter],
    verdicts: Collection[Verdict] = STANDS,
    *,
    with_timing: bool = False,
) -> list[AdviceLine]:
    """The rules of these chapters with one of these verdicts, in the editions' order.

    Rules for an intervention stand in the editions' own cards and are left out unless asked for.
    """
    return [
        line_of(verdict, finding, case)
        for verdict, finding in findings_shown(case)
        if finding.rule.chapter in chapters
        and finding.verdict in verdicts
        and (with_timing or not finding.rule.is_timing)
    ]


def line_of(verdict: EditionVerdict, finding: Finding, case: PageCase) -> AdviceLine:
    """One finding as a line."""
    rule = finding.rule
    is_open = finding.verdict not in STANDS
    missing = finding.missing if is_open or finding.pending_judgement else ()
    return AdviceLine(
        edition=verdict.edition.title,
        message=rule.message,
        cor=rule.class_label,
        loe=rule.level_label,
        row=rule.source.row,
        verification=rule.source.verification.label,
        newer=rule.superseded_by,
        is_against=rule.is_against,
        is_pending=finding.pending_judgement,
        is_open=is_open,
        missing=tuple(asked(name, case) for name in missing),
        finding=finding,
    )


def asked(name: str, case: PageCase) -> Asked:
    """The missing fact with the form in which it is entered."""
    return Asked(FACTS[name].label, entry_link(name, case.doors))


def names_hidden(text: str, case: PageCase) -> bool:
    """Whether the text speaks for an edition whose word is withheld."""
    return any(edition.title in text for edition in case.hidden)


def editions_not_shown(case: PageCase) -> list[str]:
    """The editions whose advice is withheld until the clinic has signed them off."""
    return [v.edition.title for v in case.assessment.editions if v.edition in case.hidden]
