"""People as those whom a reminder may reach: who has an address, and has not lost their access."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Exists, OuterRef, QuerySet

from candidacy.models import Membership
from candidacy.reminder_kinds import Reader
from partners.models import Contact


def with_access(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Read with ``contacts`` what `reader_of` asks of them."""
    belongs = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=OuterRef("user"))
    return contacts.select_related("user").annotate(reader_belongs=Exists(belongs))


def reader_of(contact: Contact, *, url: str = "") -> Reader | None:
    """Return a contact that `with_access` read as a reader; ``url`` is for those who can sign in."""
    user = contact.user
    if user is not None and not (user.is_active and contact.reader_belongs):  # type: ignore[attr-defined]  # annotated
        return None
    address = contact.email or (user.email if user else "")
    if not address:
        return None
    return Reader(
        key=f"contact:{contact.public_id}",
        name=contact.get_full_name(),
        address=address,
        url=url if user is not None else "",
        user_id=contact.user_id,
    )


def readers_of(contacts: Iterable[Contact], *, url: str = "") -> tuple[Reader, ...]:
    """Return those of ``contacts`` whom a reminder may reach."""
    return tuple(reader for contact in contacts if (reader := reader_of(contact, url=url)) is not None)


def leads_of(candidacies: Iterable[int]) -> dict[int, list[Reader]]:
    """Return the leads of candidacies given by primary key, in one query.

    A lead who is also a contact of the candidacy is known as the contact, so that one person is one recipient.
    """
    contact = Contact.objects.filter(candidacy=OuterRef("candidacy"), user=OuterRef("user"))
    rows = (
        Membership.objects.filter(
            candidacy__in=set(candidacies), role=Membership.Role.LEAD, user__is_active=True
        )
        .select_related("user")
        .annotate(known_as=contact.values("public_id")[:1])
        .order_by("pk")
    )
    found: dict[int, list[Reader]] = defaultdict(list)
    for row in rows:
        known_as = row.known_as  # type: ignore[attr-defined]  # annotated
        key = f"contact:{known_as}" if known_as else f"member:{row.public_id}"
        found[row.candidacy_id].append(
            Reader(key=key, name=str(row.user), address=row.user.email, user_id=row.user_id)
        )
    return found


def linked(readers: Iterable[Reader], url: str) -> tuple[Reader, ...]:
    """Return ``readers``, who all may open the page at ``url``."""
    return tuple(replace(reader, url=url) for reader in readers)
