"""What of the register of decisions is open to whom; asked by pages, API and exports alike."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from directory.models import Affiliation, Decision, Effect, Organisation, Term
from federation.models import Federation


def with_public_effect(decisions: "QuerySet[Decision]") -> "QuerySet[Decision]":
    """Those that changed something everybody may see, and those that correct such a one."""
    return decisions.filter(_has_public_effect())


def with_open_words(decisions: "QuerySet[Decision]", user: Any) -> "QuerySet[Decision]":
    """Those whose words this reader may have: they may name what an effect is hidden for."""
    hidden = Effect.objects.hidden_from(user)
    ours = Q(federation__in=Federation.objects.coordinated_by(user))
    return decisions.filter(
        _has_public_effect() | ours,
        ~Exists(hidden.filter(decision=OuterRef("pk"))),
        ~Exists(hidden.filter(decision=OuterRef("corrects"))),
    )


def _has_public_effect() -> Q:
    bonds = Affiliation.objects.visible_to(None).standing()
    bonds = bonds.filter(organisation__visibility__in=Organisation.LISTED)
    effects = Effect.objects.visible_to(None)
    terms = Term.objects.visible_to(None)
    return (
        Q(Exists(bonds.filter(decision=OuterRef("pk"))))
        | Q(Exists(bonds.filter(end_decision=OuterRef("pk"))))
        | Q(Exists(effects.filter(decision=OuterRef("pk"))))
        | Q(Exists(effects.filter(decision=OuterRef("corrects"))))
        | Q(Exists(terms.filter(decision=OuterRef("pk"))))
        | Q(Exists(terms.filter(end_decision=OuterRef("pk"))))
    )
