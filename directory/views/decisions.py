"""The register of a federation's decisions, with the changes that each of them made."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from directory.disclosing import with_open_words, with_public_effect
from directory.entries import Entry, entries, shown_bonds
from directory.keeping import Stamp, counted
from directory.models import Affiliation, Decision, Effect, Organisation
from directory.saying import Said, said
from directory.statutes import in_force
from directory.strict import StrictForm
from directory.views.facts import list_url
from federation.files import keeping
from federation.models import Federation, Status
from federation.texts import Text, in_language

LATEST = 20
MOST_NUMBERS = 2**31 - 1  # what the column holds
Counts = dict[int, dict[int, int]]  # by decision and status
NAMED = 8  # changes of one decision; where it made more, they are counted


@dataclass(frozen=True)
class Change:
    """An organisation came, went, or has another status than before."""

    organisation: Entry
    status: Status | None
    before: Status | None
    reason: str


@dataclass(frozen=True)
class Tally:
    """So many organisations came to a status by a decision, or left one."""

    status: Status
    number: int
    has_ended: bool
    url: str = ""


@dataclass
class Entered:
    """A decision as the register shows it: what it says that it does, else what came of it.

    Without `text` also where that might name somebody whom this reader may not see.
    """

    decision: Decision
    text: Text
    corrects: Decision | None = None
    corrected_by: Decision | None = None
    effects: list[Said] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)


class Register:
    """The latest decisions of a federation, read with as many queries for many as for one."""

    def __init__(
        self, federation: Federation, bonds: QuerySet[Affiliation], stamp: Stamp | None
    ) -> None:
        self.federation, self.bonds, self.stamp = federation, bonds, stamp
        self.decisions = with_public_effect(Decision.objects.filter(federation=federation))
        self.statuses = {
            status.pk: status for status in federation.statuses.select_related("federation")
        }

    def latest(self) -> list[Entered]:
        return self.entered(list(whole(self.decisions)[:LATEST]))

    def entered(self, decisions: list[Decision]) -> list[Entered]:
        """The decisions with what each of them did."""
        keys = [decision.pk for decision in decisions]
        effects = said(Effect.objects.visible_to(None).filter(decision__in=keys))
        shown = [Entered(one, Text("", ""), effects=effects.get(one.pk, [])) for one in decisions]
        self._add_words(shown)
        self._add_changes([one for one in shown if not one.effects])
        return shown

    def _add_words(self, shown: list[Entered]) -> None:
        """What the decisions say, and which corrects which, as far as it is public."""
        for one in shown:
            one.corrects = one.decision.corrects
            one.corrected_by = getattr(one.decision, "corrected_by", None)
        related = {one.pk for each in shown for one in _with_relatives(each)}
        rows = Decision.objects.filter(pk__in=related)
        public = set(with_public_effect(rows).values_list("pk", flat=True))
        spoken = set(with_open_words(rows, None).values_list("pk", flat=True))
        for one in shown:
            for decision in _with_relatives(one):
                if decision.pk not in spoken:
                    decision.texts, decision.correction_note = {}, ""
                    decision.document_is_public = False
            texts = one.decision.texts
            one.text = in_language(texts, original=self.federation.language)
            one.corrects = one.corrects if one.corrects and one.corrects.pk in public else None
            later = one.corrected_by
            one.corrected_by = later if later and later.pk in public else None

    def _add_changes(self, shown: list[Entered]) -> None:
        """Of those that say nothing of what they did: what was recorded with them."""
        begun, ended = self._counts(shown)
        keys = [one.decision.pk for one in shown]
        few = [key for key in keys if _sum(begun, key) <= NAMED and _sum(ended, key) <= NAMED]
        named = self._named(few)
        for one in shown:
            key = one.decision.pk
            if key in few:
                one.changes = named.get(key, [])
            else:
                one.tallies = self._tallies(one.decision, begun.get(key, {}), ended.get(key, {}))

    def _counts(self, shown: list[Entered]) -> tuple[Counts, Counts]:
        def count() -> tuple[Counts, Counts]:
            return self._counted("decision", shown), self._counted("end_decision", shown)

        of = (self.federation.pk, *(one.decision.pk for one in shown))
        return counted(("decisions", *of), self.stamp, count)

    def _counted(self, by: str, shown: list[Entered]) -> Counts:
        """How many bonds of which status began (or ended) by each decision."""
        rows = self.bonds.filter(**{f"{by}__in": [one.decision.pk for one in shown]})
        found: Counts = {}
        for row in rows.order_by().values(by, "status").annotate(number=Count("pk")):
            found.setdefault(row[by], {})[row["status"]] = row["number"]
        return found

    def _tallies(
        self, decision: Decision, begun: dict[int, int], ended: dict[int, int]
    ) -> list[Tally]:
        asked = {"federation": self.federation.slug, "on": decision.decided_on}
        came = [
            Tally(
                self.statuses[key], number, False, list_url(status=self.statuses[key].slug, **asked)
            )
            for key, number in begun.items()
        ]
        return came + [Tally(self.statuses[key], number, True) for key, number in ended.items()]

    def _named(self, few: list[int]) -> dict[int, list[Change]]:
        """The changes of the decisions that made few. A change of status is one, not two."""
        whole = self.bonds.select_related(None).select_related("organisation")
        begun = list(whole.filter(decision__in=few).order_by("organisation__sort_name", "pk"))
        ended = list(whole.filter(end_decision__in=few).order_by("organisation__sort_name", "pk"))
        left = {(bond.end_decision_id, bond.organisation_id): bond for bond in ended}
        faces = _faces(begun, ended)
        told: dict[int, list[Change]] = {}
        for bond in begun:
            old = left.pop((bond.decision_id, bond.organisation_id), None)
            before = self.statuses[old.status_id] if old else None
            change = Change(faces[bond.organisation_id], self.statuses[bond.status_id], before, "")
            told.setdefault(bond.decision_id, []).append(change)
        for (decision, organisation), bond in left.items():
            reason = bond.get_end_reason_display()
            change = Change(faces[organisation], None, self.statuses[bond.status_id], reason)
            told.setdefault(decision, []).append(change)
        return told


def _with_relatives(one: Entered) -> list[Decision]:
    return [row for row in (one.decision, one.corrects, one.corrected_by) if row]


def _sum(counts: Counts, decision: int) -> int:
    return sum(counts.get(decision, {}).values())


def _faces(*bonds: list[Affiliation]) -> dict[int, Entry]:
    """The organisations of the bonds by their keys, each read once."""
    rows = {bond.organisation_id: bond.organisation for several in bonds for bond in several}
    return dict(zip(rows, entries(rows.values()), strict=True))


def whole(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """With number, and with the decisions that correct and are corrected."""
    return decisions.select_related(
        "entry", "federation", "corrects__entry", "corrects__federation",
        "corrected_by__entry", "corrected_by__federation", "document",
    ).defer("document__content")  # fmt: skip


# --- pages ----------------------------------------------------------------------------------


class PageForm(StrictForm):
    page = forms.IntegerField(required=False, min_value=1, max_value=99_999)


class DecisionList(TemplateView):
    """The decisions of a federation that changed something public, the latest first."""

    template_name = "directory/decision_list.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        federation = get_object_or_404(Federation.objects.visible_to(request.user), slug=slug)
        form = PageForm(request.GET)
        understood = form.is_valid()
        register = register_of(federation, request.directory_stamp)
        pages = Paginator(whole(register.decisions), LATEST)
        page = pages.get_page(form.cleaned_data.get("page") if understood else 1)
        context = {
            "federation": federation,
            "form": form,
            "count": pages.count,
            "decisions": register.entered(list(page.object_list)) if understood else [],
            "previous_url": f"?page={page.number - 1}" if page.has_previous() else "",
            "next_url": f"?page={page.number + 1}" if page.has_next() else "",
        }
        return self.render_to_response(context, status=200 if understood else 400)


class DecisionDetail(TemplateView):
    """One decision, by its number in the register of its federation."""

    template_name = "directory/decision_detail.html"
    of_directory = True

    def get(self, request: HttpRequest, slug: str, number: int, **kwargs: Any) -> HttpResponse:
        found = public_decision(slug, number)
        register = register_of(found.federation, request.directory_stamp)
        [entered] = register.entered([found])
        context = {
            "federation": found.federation,
            "entered": entered,
            "in_force": in_force(found.federation, found.decided_on),
        }
        return self.render_to_response(context)


@require_safe
def decision_document(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The document of a decision, where everybody may read it."""
    found = public_decision(slug, number)
    if found.document is None or not found.document_is_public:
        raise Http404
    # It may name, as the words may, whom an effect is hidden for.
    if not with_open_words(Decision.objects.filter(pk=found.pk), None).exists():
        raise Http404
    return keeping.download(found.document)


def register_of(federation: Federation, stamp: Stamp | None) -> Register:
    bonds = shown_bonds(None).filter(organisation__visibility__in=Organisation.LISTED)
    return Register(federation, bonds.filter(federation=federation), stamp)


def public_decision(slug: str, number: int) -> Decision:
    if number > MOST_NUMBERS:
        raise Http404
    shown = with_public_effect(Decision.objects.filter(federation__slug=slug))
    found: Decision = get_object_or_404(whole(shown), entry__number=number)
    return found
