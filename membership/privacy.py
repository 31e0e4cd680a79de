"""Membership's part of the register of personal fields: nearly all of it is about persons."""

from federation.privacy import ACCOUNT_ID, CHOICE, FINGERPRINT, Declared, Personal

RECORD = "as long as the membership, then as the organisation's statutes say"
FILED = "six months after the decision"
SECRETARIES = "secretaries of the organisation, and the person"


def of_member(purpose: str, why_open: str = "") -> Personal:
    return Personal(purpose, SECRETARIES, RECORD, why_open)


def filing(seen_by: str, subject: tuple[str, ...]) -> Declared:
    """The fields that requests and applications share, and the open ones of each."""
    return Declared(
        internal=(
            "id", "step", "state", "reference", "form_token", "code_hash", "code_sent_at",
            "code_tries",
            "created_at", "submitted_at", *subject,
        ),
        personal={
            "email": Personal("to write to the applicant", seen_by, FILED),
            "email_index": Personal(
                "to find what was filed", "nobody", FILED, FINGERPRINT
            ),
            "answers": Personal("to decide on it", seen_by, FILED),
            "language": Personal(
                "to write letters in it", seen_by, FILED, CHOICE
            ),
        },
    )  # fmt: skip


REPORTED = "90 days after it was dealt with"
CLAIM_READERS = "secretaries of the organisation, coordinators of its federations, the claimant"
REPORT_READERS = "secretaries of the organisation, else coordinators of its federations"


def steps(seen_by: str) -> Declared:
    return Declared(
        internal=("id", "subject", "number", "verb", "source", "target", "at", "office"),
        personal={
            "by": Personal("to show who decided", seen_by, "for good, as an id", ACCOUNT_ID),
            "note": Personal("the reason, the question or the answer", seen_by, FILED),
        },
    )


REGISTER: dict[str, Declared] = {
    "membership.AffiliationRequest": filing(
        "coordinators of the federation, and the applicant",
        ("federation", "status", "organisation", "deferred_until", "affiliation"),
    ),
    "membership.RequestStep": steps("coordinators of the federation, and the applicant"),
    "membership.MembershipApplication": filing(
        "secretaries of the organisation, and the applicant", ("organisation", "via", "member")
    ),
    "membership.ApplicationStep": steps("secretaries of the organisation, and the applicant"),
    "membership.EntryClaim": filing(
        CLAIM_READERS, ("organisation", "objected_at", "may_be_objected")
    ),
    "membership.ClaimStep": steps(CLAIM_READERS),
    "membership.ErrorReport": Declared(
        internal=(
            "id",
            "step",
            "state",
            "reference",
            "form_token",
            "created_at",
            "submitted_at",
            "organisation",
        ),
        personal={
            "email": Personal("to ask who reported it", REPORT_READERS, REPORTED),
            "answers": Personal("to correct the entry", REPORT_READERS, REPORTED),
            "language": Personal("to ask in it", REPORT_READERS, REPORTED, CHOICE),
        },
    ),
    "membership.ReportStep": steps(REPORT_READERS),
    "membership.Confirmation": Declared(
        internal=("id", "organisation", "at", "office"),
        personal={
            "note": Personal(
                "how it is known that the entry is right",
                "secretaries of the organisation, coordinators of its federations",
                "as long as the entry",
            ),
        },
    ),
    "membership.Member": Declared(
        internal=("id", "recorded_at"),
        personal={
            "organisation": of_member("who belongs to it", "the row tells no name without the key"),
            "account": of_member("to sign in as a member", ACCOUNT_ID),
            "name": of_member("to know the member"),
            "email": of_member("to write to the member"),
            "email_index": of_member("to find the member", FINGERPRINT),
            "phone": of_member("to call the member"),
            "place": of_member("to find the nearest group"),
            "work": of_member("to organise at the workplace"),
            "language": of_member("to write letters in it", CHOICE),
        },
    ),
    "membership.Membership": Declared(
        internal=("id",),
        personal={
            "member": of_member("who belongs to it", "an id"),
            "organisation": of_member("to count members", "numbers go upward, names do not"),
            "since": of_member("rights by seniority", "a date without a name"),
            "until": of_member("rights end with it", "a date without a name"),
            "end_reason": of_member("why it ended", "one of a few words"),
        },
    ),
}
