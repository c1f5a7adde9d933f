"""What people have been told about a meeting: the facts of it, and who knows which.

The outbox keeps with each message the facts that left. What somebody must still be told is then the difference
between the meeting and the last message they got, whatever happened in between.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import Membership
from committees.models import AgendaItem, AgendaPaper, Invitation, Meeting, PollParticipant, ReminderRule
from notifications.models import OutboundMessage
from partners.models import Contact

CONVOCATION = "meeting-convocation"
UPDATE = "meeting-update"
CANCELLATION = "meeting-cancellation"
WITHDRAWAL = "meeting-withdrawal"
REMINDER = "meeting-reminder"

LABELS = {
    CONVOCATION: gettext_lazy("Convocation"),
    UPDATE: gettext_lazy("Changement"),
    CANCELLATION: gettext_lazy("Annulation"),
    WITHDRAWAL: gettext_lazy("Retrait d’invitation"),
    REMINDER: gettext_lazy("Rappel"),
}
#: The messages that carry a calendar file, each of which replaces the one before it.
CALENDAR_KINDS = frozenset({CONVOCATION, UPDATE, CANCELLATION, WITHDRAWAL})


#: Rows that each call one contact to something.
Called = TypeVar("Called", Invitation, PollParticipant)


@dataclass(frozen=True, slots=True)
class Facts:
    """What people are told of a meeting; ``agenda`` and ``papers`` are told along but announce nothing by themselves.

    A changed agenda is announced when somebody asks for it: ``announced_agenda`` then is another.
    """

    title: str
    starts_at: datetime
    duration_minutes: int
    place: str
    video_url: str
    announced_agenda: str = ""
    agenda: tuple[str, ...] = ()
    #: The digests of the papers that the person could read.
    papers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, meeting: Meeting, agenda: Sequence[AgendaItem] = (), papers: Sequence[AgendaPaper] = ()
    ) -> "Facts":
        return cls(
            title=meeting.title,
            starts_at=meeting.starts_at.astimezone(UTC),
            duration_minutes=meeting.duration_minutes,
            place=meeting.place,
            video_url=meeting.video_url,
            announced_agenda=meeting.announced_agenda,
            agenda=tuple(item.title for item in agenda),
            papers=tuple(paper.sha256 for paper in papers),
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Facts":
        starts_at = datetime.fromisoformat(values["starts_at"])
        plain = ("title", "duration_minutes", "place", "video_url", "announced_agenda")
        known = {name: values[name] for name in plain}
        return cls(
            starts_at=starts_at, agenda=tuple(values["agenda"]), papers=tuple(values["papers"]), **known
        )

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def digest(self) -> str:
        """Name these facts in the key of the message that announces them."""
        values = {**self.to_json(), "agenda": [], "papers": []}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        lists = {"agenda": list(self.agenda), "papers": list(self.papers)}
        return {**asdict(self), "starts_at": self.starts_at.isoformat(), **lists}


@dataclass(frozen=True, slots=True)
class Told:
    """The last calendar message that one person got about one meeting, and how many there were."""

    kind: str
    count: int
    sequence: int
    facts: Facts | None

    @property
    def is_expecting(self) -> bool:
        """Whether their calendar holds the meeting."""
        return self.kind in {CONVOCATION, UPDATE}

    def must_hear(self, facts: Facts) -> bool:
        """Whether ``facts`` are news to somebody whose meeting goes ahead."""
        return not self.is_expecting or (self.facts is not None and self.facts.digest != facts.digest)


def last_told(rows: Iterable[OutboundMessage]) -> Told | None:
    """Read from the messages of one person about one meeting what they were told last."""
    sent = [row for row in rows if row.kind in CALENDAR_KINDS and row.sent_at is not None]
    if not sent:
        return None
    last = max(sent, key=lambda row: (row.sent_at, row.pk))
    sequences = [row.facts.get("sequence", 0) for row in sent]
    facts = Facts.from_json(last.facts["meeting"]) if "meeting" in last.facts else None
    return Told(kind=last.kind, count=len(sent), sequence=max(sequences), facts=facts)


def recipient_key(contact: Contact) -> str:
    return f"contact:{contact.public_id}"


def local_start(meeting: Meeting) -> str:
    """Name the occurrence of a meeting: a moved one is another."""
    return meeting.starts_at.astimezone(meeting.committee.candidacy.zone).strftime("%Y-%m-%dT%H:%M")


# --- whom to write to --------------------------------------------------------------------------------


def invited() -> QuerySet[Invitation]:
    """Return the invitations with what decides whether their people may still be written to."""
    return reaching(Invitation.objects.all(), "meeting__committee__candidacy")


def reaching(rows: QuerySet[Called], candidacy: str) -> QuerySet[Called]:
    """Read with ``rows`` what decides whether their people may still be written to.

    ``candidacy`` is the way from a row to its candidacy, as Django’s look-ups write it.
    """
    belongs = Membership.objects.filter(candidacy=OuterRef(candidacy), user=OuterRef("contact__user"))
    observes = belongs.filter(role=Membership.Role.OBSERVER)
    return rows.select_related("contact__user").annotate(
        reader_belongs=Exists(belongs), reader_observes=Exists(observes)
    )


def address_of(contact: Contact) -> str:
    return contact.email or (contact.user.email if contact.user else "")


def speaks_to(rule: ReminderRule, invitation: Invitation) -> bool:
    """Whether ``rule`` reminds the person, as they have answered so far; who stays away is never reminded."""
    if invitation.answer in Invitation.AWAY:
        return False
    audience = ReminderRule.Audience
    return {
        audience.EXPECTED: True,
        audience.UNANSWERED: invitation.answer == Invitation.Answer.NONE,
        audience.COMING: invitation.answer in Invitation.COMING,
        audience.VOTING: invitation.is_voting,
    }[audience(rule.audience)]


def unreachable(row: Invitation | PollParticipant) -> str:
    """Say why nothing can be sent to the person of a row that `reaching` read; empty when something can."""
    contact = row.contact
    if has_lost_access(row):
        return _("La personne n’a plus accès à la candidature.")
    if not address_of(contact):
        return _("La personne n’a pas d’adresse électronique.")
    return ""


def reads_reserved(invitation: Invitation) -> bool:
    """Whether the person of an invitation that `reaching` read is told of what is confidential."""
    observes = invitation.reader_observes  # type: ignore[attr-defined]  # annotated by reaching()
    return invitation.hears_reserved(Membership.Role.OBSERVER if observes else None)


def has_lost_access(row: Invitation | PollParticipant) -> bool:
    """Whether the account of the person was closed or taken off the candidacy.

    A person without an account has nothing to lose: they read what is sent to them and nothing else.
    """
    user = row.contact.user
    return user is not None and not (user.is_active and row.reader_belongs)  # type: ignore[union-attr]  # annotated by reaching()
