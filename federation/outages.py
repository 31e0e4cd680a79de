"""When the database is away, busy for too long, or takes a transaction back.

Nothing is wrong with what was sent then: it is worth sending again. So it is told as that,
wherever it shows up (503 with `Retry-After`), and never as a fault of ours or the sender's.
"""

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

TRY_AGAIN_AFTER = 60  # seconds
NOT_SAVED = _("The database does not answer. Nothing was saved. Send it again in a minute.")
# What a driver calls a fault of its own: the server only reads now, or has ended an idle
# transaction.
ENDED_BY_SERVER = {"25006", "25P03"}


def is_outage(error: BaseException | None) -> bool:
    """A lost connection, a lock that lasts, a deadlock, a full disk."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return getattr(getattr(error, "__cause__", None), "sqlstate", "") in ENDED_BY_SERVER
