"""How much may be sent off, by pages and by the API alike (control C29).

What is sent is counted when it reaches those who read it, in the same transaction: a program
that reads the codes of its own mailbox gets no further than one that cannot.
"""

import datetime
import math
from typing import Any

from django.http import HttpRequest

from federation.limits import client_network, take, taken
from membership.entrance import proofs, sessions
from membership.models import Filing

HOUR = datetime.timedelta(hours=1)
WITHOUT_PROOF = 5  # of each kind from one network, each free again after a while
A_WHILE = datetime.timedelta(minutes=15)
WITH_PROOF = 20  # more, with a proof of work for each
AT_ONE_PLACE = 60  # in an hour; above it a proof is asked of everybody


class MustWait(Exception):
    """Too much was sent; nothing was changed, and in `seconds` it may be tried again."""

    def __init__(self, wait: datetime.timedelta) -> None:
        super().__init__("too much was sent")
        self.seconds = math.ceil(wait.total_seconds())


def challenge(request: HttpRequest, filing: Filing) -> proofs.Challenge:
    """For sending this draft; the harder, the more the visitor's network has sent lately."""
    kind, network = _kind(filing), client_network(request)
    sent = taken(f"{kind}.free", network, amount=WITHOUT_PROOF, per=A_WHILE)
    sent += taken(f"{kind}.proved", network, amount=WITH_PROOF, per=HOUR)
    hardness = 2 ** (sent // WITHOUT_PROOF)
    return proofs.challenge(_place(filing), min(proofs.TRIES * hardness, proofs.HARDEST))


def use_proof(filing: Filing, proof: str) -> bool:
    """Whether the proof is one for this draft; it is used up by asking."""
    return proofs.use(_place(filing), proof)


def count_sending(request: HttpRequest, filing: Filing, *, is_proved: bool) -> None:
    """Take from what the network may send, and the receiver receive; raise MustWait if it is gone.

    To be called in the transaction that sends the draft off.
    """
    kind, network = _kind(filing), client_network(request)
    wait: datetime.timedelta | None = HOUR
    if is_proved:
        wait = take(f"{kind}.proved", network, amount=WITH_PROOF, per=HOUR)
    if wait is not None:
        wait = take(f"{kind}.free", network, amount=WITHOUT_PROOF, per=A_WHILE)
    if wait is not None:
        raise MustWait(wait)
    wait = take(f"{kind}.arrived", _receiver(filing), amount=AT_ONE_PLACE, per=HOUR)
    if wait is not None and not is_proved:
        raise MustWait(wait)


def _kind(filing: Filing) -> str:
    return str(type(filing)._meta.model_name)


def _place(filing: Filing) -> str:
    return sessions.place_of(type(filing), filing.reference)


def _receiver(filing: Any) -> str:
    return str(getattr(filing, "federation_id", None) or filing.organisation_id)
