from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User


@transaction.atomic
def create_account(
    *,
    email: str,
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
    may_found_candidacies: bool = False,
) -> User:
    """Create the account of somebody who was invited.

    The address counts as verified: whoever invites vouches for it, and without a password nothing opens the
    account but a code or a link sent there.
    """
    user = User.objects.create_user(
        email=email,
        password=password,
        first_name=first_name,
        last_name=last_name,
        may_found_candidacies=may_found_candidacies,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def account_at(*, email: str, first_name: str = "", last_name: str = "") -> User:
    """Return the account at ``email``, created where there is none; one that exists keeps its names."""
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        return user
    try:
        return create_account(email=email, first_name=first_name, last_name=last_name)
    except IntegrityError:  # somebody else invites the same person at this instant
        return User.objects.get(email__iexact=email)


@transaction.atomic
def rename_user(*, user: User, first_name: str, last_name: str) -> User:
    user.first_name = first_name
    user.last_name = last_name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["first_name", "last_name", "updated_at"])
    return user
