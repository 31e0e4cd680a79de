"""What requests and proceedings share: a procedure says who is heard on them and who decides."""

from collections.abc import Collection
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Deliberated:
    """Sections may be asked about it, it may be put off to a meeting, and a body decides.

    `procedure` are the rules, if there are any; `appealed_at` tells whether it is an appeal now.
    """

    procedure: Any
    meeting: Any
    consultations: Any
    appealed_at: Any

    @property
    def last_consultation(self) -> Any:
        return self.consultations.order_by("-opened_at").first()

    @property
    def is_refused_by_sections(self) -> bool:
        """They were asked and did not agree, and by the procedure their result binds."""
        last = self.last_consultation
        if last is None or last.closed_at is None or not last.procedure.is_binding:
            return False
        return bool(last.outcome != last.Outcome.PASSED)

    @property
    def deciding_body(self) -> str:
        """The body that it was put off to; else the one that the procedure names, after an
        appeal the one that hears appeals. Empty where the texts do not say it.
        """
        if self.meeting is not None:
            return str(self.meeting.body)
        if self.procedure is None:
            return ""
        return str(self.procedure.appeal_body if self.appealed_at else self.procedure.body)

    @property
    def defers_to(self) -> Collection[str]:
        """To meetings of which bodies it may be put off; an appeal to no other than hears it."""
        if self.appealed_at:
            return [self.procedure.appeal_body]
        bodies: Collection[str] = self.procedure.defers_to
        return bodies

    # --- what the procedure says to a move that the table has --------------------------------

    def forbids(self, verb: str) -> str | Promise:
        check = getattr(self, f"_forbids_{verb}", None)
        return check() if check else ""

    def _forbids_conclude(self) -> str | Promise:
        consultation = self.last_consultation
        if consultation is None or consultation.may_close():
            return ""
        return _("The sections still have time to reply.")

    _forbids_expire = _forbids_conclude

    def _forbids_defer(self) -> str | Promise:
        return "" if self.defers_to else _("This procedure puts nothing off.")
