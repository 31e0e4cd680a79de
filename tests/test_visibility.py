"""Who may see and change which rows: every model, every persona, exact rows.

A model that is missing here is red. Each model has one row of the persona's own scope
and one canary of somebody else's.
"""

from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from directory import decisions, shielding
from directory.models import (
    DirectoryVersion,
    HostOrganisation,
    Identifier,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationSite,
    PublicContact,
    Seat,
    Statutes,
    StatutesText,
    Term,
)
from federation import audit, letters, limits, tokens
from federation.models import KeptAnswer, LetterText
from membership import joining
from membership.consultations import consulting
from membership.entries import claims, confirmations, reports
from membership.models import (
    Consulted,
    Proposal,
    RequestNote,
    SavedFilter,
    Sponsorship,
)
from membership.procedures import publishing
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from membership.requests import deciding, workflow
from membership.seconding import preparing
from tests import make
from tests.directory.test_overlap import day

OURS = ("federation", "directory", "membership")


def half_a_world(slug: str) -> SimpleNamespace:
    """A federation, its section with all details, its people, and what was filed with them."""
    federation = make.federation(slug)
    section = make.organisation(
        f"Section of {slug}", "SE", acronym=slug.upper(), accepts_members=True
    )
    bond = make.affiliation(section, federation)
    proposed = workflow.submit_request(
        make.request(federation, name=f"Group for {slug}", contact_name=f"Kim {slug} Canary")
    )
    coordinator = make.coordinator(federation, f"coordinator@{slug}.example.org")
    secretary = make.secretary(section, f"secretary@{slug}.example.org")
    application = joining.submit_application(make.application(section, name=f"Ola {slug} Canary"))
    member = make.member(section, f"Mika {slug} Canary")
    OrganisationLanguage.objects.create(organisation=section, code="sv")
    OrganisationIndustry.objects.create(organisation=section, code="mining")
    PublicContact.objects.create(
        organisation=section, kind="email", value="a@example.org", is_role=True
    )
    Identifier.objects.create(organisation=section, scheme="wikidata", value="Q1")
    OrganisationSite.objects.create(organisation=section, url=f"https://{slug}.example.org/")
    HostOrganisation.objects.create(federation=federation, organisation=section)
    OrganisationLink.objects.create(
        organisation=section, kind="part_of", other=proposed.organisation
    )
    deciding.accept_request(
        workflow.submit_request(make.request(federation, email="other@example.org",
            name=f"Taken in by {slug}")),
        by=coordinator, body="congress", decided_on=day(2020),
    )  # fmt: skip
    make.meeting(federation)
    rests = {"kind": "suspend", "organisation": section, "on": day(2003), "until": day(2004)}
    decisions.record(
        federation=federation, body="plenary", decided_on=day(2003), by=coordinator,
        effects=[rests],
    )  # fmt: skip
    seat = Seat.objects.create(federation=federation)
    vouched = {"federation": federation, "decision": federation.decisions.first()}
    Term.objects.create(
        seat=seat, organisation=section, since=day(2003), decision=vouched["decision"]
    )
    version = Statutes.objects.create(**vouched, titles={"en": "Statutes"}, language="en")
    StatutesText.objects.create(statutes=version, language="en", text="One for all.")
    words = {"body": "congress", "decided_on": day(2003), "effects": [], "reference": f"{slug} 7"}
    preparing.prepare(federation, by=coordinator, terms=words)
    make.document(proposed)
    RequestNote.objects.create(request=proposed, text="Ask again.")
    Proposal.objects.create(request=proposed, step=0, verb="accept", terms={})
    SavedFilter.objects.create(person=coordinator, list="requests", name="mine", query="q=1")
    LetterText.objects.create(
        federation=federation, letter="accepted", language="en", subject="S", body="B"
    )
    for person in (coordinator, secretary):
        tokens.make_token(person, label=slug, expires_on=None, may_write=False)
    KeptAnswer.objects.create(key=slug, request="r")
    claims.submit_claim(make.claim(section, name=f"Kai {slug} Canary"))
    reports.handle(make.report(section), by=secretary)
    make.report(section)
    confirmations.at_the_desk(section, by=coordinator, note="Asked by telephone.")
    shielding.shield(section, by=coordinator, reason="A threat.")
    shielding.unshield(section, by=coordinator)
    _ask_the_sections(federation, section, coordinator, secretary)
    rules = make.procedure(federation.statuses.get(slug="friend"), [{}])
    publishing.new_draft(rules, coordinator)
    proceeding = open_proceeding(
        kind="lapse", organisation=section, federation=federation, by=coordinator,
        grounds=f"Pat {slug} Canary spent the dues.",
    )  # fmt: skip
    leaving.speak(proceeding, by=secretary, note="It is not so.")
    # The database makes it when a transaction ends, which on PostgreSQL this one never does.
    DirectoryVersion.objects.update_or_create(pk=1, defaults={"changed_at": timezone.now()})
    limits.spend("test", slug, amount=1, per=day(2001) - day(2000))
    audit.record(audit.Action.CHANGE, bond, by=coordinator, federation=slug)
    letters.queue("code", "a@example.org", "en", code="1", reference="2")
    return SimpleNamespace(
        federation=federation, section=section, coordinator=coordinator, secretary=secretary,
        member=member, application=application,
    )  # fmt: skip


def _ask_the_sections(federation: Any, section: Any, coordinator: Any, secretary: Any) -> None:
    """About one more request; the section has replied, and is asked as its sponsor."""
    slug = federation.slug
    make.procedure(federation.statuses.get(slug="friend"), consulted="all")
    request = make.request(
        federation, email="third@example.org", name=f"Asked about in {slug}",
        contact_name=f"Kim {slug} Canary",
    )  # fmt: skip
    request = workflow.consult(workflow.submit_request(request), by=coordinator)
    consulting.reply(
        Consulted.objects.get(consultation__request=request), by=secretary, answer="for",
        assembly="assembly", decided_on=day(2020),
    )  # fmt: skip
    Sponsorship.objects.create(request=request, organisation=section)


@pytest.fixture(scope="module")
def _made(lasting: None) -> SimpleNamespace:
    """Ours, and a canary of every model in somebody else's federation."""
    return SimpleNamespace(ours=half_a_world("ours"), theirs=half_a_world("theirs"))


@pytest.fixture
def world(db: Any, _made: SimpleNamespace) -> SimpleNamespace:
    return deepcopy(_made)


OF_A_PERSON = {"federation.ApiToken", "membership.SavedFilter"}


def label_of(row: Any) -> str:
    return str(row._meta.label)


def belongs_to(row: Any) -> str:
    """`ours` or `theirs`, by whatever leads to a federation, an organisation or a text."""
    if label_of(row) == "membership.Reply":
        return belongs_to(row.consulted)
    if label_of(row) == "directory.StatutesText":
        return belongs_to(row.statutes)
    for path in (
        "federation", "organisation", "subject", "member", "procedure", "request", "seat",
    ):  # fmt: skip
        if getattr(row, path, None) is not None:
            return belongs_to(getattr(row, path))
    text = (
        getattr(row, "slug", "") or getattr(row, "federation_slug", "") or getattr(row, "title", "")
    )
    if label_of(row) in OF_A_PERSON:
        text = row.person.email
    return "theirs" if "theirs" in f"{text}{row}" else "ours"


# For each model: whose rows each persona sees, and whose it may change.
# v visitor, o somebody without office, c coordinator of ours, s secretary of ours.
BOTH, OURS_ONLY, NOTHING = {"ours", "theirs"}, {"ours"}, set()
PUBLIC = {"v": BOTH, "o": BOTH, "c": BOTH, "s": BOTH}
NOBODY = {"v": NOTHING, "o": NOTHING, "c": NOTHING, "s": NOTHING}
COORDINATORS = NOBODY | {"c": OURS_ONLY}
SECRETARIES = NOBODY | {"s": OURS_ONLY}
KEEPERS = NOBODY | {"c": OURS_ONLY, "s": OURS_ONLY}

MATRIX: dict[str, tuple[dict, dict]] = {
    # model: (visible to, managed by)
    "federation.Federation": (PUBLIC, COORDINATORS),
    "federation.Status": (PUBLIC, COORDINATORS),
    "federation.Office": (COORDINATORS, COORDINATORS),
    "federation.AuditEvent": (COORDINATORS, NOBODY),
    "federation.Letter": (NOBODY, NOBODY),
    "federation.Bucket": (NOBODY, NOBODY),
    "federation.StoredFile": (NOBODY, NOBODY),
    "federation.LetterText": (COORDINATORS, COORDINATORS),
    "federation.ApiToken": (KEEPERS, KEEPERS),  # each their own
    "federation.KeptAnswer": (NOBODY, NOBODY),
    "directory.Organisation": (PUBLIC, KEEPERS),
    "directory.OrganisationName": (PUBLIC, KEEPERS),
    "directory.OrganisationCountry": (PUBLIC, KEEPERS),
    "directory.OrganisationLanguage": (PUBLIC, KEEPERS),
    "directory.OrganisationIndustry": (PUBLIC, KEEPERS),
    "directory.PublicContact": (PUBLIC, KEEPERS),
    "directory.Identifier": (PUBLIC, KEEPERS),
    "directory.OrganisationSite": (PUBLIC, KEEPERS),
    "directory.OrganisationLink": (PUBLIC, KEEPERS),
    "directory.Slug": (NOBODY, NOBODY),
    "directory.SearchWord": (NOBODY, NOBODY),
    "directory.DirectoryVersion": (NOBODY, NOBODY),
    "directory.HostOrganisation": (PUBLIC, COORDINATORS),
    "directory.OrganisationOffice": (SECRETARIES, SECRETARIES),
    "directory.Shielding": (KEEPERS, KEEPERS),
    "directory.Source": (PUBLIC, COORDINATORS),
    "directory.Decision": (PUBLIC, COORDINATORS),
    "directory.Affiliation": (PUBLIC, COORDINATORS),
    "directory.Effect": (PUBLIC, COORDINATORS),
    "directory.Suspension": (PUBLIC, COORDINATORS),
    "directory.RegisterEntry": (PUBLIC, COORDINATORS),
    "directory.Meeting": (COORDINATORS, COORDINATORS),
    "directory.Statutes": (PUBLIC, COORDINATORS),
    "directory.StatutesText": (PUBLIC, COORDINATORS),
    "directory.Seat": (PUBLIC, COORDINATORS),
    "directory.Term": (PUBLIC, COORDINATORS),
    "membership.PreparedDecision": (COORDINATORS, COORDINATORS),
    "membership.Procedure": (PUBLIC, COORDINATORS),
    "membership.Question": (PUBLIC, COORDINATORS),
    "membership.AffiliationRequest": (COORDINATORS, COORDINATORS),
    "membership.RequestStep": (NOBODY, NOBODY),
    "membership.Document": (COORDINATORS, COORDINATORS),
    "membership.RequestNote": (COORDINATORS, COORDINATORS),
    "membership.Proposal": (COORDINATORS, COORDINATORS),
    "membership.SavedFilter": (COORDINATORS, COORDINATORS),  # each their own
    "membership.Consultation": (KEEPERS, COORDINATORS),
    "membership.Consulted": (KEEPERS, SECRETARIES),
    "membership.Reply": (KEEPERS, SECRETARIES),
    "membership.Sponsorship": (COORDINATORS, COORDINATORS),
    "membership.Proceeding": (KEEPERS, COORDINATORS),
    "membership.ProceedingStep": (NOBODY, NOBODY),
    "membership.MembershipApplication": (SECRETARIES, SECRETARIES),
    "membership.ApplicationStep": (NOBODY, NOBODY),
    "membership.EntryClaim": (KEEPERS, KEEPERS),
    "membership.ClaimStep": (NOBODY, NOBODY),
    "membership.ErrorReport": (SECRETARIES, SECRETARIES),
    "membership.ReportStep": (NOBODY, NOBODY),
    "membership.Confirmation": (KEEPERS, NOBODY),
    "membership.Member": (SECRETARIES, SECRETARIES),
    "membership.Membership": (SECRETARIES, SECRETARIES),
}
# Asked of no queryset: an account is reached through its offices, history by the admin alone.
NOT_SCOPED = {"federation.User"}


def our_models() -> set[str]:
    models = [model for app in OURS for model in apps.get_app_config(app).get_models()]
    return {m._meta.label for m in models if not m.__name__.startswith("Historical")}


def test_every_model_is_declared():
    assert our_models() == MATRIX.keys() | NOT_SCOPED


def seen(manager: Any, scope: str, user: Any) -> set[str]:
    """Whose rows of a model lie in the scope of a person."""
    return {belongs_to(row) for row in getattr(manager, scope)(user)}


def test_each_persona_sees_and_changes_exactly_their_rows(world):
    personas = {
        "v": AnonymousUser(),
        "o": make.user("nobody@example.org"),
        "c": world.ours.coordinator,
        "s": world.ours.secretary,
    }
    wrong = {}
    for label, expected in MATRIX.items():
        manager = apps.get_model(label).objects
        assert manager.exists(), f"a canary of {label} is planted"
        for scope, rows in zip(("visible_to", "managed_by"), expected, strict=True):
            found = {persona: seen(manager, scope, user) for persona, user in personas.items()}
            if found != rows:
                wrong[label, scope] = found
    assert wrong == {}


def test_rights_end_with_the_office(world):
    """Whoever held an office sees what a visitor sees, and changes nothing."""
    people = (world.ours.coordinator, world.ours.secretary)
    world.ours.federation.offices.update(until=day(2020))
    world.ours.section.offices.update(until=day(2020))
    for label, (visible, _managed) in MATRIX.items():
        manager = apps.get_model(label).objects
        for person in people:
            assert seen(manager, "visible_to", person) == visible["v"], label
            assert seen(manager, "managed_by", person) == set(), label


@pytest.mark.parametrize(
    "label",
    sorted(
        label
        for label, (visible, _managed) in MATRIX.items()
        if label.startswith("membership.") and visible is not PUBLIC
    ),
)
def test_an_operator_sees_no_person_and_no_request(world, label):
    operator = make.user("operator@example.org", is_superuser=True)
    assert not apps.get_model(label).objects.visible_to(operator).exists()
