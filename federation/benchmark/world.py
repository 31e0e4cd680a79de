"""An invented world of any size for measuring: the same for the same size.

Names are put together from words of the trade in several scripts; countries, languages,
industries and affiliations are spread unevenly, as in life. Rows are written in bulk, with the
derived columns that saving them one by one would give.
"""

import datetime
import random
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from directory.folding import fold, search_text
from directory.models import (
    Affiliation,
    Industry,
    Organisation,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationName,
    Slug,
    Source,
)
from directory.models.organisations import facets_of, towns
from federation.models import Federation, Status

SEED = 1919
BATCH = 2_000

# Country, language, how often, first words, last words, towns.
LANDS = [
    ("SE", "sv", 9, "Fria Norra Örestads Röda", "arbetare facket syndikatet", "Malmö Umeå Kiruna"),
    ("ES", "es", 18, "Sindicato Unión Federación", "campesina obrera solidaria", "Cádiz León Vigo"),
    ("PL", "pl", 10, "Związek Wolny Nowy", "pracowników hutników łódzki", "Łódź Gdańsk Ełk"),
    ("DE", "de", 12, "Freie Basis Grüne", "gewerkschaft arbeiterunion syndikat", "Jena Köln Ulm"),
    ("FR", "fr", 11, "Syndicat Union Ligue", "des_cheminots du_soin écoles", "Lyon Brest Nîmes"),
    ("RU", "ru", 7, "Союз Профсоюз Вольный", "рабочих учителей моряков", "Омск Пермь Тверь"),
    ("GR", "el", 4, "Ένωση Σωματείο Ελεύθερη", "εργατών ναυτεργατών δασκάλων", "Βόλος Χανιά Πάτρα"),
    ("EG", "ar", 4, "نقابة اتحاد رابطة", "العمال المعلمين السكك", "أسوان طنطا دمياط"),
    ("JP", "ja", 4, "全国 自由 合同", "労働組合 一般労組 教員組合", "札幌 長崎 京都"),
    ("US", "en", 14, "United General Free", "workers_union dockers teachers", "Boise Duluth Akron"),
    ("BR", "pt", 7, "Sindicato União Liga", "dos_portuários da_saúde livre", "Belém Natal Recife"),
]  # fmt: skip
STATUSES = [("section", "section", True), ("friend", "friend", False)]


@dataclass(frozen=True)
class Invented:
    """One organisation of this world, before it is a row."""

    name: str
    acronym: str
    country: str
    language: str
    industry: str
    city: str


def invent(number: int, dice: random.Random) -> Invented:
    country, language, _often, first, last, towns = dice.choices(
        LANDS, weights=[land[2] for land in LANDS]
    )[0]
    words = [dice.choice(first.split()), dice.choice(last.split()).replace("_", " ")]
    city = dice.choice(towns.split())
    name = " ".join([*words, city, str(number)])
    acronym = "".join(word[0] for word in name.split()[:3]).upper() + str(number % 997)
    return Invented(name, acronym, country, language, dice.choice(Industry.values), city)


def build(size: int) -> None:
    """Fill an empty database with `size` organisations and their affiliations."""
    dice = random.Random(SEED)  # noqa: S311 - chance, not secrecy
    statuses = [status for number in range(3) for status in _federation(number)]
    source = Source.objects.create(
        federation=statuses[0].federation, title="Invented", as_of=datetime.date(2026, 1, 1)
    )
    for start in range(0, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        _write([(number, invent(number, dice)) for number in numbers], statuses, source, dice)


def _federation(number: int) -> list[Status]:
    federation = Federation.objects.create(
        slug=f"federation-{number}", names={"en": f"Invented Federation {number}"},
        acronym=f"IF{number}", kind="international", scope="international", is_fictional=True,
    )  # fmt: skip
    return [
        Status.objects.create(
            federation=federation, slug=slug, kind=kind, votes=votes,
            labels={"en": slug.capitalize()}, plurals={"en": f"{slug.capitalize()}s"},
        )
        for slug, kind, votes in STATUSES
    ]  # fmt: skip


def _write(
    made: list[tuple[int, Invented]], statuses: list[Status], source: Source, dice: random.Random
) -> None:
    rows = Organisation.objects.bulk_create(_row(number, one) for number, one in made)
    pairs = list(zip(rows, (one for _number, one in made), strict=True))
    details: list[list[Any]] = [
        [Slug(slug=row.slug, organisation=row) for row, _one in pairs],
        [
            OrganisationName(organisation=row, value=one.acronym, kind="acronym")
            for row, one in pairs
        ],
        [OrganisationCountry(organisation=row, code=one.country) for row, one in pairs],
        [OrganisationLanguage(organisation=row, code=one.language) for row, one in pairs],
        [OrganisationIndustry(organisation=row, code=one.industry) for row, one in pairs],
    ]
    for of_one_kind in details:
        type(of_one_kind[0]).objects.bulk_create(of_one_kind)
    Affiliation.objects.bulk_create(
        bond for row, _one in pairs for bond in _bonds(row, statuses, source, dice)
    )


def _row(number: int, one: Invented) -> Organisation:
    return Organisation(
        slug=f"invented-{number}", name=one.name, language=one.language, city=one.city,
        is_fictional=True, sort_name=fold(one.name)[:400], main_country=one.country,
        search=search_text(
            [one.name, one.acronym], towns(one.city, [one.country]), [one.country]
        ),
        facets=facets_of("union", [one.country], [one.language], [one.industry]),
        changed_at=timezone.now(),
    )  # fmt: skip


def _bonds(
    row: Organisation, statuses: list[Status], source: Source, dice: random.Random
) -> list[Affiliation]:
    """Most are in one federation, some in none, some were friends before they were sections."""
    if dice.random() < 0.2:
        return []
    section, friend = dice.choice([statuses[:2], statuses[2:4], statuses[4:]])
    since = datetime.date(dice.randrange(1922, 2025), dice.randrange(1, 13), 1)
    terms = {"organisation": row, "federation": section.federation, "source": source}
    if dice.random() < 0.7:
        return [Affiliation(**terms, status=dice.choice([section, friend]), since=since)]
    change = since.replace(year=since.year + 1)
    before = Affiliation(**terms, status=friend, since=since, until=change, end_reason="change")
    return [before, Affiliation(**terms, status=section, since=change)]
