"""Decisions for programs: recorded and corrected by the desk's forms and its door."""

from typing import Any

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from directory import answers
from directory.api import DecisionViewSet
from directory.models import Decision
from directory.models.keepers import COORDINATOR
from directory.serializers.register import RecordedDecisionSerializer
from federation.idempotency import idempotent
from federation.models import Federation
from federation.problems import MEDIA_TYPE, Problem
from membership.api import decision_shapes as shapes
from membership.api.access import REFUSED, Writing
from membership.api.moves import plain
from membership.desk import recording
from membership.forms import recording as forms
from membership.models import PreparedDecision

UNKNOWN = ["There is no such field."]
# These are not of the form, or not one value.
FRAME = ("federation", "corrects", "preview", "texts", forms.EFFECTS)
TOKEN: Any = [{"bearer": []}]  # as the schema names it
Sent = dict[str, Any]


class Recording(Writing):
    @extend_schema(
        request=shapes.NewDecision,
        responses={
            200: shapes.PreviewShape,
            201: RecordedDecisionSerializer,
            202: shapes.PreparedRow,
            (404, MEDIA_TYPE): Problem,
            **REFUSED,
        },
        auth=TOKEN,
    )
    @idempotent
    def post(self, request: Any) -> Response:
        """Record a decision, or a correction of one, for a federation that one coordinates.

        With `preview` the answer (200) says what would follow, and nothing is recorded. What is
        recorded is answered (201) as everybody may read it. Where two decide, it waits (202) for
        another coordinator. Sent twice, it is recorded once.
        """
        person = self.demand_person(writes=True)
        sent = _shaped(request.data)
        mine = Federation.objects.coordinated_by(person)
        federation = get_object_or_404(mine, slug=sent["federation"])
        terms = _terms(sent, federation, person)
        try:
            if sent["preview"]:
                return Response(_told(recording.preview(terms, by=person), terms))
            made, _is_new = recording.record(terms, by=person, office=COORDINATOR)
        except ValidationError as refusal:
            raise _by_field(refusal) from refusal
        if isinstance(made, PreparedDecision):
            row = shapes.PreparedRow(made, context={"user": person})
            return Response(row.data, status=202)
        return Response(answers.decisions([made.pk])[0], status=201)


class Decisions(DecisionViewSet):
    """The decisions that changed something public, the latest first."""

    create = Recording.post  # says what can be sent; `dispatch` leads there

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Everybody reads; whoever writes comes to a view that asks who it is."""
        if request.method == "POST":
            return Recording.as_view()(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


# --- what was sent --------------------------------------------------------------------------


def _shaped(data: Any) -> Sent:
    """Each part of the kind that it has to be; what it says, the forms judge."""
    if not isinstance(data, dict):
        raise serializers.ValidationError({"detail": ["Send an object."]})
    data = {name: value for name, value in data.items() if value is not None}
    texts, effects = data.get("texts", {}), data.get(forms.EFFECTS, [])
    federation, preview = data.get("federation"), data.get("preview", False)
    corrects = data.get("corrects")
    wrong: dict[str, list[str]] = {}
    if not isinstance(federation, str):
        wrong["federation"] = ["Give its short name."]
    if not isinstance(preview, bool):
        wrong["preview"] = ["True or false."]
    if corrects is not None and type(corrects) is not int:  # a yes is no number
        wrong["corrects"] = ["A number."]
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        wrong["texts"] = ["Send an object of texts by language."]
    if not isinstance(effects, list) or not all(isinstance(one, dict) for one in effects):
        wrong[forms.EFFECTS] = ["Send a list of objects."]
    if wrong:
        raise serializers.ValidationError(wrong)
    return {
        "words": plain({name: value for name, value in data.items() if name not in FRAME}),
        "federation": federation, "preview": preview, "corrects": corrects,
        "texts": texts, "effects": [_effect(place, one) for place, one in enumerate(effects)],
    }  # fmt: skip


def _effect(place: int, sent: Sent) -> Sent:
    wrong: dict[str, Any] = {
        name: UNKNOWN for name in sent if name not in forms.EffectForm.base_fields
    }
    try:
        given = plain(sent)
    except serializers.ValidationError as refusal:
        told: Any = refusal.detail
        wrong |= told
    else:
        if not given.get("kind"):  # an empty one, which a page would leave away
            wrong["kind"] = [_("Choose what follows.")]
    if wrong:
        raise serializers.ValidationError(_placed(place, wrong))
    return given


def _terms(sent: Sent, federation: Federation, person: Any) -> recording.Terms:
    """As the desk's door takes them; what is wrong is named by its field."""
    corrects = _corrected(federation, sent["corrects"])
    words, texts = sent["words"], sent["texts"]
    if corrects is not None and corrects.meeting_id is not None:
        words = {"meeting": corrects.meeting_id} | words
    codes = [code for code, _name in settings.LANGUAGES]
    boxes = {f"texts_{code}": texts.get(code, "") for code in codes}
    form = forms.DecisionForm({**words, **boxes}, federation=federation, corrects=corrects)
    effects: Any = forms.Effects(
        _as_formset(sent["effects"]), prefix=forms.EFFECTS,
        form_kwargs={"federation": federation, "user": person},
    )  # fmt: skip
    wrong: dict[str, Any] = {name: UNKNOWN for name in words if name not in form.fields}
    wrong |= form.errors
    if not effects.is_valid():
        if effects.non_form_errors():
            wrong[forms.EFFECTS] = effects.non_form_errors()
        for place, one in enumerate(effects.forms):
            wrong |= _placed(place, one.errors)
    if wrong:
        raise serializers.ValidationError(wrong)
    given = form.cleaned_data
    # The page has a box for each of its own languages; the register takes any.
    further = {tag: text.strip() for tag, text in texts.items() if tag not in codes}
    return {
        **given,
        "texts": given["texts"] | {tag: text for tag, text in further.items() if text},
        "federation": federation,
        "corrects": corrects,
        "effects": effects.terms(given["decided_on"]),
    }


def _as_formset(effects: list[Sent]) -> Sent:
    numbers = {"TOTAL_FORMS": len(effects), "INITIAL_FORMS": 0}
    fields = {
        f"{place}-{name}": value
        for place, effect in enumerate(effects)
        for name, value in effect.items()
    }
    return {f"{forms.EFFECTS}-{name}": value for name, value in {**numbers, **fields}.items()}


def _corrected(federation: Federation, number: int | None) -> Decision | None:
    """The decision with this number in the register, which another one is to correct."""
    if number is None:
        return None
    rows = Decision.objects.filter(federation=federation, entry__number=number)
    found: Decision | None = rows.first()
    if found is None:
        raise serializers.ValidationError({"corrects": ["The register has no such number."]})
    return found


# --- what is answered -----------------------------------------------------------------------


def _told(found: recording.Preview, terms: recording.Terms) -> dict[str, Any]:
    return {
        "changes": shapes.in_words(terms["effects"]),
        "takes_back": shapes.taken_back(terms["corrects"]) if found.undone else [],
        "still_open": [one.reference for one in found.pending],
        "needs_second": found.needs_second,
    }


def _by_field(refusal: ValidationError) -> serializers.ValidationError:
    """By the names that were sent; at which effect it came, the refusal says."""
    named = hasattr(refusal, "error_dict")
    told = refusal.message_dict if named else {NON_FIELD_ERRORS: refusal.messages}
    place = getattr(refusal, "effect", None)
    if place is not None:
        return serializers.ValidationError(_placed(place, told))
    detail = told.pop(NON_FIELD_ERRORS, None)
    return serializers.ValidationError(told | ({"detail": detail} if detail else {}))


def _placed(place: int, told: Any) -> dict[str, Any]:
    """The messages of one effect: `effects.0.status`, or of the whole of it `effects.0`."""
    return {
        f"{forms.EFFECTS}.{place}" + ("" if name == NON_FIELD_ERRORS else f".{name}"): messages
        for name, messages in told.items()
    }
