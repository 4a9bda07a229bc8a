"""Registered, and nothing measured yet: every answer must say so."""

from __future__ import annotations

from demo.book import Book
from patients.models import Patient


def write_unmeasured(book: Book) -> Patient:
    """Jan Novák, 46: referred last week for a murmur."""
    return book.register(
        "HV-20588",
        from_on=book.ago(days=6),
        referring_doctor="Dr E. Simon, family practice: murmur heard, please assess",
        family_name="Novák",
        given_name="Jan",
        born_on=book.born(age=46, month=6, day=19),
        sex=Patient.Sex.MALE,
        telephone="+33 1 99 00 17 80",
    )
