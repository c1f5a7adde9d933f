"""The accounts of the demonstration: one for each role, one password for all, drawn when it is loaded."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import create_account
from candidacy.models import Candidacy, Membership
from core.errors import DomainError

#: Letters and digits that nobody takes for one another when reading them off a terminal.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


def draw_password() -> str:
    """Return DEMONSTRATION_PASSWORD, or a random password of about eighty bits."""
    chosen = os.environ.get("DEMONSTRATION_PASSWORD", "")
    if not chosen:
        return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    try:
        validate_password(chosen)
    except ValidationError as error:
        raise DomainError(f"DEMONSTRATION_PASSWORD : {' '.join(error.messages)}") from error
    return chosen


def open_account(*, email: str, first_name: str, last_name: str, encoded_password: str) -> User:
    """Create one account; an address that has one already keeps it, and nothing is loaded.

    The password comes hashed: one slow hash serves them all.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise DomainError(f"Un compte existe déjà à l’adresse {email} : la démonstration n’est pas chargée.")
    user = create_account(email=email, first_name=first_name, last_name=last_name)
    user.password = encoded_password
    user.save(update_fields=["password", "updated_at"])
    return user


def admit_account(*, candidacy: Candidacy, user: User, role: str, can_read_funding: bool = False) -> None:
    """Make ``user`` a member of the candidacy; the lead, who founded it, is one already. Nobody is written to."""
    if Membership.objects.filter(candidacy=candidacy, user=user).exists():
        return
    membership = Membership(candidacy=candidacy, user=user, role=role, can_read_funding=can_read_funding)
    membership.full_clean()
    membership.save()


def describe_accounts(candidacy: Candidacy, password: str) -> str:
    """Return what the person at the terminal needs to sign in."""
    roles = list(Membership.Role)
    members = sorted(
        candidacy.memberships.select_related("user"),
        key=lambda member: roles.index(Membership.Role(member.role)),
    )
    width = max(len(member.get_role_display()) for member in members)
    lines = [f"Candidature de démonstration « {candidacy.title} » (fictive). Comptes, un par rôle :"]
    lines += [f"  {member.get_role_display():<{width}}  {member.user.email}" for member in members]
    lines.append(f"Mot de passe de ces comptes, donné au chargement : {password}")
    return "\n".join(lines)


def keep_accounts(candidacy: Candidacy, description: str) -> None:
    """Write the accounts where their owner alone reads them, so that each start can show them again.

    Only where the settings name a file, which those of production do not.
    """
    path = _file()
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{description}\n({candidacy.public_id})\n")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def recall_accounts() -> str:
    """Return what `keep_accounts` wrote about the demonstration that this database holds, or nothing."""
    path = _file()
    if path is None or not path.is_file():
        return ""
    description, _newline, last_line = path.read_text().rstrip().rpartition("\n")
    public_id = last_line.strip("()")
    known = {str(candidacy.public_id) for candidacy in Candidacy.objects.filter(is_fictitious=True)}
    return description if public_id in known else ""


def _file() -> Path | None:
    return getattr(settings, "DEMONSTRATION_ACCOUNTS_FILE", None)
