"""What a benchmark gives: figures with their baselines; timing; the text of a report."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

NO_TARGET = ""


@dataclass(frozen=True)
class Figure:
    """One measured thing.

    ``ratio`` says how it compares with the baseline, in the words of ``compared``; ``target`` is
    in words, ``met`` is None where there is none.
    """

    name: str
    value: str
    ratio: str = ""
    target: str = NO_TARGET
    met: bool | None = None


@dataclass
class Part:
    """The figures of one benchmark, how they are meant, remarks of the run, and query plans."""

    title: str
    about: str
    figures: list[Figure] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    plans: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, value: str, **more: Any) -> None:
        """Note one figure."""
        self.figures.append(Figure(name, value, **more))

    def remark(self, text: str) -> None:
        """Note a line that stands below the figures."""
        self.remarks.append(text)

    def as_json(self) -> dict[str, Any]:
        """For the process that writes the report."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Part:
        """The reverse of ``as_json``."""
        figures = [Figure(**figure) for figure in data["figures"]]
        plans = dict(data.get("plans", {}))
        return cls(data["title"], data["about"], figures, list(data["remarks"]), plans)


def best_of(times: int, work: Callable[[], Any]) -> float:
    """Seconds of the fastest of several calls, after one that is not counted.

    The fastest is the one that other programs on the machine disturbed least.
    """
    work()
    return min(_timed(work) for _time in range(times))


def seconds_of(work: Callable[[], Any]) -> float:
    """Seconds of one call."""
    return _timed(work)


def _timed(work: Callable[[], Any]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


@contextmanager
def added_to(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Add the time spent inside to what is kept under a name."""
    start = perf_counter()
    try:
        yield
    finally:
        seconds[name] = seconds.get(name, 0.0) + perf_counter() - start


def milliseconds(seconds: float) -> str:
    """A duration for the report."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def per_second(rows: int, seconds: float) -> str:
    """A rate for the report."""
    return f"{rows / seconds:,.0f} rows/s"


def times(ratio: float) -> str:
    """A ratio for the report."""
    digits = 2 if ratio < 1 else 1 if ratio < 100 else 0
    return f"{ratio:,.{digits}f} ×"


def markdown(parts: Sequence[Part], level: str = "##") -> str:
    """The parts as headings and tables."""
    return "\n".join(_part(part, level) for part in parts)


def _part(part: Part, level: str) -> str:
    lines = [f"{level} {part.title}", "", part.about, ""]
    lines += ["| Figure | Measured | Against the baseline | Target | |", "|---|---:|---:|---|---|"]
    lines += [
        f"| {figure.name} | {figure.value} | {figure.ratio} | {figure.target} | {_word(figure)} |"
        for figure in part.figures
    ]
    lines += ["", *(f"- {remark}" for remark in part.remarks)]
    for title, plan in part.plans.items():
        lines += ["", f"{title}:", "", "```", plan, "```"]
    return "\n".join(lines).rstrip() + "\n"


def _word(figure: Figure) -> str:
    return {True: "met", False: "**missed**", None: ""}[figure.met]
