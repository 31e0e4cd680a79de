"""The chain of a federation's decisions: each entry holds the hash of the one before.

An entry does not hold its fields but a fingerprint of each, salted: a copy for the public
may leave a field out (an organisation that is shielded, say), and the chain still proves
that nothing was changed, added in between or taken away. Format 1, all text UTF-8:

- canonical JSON: sorted keys, no spaces, nothing escaped that need not be;
- salt of a field: HMAC-SHA-256 of its name under the entry's secret, in hex;
- fingerprint of a field: SHA-256 of ``salt LF name LF canonical JSON of the value``, in hex;
- hash of an entry: SHA-256 of the canonical JSON of federation, number, previous, commitments.

`directory.exports.register` writes such a copy, `script/verify_register` proves it.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from directory.models import Decision, Effect, RegisterEntry
from federation.encryption import CannotOpen
from federation.files import keeping
from federation.models import Federation, StoredFile

BEGINNING = "0" * 64


def canonical(value: Any) -> str:
    """The one way to write a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def salt_of(secret: str, name: str) -> str:
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()


def commitment(salt: str, name: str, value: Any) -> str:
    return hashlib.sha256(f"{salt}\n{name}\n{canonical(value)}".encode()).hexdigest()


def hash_of(federation: int, number: int, previous: str, commitments: dict[str, str]) -> str:
    entry = {
        "federation": federation,
        "number": number,
        "previous": previous,
        "commitments": commitments,
    }
    return hashlib.sha256(canonical(entry).encode()).hexdigest()


def fields_of(decision: Decision) -> dict[str, Any]:
    """What is recorded of a decision, by name, as its rows say now."""
    corrected = getattr(decision.corrects, "entry", None)
    fields = {
        "meeting": decision.meeting_id,
        "recorded_at": decision.recorded_at.isoformat(),
        "body": decision.body,
        "decided_on": decision.decided_on.isoformat(),
        "place": decision.place,
        "reference": decision.reference,
        "texts": decision.texts,
        "document": decision.document.digest if decision.document else "",
        "document_is_public": decision.document_is_public,
        "corrects": corrected.number if corrected else None,
        "correction_note": decision.correction_note,
    }
    effects = {f"effect.{effect.position}": _effect(effect) for effect in decision.effects.all()}
    return fields | effects


def _effect(effect: Effect) -> dict[str, Any]:
    row: Any = effect
    return {
        "kind": effect.kind,
        "organisation": row.organisation_id,
        "status": row.status_id,
        "on": effect.on.isoformat(),
        "until": effect.until.isoformat() if effect.until else None,
        "reason": effect.reason,
        "other": row.other_id,
        "waiver": effect.waiver,
        "named": effect.named,
    }


def append(decision: Decision) -> RegisterEntry:
    """Write the decision into the register of its federation, whose row the caller has locked."""
    last = whole(decision.federation).last()
    secret = secrets.token_hex(32)
    commitments = {
        name: commitment(salt_of(secret, name), name, value)
        for name, value in fields_of(decision).items()
    }
    number, previous = (last.number + 1, last.hash) if last else (1, BEGINNING)
    return RegisterEntry.objects.create(
        federation=decision.federation,
        number=number,
        decision=decision,
        secret=secret,
        commitments=commitments,
        previous=previous,
        hash=hash_of(decision.federation.pk, number, previous, commitments),
    )


@dataclass(frozen=True)
class Fault:
    """What is wrong with the register, and at which number of which federation."""

    federation: str
    number: int
    what: str


def whole(federation: Federation) -> "QuerySet[RegisterEntry]":
    """The entries in their order, with all that `fields_of` reads."""
    entries: QuerySet[RegisterEntry] = RegisterEntry.objects.filter(federation=federation)
    rows = entries.select_related("decision__corrects__entry", "decision__document")
    return (
        rows.defer("decision__document__content", "decision__document__name")
        .prefetch_related("decision__effects")
        .order_by("number")
    )


def faults(federation: Federation) -> Iterator[Fault]:
    """Everything in the register of a federation that does not prove; nothing if it is whole.

    What was cut off at the end, and a chain that somebody wrote anew with all its hashes, only
    a hash that was kept elsewhere brings to light: see `holds`.
    """
    previous, expected = BEGINNING, 1
    for entry in whole(federation).iterator(chunk_size=500):
        for what in _wrong_with(entry, previous, expected):
            yield Fault(federation.slug, entry.number, what)
        previous, expected = entry.hash, entry.number + 1
    missing = Decision.objects.filter(federation=federation, entry=None)
    for key in missing.values_list("pk", flat=True):
        yield Fault(federation.slug, 0, f"decision {key} does not stand in the register")


def holds(federation: Federation, head: str) -> bool:
    """Whether a hash noted earlier still stands in the register."""
    return bool(RegisterEntry.objects.filter(federation=federation, hash=head).exists())


def _wrong_with(entry: RegisterEntry, previous: str, expected: int) -> Iterator[str]:
    if entry.number != expected:
        yield f"entry {expected} is missing"
    if entry.previous != previous:
        yield "it does not follow the entry before it"
    kept = entry.commitments if isinstance(entry.commitments, dict) else {}
    if entry.hash != hash_of(entry.federation_id, entry.number, entry.previous, kept):
        yield "its hash is not that of its content"
    fields = fields_of(entry.decision)
    for name in sorted(fields.keys() | kept.keys()):
        if name not in fields or name not in kept:
            yield f"{name} was added or removed"
        elif commitment(salt_of(entry.secret, name), name, fields[name]) != kept[name]:
            yield f"{name} was changed"
    if entry.decision.document and not _is_as_kept(entry.decision.document):
        yield "the document was changed"


def _is_as_kept(document: StoredFile) -> bool:
    try:
        content = keeping.open_file(document)
    except CannotOpen:
        return False
    return hashlib.sha256(content).hexdigest() == document.digest
