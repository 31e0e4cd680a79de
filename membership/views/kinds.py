"""The two kinds of what is filed share their pages; here is what sets them apart."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from membership import workflow
from membership.forms import decisions
from membership.models import AffiliationRequest, Filing, MembershipApplication


@dataclass(frozen=True)
class Door:
    """A verb of the workflow that deciders may use, and what they fill in for it."""

    form: type[decisions.MoveForm]
    act: Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """`name` is part of the names of pages; `form_page` the page of the form that files one."""

    name: str
    model: type[Filing]
    submit: Callable[[Any], Any]
    doors: dict[str, Door]

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"membership:{page}", args=args)

    def page(self, reference: str) -> str:
        """Where it is followed."""
        return self.url(self.name, reference)

    def part(self, reference: str, part: str) -> str:
        """A page under it: check, code, answer, withdraw."""
        return self.url(f"{self.name}_{part}", reference)

    def form_url(self, draft: Any) -> str:
        """The form in which a draft is changed."""
        if isinstance(draft, AffiliationRequest):
            return f"{self.url('affiliate_form', draft.federation.slug)}?draft={draft.reference}"
        return f"{self.url('join_organisation', draft.organisation.slug)}?draft={draft.reference}"


REQUEST = Kind(
    name="request",
    model=AffiliationRequest,
    submit=workflow.submit_request,
    doors={
        "ask_back": Door(decisions.QuestionForm, workflow.ask_back),
        "consult": Door(decisions.NoteForm, workflow.consult),
        "defer": Door(decisions.DeferForm, workflow.defer),
        "accept": Door(decisions.AcceptRequestForm, workflow.accept_request),
        "decline": Door(decisions.ReasonForm, workflow.decline),
    },
)
APPLICATION = Kind(
    name="application",
    model=MembershipApplication,
    submit=workflow.submit_application,
    doors={
        "ask_back": Door(decisions.QuestionForm, workflow.ask_back),
        "accept": Door(decisions.AcceptApplicationForm, workflow.accept_application),
        "decline": Door(decisions.ReasonForm, workflow.decline),
    },
)
