"""Sessions are sealed: what somebody is in the middle of is as personal as what is stored.

A session holds who has signed in, a second factor that is being set up, a form that waits
for the password. In the database it is ciphertext bound to its row.
"""

from typing import Any

from django.contrib.sessions.backends import db

from federation.encryption import CannotOpen, seal, unseal


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        text = self.serializer().dumps(session_dict).decode("latin-1")
        return seal(text, _place(self._get_or_create_session_key()))

    def decode(self, session_data: str) -> dict[str, Any]:
        """What was stored; nothing if it cannot be opened, which signs out and no more."""
        try:
            text = unseal(session_data, _place(self.session_key))
        except CannotOpen:
            return {}
        return dict(self.serializer().loads(text.encode("latin-1")))


def _place(key: str | None) -> str:
    return f"django_session.session_data.{key}"
