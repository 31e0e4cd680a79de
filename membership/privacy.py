"""Membership's part of the register of personal fields: nearly all of it is about persons."""

from federation.privacy import ACCOUNT, ACCOUNT_ID, CHOICE, FILED, FINGERPRINT, Declared, Personal

RECORD = "as long as the membership, then as the organisation's statutes say"
SECRETARIES = "secretaries of the organisation, and the person"


def of_member(purpose: str, why_open: str = "") -> Personal:
    return Personal(purpose, SECRETARIES, RECORD, why_open)


def filing(
    seen_by: str, subject: tuple[str, ...], more: dict[str, Personal] | None = None
) -> Declared:
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
        } | (more or {}),
    )  # fmt: skip


DESK = "coordinators of the federation"
SECTIONS = "secretaries of the section, coordinators of the federation"
CONCERNED = "secretaries of the organisation, coordinators of the federation"
REPLY_READERS = f"{SECTIONS}, and the applicant where the procedure says so"
REQUEST_READERS = (
    "coordinators of the federation, and the applicant; answers to marked questions also the "
    "sections consulted"
)
WAITS = "until it is confirmed or withdrawn"
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
        REQUEST_READERS,
        (
            "federation",
            "status",
            "procedure",
            "organisation",
            "meeting",
            "answer_due",
            "declined_on",
            "appealed_at",
            "disowned_at",
            "decision",
            "affiliation",
            "changed_at",
            "saved_at",
            "warned_at",
        ),
        {"assigned_to": Personal("who has taken it on", DESK, ACCOUNT, ACCOUNT_ID)},
    ),
    "membership.Document": Declared(internal=("id", "request", "file", "added_at")),
    "membership.Sponsorship": Declared(
        internal=(
            "id",
            "request",
            "organisation",
            "state",
            "answered_at",
            "answered_on",
            "came_by",
            "office",
        ),
        personal={
            "note": Personal("why a section vouches or not", SECTIONS, FILED),
            "by": Personal("to show who answered", SECTIONS, "for good, as an id", ACCOUNT_ID),
        },
    ),
    "membership.RequestNote": Declared(
        internal=("id", "request", "at"),
        personal={
            "text": Personal("to work together on a request", DESK, FILED),
            "by": Personal("to show who noted it", DESK, FILED, ACCOUNT_ID),
        },
    ),
    "membership.Proposal": Declared(
        internal=("id", "request", "step", "verb", "at"),
        personal={
            "terms": Personal("what a second person confirms", DESK, FILED),
            "by": Personal("so that another confirms", DESK, "for good, as an id", ACCOUNT_ID),
        },
    ),
    "membership.PreparedDecision": Declared(
        internal=("id", "federation", "proceeding", "document", "at", "sent_back_at"),
        personal={
            "terms": Personal("what a second person confirms", DESK, WAITS),
            "by": Personal("so that another confirms", DESK, WAITS, ACCOUNT_ID),
            "reason": Personal("why it was not confirmed", DESK, WAITS),
            "sent_back_by": Personal("who did not confirm it", DESK, WAITS, ACCOUNT_ID),
        },
    ),
    "membership.SavedFilter": Declared(
        internal=("id", "list", "query"),
        personal={
            "person": Personal("whose filter it is", "the person", ACCOUNT, ACCOUNT_ID),
            "name": Personal("to tell filters apart", "the person", ACCOUNT),
        },
    ),
    "membership.Procedure": Declared(
        internal=("*",),
        personal={
            "written_by": Personal(
                "so that another puts it in force", DESK, "for good, as an id", ACCOUNT_ID
            ),
        },
    ),
    "membership.Question": Declared(internal=("*",)),
    "membership.Consultation": Declared(internal=("*",)),
    "membership.Consulted": Declared(internal=("*",)),
    "membership.Reply": Declared(
        internal=(
            "id",
            "consulted",
            "number",
            "answer",
            "assembly",
            "decided_on",
            "at",
            "office",
            "is_late",
        ),
        personal={
            "grounds": Personal("why a section objects", REPLY_READERS, FILED),
            "by": Personal("to show who recorded it", SECTIONS, "for good, as an id", ACCOUNT_ID),
        },
    ),
    "membership.Proceeding": Declared(
        internal=(
            "id",
            "step",
            "state",
            "reference",
            "federation",
            "organisation",
            "kind",
            "other",
            "status",
            "assembly",
            "wanted_on",
            "other_agrees",
            "opened_at",
            "opened_by",
            "hearing_until",
            "meeting",
            "decision",
        ),
        personal={
            "grounds": Personal("why it was opened", CONCERNED, "as long as the decision"),
        },
    ),
    "membership.ProceedingStep": steps(CONCERNED),
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
