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


class _Rule:
    """Nobody: a rule of the procedure whose day has come."""

    pk = None

    def __repr__(self) -> str:
        return "RULE"


APPLICANT = _Applicant()
RULE = _Rule()
STAYS = ""  # the target of a move that leaves the state as it is


@dataclass(frozen=True)
class Move:
    """One legal move: `verb` leads from any of `sources` to `target`, or `STAYS`.

    `who` is one of the roles that `Stateful.roles_of` gives; `label` stands on the button,
    `done` in the timeline; `reason` tells whether a text is required.
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
    """The move does not lead on from the present state, or something must come before it."""

    message: str | Promise = _("This step is not possible in the present state.")

    def __init__(self, why: str | Promise = "") -> None:
        super().__init__()
        self.message = why or self.message


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

    def roles_of(self, user: Any) -> set[str]:
        """What somebody is to this row, as `Move.who` has it: nothing, or one or more roles."""
        if user is APPLICANT:
            return {"applicant"}
        if user is RULE:
            return {"rule"}
        manager: Any = type(self)._default_manager
        return {"decider"} if manager.managed_by(user).filter(pk=self.pk).exists() else set()

    def forbids(self, verb: str) -> "str | Promise":
        """Why the move is not open although the table has it; empty if it is."""
        return ""


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

    @property
    def label(self) -> str:
        """What was done, in words, from the table of its subject."""
        subject: Any = self._meta.get_field("subject").related_model
        return str(subject.move_named(self.verb).done)


S = TypeVar("S", bound=Stateful)


def moves_for(obj: Stateful, user: Any) -> list[Move]:
    """The moves open to `user` (or APPLICANT) now."""
    roles = obj.roles_of(user)
    return [
        move
        for move in obj.MOVES
        if move.who in roles and obj.state in move.sources and not obj.forbids(move.verb)
    ]


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
            target=fresh.state,
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
    if rule.who not in fresh.roles_of(by):
        raise NotYours
    why = fresh.forbids(rule.verb)
    if why:
        raise NotOpen(why)
    if rule.reason and not note.strip():
        raise NeedsReason


def _take(fresh: Stateful, rule: Move) -> str:
    """Bring the row to its next state, unless somebody else did since it was read."""
    source = str(fresh.state)
    rows: Any = type(fresh)._default_manager  # the subclass has the field `state`
    target = rule.target or source
    taken = rows.filter(pk=fresh.pk, state=source, step=fresh.step).update(
        state=target, step=fresh.step + 1
    )
    if not taken:
        raise Overtaken(_steps(fresh).filter(number__gt=fresh.step))
    fresh.state = target
    fresh.step += 1
    return source


def _steps(obj: Stateful) -> Any:
    return obj.steps  # type: ignore[attr-defined]


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
        f"    {source} --> {move.target or source}: {move.verb}"
        for move in model.MOVES
        for source in move.sources
    ]
    left = {source for move in model.MOVES if move.target for source in move.sources}
    ends = [value for value, _label in field.choices or () if value not in left]
    return "\n".join([*lines, *(f"    {end} --> [*]" for end in ends)])
