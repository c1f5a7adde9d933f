"""What a calendar program reads at a secret address: what the holder may see at that moment, and nothing else."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import cast

from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.permissions import role_in
from committees.calendar import Deadline, Entry, title_in_calendar, write_feed
from committees.models import Action, CalendarFeed, Invitation, Meeting
from committees.permissions import can_read_reserved
from committees.reserved import as_shown
from core.secret_addresses import digest_of_token
from notifications.rendering import page_url


def feed_at(token: str) -> CalendarFeed | None:
    """Return the feed of an address that still opens: its holder has an account and a role in the candidacy."""
    feeds = CalendarFeed.objects.filter(token_sha256=digest_of_token(token), user__is_active=True)
    feed = feeds.select_related("candidacy", "user", "committee").first()
    if feed is None or role_in(feed.user, feed.candidacy) is None:
        return None
    return feed


def read_feed(feed: CalendarFeed) -> bytes:
    """Return the calendar of ``feed``: meetings, and in a personal one what its holder has to do by a day.

    Whoever prepares meetings sees those in preparation too, as tentative. One that was called off stays, as cancelled.
    """
    candidacy = feed.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        name = f"{feed.committee.acronym} – {candidacy}" if feed.committee else str(candidacy)
        deadlines = () if feed.committee else _deadlines(feed)
        return write_feed(_meetings(feed), deadlines, name=name, zone=candidacy.zone)


def _meetings(feed: CalendarFeed) -> Iterator[tuple[Entry, datetime]]:
    meetings = Meeting.objects.filter(committee__candidacy=feed.candidacy).visible_to(feed.user)
    if feed.committee:
        meetings = meetings.filter(committee=feed.committee)
    own = Prefetch(
        "invitations", queryset=Invitation.objects.filter(contact__user=feed.user), to_attr="own_invitations"
    )
    read = meetings.select_related("committee").prefetch_related("agenda_items", own)
    for meeting in read.order_by("starts_at", "pk"):
        meeting.committee.candidacy = feed.candidacy
        invitation = next(iter(meeting.own_invitations), None)  # type: ignore[attr-defined]  # as prefetched
        agenda = as_shown(
            meeting.agenda_items.all(), with_reserved=can_read_reserved(feed.user, meeting, invitation)
        )
        url = page_url("committees:meeting-detail", slug=feed.candidacy.slug, public_id=meeting.public_id)
        context = {"agenda": agenda, "video_url": meeting.video_url, "url": url}
        entry = Entry(
            uid=meeting.calendar_uid,
            sequence=meeting.sequence,
            title=title_in_calendar(meeting.title, meeting.committee.acronym),
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            zone=feed.candidacy.zone,
            location=meeting.place or meeting.video_url,
            description=render_to_string("emails/meeting_calendar.txt", context).strip(),
            url=url,
            is_cancelled=meeting.is_cancelled,
            is_tentative=meeting.is_draft,
        )
        yield entry, meeting.updated_at


def _deadlines(feed: CalendarFeed) -> Iterator[tuple[Deadline, datetime]]:
    actions = Action.objects.filter(candidacy=feed.candidacy, owner__user=feed.user, due_on__isnull=False)
    for action in actions.visible_to(feed.user).open().order_by("due_on", "pk"):
        deadline = Deadline(
            uid=f"{action.public_id}@candidacy",
            title=_("À faire\u00a0: %(title)s") % {"title": action.title},
            day=cast("date", action.due_on),
            url=page_url("committees:action-edit", slug=feed.candidacy.slug, public_id=action.public_id),
        )
        yield deadline, action.updated_at
