"""The directory's part of the register of personal fields: nearly all of it is public."""

from federation.privacy import ACCOUNT, ACCOUNT_ID, Declared, Personal, with_history

CONSENT = Personal(
    "to be reached by the public", "everybody", "until the consent is withdrawn",
    "published with recorded consent, or a role's and not a person's",
)  # fmt: skip

REGISTER: dict[str, Declared] = with_history(
    {
        "directory.Organisation": Declared(
            public=(
                "slug", "name", "language", "kind", "city", "latitude", "longitude", "descriptions",
                "website", "founded", "dissolved", "accepts_members", "verified_on", "is_fictional",
                "place_is_exact",
                "changed_at",
            ),
            internal=("id", "visibility", "sort_name", "search", "facets", "main_country",
                "asked_on", "created_at"),
        ),
        "directory.SearchWord": Declared(internal=("id", "word")),
        "directory.DirectoryVersion": Declared(
            internal=("id", "number", "changed_at", "counted_by")
        ),
        "directory.OrganisationSite": Declared(
            public=("organisation", "kind", "url", "language"), internal=("id",)
        ),
        "directory.Slug": Declared(public=("slug", "organisation"), internal=("id", "given_at")),
        "directory.OrganisationName": Declared(
            public=("organisation", "value", "language", "kind", "until"), internal=("id",)
        ),
        "directory.OrganisationCountry": Declared(
            public=("organisation", "code", "basis"), internal=("id",)
        ),
        "directory.OrganisationLanguage": Declared(public=("organisation", "code"),
        internal=("id",)),
        "directory.OrganisationIndustry": Declared(public=("organisation", "code"),
        internal=("id",)),
        "directory.PublicContact": Declared(
            public=("organisation", "kind", "label"),
            internal=("id", "is_role", "consent_on"),
            personal={"value": CONSENT},
        ),
        "directory.Identifier": Declared(public=("organisation", "scheme", "value"),
        internal=("id",)),
        "directory.OrganisationLink": Declared(
            public=("organisation", "kind", "other", "since", "until", "source"), internal=("id",)
        ),
        "directory.Statutes": Declared(
            public=(
                "federation", "kind", "titles", "language", "since", "changes", "decision",
                "source",
            ),
            internal=("id",),
        ),
        "directory.StatutesText": Declared(
            public=("statutes", "language", "text", "document"), internal=("id",)
        ),
        "directory.Seat": Declared(
            public=(
                "federation", "body", "titles", "descriptions", "is_one", "statuses", "position",
            ),
            internal=("id",),
        ),
        "directory.Seat_statuses": Declared(internal=("id", "seat", "status")),
        "directory.Term": Declared(
            public=(
                "seat", "organisation", "since", "until", "decision", "end_decision", "source",
            ),
            internal=("id", "is_void", "void_reason"),
        ),
        "directory.HostOrganisation": Declared(public=("federation", "organisation"),
        internal=("id",)),
        "directory.OrganisationOffice": Declared(
            internal=("id", "organisation", "role", "since", "until", "is_suspended",
                "appointed_by"),
            personal={
                "person": Personal(
                    "rights come from the office", "secretaries of the organisation", ACCOUNT,
                    ACCOUNT_ID,
                )
            },
        ),
        "directory.Shielding": Declared(
            internal=("id", "organisation", "office", "since", "until", "before"),
            personal={
                "reason": Personal(
                    "why the entry is withdrawn",
                    "secretaries of the organisation, coordinators of its federations",
                    "as long as the entry",
                )
            },
        ),
        "directory.Source": Declared(
            public=("federation", "title", "url", "as_of", "language"),
            internal=("id", "note", "decision"),
        ),
        "directory.Decision": Declared(
            public=("federation", "body", "decided_on", "place", "reference", "texts", "corrects",
                "correction_note"),
            internal=("id", "recorded_at", "meeting", "document", "document_is_public"),
        ),
        "directory.Effect": Declared(
            public=("decision", "position", "kind", "organisation", "status", "on", "until",
                "reason", "other", "waiver"),
            internal=("id", "named"),
        ),
        "directory.Suspension": Declared(
            public=("organisation", "federation", "since", "until", "decision", "end_decision"),
            internal=("id", "is_void"),
        ),
        "directory.Meeting": Declared(
            internal=("id", "federation", "body", "titles", "day", "ends_on", "place"),
        ),
        "directory.RegisterEntry": Declared(
            public=("federation", "number", "commitments", "previous", "hash"),
            internal=("id", "decision", "secret"),
        ),
        "directory.Affiliation": Declared(
            public=(
                "organisation", "federation", "status", "since", "seen_on", "begins", "until",
                "gone_on",
                "decision", "source", "end_reason", "end_decision", "end_source",
            ),
            internal=("id", "is_void", "void_note", "corrects", "recorded_at"),
        ),
    },
    "directory.Organisation",
    "directory.Affiliation",
    "directory.Seat",
    "directory.Statutes",
    "directory.StatutesText",
    "directory.Term",
)  # fmt: skip
