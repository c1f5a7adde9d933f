"""What committees remind people of, beside their meetings: answers, papers, minutes, and a rhythm that is at risk."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import RecallRule
from candidacy.models.reminders import FARTHEST_DAYS
from candidacy.reminder_kinds import Occasion, Reader, ReminderKind
from candidacy.reminder_messages import register_kind
from candidacy.services.reminders import DAYS_AHEAD
from committees.announcements import reaching, reads_reserved
from committees.answer_tokens import token_for
from committees.minutes_tokens import minutes_token_for
from committees.models import AgendaPaper, Committee, Invitation, Meeting, Minutes
from committees.representation import took_part
from committees.reserved import as_shown, papers_shown
from committees.rhythm import Rhythm, read_courses
from core.templatetags.formats import long_moment
from notifications.rendering import page_url
from partners.models import Contact
from partners.readers import leads_of, linked, reader_of, readers_of, with_access

UNANSWERED = "invitation-unanswered"
RHYTHM = "rhythm-at-risk"
PAPERS = "papers-available"
MINUTES_OPEN = "minutes-to-correct"

Audience = RecallRule.Audience


def register_kinds() -> None:
    for kind in (
        ReminderKind(
            key=UNANSWERED,
            label=gettext_lazy("Invitation sans réponse"),
            subject=gettext_lazy("Viendrez-vous %(when)s ? %(title)s"),
            intro=gettext_lazy("Cette réunion a lieu %(when)s, et nous n’avons pas encore votre réponse."),
            subject_for_leads=gettext_lazy("Réponses attendues pour la réunion %(when)s\u00a0: %(title)s"),
            intro_for_leads=gettext_lazy("Cette réunion a lieu %(when)s, et des réponses manquent encore."),
            find=unanswered_invitations,
            steps=(3,),
            is_of_committees=True,
        ),
        ReminderKind(
            key=PAPERS,
            label=gettext_lazy("Pièces d’une réunion à lire"),
            subject=gettext_lazy("À lire pour la réunion %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("Cette réunion a lieu %(when)s\u00a0; ses pièces sont à lire."),
            find=meetings_with_papers,
            steps=(5,),
            is_of_committees=True,
        ),
        ReminderKind(
            key=MINUTES_OPEN,
            label=gettext_lazy("Compte rendu à corriger"),
            subject=gettext_lazy("À relire jusqu’au dernier jour, %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy(
                "Les corrections de ce compte rendu ne sont plus reçues après le dernier jour, %(when)s."
            ),
            find=minutes_to_correct,
            steps=(3,),
            is_of_committees=True,
        ),
        ReminderKind(
            key=RHYTHM,
            label=gettext_lazy("Rythme menacé"),
            subject=gettext_lazy("À convoquer %(when)s : %(title)s"),
            intro=gettext_lazy("Le dernier jour pour convoquer avec le délai tombe %(when)s."),
            find=rhythms_at_risk,
            steps=(7, 1),
            audience=Audience.LEADS,
            audiences=(Audience.LEADS, Audience.BOTH),
            is_of_committees=True,
        ),
    ):
        register_kind(kind)


def unanswered_invitations(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the convened meetings to come for which somebody’s answer is missing."""
    waiting = Invitation.objects.filter(answer=Invitation.Answer.NONE)
    meetings = Meeting.objects.convened().filter(
        starts_at__gt=timezone.now(), pk__in=waiting.values("meeting")
    )
    if about is not None:
        meetings = meetings.filter(public_id__in=about)
    contacts = Prefetch("contact", queryset=with_access(Contact.objects.all()))
    related = meetings.select_related("committee__candidacy").prefetch_related(
        Prefetch("invitations", queryset=waiting.prefetch_related(contacts))
    )
    rows = list(related)
    leads = leads_of(meeting.committee.candidacy_id for meeting in rows) if rows else {}
    for meeting in rows:
        candidacy = meeting.committee.candidacy
        url = page_url("committees:meeting-detail", slug=candidacy.slug, public_id=meeting.public_id)
        readers = _called(meeting.invitations.all(), url, "committees:answer-link", token_for)
        if readers:
            yield Occasion(
                candidacy=candidacy,
                about=meeting.public_id,
                day=meeting.local_day,
                hour=meeting.starts_at.astimezone(candidacy.zone).strftime("T%H:%M"),
                title=meeting.title,
                write_lines=partial(_meeting_lines, meeting),
                write_lines_for_leads=partial(_awaited_lines, meeting),
                committee=meeting.committee.public_id,
                concerned=readers,
                leads=linked(leads.get(candidacy.pk, ()), url),
            )


def meetings_with_papers(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the convened meetings to come that have papers, with those who may come and read one of them."""
    meetings = Meeting.objects.convened().filter(
        starts_at__gt=timezone.now(), pk__in=AgendaPaper.objects.values("item__meeting")
    )
    if about is not None:
        meetings = meetings.filter(public_id__in=about)
    contacts = Prefetch("contact", queryset=with_access(Contact.objects.all()))
    coming = reaching(Invitation.objects.exclude(answer__in=Invitation.AWAY), "meeting__committee__candidacy")
    coming = coming.select_related(None)  # the contacts are read with what says whether they have access
    related = meetings.select_related("committee__candidacy").prefetch_related(
        Prefetch("invitations", queryset=coming.prefetch_related(contacts)), "agenda_items__papers"
    )
    rows = list(related)
    leads = leads_of(meeting.committee.candidacy_id for meeting in rows) if rows else {}
    for meeting in rows:
        candidacy = meeting.committee.candidacy
        url = page_url("committees:meeting-detail", slug=candidacy.slug, public_id=meeting.public_id)
        items = meeting.agenda_items.all()
        has_open_papers = any(
            papers_shown(item, with_reserved=False) for item in as_shown(items, with_reserved=False)
        )
        told = [row for row in meeting.invitations.all() if has_open_papers or reads_reserved(row)]
        readers = _called(told, url, "committees:answer-link", token_for)
        if readers:
            yield Occasion(
                candidacy=candidacy,
                about=meeting.public_id,
                day=meeting.local_day,
                hour=meeting.starts_at.astimezone(candidacy.zone).strftime("T%H:%M"),
                title=meeting.title,
                write_lines=partial(_meeting_lines, meeting),
                committee=meeting.committee.public_id,
                concerned=readers,
                leads=linked(leads.get(candidacy.pk, ()), url),
            )


def minutes_to_correct(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the minutes that the silence will approve, with those who took part and have asked for nothing yet."""
    sent = Minutes.objects.filter(status=Minutes.Status.SENT, silence_on__isnull=False)
    if about is not None:
        sent = sent.filter(public_id__in=about)
    contacts = Prefetch("contact", queryset=with_access(Contact.objects.all()))
    related = sent.select_related("meeting__committee__candidacy").prefetch_related(
        Prefetch("meeting__invitations", queryset=Invitation.objects.prefetch_related(contacts)),
        "corrections",
    )
    rows = list(related)
    leads = leads_of(minutes.meeting.committee.candidacy_id for minutes in rows) if rows else {}
    for minutes in rows:
        meeting = minutes.meeting
        candidacy = meeting.committee.candidacy
        url = page_url("committees:minutes-detail", slug=candidacy.slug, public_id=meeting.public_id)
        asked = {correction.contact_id for correction in minutes.corrections.all()}
        told = [row for row in meeting.invitations.all() if took_part(row) and row.contact_id not in asked]
        readers = _called(told, url, "committees:minutes-link", minutes_token_for)
        if readers:
            yield Occasion(
                candidacy=candidacy,
                about=minutes.public_id,
                day=minutes.silence_on - timedelta(days=1),  # type: ignore[arg-type, operator]  # those without are left out
                title=meeting.title,
                write_lines=partial(_meeting_lines, meeting),
                committee=meeting.committee.public_id,
                concerned=readers,
                leads=linked(leads.get(candidacy.pk, ()), url),
            )


def rhythms_at_risk(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the committees of which a meeting is missing while it can still be convened with its notice."""
    committees = Committee.objects.filter(rhythm_min__isnull=False)
    if about is not None:
        committees = committees.filter(public_id__in=about)
    animators = with_access(Contact.objects.filter(user__isnull=False))
    rows = list(
        committees.select_related("candidacy").prefetch_related(
            Prefetch("animator", queryset=animators), Prefetch("co_animator", queryset=animators)
        )
    )
    if not rows:
        return
    courses = read_courses(rows, timezone.now(), near_days=DAYS_AHEAD + FARTHEST_DAYS)
    leads = leads_of(committee.candidacy_id for committee in rows)
    for committee in rows:
        candidacy = committee.candidacy
        url = page_url("committees:committee-detail", slug=candidacy.slug, public_id=committee.public_id)
        told = linked(leads.get(candidacy.pk, ()), url)
        keys = {reader.key for reader in told}
        others = readers_of(committee.animators)
        course = courses[committee.pk]
        for rhythm in (course.current, *course.coming):
            if rhythm.missing and rhythm.days_left >= 0:
                yield Occasion(
                    candidacy=candidacy,
                    about=committee.public_id,
                    day=rhythm.convene_by,
                    title=committee.name,
                    write_lines=partial(_rhythm_lines, rhythm),
                    committee=committee.public_id,
                    concerned=tuple(reader for reader in others if reader.key not in keys),
                    leads=told,
                )


def _meeting_lines(meeting: Meeting) -> list[str]:
    return [long_moment(meeting.starts_at), *([meeting.place] if meeting.place else [])]


def _awaited_lines(meeting: Meeting) -> list[str]:
    """Name whose answer is missing, from a meeting read with their invitations alone."""
    names = ", ".join(str(invitation.contact) for invitation in meeting.invitations.all())
    return [*_meeting_lines(meeting), _("Sans réponse\u00a0: %(names)s") % {"names": names}]


def _rhythm_lines(rhythm: Rhythm) -> list[str]:
    return [rhythm.advice]


def _called(
    invitations: Iterable[Invitation], url: str, personal_page: str, token_of: Callable[[Invitation], str]
) -> tuple[Reader, ...]:
    """Return those whom ``invitations`` call: whoever cannot sign in gets their own address in place of ``url``."""
    readers = []
    for invitation in invitations:
        reader = reader_of(invitation.contact, url=url)
        if reader is not None and invitation.contact.user_id is None:
            token = token_of(invitation)
            reader = replace(reader, url=page_url(personal_page, token=token), secret=token)
        if reader is not None:
            readers.append(reader)
    return tuple(readers)
