"""Invented people: names, telephone numbers in ranges that ring nowhere, streets that are not."""

from __future__ import annotations

from datetime import date
from random import Random


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FAMILY = _names(
    """
    Abbott Achebe Adler Aguilar Alvarado Andersen Aoki Arslan Ashworth Aubert Bachmann Bakker
    Banerjee Barros Baumann Becker Bellini Benali Bergström Blanchet Bianchi Bondar Bouchard
    Brennan Brun Calder Campos Carlier Castellan Chowdhury Clemens Colombo Costa Dalgaard
    Delacroix Demir Desai Diallo Dimitrov Dragan Duarte Eklund Engel Erdős Esposito Fabre Falk
    Farkas Fernandes Fischer Fontaine Forsberg Gallagher Garnier Georgiou Ghosh Gomes Greco
    Gruber Haas Haddix Hagen Halloran Hartley Hashimoto Heller Herrera Hoffmann Holm Horváth
    Ivanova Jacobsen Jankowski Jansen Kaplan Karimi Kaya Keita Khoury Kimura Klein Kovač
    Kowal Lacroix Laurent Leclair Lindholm Lombardi Lund Mahler Marchand Marek Mensah Meunier
    Mohr Molina Mwangi Nakamura Navarro Neumann Nielsen Novák Nowicki Obi Olivetti Olsen Orlova
    Ortiz Ozturk Pacheco Papadakis Pereira Perrin Pires Popescu Prieto Quinn Rahman Ramos Reyes
    Richter Rinaldi Rocher Romano Roth Rousselle Sable Salazar Santoro Sauer Schäfer Serrano
    Shah Silveira Simić Sorensen Stein Suárez Szabó Takahashi Tanaka Teixeira Thibault Torres
    Tremblay Urban Vance Varga Vasquez Vogel Wagner Walsh Weber Wójcik Yamada Yilmaz Young
    Zamora Zeman Zimmer
    """
)
WOMEN = _names(
    """
    Adela Agnes Aiko Alma Amina Ana Andrea Anke Anneliese Beatriz Bruna Camille Carla Cécile
    Chiara Dagmar Denise Dilek Edith Elena Elif Emma Esther Eva Fatima Florence Francesca Gisela
    Grace Hana Hanne Helena Hélène Ingrid Irina Isabel Jana Joana Judit Karin Kateryna Laila
    Leonor Lieselotte Lucia Magdalena Maja Margit Maria Marta Meera Mónica Nadia Noor Odile Olga
    Paola Petra Priya Rosa Ruth Sabine Sigrid Sofia Sonia Teresa Ulrike Vera Violeta Yasmin Yuki
    Zofia
    """
)
MEN = _names(
    """
    Adam Adrian Albert Ali Anders Andrej Antonio Armand Arturo Bastian Bernard Bruno Carlos
    César Daniel David Dieter Dmitri Eduardo Emil Enzo Ernst Felix Fernando Filip Franz Georg
    Giorgio Guillaume Hakan Hans Hassan Henrik Hugo Ibrahim Ignacio Igor Ivan Jakob Jean João
    Joaquim Jörg José Kenji Klaus Lars Leon Lorenzo Luca Lucien Luis Mahmoud Manuel Marc Martin
    Mateo Matthias Mehmet Michel Miguel Nikolai Oskar Paolo Pascal Paul Pavel Pedro Pierre
    Rafael René Ricardo Samuel Stefan Takeshi Thomas Tomás Viktor Walter Yusuf Zoltán
    """
)
NORTH_STREETS = (
    "rue des Érables", "rue du Port", "quai du Nord", "chemin des Vignes", "place du Marché",
    "avenue des Tilleuls", "rue de la Fontaine", "allée des Peupliers", "rue Basse",
    "impasse du Moulin",
)  # fmt: skip
SOUTH_STREETS = (
    "Magnolia Street", "Harbor Road", "Old Mill Lane", "Cedar Avenue", "Quarry Hill",
    "Lighthouse Way", "Juniper Court", "Orchard Street",
)  # fmt: skip
NORTH_DOCTORS = (
    "Dr R. Girard, cardiology practice", "Dr P. Lambert, cardiology practice",
    "Dr N. Faure, general practice", "Dr H. Vidal, general practice",
    "Emergency department, Northtown", "Dr I. Roux, internal medicine", "",
)  # fmt: skip
SOUTH_DOCTORS = (
    "Dr L. Whitaker, family medicine", "Dr D. Ferreira, cardiology", "Southport Urgent Care",
    "Dr A. Lindgren, internal medicine", "",
)  # fmt: skip


def person(rng: Random, *, male: bool, born_on: date, north: bool) -> dict[str, object]:
    """Columns of a patient: everything that a clerk would have asked, and now and then did not."""
    draw = rng.random
    given = MEN if male else WOMEN
    values: dict[str, object] = {
        "family_name": FAMILY[int(draw() * len(FAMILY))],
        "given_name": given[int(draw() * len(given))],
        "born_on": born_on,
        "sex": "male" if male else "female",
    }
    if draw() < 0.12:
        second = FAMILY[int(draw() * len(FAMILY))]
        if second != values["family_name"]:
            values["family_name"] = f"{values['family_name']}-{second}"
    number = int(draw() * 10_000)
    if draw() < 0.94:
        values["telephone"] = (
            f"+33 1 99 00 {number // 100:02d} {number % 100:02d}"
            if north
            else f"+1 555 01{number % 100:02d}"
        )
    if draw() < 0.9:
        streets, town = (NORTH_STREETS, "Northtown") if north else (SOUTH_STREETS, "Southport")
        street = streets[int(draw() * len(streets))]
        values["address"] = f"{1 + int(draw() * 140)} {street}, {town}"
    return values


def doctor(rng: Random, *, north: bool) -> str:
    """Who sent the patient; now and then nobody wrote it down."""
    doctors = NORTH_DOCTORS if north else SOUTH_DOCTORS
    return doctors[int(rng.random() * len(doctors))]
