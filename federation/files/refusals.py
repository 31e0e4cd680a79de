"""Why a file is not taken, in words fit to be shown."""

from django.utils.translation import gettext as _


class NotTaken(Exception):
    """The file is refused; nothing was kept. The message says what is wrong and what helps."""


def broken() -> NotTaken:
    """What no program reads without complaint."""
    return NotTaken(_("The file is damaged or not complete. Save it anew and try again."))


def too_large_inside() -> NotTaken:
    """A bomb, or as good as one."""
    return NotTaken(
        _("There is too much packed into this file. Save it with smaller pictures, or as a PDF.")
    )


def holds(what: str) -> NotTaken:
    """Something inside that can act, or that nobody can look into."""
    return NotTaken(
        _("The file contains %(what)s. Save it without, or as a PDF, and try again.")
        % {"what": what}
    )
