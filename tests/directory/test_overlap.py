"""One organisation has at most one affiliation to one federation on any day."""

import datetime
import importlib

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from directory import workflow as register
from directory.models import Affiliation
from tests import make
from tests.race import together

guards = importlib.import_module("directory.migrations.0002_guards")
WRITERS = 50


def day(year: int) -> datetime.date:
    return datetime.date(year, 1, 1)


def write_together() -> list[object]:
    """Fifty writers, each with a bond that overlaps all the others, past every form and door."""
    federation = make.federation()
    organisation = make.organisation()
    status, source = federation.statuses.get(slug="section"), make.source(federation)

    def write(index: int) -> Affiliation:
        return Affiliation.objects.create(
            organisation=organisation,
            federation=federation,
            status=status,
            source=source,
            since=day(2000 + index % 5),
            until=day(2010) if index % 2 else None,
        )

    return together(WRITERS, write)


@pytest.mark.django_db(transaction=True)
def test_one_of_fifty_concurrent_writers_wins():
    results = write_together()
    assert Affiliation.objects.count() == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == WRITERS - 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_all_fifty_overlap():
    with connection.schema_editor() as editor:
        guards.remove(None, editor)
    try:
        write_together()
        assert Affiliation.objects.count() == WRITERS
    finally:
        Affiliation.objects.all().delete()
        with connection.schema_editor() as editor:
            guards.install(None, editor)


def test_the_door_says_in_words_what_the_database_refused(iwa, local):
    with pytest.raises(ValidationError, match="already has a status"):
        make.affiliation(local, iwa, "friend", since=day(2020))


def test_a_bond_may_begin_on_the_day_another_ends(iwa, local, coordinator):
    source = make.source(iwa)
    register.end(
        affiliation=Affiliation.objects.get(),
        until=day(2010),
        reason="withdrawal",
        source=source,
        by=coordinator,
    )
    make.affiliation(local, iwa, "friend", since=day(2010))
    assert Affiliation.objects.count() == 2


def test_a_bond_with_unknown_start_leaves_the_time_before_its_source_free(iwa):
    organisation = make.organisation("Germinal", "CL")
    make.affiliation(organisation, iwa, "friend", seen_on=day(2020))
    with pytest.raises(ValidationError):
        make.affiliation(organisation, iwa, since=day(2025))
    assert Affiliation.objects.count() == 1


def test_a_bond_taken_back_by_a_correction_no_longer_counts(iwa, local, coordinator):
    bond = Affiliation.objects.get()
    new = register.correct(
        affiliation=bond, note="The congress was in 2004.", since=day(2004), by=coordinator
    )
    bond.refresh_from_db()
    assert (bond.is_void, new.corrects, new.since) == (True, bond, day(2004))
