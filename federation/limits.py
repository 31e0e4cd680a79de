"""Allowances kept in the database, so that they hold with any number of workers (control C28)."""

import datetime
import ipaddress

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from federation.encryption import blind_index
from federation.models import Bucket


def spend(purpose: str, who: str, *, amount: int, per: datetime.timedelta) -> bool:
    """Take one from an allowance of `amount` that refills evenly over `per`; False if none is left.

    `who` (an address, a network) is stored as a keyed fingerprint only.
    """
    key = blind_index(who, f"allowance.{purpose}")
    with transaction.atomic():
        now = timezone.now()
        # Writing first takes the row's lock on both databases; nobody counts on an old value.
        new = Bucket(key=key, updated_at=now)
        while not Bucket.objects.filter(key=key).update(spent=F("spent")):
            Bucket.objects.bulk_create([new], ignore_conflicts=True)
        bucket = Bucket.objects.get(key=key)
        refilled = amount * max((now - bucket.updated_at) / per, 0)
        spent = max(bucket.spent - refilled, 0) + 1
        if spent > amount:
            return False
        bucket.spent, bucket.updated_at = spent, now
        bucket.save(update_fields=["spent", "updated_at"])
        return True


def take(
    purpose: str, who: str, *, amount: int, per: datetime.timedelta
) -> datetime.timedelta | None:
    """Take one of `amount` places, each free again `per` after it was taken.

    In no stretch of that length are more taken, where `spend` lets pass up to twice as many.
    None if one was free, else how long it takes until one is. A transaction that fails gives
    its place back.
    """
    now = timezone.now()
    keys = _places(purpose, who, amount)
    taken = dict(Bucket.objects.filter(key__in=keys).values_list("key", "updated_at"))
    new = [Bucket(key=key, updated_at=now - per) for key in keys if key not in taken]
    Bucket.objects.bulk_create(new, ignore_conflicts=True)
    for key in keys:
        if taken.get(key, now - per) > now - per:
            continue
        # The condition is asked again by the database: of many at once, one gets the place.
        free = Bucket.objects.filter(key=key, updated_at__lte=now - per)
        if free.update(updated_at=now):
            return None
    first = Bucket.objects.filter(key__in=keys).order_by("updated_at").first()
    free_at = (first.updated_at if first else now) + per
    return max(free_at - now, datetime.timedelta(seconds=1))


def taken(purpose: str, who: str, *, amount: int, per: datetime.timedelta) -> int:
    """How many of the places that `take` gives are taken now."""
    places = Bucket.objects.filter(key__in=_places(purpose, who, amount))
    return places.filter(updated_at__gt=timezone.now() - per).count()


def once(purpose: str, what: str) -> bool:
    """Whether this is the first time; remembered until allowances are cleared away, a day later."""
    key = blind_index(what, f"once.{purpose}")
    first = Bucket(key=key, updated_at=timezone.now())
    # Of many at once, one finds the row unspent.
    Bucket.objects.bulk_create([first], ignore_conflicts=True)
    return bool(Bucket.objects.filter(key=key, spent=0).update(spent=1))


def _places(purpose: str, who: str, amount: int) -> list[str]:
    return [blind_index(f"{who}#{number}", f"place.{purpose}") for number in range(amount)]


def client_ip(request: HttpRequest) -> str:
    """The visitor's address, empty if it cannot be told.

    Whoever asks may write anything into X-Forwarded-For; our own proxies append to it. So
    only the entry that the outermost of them wrote is believed.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    header = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    forwarded = header.split(",") if header else []
    if 0 < settings.TRUSTED_PROXIES <= len(forwarded):
        address = forwarded[-settings.TRUSTED_PROXIES].strip()
    # Some proxies write the port too: 192.0.2.1:4444, [2001:db8::1]:443.
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


def client_network(request: HttpRequest) -> str:
    """The visitor's network, which is what one household or provider shares: /24 or /64."""
    text = client_ip(request)
    if not text:
        return ""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    size = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network((address, size), strict=False))
