"""The register of personal fields: what is kept about whom, why, who sees it, how long.

Every field of every table is declared as public, internal or personal, in the `privacy`
module of its app. A field that is not declared fails the tests, so nobody adds a
person's birthday in passing. The data map (`manage.py datamap`) is printed from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Model

from federation.encryption import EncryptedTextField


@dataclass(frozen=True)
class Personal:
    """A field about a person. `sealed` fields are ciphertext; `why_open` says why one is not."""

    purpose: str
    seen_by: str
    kept: str
    why_open: str = ""


@dataclass(frozen=True)
class Declared:
    """The fields of one table, each exactly once; `*` in `internal` means all the others."""

    public: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    personal: dict[str, Personal] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of the data map."""

    model: str
    name: str
    personal: Personal
    sealed: bool


def field_names(model: type[Model]) -> set[str]:
    """The names of the columns of a table."""
    return {column.name for column in model._meta.get_fields() if getattr(column, "column", None)}


def mistakes(register: dict[str, Declared]) -> list[str]:
    """What the register misses, has twice, or claims without ground; empty when it is right."""
    found = []
    models = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    found += [f"{label}: not declared" for label in models.keys() - register.keys()]
    found += [f"{label}: no such table" for label in register.keys() - models.keys()]
    for label in sorted(models.keys() & register.keys()):
        found += _mistakes_in(models[label], register[label])
    return sorted(found)


def _mistakes_in(model: type[Model], declared: Declared) -> Iterator[str]:
    names = field_names(model)
    listed = [*declared.public, *declared.internal, *declared.personal]
    if "*" in declared.internal:
        listed = [*(name for name in listed if name != "*"), *(names - set(listed))]
    sealed = {name for name in names if is_sealed(model, name)}
    explained = {name for name, personal in declared.personal.items() if personal.why_open}
    wrong = {
        "not declared": names - set(listed),
        "no such field": set(listed) - names,
        "declared twice": {name for name in listed if listed.count(name) > 1},
        "personal, neither sealed nor explained": declared.personal.keys() - sealed - explained,
        "sealed, but not declared personal": sealed - declared.personal.keys(),
    }
    for mistake, fields in wrong.items():
        yield from (f"{model._meta.label}.{name}: {mistake}" for name in fields)


def is_sealed(model: type[Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), EncryptedTextField)


def data_map(register: dict[str, Declared]) -> list[Row]:
    """Every personal field, in the order of the tables."""
    return [
        Row(label, name, personal, is_sealed(apps.get_model(label), name))
        for label, declared in sorted(register.items())
        for name, personal in declared.personal.items()
    ]


ACCOUNT = "as long as the account, with the office"
THEMSELVES = "the person; whoever appoints them"
FINGERPRINT = "a keyed fingerprint, not the address"
ACCOUNT_ID = "an account id"
CHOICE = "a choice among the languages of the site"
EMPTY = "the table stays empty, a test holds it so"
FILE_READERS = "those who decide, and who handed it in"
FILED = "six months after the decision"
EVERYTHING = ("*",)

REGISTER: dict[str, Declared] = {
    "federation.User": Declared(
        internal=("id", "password", "last_login", "is_superuser", "is_active", "created_at"),
        personal={
            "email": Personal("to sign in and be written to", THEMSELVES, ACCOUNT),
            "email_index": Personal(
                "to find the account at sign-in", "nobody", ACCOUNT, FINGERPRINT
            ),
            "name": Personal("to be addressed by", THEMSELVES, ACCOUNT),
            "language": Personal(
                "to write letters in it", THEMSELVES, ACCOUNT,
                CHOICE
            ),
        },
    ),
    "federation.Federation": Declared(
        public=(
            "slug", "names", "acronym", "language", "kind", "purposes", "principles", "scope",
            "areas",
            "subjects", "website", "founded", "dissolved", "persons_join", "guidance",
            "is_fictional",
        ),
        internal=("id",),
    ),
    "federation.Status": Declared(
        public=(
            "federation", "slug", "kind", "labels", "plurals", "descriptions", "votes", "speaks",
            "proposes",
            "sends_delegates", "sends_observers", "hosts", "holds_secretariat", "uses_name",
            "is_one_per_country", "is_open_to_requests",
            "position",
        ),
        internal=("id", "is_listed_publicly"),
    ),
    "federation.Office": Declared(
        internal=("id", "federation", "role", "since", "until", "is_suspended", "appointed_by"),
        personal={
            "person": Personal(
                "rights come from the office", "coordinators of the federation", ACCOUNT,
                ACCOUNT_ID
            )
        },
    ),
    "federation.AuditEvent": Declared(
        internal=(
            "id", "at", "action", "office", "model", "record", "fields", "note", "federation_slug",
            "request_id",
        ),
        personal={
            "actor": Personal(
                "to show who decided", "coordinators of the federation", "for good, as an id",
                ACCOUNT_ID
            )
        },
    ),
    "federation.StoredFile": Declared(
        internal=("id", "media_type", "size", "digest", "stored_at"),
        personal={
            "name": Personal("to tell documents apart", FILE_READERS, FILED),
            "content": Personal(
                "what was handed in to decide on", FILE_READERS, FILED,
                "sealed bytes, see encryption"
            ),
        },
    ),
    "federation.ApiToken": Declared(
        internal=("id", "digest", "may_write", "created_at", "expires_on", "last_used_on",
            "revoked_at"),
        personal={
            "person": Personal("a program acts for the person", "the person", ACCOUNT, ACCOUNT_ID),
            "label": Personal("to tell tokens apart", "the person", ACCOUNT),
        },
    ),
    "federation.KeptAnswer": Declared(
        internal=("id", "status", "at"),
        personal={
            "key": Personal("to act once", "nobody", "a day", "a keyed fingerprint"),
            "request": Personal("to act once", "nobody", "a day", "a keyed fingerprint"),
            "answer": Personal("to answer the same twice", "nobody", "a day"),
        },
    ),
    "federation.LetterText": Declared(
        internal=("id", "federation", "letter", "language", "subject", "body", "changed_at"),
    ),
    "federation.Letter": Declared(
        internal=(
            "id", "queued_at", "language", "message_id", "state", "attempts", "due_at", "sent_at",
            "error", "template", "about", "returned_at",
        ),
        personal={
            "recipient": Personal("to deliver the letter", "nobody",
            "a month after it was sent"),
            "subject": Personal("to deliver the letter", "nobody",
            "a month after it was sent"),
            "body": Personal("to deliver the letter", "nobody", "a month after it was sent"),
        },
    ),
    "federation.Bucket": Declared(
        internal=("spent", "updated_at"),
        personal={
            "key": Personal(
                "to keep anybody from flooding others", "nobody", "a day",
                "a keyed fingerprint of an address"
            )
        },
    ),
    # --- tables of libraries ---
    "account.EmailAddress": Declared(
        internal=("id", "verified", "primary"),
        personal={
            "user": Personal("none", "nobody", "never used", EMPTY),
            "email": Personal("none", "nobody", "never used", EMPTY),
        },
    ),
    "account.EmailConfirmation": Declared(internal=EVERYTHING),
    "admin.LogEntry": Declared(internal=EVERYTHING),
    "auth.Group": Declared(internal=EVERYTHING),
    "auth.Group_permissions": Declared(internal=EVERYTHING),
    "auth.Permission": Declared(internal=EVERYTHING),
    "contenttypes.ContentType": Declared(internal=EVERYTHING),
    "mfa.Authenticator": Declared(
        internal=("id", "type", "created_at", "last_used_at"),
        personal={
            "user": Personal("the second factor", "the person", ACCOUNT, ACCOUNT_ID),
            "data": Personal(
                "the second factor", "the person", ACCOUNT, "its secrets are sealed, see accounts"
            ),
        },
    ),
    "sessions.Session": Declared(
        internal=("expire_date",),
        personal={
            "session_key": Personal("to stay signed in", "the person", "12 hours",
            "a random number"),
            "session_data": Personal(
                "to stay signed in", "the person", "12 hours", "sealed as a whole, see sessions"
            ),
        },
    ),
}  # fmt: skip


def with_history(register: dict[str, Declared], *labels: str) -> dict[str, Declared]:
    """Declare the history tables of public records: the same facts, and who changed them."""
    history = {}
    for label in labels:
        app, name = label.split(".")
        history[f"{app}.Historical{name}"] = Declared(
            internal=EVERYTHING,
            personal={
                "history_user": Personal(
                    "to show who changed a public fact", "nobody", ACCOUNT, ACCOUNT_ID
                )
            },
        )
    return {**register, **history}


REGISTER = with_history(REGISTER, "federation.Federation", "federation.Status")
