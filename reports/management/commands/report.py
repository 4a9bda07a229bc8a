"""Write a report to a file, as the page does: the same rows, the same rights, the same audit."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Clinic, User
from accounts.permissions import clinics_where, memberships_of
from audit.recording import record_refusal
from audit.whole_file import write_whole
from reports.catalogue import REPORTS
from reports.downloads import (
    CSV,
    LONGEST_PURPOSE,
    ZIP,
    note_order,
    pieces_of,
)
from reports.extracts.extract import EXTRACTED, extract_of
from reports.extracts.pseudonyms import has_key
from reports.import_template import import_template, why_no_template
from reports.package import Order
from reports.report import Report
from reports.report_form import SHORTEST_PURPOSE, ScopeForm
from reports.scope import Scope

BAD_INPUT, NOT_ALLOWED, NOT_WRITTEN = 2, 3, 4
FILTERS = {
    "from": "from_on",
    "until": "until_on",
    "mechanism": "mechanism",
    "stage": "stage",
    "edition": "edition",
    "person": "person",
    "action": "action",
    "kind": "kind",
    "patient": "patient",
    "on": "on",
    "known": "known_on",
}
"""Options of the command, and the boxes of the page that they fill."""


class Command(BaseCommand):
    """Exit code 0: written; 2: asked for what cannot be; 3: not allowed; 4: not written."""

    help = (
        "Write a report to a file: a zip with data, dictionary, value sets and receipt.\n"
        "--deidentified writes the extract for researchers, without identity.\n"
        "The file appears when it is whole: until then it has another name beside it.\n"
        "Exit code 0: written; 2: unknown report or a filter that cannot be; 3: this user may\n"
        f"not; 4: not written (disk full, folder closed).\nReports: {', '.join(REPORTS)}."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        """Keep the line breaks of the help."""
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Read the command line."""
        parser.add_argument("name", help="name of the report")
        parser.add_argument("--by", required=True, help="user name of who takes it")
        parser.add_argument("--purpose", required=True, help="what it is for; no patient's name")
        parser.add_argument(
            "--clinic",
            action="append",
            default=[],
            help="code of a clinic; all of them if left out",
        )
        for option in FILTERS:
            parser.add_argument(f"--{option}", default="")
        parser.add_argument(
            "--deidentified", action="store_true", help="without identity; it needs a research key"
        )
        parser.add_argument("--csv", action="store_true", help="the plain CSV without the rest")
        parser.add_argument(
            "--template", action="store_true", help="as another mrtrack imports it; one clinic"
        )
        parser.add_argument("--mark", action="store_true", help="byte order mark, for spreadsheets")
        parser.add_argument("--to", type=Path, help="file to write; NAME_DAY.zip if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check who and what, note it, write it."""
        report = _report(options["name"], options)
        by, clinics = _who(report, options["by"], options["clinic"])
        scope = _scope(report, clinics, options)
        if options["template"]:
            report = _template(report, scope)
        order = Order(report, scope, by, _purpose(options["purpose"]), options["mark"])
        form = CSV if options["csv"] else ZIP
        path = options["to"] or Path(f"{report.name}_{scope.today.isoformat()}.{form}")
        note_order(order, form)
        try:
            written = write_whole(path, pieces_of(order, form))
        except OSError as error:
            _refuse(f"Nothing was written to {path}: {error.strerror or error}.", NOT_WRITTEN)
        self.stdout.write(f"{path}: {written} bytes.")


def _refuse(why: str, code: int) -> NoReturn:
    raise CommandError(why, returncode=code)


def _report(name: str, options: dict[str, Any]) -> Report:
    """The report of this name, or its extract where that is asked for."""
    report = REPORTS.get(name)
    if report is None:
        known = ", ".join(REPORTS)
        _refuse(f"There is no report {name}. There are: {known}.", BAD_INPUT)
    if not options["deidentified"]:
        return report
    extract = extract_of(name)
    if extract is None:
        _refuse(f"{name} cannot leave without identity: {', '.join(EXTRACTED)} can.", BAD_INPUT)
    if options["csv"]:
        _refuse("An extract leaves as a zip with its receipt: leave --csv out.", BAD_INPUT)
    if not has_key():
        _refuse("There is no key for pseudonyms: set MRTRACK_RESEARCH_KEY.", BAD_INPUT)
    return extract


def _template(report: Report, scope: Scope) -> Report:
    template = import_template(report)
    if template is None:
        _refuse(f"{report.title} cannot be imported, so it has no template.", BAD_INPUT)
    if why_not := why_no_template(scope):
        _refuse(why_not, BAD_INPUT)
    return template


def _purpose(text: str) -> str:
    purpose = text.strip()
    if not SHORTEST_PURPOSE <= len(purpose) <= LONGEST_PURPOSE:
        _refuse(
            f"Say with --purpose what the file is for, in {SHORTEST_PURPOSE} to {LONGEST_PURPOSE} "
            "characters.",
            BAD_INPUT,
        )
    return purpose


def _who(report: Report, username: str, codes: Sequence[str]) -> tuple[User, list[Clinic]]:
    """The user, and the clinics that were named, or all where this user may take the report."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        _refuse(f"There is no active user {username}.", NOT_ALLOWED)
    allowed = clinics_where(user, report.action)
    clinics = [each.clinic for each in memberships_of(user) if each.clinic_id in allowed]
    known = {clinic.code: clinic for clinic in clinics}
    missing = [code for code in codes if code not in known]
    if missing or not clinics:
        record_refusal(by=user, record_kind=report.name, note=f"not allowed to {report.action}")
        where = f"in {', '.join(missing)}" if missing else "in any clinic"
        _refuse(f"{username} may not {report.action.label} {where}.", NOT_ALLOWED)
    return user, [known[code] for code in dict.fromkeys(codes)] or clinics


def _scope(report: Report, clinics: Sequence[Clinic], options: dict[str, Any]) -> Scope:
    """What is asked for, checked as the page checks it."""
    asked = {box: options[option] for option, box in FILTERS.items() if options[option]}
    form = ScopeForm(asked, report=report, clinics=clinics)
    unknown = [option for option, box in FILTERS.items() if box in asked and box not in form.fields]
    if unknown:
        _refuse(f"{report.title} cannot be narrowed by --{', --'.join(unknown)}.", BAD_INPUT)
    if not form.is_valid():
        options_of = {box: option for option, box in FILTERS.items()}
        errors = form.errors.as_data().items()
        said = [
            f"--{options_of.get(name, name)}: {' '.join(m for e in each for m in e.messages)}"
            for name, each in errors
        ]
        _refuse("\n".join(said), BAD_INPUT)
    return form.scope()
