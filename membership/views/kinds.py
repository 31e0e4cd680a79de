"""The kinds of what is sent to the desk share their pages; here is what sets them apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from membership import joining
from membership.desk import meetings
from membership.entries import claims, reports
from membership.forms import care, decisions
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Filing,
    MembershipApplication,
    Sent,
)
from membership.requests import proposals, workflow


@dataclass(frozen=True)
class Door:
    """A verb of the workflow that deciders may use, and what they fill in for it."""

    form: type[decisions.MoveForm]
    act: Callable[..., Any]


@dataclass(frozen=True)
class Desk:
    """What those who decide have before them; `name` is part of the names of pages."""

    name: str
    model: type[Sent]
    doors: dict[str, Door]

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"membership:{page}", args=args)

    @property
    def list_url(self) -> str:
        """The list at the desk."""
        return self.url("coordination" if self.name == "request" else f"coordination_{self.name}s")


@dataclass(frozen=True)
class Kind(Desk):
    """What its sender follows, too; `submit` sends the draft off, `form_page` changes it."""

    model: type[Filing]
    submit: Callable[[Any], Any]
    form_page: str

    def page(self, reference: str) -> str:
        """Where it is followed."""
        return self.url(self.name, reference)

    def part(self, reference: str, part: str) -> str:
        """A page under it: check, code, answer, withdraw."""
        return self.url(f"{self.name}_{part}", reference)

    def form_url(self, draft: Any) -> str:
        """The form in which a draft is changed; of a request, the list of its parts."""
        if isinstance(draft, AffiliationRequest):
            return self.part(draft.reference, "tasks")
        of = draft.organisation
        return f"{self.url(self.form_page, of.slug)}?draft={draft.reference}"

    @property
    def find_url(self) -> str:
        """Where reference and address are asked for."""
        return self.url("find" if self.name == "request" else f"find_{self.name}")


REQUEST = Kind(
    name="request",
    model=AffiliationRequest,
    submit=workflow.submit_request,
    form_page="affiliate_form",
    doors={
        "ask_back": Door(decisions.QuestionForm, workflow.ask_back),
        "consult": Door(decisions.NoteForm, workflow.consult),
        "conclude": Door(decisions.NoteForm, workflow.conclude),
        "defer": Door(decisions.DeferForm, meetings.defer),
        "accept": Door(decisions.AcceptRequestForm, proposals.accept),
        "decline": Door(decisions.DeclineRequestForm, proposals.decline),
    },
)
APPLICATION = Kind(
    name="application",
    model=MembershipApplication,
    submit=joining.submit_application,
    form_page="join_organisation",
    doors={
        "ask_back": Door(decisions.QuestionForm, workflow.ask_back),
        "accept": Door(decisions.AcceptApplicationForm, joining.accept_application),
        "decline": Door(decisions.ReasonForm, workflow.decline),
    },
)
CLAIM = Kind(
    name="claim",
    model=EntryClaim,
    submit=claims.submit_claim,
    form_page="claim_entry",
    doors={
        "ask_back": Door(decisions.QuestionForm, workflow.ask_back),
        "accept": Door(care.ClaimReasonForm, claims.accept_claim),
        "decline": Door(decisions.ReasonForm, workflow.decline),
    },
)
REPORT = Desk(
    name="report",
    model=ErrorReport,
    doors={
        "handle": Door(care.HandledForm, reports.handle),
        "dismiss": Door(care.DismissedForm, reports.dismiss),
    },
)
