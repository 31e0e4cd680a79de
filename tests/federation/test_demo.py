"""The demonstration: true to its facts, built once, and shown nowhere else."""

import datetime
import json
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from directory import freshness
from directory.models import (
    Affiliation,
    AsAt,
    Organisation,
    OrganisationCountry,
    OrganisationSite,
    PublicContact,
    Shielding,
)
from directory.statutes import kinds
from federation.demo import people, register, statutes
from federation.demo.build import totals
from federation.demo.facts import FEDERATIONS, read
from federation.models import AuditEvent, Federation, Status, StoredFile
from membership.references import normal
from tests import make
from tests.federation import demonstration

SECTIONS = {
    ("Anarcho-Syndicalist Federation", "AU", "stated"),
    ("Anarcho-syndicalist Initiative", "RS", "stated"),
    ("Association of Polish Syndicalists", "PL", "implied"),
    ("Brazilian Workers Confederation", "BR", "implied"),
    ("Confederation of Revolutionary Anarcho-Syndicalists", "RU", "stated"),
    ("Direct Action", "SK", "stated"),
    ("National Confederation of Labour", "ES", "stated"),
    ("National Confederation of Labour", "FR", "stated"),
    ("Norwegian Syndicalist Federation", "NO", "implied"),
    ("Portuguese Section", "PT", "implied"),
    ("Solidarity Federation", "GB", "stated"),
}
FRIENDS = {
    ("Autonomous Workers' Union", "BG", "stated"),
    ("Germinal", "CL", "stated"),
    ("Libertarian Union of Students and Workers", "CO", "stated"),
    ("Örestad Local Organization", "SE", "stated"),
    ("Viennese Workers' Syndicate", "AT", "stated"),
    ("Workers' Solidarity Alliance", "US", "stated"),
}
READ_ON = datetime.date(2026, 11, 21)


@pytest.fixture
def in_demo(settings: Any) -> None:
    demonstration.begin(settings)


def made(slug: str) -> Federation:
    """A federation of the demonstration with its organisations, and nothing else."""
    federation = register.make_federation(slug)
    register.make_organisations(federation, by=None)  # type: ignore[arg-type]
    return federation


def listed(federation: Federation, status: str) -> list[tuple[str, str, str]]:
    bonds = Affiliation.objects.filter(federation=federation, status__slug=status)
    countries = OrganisationCountry.objects.filter(organisation__affiliations__in=bonds)
    return list(countries.values_list("organisation__name", "code", "basis"))


def demo(**options: Any) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


# --- what is known of the real ones ---------------------------------------------------------


def test_iwa_has_its_sections_and_friends_with_countries(db: Any) -> None:
    iwa = made("iwa")
    assert sorted(listed(iwa, "section")) == sorted(SECTIONS)
    assert sorted(listed(iwa, "friend")) == sorted(FRIENDS)
    assert not Organisation.objects.filter(is_fictional=True).exists()


def test_iwa_statuses_say_no_more_than_the_source(db: Any) -> None:
    register.make_federation("iwa")
    said = {
        status.slug: {
            right: getattr(status, right)
            for right in Status.RIGHTS
            if getattr(status, right) is not None
        }
        for status in Status.objects.open_to_requests()
    }
    assert said == {
        "friend": {"votes": False, "sends_observers": True},
        "section": {"votes": True},
    }


@pytest.mark.parametrize(
    ("day", "answer"),
    [(datetime.date(2019, 12, 8), AsAt.UNKNOWN), (READ_ON, AsAt.YES)],
)
def test_iwa_affiliations_are_vouched_for_from_the_day_of_the_source(
    db: Any, day: datetime.date, answer: AsAt
) -> None:
    made("iwa")
    answers = Affiliation.objects.as_at(day).values_list("since", "seen_on", "answer")
    assert set(answers) == {(None, READ_ON, answer)}


def test_asi_is_in_formation_and_hosted_by_the_friend_of_the_iwa(db: Any) -> None:
    iwa, asi = register.make_federation("iwa"), register.make_federation("asi")
    organisations = register.make_organisations(iwa, by=None)  # type: ignore[arg-type]
    register.make_hosts(asi, organisations)
    host = asi.hosts.get().organisation
    assert (asi.kind, asi.founded, asi.persons_join) == ("in_formation", "2016-03", "host")
    assert [bond.status.slug for bond in host.affiliations.all()] == ["friend"]
    assert [name.value for name in host.names.all()] == ["WSA"]


def test_ilnss_has_principles_and_no_members(db: Any) -> None:
    ilnss = made("ilnss")
    principles = [str(text) for text in ilnss.principle_list]
    assert principles[:6] == [
        "combative", "democratic", "autonomous", "alternative", "feminist", "internationalist",
    ]  # fmt: skip
    assert (ilnss.kind, ilnss.scope, ilnss.founded) == ("network", "international", "")
    assert not Affiliation.objects.exists()


@pytest.mark.parametrize("slug", FEDERATIONS)
def test_statuses_have_names_in_every_language_of_the_site(slug: str) -> None:
    statuses = read(slug)["statuses"]
    texts = [
        status[field] for status in statuses for field in ("labels", "plurals", "descriptions")
    ]
    assert {tuple(sorted(text)) for text in texts} == {("ar", "en", "es")}


# --- what is invented -----------------------------------------------------------------------


def test_invented_federation_shows_every_way_through_time(db: Any) -> None:
    lantern = made("lantern")
    bonds = Affiliation.objects.filter(federation=lantern)
    assert {bond.end_reason for bond in bonds} == {
        "", "change", "withdrawal", "expulsion", "lapse", "merger",
    }  # fmt: skip
    assert bonds.filter(is_void=True).count() == 1
    assert bonds.filter(since=None).count() == 2
    assert bonds.exclude(gone_on=None).count() == 1
    assert set(Organisation.objects.values_list("visibility", flat=True)) == {
        "published", "unlisted", "shielded",
    }  # fmt: skip


def test_invented_statutes_have_versions_translations_and_an_unknown_beginning(db: Any) -> None:
    lantern = made("lantern")
    statutes.make_statutes(lantern)
    texts = {kind.label: kind.versions for kind in kinds(lantern, datetime.date(2022, 1, 1))}
    newest, oldest = texts["statutes"]
    assert (oldest.holds, newest.is_ahead, len(newest.statutes.languages)) == (True, True, 3)
    assert "ar" in newest.statutes.changes
    [principles] = texts["statement of principles"]
    assert (principles.statutes.since, principles.statutes.language) == (None, "es")
    assert StoredFile.objects.count() == 1


def test_renamed_organisation_keeps_its_old_address(db: Any) -> None:
    made("lantern")
    union = Organisation.objects.get(slugs__slug="invented-lightship-mens-union")
    assert union.name == "Invented Lightship Crews' Union"
    assert union.names.get(kind="former").value == "Invented Lightship Men's Union"


def test_invented_organisations_are_reached_at_example_org_only(db: Any) -> None:
    made("lantern")
    sites = Organisation.objects.exclude(website="").values_list("website", flat=True)
    contacts = PublicContact.objects.filter(kind="email").values_list("value", flat=True)
    assert [url for url in sites if not url.endswith(".example.org/")] == []
    assert [value for value in contacts if not value.endswith(".example.org")] == []
    assert not Organisation.objects.filter(is_fictional=False).exists()


def test_filings_have_references_that_can_be_read_out_and_invented_addresses() -> None:
    kinds = ("requests", "applications", "claims")
    filings = [row for kind in kinds for row in read("filings")[kind]]
    references = [row["reference"] for row in filings]
    assert [normal(reference) for reference in references] == references
    assert len(set(references)) == len(references)
    assert [row["email"] for row in filings if not row["email"].endswith("example.org")] == []


def test_one_entry_is_overdue_and_one_shielded_for_a_reason(db: Any) -> None:
    lantern = made("lantern")
    today = timezone.localdate()
    confirmed = Organisation.objects.exclude(verified_on=None)
    [late] = freshness.overdue(confirmed, today)
    assert late in freshness.due(today)
    [running] = Shielding.objects.running()
    assert running.organisation.is_shielded
    assert running.reason.startswith("Invented: ")
    assert running.organisation.affiliations.get().federation == lantern


def test_some_have_feeds_of_their_own(db: Any) -> None:
    made("lantern")
    feeds = OrganisationSite.objects.filter(kind=OrganisationSite.Kind.FEED)
    assert len({feed.organisation_id for feed in feeds}) == 2


# --- building -------------------------------------------------------------------------------


def test_command_reports_what_was_built_and_changes_nothing_the_second_time(
    db: Any, in_demo: None
) -> None:
    report = json.loads(demo(format="json"))
    counts, events = totals(), AuditEvent.objects.count()
    assert report["state"] == "built"
    assert report["totals"] == counts
    assert [login["email"] for login in report["logins"]] == [
        login.email for login in people.LOGINS
    ]
    assert json.loads(demo(format="json")) == report | {"state": "unchanged"}
    assert (totals(), AuditEvent.objects.count()) == (counts, events)


def test_command_outside_a_demonstration_is_wrong_use(db: Any) -> None:
    with pytest.raises(CommandError) as refused:
        demo()
    assert refused.value.returncode == 2
    assert not Federation.objects.exists()


def test_command_in_a_register_of_others_is_wrong_use(db: Any, in_demo: None) -> None:
    make.federation("iwa")
    with pytest.raises(CommandError) as refused:
        demo()
    assert refused.value.returncode == 2
    assert Counter(Federation.objects.values_list("slug", flat=True)) == {"iwa": 1}
