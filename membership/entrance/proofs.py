"""Proof of work: a small sum that a browser works out while a form is being filled in (C29).

The page names a salt and a digest; what was hashed with the salt is a number below `most`, to
be found by trying. It costs a person nothing they notice, and a program about a second for each
thing that it sends. No other site is asked, nothing about the browser is read, and nobody has
to look at pictures. Checking costs one hash, and nothing is kept until a proof is used.
"""

import contextlib
import hashlib
import secrets
from dataclasses import dataclass

from django.core import signing
from django.utils import timezone

from federation.limits import once

TRIES = 300_000  # at most; about a second on a cheap telephone
HARDEST = 8 * TRIES
LASTS = 12 * 60 * 60  # seconds; as long as a form

signer = signing.Signer(salt="membership.proof")


@dataclass(frozen=True)
class Challenge:
    """What is to be found: the number below `most` whose digest with `salt` is `digest`."""

    salt: str
    digest: str
    most: int
    signed: str


def challenge(place: str, most: int = TRIES) -> Challenge:
    """A new one, good for the one `place` that it is given out for."""
    salt = secrets.token_hex(11)
    digest = _digest(salt, secrets.randbelow(most))
    now = timezone.now().timestamp()
    return Challenge(salt, digest, most, signer.sign_object([place, salt, digest, now]))


def use(place: str, proof: str) -> bool:
    """Whether `proof` solves a challenge given out for `place`. It is good once.

    A proof is the signed challenge, a blank, and the number found.
    """
    signed, _blank, number = proof.strip().partition(" ")
    if len(proof) > 600 or not (number.isascii() and number.isdigit()):
        return False
    with contextlib.suppress(signing.BadSignature, ValueError, TypeError):
        given_for, salt, digest, at = signer.unsign_object(signed)
        age = timezone.now().timestamp() - at
        solved = secrets.compare_digest(_digest(salt, int(number)), digest)
        return given_for == place and 0 <= age <= LASTS and solved and once("proof", salt)
    return False


def solve(given: Challenge) -> str:
    """What the script does: the proof. For clients of the API, and for tests."""
    for number in range(given.most):
        if _digest(given.salt, number) == given.digest:
            return f"{given.signed} {number}"
    raise ValueError("no number below the limit fits")


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}.{number}".encode()).hexdigest()
