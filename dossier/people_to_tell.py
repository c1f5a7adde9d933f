"""Whom to tell of a comment: found by name among those who read it, a few at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.search import fold

SHOWN = 20


@dataclass(frozen=True)
class PeopleFound:
    """People to choose from: those who are ticked already, and those whom a search brought."""

    ticked: tuple[User, ...] = ()
    others: tuple[User, ...] = ()
    #: What is said of the search, to whoever does not see the list grow.
    said: str = ""


def find_people(people: QuerySet[User], *, words: str | None, ticked: Iterable[Any]) -> PeopleFound:
    """Find among ``people`` those who are ``ticked`` and, unless ``words`` is None, those whose name has these words.

    Each word begins a name, without accents or case; databases differ in that, so names are compared here.
    """
    known = tuple(people.filter(public_id__in=_identifiers(ticked)))
    if words is None:
        return PeopleFound(known)
    rest = people.exclude(pk__in=[person.pk for person in known])
    wanted = fold(words).split()
    found = [person for person in rest if _answers_to(person, wanted)] if wanted else list(rest[: SHOWN + 1])
    return PeopleFound(known, tuple(found[:SHOWN]), _said(len(found)))


def _answers_to(person: User, wanted: list[str]) -> bool:
    names = fold(str(person)).split()
    return all(any(name.startswith(word) for name in names) for word in wanted)


def _identifiers(values: Iterable[Any]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(str(value)))
        except ValueError:
            continue
    return found


def _said(count: int) -> str:
    if not count:
        return _("Personne de ce nom ne lit ce commentaire.")
    if count > SHOWN:
        return _("Les %(count)d premières personnes : précisez le nom.") % {"count": SHOWN}
    return ngettext("%(count)d personne.", "%(count)d personnes.", count) % {"count": count}
