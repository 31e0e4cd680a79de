"""Gives somebody an account and an office. There is no sign-up: this is how accounts are made."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from directory.models import Organisation, OrganisationOffice
from federation import audit, invitations
from federation.models import Federation, Office, User


class Command(BaseCommand):
    help = (
        "Make an account with an office, and mail a link to set its password: good for an hour, "
        "once. Run again, it gives a new link; an office that is held already is left as it is."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email")
        of = parser.add_mutually_exclusive_group(required=True)
        of.add_argument("--federation", metavar="SLUG", help="coordinator of this federation")
        of.add_argument("--organisation", metavar="SLUG", help="secretary of this organisation")
        of.add_argument("--superuser", action="store_true", help="operator, for repairs")
        parser.add_argument("--role", help="another office than coordinator or secretary")
        parser.add_argument("--appointed-by", default="", metavar="BODY", help="a congress, say")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default=settings.LANGUAGE_CODE,
            help="of the letters to a new account",
        )
        parser.add_argument("--print", action="store_true", help="print the link, mail nothing")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        email = address(options["email"])
        model, fields = office_of(options)
        with transaction.atomic():
            person, is_new = account(email, options)
            self.stdout.write("A new account." if is_new else "The account is there already.")
            if model:
                self.appoint(person, model, fields, options["appointed_by"])
            if options["dry_run"]:
                transaction.set_rollback(True)
            else:
                self.hand_out_link(person, options)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")

    def appoint(self, person: User, model: Any, fields: dict[str, Any], by: str) -> None:
        begins = invitations.appoint(person, model, appointed_by=by, **fields)
        when = "begins today" if begins else "is held already"
        self.stdout.write(f"The office of {fields['role']} {when}.")

    def hand_out_link(self, person: User, options: dict[str, Any]) -> None:
        if person.has_usable_password():
            self.stdout.write("The account has a password: no link is needed.")
            return
        if options["print"]:
            self.stdout.write("Good for an hour, once:")
            self.stdout.write(f"{settings.SITE_URL}{invitations.password_path(person)}")
            return
        invitations.send_invitation(person)
        self.stdout.write("The letter with the link is queued for the worker.")


def office_of(options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The kind of office that is to be given, and its fields; no kind for an operator."""
    if options["superuser"]:
        return None, {}
    model: Any = Office if options["federation"] else OrganisationOffice
    of: Any = Federation if options["federation"] else Organisation
    slug = options["federation"] or options["organisation"]
    found = of.objects.filter(slug=slug).first()
    if found is None:
        name = of._meta.verbose_name
        raise CommandError(f"There is no {name} with the address {slug!r}.", returncode=2)
    role = options["role"] or model._meta.get_field("role").default
    if role not in model.Role.values:
        known = ", ".join(model.Role.values)
        raise CommandError(f"There is no office {role!r} here, only: {known}.", returncode=2)
    return model, {of._meta.model_name: found, "role": role}


def address(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError("This is no e-mail address.", returncode=2) from error
    return email


def account(email: str, options: dict[str, Any]) -> tuple[User, bool]:
    """The account with this address, made if there is none."""
    try:
        person, is_new = invitations.account_of(email, options["language"])
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error
    if options["superuser"] and not person.is_superuser:
        person.is_superuser = True
        person.save(update_fields=["is_superuser"])
        audit.record(audit.Action.CHANGE, person, fields=["is_superuser"], note="invite")
    return person, is_new
