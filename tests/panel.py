"""For the tests of the panel: our half of a world, and another full of canaries."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from directory.models import (
    Decision,
    HostOrganisation,
    Organisation,
    OrganisationName,
    PublicContact,
    Seat,
    Source,
    Statutes,
)
from federation import audit
from federation.models import Federation
from membership import joining
from membership.requests import workflow
from tests import make
from tests.conftest import signed_in

TEXTAREA = re.compile(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
SELECT = re.compile(r'<select name="([^"]*)".*?>(.*?)</select>', re.DOTALL)
ACTIONS = ("changelist", "add", "change", "delete", "history")


def half(slug: str, word: str) -> SimpleNamespace:
    """A federation with one row of every kind, each of which has `word` in what it shows."""
    federation = make.federation(slug, names={"en": f"{word} Federation"}, acronym=word.upper())
    for status in federation.statuses.all():
        status.labels = {"en": f"{word} {status.slug}"}
        status.save()
    local = make.organisation(f"{word} Local", "SE", city=f"{word}ville", accepts_members=True)
    OrganisationName.objects.create(organisation=local, value=f"{word} Ltd", kind="translated")
    PublicContact.objects.create(
        organisation=local, kind="email", value=f"{word}@example.org", is_role=True
    )
    bond = make.affiliation(local, federation)
    Source.objects.filter(federation=federation).update(title=f"{word} page")
    Decision.objects.create(
        federation=federation, body="congress", decided_on="2020-05-01", place=f"{word} place"
    )
    coordinator = make.coordinator(federation, f"coordinator@{slug}.example.org")
    secretary = make.secretary(local, f"secretary@{slug}.example.org")
    coordinator.name = secretary.name = f"{word} Official"
    coordinator.save()
    secretary.save()
    audit.record(
        audit.Action.CHANGE, bond, by=coordinator, office=f"{word} office", federation=slug
    )
    return SimpleNamespace(
        federation=federation,
        organisation=local,
        affiliation=bond,
        status=federation.statuses.get(slug="friend"),
        decision=Decision.objects.get(federation=federation),
        source=Source.objects.get(federation=federation),
        statutes=Statutes.objects.create(
            federation=federation,
            titles={"en": f"{word} statutes"},
            language="en",
            decision=Decision.objects.get(federation=federation),
        ),
        seat=Seat.objects.create(federation=federation, titles={"en": f"{word} seat"}),
        hostorganisation=HostOrganisation.objects.create(federation=federation, organisation=local),
        office=federation.offices.get(),
        organisationoffice=local.offices.get(),
        auditevent=audit.AuditEvent.objects.filter(federation_slug=slug).first(),
        **people(federation, local, word),
        coordinator=coordinator,
        secretary=secretary,
    )


def people(federation: Federation, local: Organisation, word: str) -> dict[str, Any]:
    """What was filed, and a member; names of people have `word` and Sealed in them."""
    request = make.request(
        federation, name=f"{word} Group", contact_name=f"{word} Sealed", email="a@example.org"
    )
    application = make.application(local, name=f"{word} Sealed", email="sealed@example.org")
    member = make.member(local, name=f"{word} Sealed", email=f"sealed@{word.lower()}.example.org")
    return {
        "affiliationrequest": workflow.submit_request(request),
        "membershipapplication": joining.submit_application(application),
        "member": member,
        "membership": member.memberships.get(),
    }


def world() -> SimpleNamespace:
    return SimpleNamespace(ours=half("ours", "Own"), theirs=half("theirs", "Canary"))


def client_of(persona: str, here: SimpleNamespace) -> Client:
    """A browser in which the persona is signed in."""
    if persona == "visitor":
        return Client()
    if persona == "operator":
        return signed_in(make.user("operator@example.org", is_superuser=True))
    if persona == "member":
        account = make.user("member@example.org")
        here.ours.member.account = account
        here.ours.member.save()
        return signed_in(account)
    if persona == "outsider":
        return signed_in(here.theirs.coordinator)
    return signed_in(getattr(here.ours, persona))


def page(model: Any, action: str, row: Any = None) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}"
    return reverse(name, args=[] if action in ("changelist", "add") else [row.pk])


def pages(model: Any, row: Any) -> list[str]:
    return [page(model, action, row) for action in ACTIONS]


def filled(html: str) -> dict[str, str]:
    """What a browser would send back of the form on the page, unchanged."""
    form = html[html.index('method="post" id=') :]
    sent = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type")
        if kind not in ("submit", "checkbox"):
            sent[name] = _attribute(tag, "value")
        elif kind == "checkbox" and " checked" in tag:
            sent[name] = "on"
    sent |= dict(TEXTAREA.findall(form))
    for name, options in SELECT.findall(form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return {name: unescape(value) for name, value in sent.items()}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf' {name}="([^"]*)"', tag)
    return found[1] if found else ""


def save(client: Client, url: str, **changes: Any) -> Any:
    """Open the page, change some fields, and send it."""
    sent = filled(client.get(url).content.decode())
    return client.post(url, sent | {"_save": "Save"} | changes)
