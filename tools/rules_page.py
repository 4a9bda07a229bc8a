"""docs/rules.md: what the clinical core knows, from the code that judges a patient."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Sequence
from importlib import import_module

from guidelines import scores, severity
from guidelines.definitions import FactDefinition
from guidelines.facts import FACTS, plain
from guidelines.gaps import SEVERE_FROM
from guidelines.gates import GATES, NATIVE_CHRONIC_GATES, ScopeGate
from guidelines.registry import ALL_EDITIONS, LOCAL_SAFETY, RULES, built_rules
from guidelines.rule import Edition, Rule
from guidelines.scores import SCORES, ScoreDefinition
from guidelines.vocabulary import Chapter, Scope, Verification
from tools.markdown import Lines, Row, page, paragraph, table, upper_first
from tools.rule_tests import modules_importing, modules_naming

CHECKED = {
    Verification.PRIMARY_DOCUMENT: "guideline",
    Verification.SECONDARY_SOURCE: "secondary",
    Verification.FROM_KNOWLEDGE: "**knowledge**",
}
UNTESTED = "**none**"


def rules_page(note: str) -> str:
    """Every rule that is built, the scores, the gates, and the limits of severity."""
    editions = (*ALL_EDITIONS, LOCAL_SAFETY)
    return page(
        [
            note,
            "",
            "# Rules",
            "",
            *paragraph(
                "What the clinical core knows: every rule by edition and chapter, the scores, the "
                "gates that stand before the rules, and the limits between the bands of severity, "
                "printed by the code that judges a patient. What must not be concluded from it "
                "stands in [safety/limits.md](safety/limits.md); how to read what it says of a "
                "patient, in [reading an assessment](clinicians/reading-an-assessment.md)."
            ),
            *_coverage(editions),
            *_legend(),
            *(line for edition in editions for line in _edition(edition)),
            *_scores(),
            *_gates(),
            *_severity(),
            *_facts(),
        ]
    )


# Rules -------------------------------------------------------------------------------------------


def _coverage(editions: Sequence[Edition]) -> Lines:
    headings = ("edition", "published on", "rows with a class in the tables", "of these built",
                "rules, text without a class included", "checked in the guideline / secondary / "
                "from knowledge")  # fmt: skip
    yield from table(headings, (_counted(edition) for edition in editions))
    yield ""


def _counted(edition: Edition) -> Row:
    rules = RULES[edition]
    checked = (sum(rule.source.verification is each for rule in rules) for each in CHECKED)
    title = f"[{edition.title}](#{_anchor(edition.title)})"
    if edition is LOCAL_SAFETY:
        return title, "", "", "", str(len(rules)), " / ".join(map(str, checked))
    return (
        title,
        edition.published_on.isoformat(),
        str(edition.total_rules_planned),
        str(built_rules(edition)),
        str(len(rules)),
        " / ".join(map(str, checked)),
    )


def _anchor(heading: str) -> str:
    """The heading's address on the page, as the common renderers of Markdown make it."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def _legend() -> Lines:
    yield from paragraph(
        "*Row* names a row of the rule tables and of the safety review (SAFE-05, D5) from which "
        "the rules were built; those working papers are not part of this repository. A row with "
        "several classes or situations became several rules. *Checked* says how far class, level "
        "and limits were compared with print: in the guideline itself, in a secondary source "
        "only, or not at all yet (from expert knowledge). A clinic signs off an edition by name "
        "before its verdicts show. *Scope* names the gates before the rule (see "
        "[Gates](#gates)). *Timing*: the rule says whether to intervene on the mitral valve, so "
        "it may carry the edition's headline. *Tests* are modules of `tests/guidelines` that name "
        "the rule or its row. In a rule of class 3 or III, *met* means: advised against."
    )


def _edition(edition: Edition) -> Lines:
    yield f"## {edition.title}"
    yield ""
    if edition is LOCAL_SAFETY:
        yield from paragraph(
            "Alarms, warnings and questions of our own. No guideline prints a class for them, and "
            "none of them carries a headline."
        )
    for chapter in Chapter:
        rules = [rule for rule in RULES[edition] if rule.chapter is chapter]
        if rules:
            yield from _chapter(chapter, rules)


def _chapter(chapter: Chapter, rules: Sequence[Rule]) -> Lines:
    yield f"### {chapter.label}"
    yield ""
    headings = ("row", "rule", "class, level", "where", "checked", "scope", "timing", "tests")
    yield from table(headings, (_index(rule) for rule in rules))
    yield ""
    for rule in rules:
        yield from _described(rule)
    yield ""


def _index(rule: Rule) -> Row:
    level = f", {rule.loe.value}" if rule.loe else ""
    newer = f"; newer: {rule.superseded_by}" if rule.superseded_by else ""
    return (
        rule.source.row,
        f"`{rule.id}`",
        f"{rule.cor.value}{level}" if rule.cor else "text",
        _where(rule) + newer,
        CHECKED[rule.source.verification],
        _scope(rule.scope),
        "timing" if rule.is_timing else "",
        ", ".join(name.removeprefix("test_") for name in modules_naming(rule)) or UNTESTED,
    )


def _where(rule: Rule) -> str:
    document = rule.source.document
    if document is None or document.title in rule.section:
        return rule.section
    return f"{document.title}: {rule.section}"


def _scope(scope: Scope) -> str:
    return scope.value.replace("_", " ")


def _described(rule: Rule) -> Lines:
    slug = rule.id.split("/", 1)[1].partition("/")[2]
    yield (
        f"- **{rule.source.row}** *{slug}*: {rule.message} *For:* {rule.applies.text}. "
        f"*When:* {rule.when.text}."
    )


# Scores ------------------------------------------------------------------------------------------


def _scores() -> Lines:
    yield "## Scores"
    yield ""
    yield from paragraph(
        "Computed from the record, each with its inputs. A missing input makes a score a range "
        "from the lowest to the highest possible. STS PROM, KCCQ and MLHFQ are stored as they "
        "were obtained elsewhere and never computed."
    )
    headings = ("score", "id", "unit", "for whom", "source", "rows", "checked", "tests")
    yield from table(headings, (_score(score) for score in SCORES))
    yield ""
    for score in SCORES:
        inputs = "; ".join(
            f"{each.label}{f' ({each.unit})' if each.unit else ''}" for each in score.inputs
        )
        cautions = f" *Note:* {' '.join(score.caveats)}" if score.caveats else ""
        yield f"- **{score.title}** *Inputs:* {inputs}.{cautions}"
    yield ""


def _score(score: ScoreDefinition) -> Row:
    tests = modules_naming_score(score)
    return (
        score.title,
        f"`{score.id}`",
        score.unit or "points",
        score.population,
        score.citation,
        ", ".join(score.rows),
        CHECKED[score.verification],
        ", ".join(name.removeprefix("test_") for name in tests) or UNTESTED,
    )


def modules_naming_score(score: ScoreDefinition) -> tuple[str, ...]:
    """The test modules that take something from the module that defines the score."""
    for found in pkgutil.iter_modules(scores.__path__, f"{scores.__name__}."):
        if any(value is score for value in vars(import_module(found.name)).values()):
            return modules_importing(found.name)
    return ()


# Gates -------------------------------------------------------------------------------------------


def _gates() -> Lines:
    yield "## Gates"
    yield ""
    yield from paragraph(
        "Before the rules for chronic regurgitation of a native valve. A closed gate makes a rule "
        "*not applicable*. A gate that is neither open nor closed makes a rule *cannot tell* (or "
        "*not applicable*), never *met*, unless absence is the norm: then absence is assumed, and "
        "the assumption is printed under the verdict."
    )
    headings = ("row", "closed when", "what it then says", "when it cannot be told")
    yield from table(headings, (_gate(gate) for gate in NATIVE_CHRONIC_GATES))
    yield ""
    yield from paragraph(
        "Before the other rules. A chapter for an exceptional state is opened by the record of "
        "that state alone: where nothing is recorded, the state is not asked about."
    )
    yield from table(
        ("scope", "for", "opened only when", "closed when"),
        (_scope_row(scope, gates) for scope, gates in GATES.items()
         if scope is not Scope.NATIVE_CHRONIC),
    )  # fmt: skip
    yield ""


def _gate(gate: ScopeGate) -> Row:
    closes = gate.closes_when.text if gate.closes_when else "never"
    unsure = "; ".join(text for text in (gate.assumption, gate.unknown_message) if text)
    return gate.id, closes, gate.message, unsure or "this gate stays open"


def _scope_row(scope: Scope, gates: Iterable[ScopeGate]) -> Row:
    gates = tuple(gates)
    opened = "; ".join(gate.only_when.text for gate in gates if gate.only_when)
    closed = "; ".join(gate.closes_when.text for gate in gates if gate.closes_when)
    return _scope(scope), scope.label, opened, closed or "never"


# Severity and facts ------------------------------------------------------------------------------


def _severity() -> Lines:
    yield "## Limits of severity"
    yield ""
    yield from paragraph(
        "Where the next band begins, for one measurement. One measurement can show severe "
        "regurgitation, provisionally; it can never exclude it. What belongs to one measurement "
        "(orifice, volume and radius by PISA) is one line of evidence."
    )
    bands = (
        ("eroa_mm2", severity.EROA_BANDS),
        ("regurgitant_volume_ml", severity.VOLUME_BANDS),
        ("regurgitant_fraction_percent", severity.FRACTION_BANDS),
    )
    yield from table(
        ("measurement", "unit", "moderate from", "moderate to severe from", "severe from"),
        (
            (upper_first(FACTS[name].label), FACTS[name].unit, *(plain(limit) for limit in limits))
            for name, limits in bands
        ),
    )
    yield ""
    named = {name for name, _ in bands}
    yield from table(
        ("further measurement", "unit", "counts as severe from"),
        (
            (upper_first(FACTS[name].label), FACTS[name].unit, plain(limit))
            for name, limit in SEVERE_FROM.items()
            if name not in named
        ),
    )
    yield ""
    yield from paragraph(
        "Exactly 8 mm of biplane vena contracta is severe by ESC/EACTS and not by ASE 2017."
    )
    lines = "; ".join(kind.label for kind in severity.LineKind)
    yield from paragraph(f"Lines of evidence: {lines}.")


def _facts() -> Lines:
    yield "## Facts"
    yield ""
    yield from paragraph(
        "Everything that a rule, a gate or the grade may ask about a patient. A fact that is not "
        "recorded is unknown, never *no* and never zero. *Worse* names the direction in which a "
        "value is worse: what is adverse stays when it grows old, what reassures expires. *Asked* "
        "facts are answered on a form of their own, because no measurement, diagnosis or drug "
        "list holds them."
    )
    yield from table(
        ("fact", "label", "unit", "worse", "who says it", "meaning"),
        (
            (f"`{fact.name}`", fact.label, fact.unit, fact.worse.value, _who_says(fact),
             fact.meaning)
            for fact in FACTS.values()
        ),
    )  # fmt: skip


def _who_says(fact: FactDefinition) -> str:
    if fact.is_judgement:
        return "the team"
    if fact.is_derived:
        return "computed"
    return "asked" if fact.is_asked else "the record"
