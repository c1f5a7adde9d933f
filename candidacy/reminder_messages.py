"""What a reminder says, decided when it leaves from what its reader may then read."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidacy.models import Candidacy, Membership
from candidacy.reminder_kinds import Occasion, Reader, ReminderKind, Rules, register
from candidacy.services.reminders import earlier_steps, read_occasions
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, register_many
from notifications.rendering import render_mail

Row = OutboundMessage


def register_kind(kind: ReminderKind) -> None:
    """Register a kind of reminder with those who plan it, and its messages with the outbox."""
    register(kind)
    register_many(
        kind.key,
        partial(compose_reminders, kind),
        label=kind.label,
        reason=partial(_why, kind),
        gathers=True,
        is_refusable=True,
    )


def compose_reminders(kind: ReminderKind, messages: Sequence[Row]) -> dict[int, Composed | Skip]:
    occasions = read_occasions(kind, (message.about for message in messages))
    rules, siblings = Rules.read(), earlier_steps(messages)
    written: dict[int, Composed | Skip] = {}
    for message in messages:
        occasion = occasions.get((message.about, message.occurrence))
        if occasion is None:
            written[message.pk] = Skip(_("C’est fait, ou la date a changé."))
            continue
        reader = occasion.reader(message.recipient_key)
        steps = siblings[message.kind, message.about, message.recipient_key, message.occurrence]
        if reader is None:
            written[message.pk] = Skip(_("La personne n’est plus concernée, ou n’y a plus accès."))
        elif _is_overtaken(message, steps):
            written[message.pk] = Skip(_("Un rappel plus récent part ou est parti."))
        elif problem := _untimely(kind, occasion, message):
            written[message.pk] = Skip(problem)
        else:
            text = rules.holding(kind, occasion.candidacy, occasion.committee).text
            with (
                translation.override(occasion.candidacy.language),
                timezone.override(occasion.candidacy.zone),
            ):
                written[message.pk] = _write(kind, occasion, reader, message, text)
    return written


def _is_overtaken(message: Row, steps: Sequence[Row]) -> bool:
    """After a missed run, only the last of the steps that are due is still worth reading."""
    now = timezone.now()
    return any(
        row.pk != message.pk
        and row.status in {Row.Status.PLANNED, Row.Status.SENT}
        and message.planned_for < row.planned_for <= now
        for row in steps
    )


def _untimely(kind: ReminderKind, occasion: Occasion, message: Row) -> str:
    """Say why the words of ``kind`` are not so on the day on which ``message`` leaves; empty where they are."""
    days = _days_left(occasion, message)
    if kind.is_after and days > 0:
        return _("L’échéance n’est pas encore passée\u00a0: ce rappel partira à son heure.")
    if not kind.is_after and days < 0:
        return _("Le jour dont parle ce rappel est passé.")
    return ""


def _days_left(occasion: Occasion, message: Row) -> int:
    """Count the days from the one on which ``message`` leaves, by the clock of the candidacy."""
    leaves_on = timezone.localdate(max(timezone.now(), message.due_at), occasion.candidacy.zone)
    return (occasion.day - leaves_on).days


def _write(kind: ReminderKind, occasion: Occasion, reader: Reader, message: Row, text: str) -> Composed:
    when = _when(_days_left(occasion, message))
    subject, intro, write_lines = kind.subject, kind.intro, occasion.write_lines
    if occasion.is_for_lead(reader):
        subject, intro = kind.subject_for_leads or subject, kind.intro_for_leads or intro
        write_lines = occasion.write_lines_for_leads or write_lines
    lines, organiser = list(write_lines()), _organiser(occasion.candidacy)
    context: dict[str, Any] = {
        "candidacy": occasion.candidacy.title,
        "is_fictitious": occasion.candidacy.is_fictitious,
        "organiser": organiser,
        "name": reader.name,
        "subject": str(subject) % {"when": when, "title": occasion.title},
        "intro": text or str(intro) % {"when": when},
        "title": occasion.title,
        "lines": lines,
        "url": reader.url,
        "is_personal": bool(reader.secret),
    }
    title, body = render_mail("reminder", context)
    return Composed(
        address=reader.address,
        subject=title,
        body=body,
        reply_to=organiser["address"] if organiser else "",
        user_id=reader.user_id,
        withheld=(reader.secret,) if reader.secret else (),
        facts={"day": occasion.occurrence, "title": occasion.title, "lines": lines},
    )


def _when(days: int) -> str:
    near = {0: _("aujourd’hui"), 1: _("demain"), -1: _("depuis hier")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("dans %(n)d jour", "dans %(n)d jours", days) % {"n": days}
    return ngettext("depuis %(n)d jour", "depuis %(n)d jours", -days) % {"n": -days}


def _organiser(candidacy: Candidacy) -> dict[str, str] | None:
    leads = candidacy.memberships.filter(role=Membership.Role.LEAD, user__is_active=True)
    first = leads.select_related("user").order_by("pk").first()
    return {"name": str(first.user), "address": first.user.email} if first else None


def _why(kind: ReminderKind, message: Row) -> str:
    return _("Rappel « %(label)s », %(step)s") % {"label": kind.label, "step": message.rule}
