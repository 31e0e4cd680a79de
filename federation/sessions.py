"""Sessions are sealed: what somebody is in the middle of is as personal as what is stored.

A session holds who has signed in, a second factor that is being set up, a form that waits
for the password. In the database it is ciphertext bound to its row.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from federation.encryption import CannotOpen, seal, unseal
from federation.outages import is_outage

# When it was last used, and what is said once: losing them does no harm.
PASSING = ("used", "_messages")


class SessionStore(db.SessionStore):
    stored: dict[str, Any] | None = None  # as it came from the database

    def encode(self, session_dict: dict[str, Any]) -> str:
        text = self.serializer().dumps(session_dict).decode("latin-1")
        return seal(text, _place(self._get_or_create_session_key()))

    def decode(self, session_data: str) -> dict[str, Any]:
        """What was stored; nothing if it cannot be opened, which signs out and no more."""
        try:
            text = unseal(session_data, _place(self.session_key))
        except CannotOpen:
            return {}
        self.stored = self.serializer().loads(text.encode("latin-1"))
        return dict(self.serializer().loads(text.encode("latin-1")))

    def save(self, must_create: bool = False) -> None:
        """An answer is not taken back because its session could not be noted.

        It is kept last, when the work is done: a database that is busy just then must not
        tell somebody that nothing was saved. But what the next page asks for has to be kept.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django takes every fault of the database for a session that has ended elsewhere.
            fault = error.__context__
            if not is_outage(fault):
                raise
            if self.stored is None or _lasting(self.stored) != _lasting(self._get_session()):
                raise fault from error  # type: ignore[misc]


def _lasting(session: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in session.items() if key not in PASSING}


def _place(key: str | None) -> str:
    return f"django_session.session_data.{key}"
