"""One door for every change of state.

A model lists its legal moves as data (`MOVES`). `move()` is the only way to change its
`state`: it checks who asks, takes the row by a conditional update on state *and* step
number, writes the step and lets the caller's effects happen, all in one transaction.
Page buttons, the admin and the README's diagram are read from the same table.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation import audit
from federation.encryption import EncryptedTextField


class _Applicant:
    """The one who filed the request, proved by its reference and a mailed code."""

    pk = None

    def __repr__(self) -> str:
        return "APPLICANT"


APPLICANT = _Applicant()


@dataclass(frozen=True)
class Move:
    """One legal move: `verb` leads from any of `sources` to `target`.

    `who` is ``applicant`` or ``decider``; `label` stands on the button, `done` in the
    timeline; `reason` tells whether a text is required.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    who: str
    label: str | Promise
    done: str | Promise
    reason: bool = False


class Refused(Exception):
    """A move that cannot be made; nothing was changed. `message` is fit to be shown."""

    message: str | Promise = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class NotOpen(Refused):
    """The move does not lead on from the present state."""

    message = _("This step is not possible in the present state.")


class NotYours(Refused, PermissionDenied):
    """Somebody else's move."""

    message = _("This step is not yours to take.")


class NeedsReason(Refused):
    message = _("Please give a reason.")


class Overtaken(Refused):
    """Somebody else moved first. `since` holds the steps the caller had not seen."""

    message = _("Somebody else was quicker. Nothing of yours was saved; see what has changed.")

    def __init__(self, since: Iterable[Any] = ()) -> None:
        super().__init__()
        self.since = list(since)


class Stateful(models.Model):
    """Something that moves through states by `MOVES`. `step` is the number of its last step."""

    MOVES: ClassVar[tuple[Move, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    step = models.PositiveIntegerField(default=0, editable=False)
    state: Any

    class Meta:
        abstract = True

    @classmethod
    def move_named(cls, verb: str) -> Move:
        return next(move for move in cls.MOVES if move.verb == verb)


class Step(models.Model):
    """The trace of one move. Subclasses add `subject`, unique together with `number`.

    `by` is empty for the applicant. The note may name persons, so it is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    by = models.UUIDField(null=True)
    office = models.CharField(max_length=100, blank=True)
    note = EncryptedTextField(blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.verb}"


S = TypeVar("S", bound=Stateful)


def moves_for(obj: Stateful, user: Any) -> list[Move]:
    """The moves open to `user` (or APPLICANT) now."""
    role = _role(obj, user)
    return [move for move in obj.MOVES if move.who == role and obj.state in move.sources]


def move(
    obj: S,
    verb: str,
    *,
    by: Any,
    office: str = "",
    note: str = "",
    seen: int | None = None,
    effects: Callable[[S], None] | None = None,
) -> S:
    """Make the move `verb` on the stored row of `obj` and return it as it then is.

    `seen` is the number of the last step the person had before their eyes; with any later
    step the move is refused, even in a loop that came back to the same state. `effects`
    runs inside the transaction after the row is taken; what it raises takes all back.
    Raises a `Refused`, or ValidationError from the effects; then nothing is changed.
    """
    rule = obj.move_named(verb)
    with transaction.atomic():
        fresh: S = type(obj)._default_manager.get(pk=obj.pk)
        _refuse_unless_open(fresh, rule, by, note, seen)
        source = _take(fresh, rule)
        _steps(fresh).create(
            number=fresh.step,
            verb=verb,
            source=source,
            target=rule.target,
            by=by.pk,
            office=office,
            note=note,
        )
        if effects:
            effects(fresh)
        audit.record(
            audit.Action.MOVE,
            fresh,
            by=by,
            office=office,
            note=verb,
            federation=federation_slug(fresh),
        )
    return fresh


def _refuse_unless_open(fresh: Stateful, rule: Move, by: Any, note: str, seen: int | None) -> None:
    """Whether this person may make the move now, knowing what they know."""
    if seen is not None and fresh.step != seen:
        raise Overtaken(_steps(fresh).filter(number__gt=seen))
    if fresh.state not in rule.sources:
        raise NotOpen
    if _role(fresh, by) != rule.who:
        raise NotYours
    if rule.reason and not note.strip():
        raise NeedsReason


def _take(fresh: Stateful, rule: Move) -> str:
    """Bring the row to its next state, unless somebody else did since it was read."""
    source = str(fresh.state)
    rows: Any = type(fresh)._default_manager  # the subclass has the field `state`
    taken = rows.filter(pk=fresh.pk, state=source, step=fresh.step).update(
        state=rule.target, step=fresh.step + 1
    )
    if not taken:
        raise Overtaken(_steps(fresh).filter(number__gt=fresh.step))
    fresh.state = rule.target
    fresh.step += 1
    return source


def _steps(obj: Stateful) -> Any:
    return obj.steps  # type: ignore[attr-defined]


def _role(obj: Stateful, user: Any) -> str:
    """``applicant``, ``decider`` if the row lies in what the account manages, else nothing."""
    if user is APPLICANT:
        return "applicant"
    manager: Any = type(obj)._default_manager
    return "decider" if manager.managed_by(user).filter(pk=obj.pk).exists() else ""


def federation_slug(obj: Any) -> str:
    """The federation whose coordinators may read about `obj` in the audit trail, if any."""
    federation = getattr(obj, "federation", None)
    return federation.slug if federation is not None else ""


def diagram(model: type[Stateful]) -> str:
    """The legal moves of a model as a Mermaid state diagram, for the documentation."""
    meta: Any = model._meta
    field = meta.get_field("state")
    lines = ["stateDiagram-v2", f"    [*] --> {field.get_default()}"]
    lines += [
        f"    {source} --> {move.target}: {move.verb}"
        for move in model.MOVES
        for source in move.sources
    ]
    left = {source for move in model.MOVES for source in move.sources}
    ends = [value for value, _label in field.choices or () if value not in left]
    return "\n".join([*lines, *(f"    {end} --> [*]" for end in ends)])
