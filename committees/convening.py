"""What the lead must know before convening: who will be written to, and what stands against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from committees.announcements import address_of
from committees.closed_days import closed_reason
from committees.models import Meeting
from committees.services.meetings import sitting_members
from committees.services.reminders import reminder_instant
from notifications.models import OutboundMessage
from partners.models import Contact, ContactQuerySet


@dataclass(frozen=True)
class Reach:
    """What stands between a candidacy's messages and its people."""

    #: Addresses that the mail server would not take.
    refused: frozenset[str]
    #: Accounts that still belong to the candidacy.
    members: frozenset[int]

    def problem(self, contact: Contact) -> str:
        """Say why nothing will reach ``contact``; empty when something will."""
        if contact.user is not None and not (contact.user.is_active and contact.user_id in self.members):
            return _("n’a plus accès\u00a0: rien ne partira")
        address = address_of(contact)
        if not address:
            return _("sans adresse\u00a0: rien ne partira")
        return _("adresse refusée par le serveur") if address in self.refused else ""


def read_reach(candidacy: Candidacy) -> Reach:
    refused = OutboundMessage.objects.in_scope(candidacy.public_id).refused()
    return Reach(
        refused=frozenset(refused.values_list("recipient_address", flat=True)),
        members=frozenset(candidacy.memberships.values_list("user", flat=True)),
    )


@dataclass(frozen=True)
class Convening:
    #: Who sits that day, and who animates the committee with or without a seat.
    members: ContactQuerySet
    guests: ContactQuerySet
    #: What each member is called on the committee, by contact.
    qualities: dict[int, str]
    #: When reminders will leave; those whose hour has passed already will not.
    reminders: tuple[datetime, ...]
    days_left: int
    is_past: bool
    is_short: bool
    has_agenda: bool
    #: Why the day is a bad one, or nothing.
    closed_reason: str
    reach: Reach


def read_convening(meeting: Meeting, *, today: date) -> Convening:
    seats = list(sitting_members(meeting))
    contacts = Contact.objects.filter(candidacy=meeting.committee.candidacy)
    people = contacts.select_related("organisation", "user").order_by("last_name", "first_name", "pk")
    qualities = {
        **dict.fromkeys((contact.pk for contact in meeting.committee.animators), _("animation")),
        **{seat.contact_id: seat.get_quality_display() for seat in seats},
    }
    days_left = (meeting.local_day - today).days
    now = timezone.now()
    moments = [reminder_instant(meeting, rule) for rule in meeting.committee.reminder_rules.all()]
    return Convening(
        members=people.filter(pk__in=qualities),
        guests=people.exclude(pk__in=qualities),
        qualities=qualities,
        reminders=tuple(sorted(moment for moment in moments if now < moment < meeting.starts_at)),
        days_left=days_left,
        is_past=meeting.starts_at <= now,
        is_short=days_left < meeting.committee.notice_days,
        has_agenda=meeting.agenda_items.exists(),
        closed_reason=closed_reason(meeting),
        reach=read_reach(meeting.committee.candidacy),
    )


@dataclass(frozen=True)
class Addressee:
    """One person to tick on a page: whether they will be written to, and where."""

    contact: Contact
    quality: str
    address: str
    box: BoundWidget
    #: Why nothing will reach them, or nothing.
    problem: str = ""


def addressees(
    people: Iterable[tuple[Contact, BoundWidget]], reach: Reach, qualities: Mapping[int, str] | None = None
) -> list[Addressee]:
    called = qualities or {}
    return [
        Addressee(contact, called.get(contact.pk, ""), address_of(contact), box, reach.problem(contact))
        for contact, box in people
    ]
