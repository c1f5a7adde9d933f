from django.db import transaction

from accounts.models import User


@transaction.atomic
def rename_user(*, user: User, first_name: str, last_name: str) -> User:
    user.first_name = first_name
    user.last_name = last_name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["first_name", "last_name", "updated_at"])
    return user
