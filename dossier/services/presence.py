"""Who has the editor of a section open: told by their browser, believed for a little more than a minute."""

from datetime import timedelta

from django.db.models import Case, F, Value, When
from django.utils import timezone

from accounts.models import User
from dossier.models import Section, SectionPresence
from dossier.models.presence import SILENCE

#: However many windows a person has open, one write in half a minute.
_REST = timedelta(seconds=25)


def note_presence(*, section: Section, user: User) -> None:
    """Note that ``user`` has the editor open. Somebody back after a silence counts from now on."""
    now = timezone.now()
    own = SectionPresence.objects.filter(section=section, user=user)
    seen_at = own.values_list("seen_at", flat=True).first()
    if seen_at is None:
        SectionPresence.objects.filter(section=section, seen_at__lte=now - SILENCE).delete()
        SectionPresence.objects.get_or_create(section=section, user=user)
    elif seen_at < now - _REST:
        since = Case(When(seen_at__lte=now - SILENCE, then=Value(now)), default=F("since"))
        own.update(since=since, seen_at=now)


def end_presence(*, section: Section, user: User) -> None:
    SectionPresence.objects.filter(section=section, user=user).delete()
