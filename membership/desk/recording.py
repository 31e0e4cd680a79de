"""Decisions that coordinators record by hand: previewed, recorded, or kept for a second person.

`terms` are those of `directory.decisions.record` without who records it, and the document.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from directory import corrections, decisions, saying
from directory.models import Decision
from directory.models.keepers import COORDINATOR
from federation.files import keeping
from federation.files.cleaning import Clean
from membership.models import AffiliationRequest, PreparedDecision, Proceeding
from membership.proceedings.demands import demand_consent
from membership.seconding import preparing
from membership.seconding.rule import wants_second
from membership.seconding.terms import read

Terms = dict[str, Any]


@dataclass(frozen=True)
class Preview:
    """What a decision would change, what a correction would take back, and what is open about
    the same at the desk, whose own procedure would be passed by.
    """

    told: list[saying.Said]
    undone: list[saying.Said]
    pending: list[AffiliationRequest | Proceeding]
    needs_second: bool


def preview(terms: Terms, *, by: Any) -> Preview:
    """It is recorded, read, and taken back. Raises ValidationError where it is refused."""
    federation, corrects = terms["federation"], terms.get("corrects")
    demand_consent(federation, terms.get("effects", ()))
    needs_second = wants_second(federation, terms.get("effects", ()), corrects)
    with transaction.atomic():
        tried = decisions.record(**terms, by=by)
        told = saying.said(tried.effects.all()).get(tried.pk, [])
        pending = _pending(tried, by)
        undone = []
        if corrects and not corrections.same(corrects, tried.effects.all()):
            undone = saying.said(corrects.effects.all()).get(corrects.pk, [])
        transaction.set_rollback(True)
    return Preview(told, undone, pending, needs_second)


def _pending(tried: Decision, by: Any) -> list[AffiliationRequest | Proceeding]:
    about = tried.effects.values("organisation")
    return [
        found
        for model in (AffiliationRequest, Proceeding)
        for found in model.objects.managed_by(by)
        .open()
        .filter(federation=tried.federation, organisation__in=about)
    ]


def record(
    terms: Terms, *, by: Any, office: str, document: Clean | None = None, is_public: bool = False
) -> tuple[Decision | PreparedDecision, bool]:
    """The decision, or what waits for a second person; and whether it is new.

    It is not, where a first click has just recorded it.
    """
    federation = terms["federation"]
    with transaction.atomic():
        decisions.wait_for_others(federation)
        twin = decisions.alike(**terms)
        if twin is not None:
            return twin, False
        demand_consent(federation, terms["effects"])
        public = {"document_is_public": bool(document and is_public)}
        if wants_second(federation, terms["effects"], terms.get("corrects")):
            preview(terms, by=by)  # what would be refused is refused now
            kept = {name: value for name, value in terms.items() if name != "federation"}
            return preparing.prepare(
                federation, by=by, terms=kept | public, document=document
            ), True
        file = keeping.keep(document) if document else None
        return decisions.record(**terms, **public, document=file, by=by, office=office), True


# --- what a second person confirms ----------------------------------------------------------


def terms_of(prepared: PreparedDecision) -> Terms:
    """As they were prepared; ValidationError if something that they name is no longer there."""
    return {"federation": prepared.federation, "effects": [], **read(prepared.terms)}


def confirm(prepared: PreparedDecision, *, by: Any) -> Decision:
    """The second person agrees: it is recorded as it was prepared, once, or not at all."""
    with transaction.atomic():
        preparing.take(prepared, by=by)
        terms = terms_of(prepared)
        if decisions.alike(**terms):
            raise ValidationError(_("This decision stands in the register already."))
        demand_consent(prepared.federation, terms["effects"])
        decision = decisions.record(**terms, document=prepared.document, by=by, office=COORDINATOR)
        preparing.name_both(prepared, decision, by=by)
    return decision
