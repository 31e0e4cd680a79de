"""Allowances kept in the database, so that they hold with any number of workers (control C28)."""

import datetime

from django.db import transaction
from django.db.models import F
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
        Bucket.objects.bulk_create([Bucket(key=key, updated_at=now)], ignore_conflicts=True)
        Bucket.objects.filter(key=key).update(spent=F("spent"))
        bucket = Bucket.objects.get(key=key)
        refilled = amount * max((now - bucket.updated_at) / per, 0)
        spent = max(bucket.spent - refilled, 0) + 1
        if spent > amount:
            return False
        bucket.spent, bucket.updated_at = spent, now
        bucket.save(update_fields=["spent", "updated_at"])
        return True
