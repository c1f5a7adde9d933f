"""The reminders of everything that has a day: rows of the outbox that follow the objects and the rules.

As for meetings, nothing reacts to an event: once a minute what should be planned is worked out anew and the outbox
is brought to it. An object that moves takes its reminders along, one that closes gives them up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy, RecallRule
from candidacy.reminder_kinds import Occasion, ReminderKind, Rules, reminder_kinds
from core.localtime import first_instant_from
from core.staleness import lock_row, save_changes
from core.working_days import is_working_day
from notifications.models import OutboundMessage
from notifications.services import Key, Plan, cancel_planned, changes_to, plan_messages, row_key

#: How far ahead rows are planned: what the page of the next thirty days shows.
DAYS_AHEAD = 31
Row = OutboundMessage


class RuleFields(TypedDict, total=False):
    is_active: bool
    steps: list[int]
    local_time: time
    working_days: bool
    audience: str
    text: str


@transaction.atomic
def set_rule(
    *,
    candidacy: Candidacy,
    place: UUID,
    kind: ReminderKind,
    seen: str | None = None,
    **fields: Unpack[RuleFields],
) -> RecallRule:
    """Say how a kind of reminder works in a candidacy or a committee; what is planned follows at once."""
    lock_row(candidacy)
    present = RecallRule.objects.filter(place=place, kind=kind.key).first()
    rule = present or kind.usual_rule(candidacy, place)
    save_changes(rule, fields, seen=seen)
    if present is None:
        rule.full_clean()
        rule.save()
    replan_reminders(kinds=[kind])
    return rule


@transaction.atomic
def forget_rule(*, candidacy: Candidacy, place: UUID, kind: ReminderKind) -> None:
    """Come back to the rule of the candidacy, or to the usual one."""
    lock_row(candidacy)
    candidacy.recall_rules.filter(place=place, kind=kind.key).delete()
    replan_reminders(kinds=[kind])


def replan_reminders(*, kinds: Iterable[ReminderKind] | None = None, now: datetime | None = None) -> int:
    """Bring the outbox to what the rules ask for; return how many rows had to be planned, moved or given up.

    A few queries for each kind whatever the number of objects, and no transaction while nothing is wrong.
    """
    now = now or timezone.now()
    chosen = list(kinds) if kinds is not None else reminder_kinds()
    wanted, rows = _compare(chosen, now)
    missing = [plan for key, plan in wanted.items() if key not in rows or changes_to(rows[key], plan)]
    stale = [row.pk for key, row in rows.items() if row.status == Row.Status.PLANNED and key not in wanted]
    if missing or stale:
        with transaction.atomic():
            cancel_planned(
                keys=stale, reason=_("L’objet est clos ou a changé de date, ou la règle a changé.")
            )
            plan_messages(missing)
    return len(missing) + len(stale)


def reminder_instant(kind: ReminderKind, rule: RecallRule, day: date, step: int) -> datetime:
    """Return when a step of ``rule`` speaks of ``day``: an hour of the wall clock, whatever the clocks did between.

    A closed day is left away from ``day``: a reminder ahead of it leaves earlier, a reminder after it later.
    """
    away = timedelta(days=1 if kind.is_after else -1)
    speaks_on = day + step * away
    while rule.working_days and not is_working_day(speaks_on, rule.candidacy.holiday_region):
        speaks_on += away
    return first_instant_from(speaks_on, rule.local_time, rule.candidacy.zone)


def steps_of(kind: ReminderKind, rule: RecallRule, day: date) -> dict[int, datetime]:
    """Return when each step of ``rule`` speaks; of two that fall together the one nearer to ``day`` is left out."""
    by_instant: dict[datetime, int] = {}
    for step in sorted(rule.steps, reverse=not kind.is_after):
        by_instant[reminder_instant(kind, rule, day, step)] = step
    return {step: instant for instant, step in by_instant.items()}


def _compare(kinds: list[ReminderKind], now: datetime) -> tuple[dict[Key, Plan], dict[Key, Row]]:
    rules = Rules.read()
    plans: dict[Key, Plan] = {}
    for kind in kinds:
        for occasion in kind.find(None):
            with translation.override(occasion.candidacy.language):
                for plan in _plans(kind, occasion, rules, now):
                    plans.setdefault(plan.key, plan)
    about = {plan.about for plan in plans.values()}
    known = Row.objects.filter(Q(status=Row.Status.PLANNED) | Q(about__in=about))
    known = known.filter(kind__in=[kind.key for kind in kinds])
    rows = {row_key(row): row for row in known.defer("body", "facts", "last_error", "own_body", "own_facts")}
    # A reminder whose hour had passed before it was ever planned is none; one that waits is caught up.
    wanted = {
        key: plan
        for key, plan in plans.items()
        if plan.due_at > now or (key in rows and rows[key].status == Row.Status.PLANNED)
    }
    return wanted, rows


def _plans(kind: ReminderKind, occasion: Occasion, rules: Rules, now: datetime) -> Iterator[Plan]:
    rule = rules.holding(kind, occasion.candidacy, occasion.committee)
    rule.candidacy = occasion.candidacy  # carries its zone, and is read once
    if not rule.is_active or not rule.steps:
        return
    last = max(rule.steps) if kind.is_after else min(rule.steps)
    until = now + timedelta(days=DAYS_AHEAD)
    for step, due_at in steps_of(kind, rule, occasion.day).items():
        if due_at > until:
            continue
        for reader in occasion.readers(rule.audience, is_last=step == last):
            yield Plan(
                scope=occasion.candidacy.public_id,
                kind=kind.key,
                about=occasion.about,
                rule=kind.name_step(step),
                recipient_key=reader.key,
                occurrence=occasion.occurrence,
                due_at=due_at,
                title=_("%(label)s\u00a0: %(title)s") % {"label": kind.label, "title": occasion.title},
                recipient_name=reader.name,
            )


def read_occasions(kind: ReminderKind, about: Iterable[UUID]) -> dict[tuple[UUID, str], Occasion]:
    """Return the objects given by public identifier that are still open, with their days, as they stand now."""
    return {(occasion.about, occasion.occurrence): occasion for occasion in kind.find(set(about))}


def earlier_steps(messages: Iterable[Row]) -> dict[tuple[str, UUID, str, str], list[Row]]:
    """Return every step of the same reminders, by kind, object, recipient and occurrence."""
    messages = list(messages)
    found: dict[tuple[str, UUID, str, str], list[Row]] = defaultdict(list)
    rows = Row.objects.filter(
        kind__in={message.kind for message in messages}, about__in={message.about for message in messages}
    )
    for row in rows.only("kind", "about", "recipient_key", "occurrence", "planned_for", "status"):
        found[row.kind, row.about, row.recipient_key, row.occurrence].append(row)
    return found
