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
