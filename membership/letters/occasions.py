"""The letters there are: when each is sent, to whom, and what its words may and must hold."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

APPLICANT = gettext_lazy("the applicant")
COORDINATORS = gettext_lazy("the coordinators")
SECTIONS = gettext_lazy("secretaries and delegates of the sections asked")
SPONSOR = gettext_lazy("secretaries of the organisation asked")
SECOND = gettext_lazy("the other coordinators")
CONCERNED = gettext_lazy("secretaries of the organisation concerned")

EVERYWHERE = ("reference", "link", "federation", "site")
MEANINGS = {
    "reference": gettext_lazy("the reference number"),
    "link": gettext_lazy("the address of the page to be read, in the language of the letter"),
    "federation": gettext_lazy("the name of your federation"),
    "site": gettext_lazy("the name of this site"),
    "until": gettext_lazy("the last day that counts"),
    "code": gettext_lazy("the code of six digits"),
}


@dataclass(frozen=True)
class Occasion:
    """When a letter is sent, to whom, and what its words may and must hold.

    `values` are the placeholders that the sender of this letter fills in, besides those of
    `EVERYWHERE`; what `needs` names must stand in it. `page` is where the link leads if the
    sender names no other: the name of a page with a reference. Our own words stand in
    templates/emails/affiliation, unless `template` says where else.
    """

    key: str
    name: str | Promise
    when: str | Promise
    to: str | Promise
    values: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("reference", "link")
    page: str = "membership:request"
    template: str = ""

    @property
    def placeholders(self) -> tuple[str, ...]:
        return (*EVERYWHERE, *self.values)


DESK = "membership:coordination_request"
_OCCASIONS = (
    Occasion(
        "draft_saved",
        gettext_lazy("Draft kept"),
        gettext_lazy("A draft was saved, to be gone on with later or on another device."),
        APPLICANT,
        values=("until",),
    ),
    Occasion(
        "draft_expires",
        gettext_lazy("Draft ends soon"),
        gettext_lazy("Some days before a draft that nobody has sent is deleted."),
        APPLICANT,
        values=("until",),
    ),
    Occasion(
        "draft_code",
        gettext_lazy("Code for a draft"),
        gettext_lazy("Somebody wants to open or to send a draft."),
        APPLICANT,
        values=("code",),
        needs=("code", "reference"),
    ),
    Occasion(
        "code",
        gettext_lazy("Code for a request"),
        gettext_lazy("Somebody wants to read a request that was sent."),
        APPLICANT,
        values=("code",),
        needs=("code", "reference"),
        template="code",
    ),
    Occasion(
        "request_received",
        gettext_lazy("Request received"),
        gettext_lazy("The request was sent and its address confirmed."),
        APPLICANT,
    ),
    Occasion(
        "waiting",
        gettext_lazy("Something waits"),
        gettext_lazy("Something came in or was withdrawn: somebody should look at it."),
        COORDINATORS,
        page=DESK,
    ),
    Occasion(
        "assigned",
        gettext_lazy("Request assigned"),
        gettext_lazy("A request was given to one coordinator."),
        gettext_lazy("that coordinator"),
        page=DESK,
    ),
    Occasion(
        "question",
        gettext_lazy("Question"),
        gettext_lazy("The federation asks something before it decides."),
        APPLICANT,
        values=("until",),
    ),
    Occasion(
        "answered",
        gettext_lazy("Question answered"),
        gettext_lazy("The applicant has answered."),
        COORDINATORS,
        page=DESK,
    ),
    Occasion(
        "lapsed",
        gettext_lazy("No answer in time"),
        gettext_lazy("A question was not answered in time, and the request has ended."),
        APPLICANT,
    ),
    Occasion(
        "named",
        gettext_lazy("Named in a request"),
        gettext_lazy("Somebody asks in the name of an organisation that stands in the directory."),
        gettext_lazy("the public mailboxes of that organisation"),
    ),
    Occasion(
        "sponsor_asked",
        gettext_lazy("Sponsor asked"),
        gettext_lazy("The applicant has named the organisation as a sponsor."),
        SPONSOR,
    ),
    Occasion(
        "sponsor_answered",
        gettext_lazy("Sponsor answered"),
        gettext_lazy("An organisation has said whether it stands as a sponsor."),
        APPLICANT,
    ),
    Occasion(
        "recorded_for_you",
        gettext_lazy("Answer recorded"),
        gettext_lazy("The coordinators have recorded what an organisation wrote to them."),
        gettext_lazy("the public mailboxes of that organisation"),
    ),
    Occasion(
        "consultation_opened",
        gettext_lazy("Consultation opened"),
        gettext_lazy("The sections are being asked about the request."),
        APPLICANT,
        values=("until",),
    ),
    Occasion(
        "consultation_asked",
        gettext_lazy("Section asked"),
        gettext_lazy("A consultation was opened: the section is asked for its reply."),
        SECTIONS,
        values=("until",),
    ),
    Occasion(
        "consultation_reminder",
        gettext_lazy("Reminder of a consultation"),
        gettext_lazy("A consultation ends soon, and the section has not replied."),
        SECTIONS,
        values=("until",),
    ),
    Occasion(
        "consultation_closed",
        gettext_lazy("Consultation closed"),
        gettext_lazy("The last day is over and the result stands."),
        COORDINATORS,
        page=DESK,
    ),
    Occasion(
        "proposal_waits",
        gettext_lazy("Second person needed"),
        gettext_lazy("One coordinator has proposed a decision that a second one confirms."),
        SECOND,
        page=DESK,
    ),
    Occasion(
        "deferred",
        gettext_lazy("Put off to a congress"),
        gettext_lazy("The request was put on the list of a coming congress."),
        APPLICANT,
    ),
    Occasion(
        "accepted",
        gettext_lazy("Accepted"),
        gettext_lazy("The request was accepted."),
        APPLICANT,
    ),
    Occasion(
        "declined",
        gettext_lazy("Declined"),
        gettext_lazy("The request was declined."),
        APPLICANT,
    ),
    Occasion(
        "appealed",
        gettext_lazy("Appeal received"),
        gettext_lazy("The applicant has appealed against a decision."),
        COORDINATORS,
        page=DESK,
    ),
    Occasion(
        "withdrawn",
        gettext_lazy("Withdrawn"),
        gettext_lazy("The request was withdrawn by those who made it."),
        APPLICANT,
    ),
    Occasion(
        "proceeding_opened",
        gettext_lazy("Proceeding opened"),
        gettext_lazy("The federation deals with a change of the organisation’s status."),
        CONCERNED,
        page="",
    ),
    Occasion(
        "proceeding_of_other",
        gettext_lazy("Proceeding of another organisation"),
        gettext_lazy("A proceeding was opened that names the organisation as the other side."),
        gettext_lazy("secretaries of the other organisation"),
        page="",
    ),
    Occasion(
        "other_answered",
        gettext_lazy("Answer of the other organisation"),
        gettext_lazy("It is known whether the other organisation agrees to a merger or a split."),
        gettext_lazy("coordinators, and secretaries of the organisation concerned"),
        page="",
    ),
    Occasion(
        "hearing",
        gettext_lazy("Hearing"),
        gettext_lazy("The organisation is heard before the federation decides."),
        CONCERNED,
        values=("until",),
        page="",
    ),
    Occasion(
        "statement_given",
        gettext_lazy("Statement given"),
        gettext_lazy("The organisation has said what it has to say in a hearing."),
        COORDINATORS,
        page="",
    ),
    Occasion(
        "proceeding_decided",
        gettext_lazy("Proceeding decided"),
        gettext_lazy("A proceeding about the organisation’s status has ended."),
        CONCERNED,
        page="",
    ),
)
LETTERS = {occasion.key: occasion for occasion in _OCCASIONS}
