"""Builders: each makes one valid row, nothing random, and says only what it is asked to say."""

import datetime
import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory import workflow as register
from directory.models import (
    Affiliation,
    Meeting,
    Organisation,
    OrganisationCountry,
    OrganisationName,
    OrganisationOffice,
    PublicContact,
    Source,
)
from federation.files import keeping
from federation.models import Federation, Office, Status, User
from membership.entries import reports
from membership.models import (
    AffiliationRequest,
    Document,
    EntryClaim,
    ErrorReport,
    Member,
    Membership,
    MembershipApplication,
    Procedure,
    Question,
)
from tests import files

PASSWORD = "correct horse battery staple"
LONG_AGO = datetime.date(2000, 1, 1)


def federation(slug: str = "iwa", **fields: Any) -> Federation:
    """A federation with a voting section and a friend that may be asked for."""
    names = {"en": f"Federation {slug}"}
    made = Federation.objects.create(
        **{
            "slug": slug,
            "names": names,
            "acronym": slug.upper(),
            "kind": "international",
            "scope": "international",
        }
        | fields
    )
    status(made, "section", votes=True)
    status(made, "friend", sends_observers=True, is_open_to_requests=True)
    return made


def status(of: Federation, kind: str, **fields: Any) -> Status:
    labels = {
        "en": kind.capitalize(),
        "es": {"section": "Sección", "friend": "Amigo"}.get(kind, kind),
    }
    return Status.objects.create(
        **{
            "federation": of,
            "slug": kind,
            "kind": kind,
            "labels": labels,
            "plurals": {"en": f"{kind.capitalize()}s"},
        }
        | fields
    )


def organisation(
    name: str = "Örestad Local", *countries: str, acronym: str = "", **fields: Any
) -> Organisation:
    made = Organisation.objects.create(name=name, **fields)
    for code in countries:
        OrganisationCountry.objects.create(organisation=made, code=code)
    if acronym:
        OrganisationName.objects.create(organisation=made, value=acronym, kind="acronym")
    return made


def contact(of: Organisation, value: str, kind: str = "email", **fields: Any) -> PublicContact:
    """A role's, so that nobody's consent is needed."""
    return PublicContact.objects.create(
        **{"organisation": of, "kind": kind, "value": value, "is_role": True} | fields
    )


def source(of: Federation, as_of: datetime.date = LONG_AGO) -> Source:
    return Source.objects.create(federation=of, title="Members page", as_of=as_of)


def affiliation(
    member: Organisation, of: Federation, kind: str = "section", **fields: Any
) -> Affiliation:
    """A bond since 2000 unless told otherwise, opened through the door."""
    if not fields.keys() & {"since", "seen_on"}:
        fields["since"] = LONG_AGO
    return register.admit(
        organisation=member, status=of.statuses.get(slug=kind), source=source(of), by=None, **fields
    )


def user(email: str = "somebody@example.org", **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, **fields)


def second_factor(of: User) -> str:
    """Set up an authenticator app for the account; its secret, from which codes are made."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    if not Authenticator.objects.filter(user=of, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(of, secret)
    return secret


def coordinator(of: Federation, email: str = "coordinator@example.org", **office: Any) -> User:
    person = user(email)
    Office.objects.create(federation=of, person=person, **{"since": LONG_AGO} | office)
    return person


def secretary(of: Organisation, email: str = "secretary@example.org", **office: Any) -> User:
    person = user(email)
    OrganisationOffice.objects.create(
        organisation=of, person=person, **{"since": LONG_AGO} | office
    )
    return person


def office(of: Organisation, person: User, **fields: Any) -> OrganisationOffice:
    """One more office of somebody who is there already."""
    return OrganisationOffice.objects.create(
        organisation=of, person=person, **{"since": LONG_AGO} | fields
    )


def procedure(of: Status, questions: list[dict[str, Any]] | None = None, **rules: Any) -> Procedure:
    """The rules in force for a status, from now on; the version before, if any, is retired.

    Questions are one line each and called q0, q1 ... unless they say otherwise.
    """
    before = Procedure.objects.filter(status=of).order_by("-version")
    version = before[0].version + 1 if before else 1
    made = Procedure.objects.create(federation=of.federation, status=of, version=version, **rules)
    for number, ask in enumerate(questions or []):
        plain = {"position": number, "key": f"q{number}", "kind": "line"}
        Question.objects.create(procedure=made, **plain | {"labels": {"en": "Why?"}} | ask)
    before.filter(state="in_force").update(state="retired", retired_at=timezone.now())
    made.state, made.published_at = "in_force", timezone.now()
    made.save()
    return made


def meeting(of: Federation, **fields: Any) -> Meeting:
    """A congress whose day is not fixed yet."""
    return Meeting.objects.create(**{"federation": of, "body": "congress"} | fields)


def request(
    of: Federation, kind: str = "friend", email: str = "group@example.org", **answers: Any
) -> AffiliationRequest:
    """A draft, filled in."""
    return AffiliationRequest.objects.create(
        federation=of,
        status=of.statuses.get(slug=kind),
        language="en",
        email=email,
        form_token=uuid.uuid4(),
        answers={
            "name": "New Group",
            "language": "en",
            "kind": "group",
            "countries": ["AT"],
            "city": "Graz",
            "description": "We organise in kitchens.",
            "agrees": True,
            "contact_name": "Kim Canary",
        }
        | answers,
    )


def document(of: AffiliationRequest, name: str = "Statutes.pdf") -> Document:
    """Added to a request in whatever state it is."""
    file = keeping.keep(keeping.cleaned(SimpleUploadedFile(name, files.pdf())))
    return Document.objects.create(request=of, file=file)


def application(
    to: Organisation, email: str = "person@example.org", **answers: Any
) -> MembershipApplication:
    """A draft, filled in."""
    return MembershipApplication.objects.create(
        organisation=to,
        language="en",
        email=email,
        form_token=uuid.uuid4(),
        answers={"name": "Ola Canary", "place": "Graz"} | answers,
    )


def claim(of: Organisation, email: str = "claimant@example.org", **answers: Any) -> EntryClaim:
    """A draft, filled in."""
    return EntryClaim.objects.create(
        organisation=of,
        language="en",
        email=email,
        form_token=uuid.uuid4(),
        answers={"name": "Kai Canary", "message": "The assembly elected me."} | answers,
    )


def report(of: Organisation, right: str = "The town is Malmö.", **fields: Any) -> ErrorReport:
    """Sent, and waiting for those who keep the entry."""
    answers = {"part": "place", "right": right, "source": ""}
    return reports.send_report(of, token=uuid.uuid4(), answers=answers, **fields)


def member(
    of: Organisation, name: str = "Mika Canary", email: str = "mika@example.org", **fields: Any
) -> Member:
    made = Member.objects.create(organisation=of, name=name, email=email, **fields)
    Membership.objects.create(member=made, organisation=of, since=LONG_AGO)
    return made
