"""The first person of an installation: they may found a candidacy, and invite everybody else from there."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.services import create_account
from notifications.rendering import page_url


class Command(BaseCommand):
    help = "Create the account of a project lead, who may found candidacies in the browser."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address they sign in with")
        parser.add_argument("--name", default="", help='their name, first name first: "Camille Dupuis"')
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--password-stdin", action="store_true", help="read a password from standard input")
        how.add_argument("--password", action="store_true", help="ask for a password here")

    def handle(self, *, email: str, name: str, password_stdin: bool, password: bool, **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: this is not an e-mail address.") from error
        first_name, _space, last_name = name.strip().partition(" ")
        person = User(email=email, first_name=first_name, last_name=last_name)
        secret = None
        if password_stdin:
            secret = _checked(sys.stdin.readline().rstrip("\r\n"), person)
        elif password:
            secret = _checked(getpass("Password: "), person)
        created = _write(person, secret)
        self.stdout.write(
            self.style.SUCCESS(
                f"Account created for {email}." if created else f"{email} had an account: it is a lead's now."
            )
        )
        self.stdout.write(self._next_steps(has_password=secret is not None))

    def _next_steps(self, *, has_password: bool) -> str:
        if has_password:
            return f"Sign in: {page_url('account_login')}\nThen choose a call and found the candidacy."
        steps = f"Ask for a one-time code there, it comes by e-mail: {page_url('account_request_login_code')}"
        if "filebased" in settings.EMAIL_BACKEND:
            steps += (
                f"\nNo mail server is set (EMAIL_URL): messages are written to {settings.EMAIL_FILE_PATH}."
            )
        return f"{steps}\nThen choose a call and found the candidacy."


def _checked(secret: str, person: User) -> str:
    try:
        validate_password(secret, person)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return secret


@transaction.atomic
def _write(person: User, secret: str | None) -> bool:
    """Create the account, or let one that exists found candidacies; return whether it is new."""
    known = User.objects.select_for_update(of=("self",)).filter(email__iexact=person.email).first()
    if known is None:
        create_account(
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            password=secret,
            may_found_candidacies=True,
        )
        return True
    known.may_found_candidacies = True
    if secret is not None:
        known.set_password(secret)
    known.save(update_fields=["may_found_candidacies", "password", "updated_at"])
    return False
