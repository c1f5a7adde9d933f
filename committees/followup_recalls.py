"""What is left to do after a meeting, of which people are reminded: actions, and decisions that are to be applied."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import Membership, RecallRule
from candidacy.permissions import STAFF
from candidacy.reminder_kinds import Occasion, Reader, ReminderKind
from candidacy.reminder_messages import register_kind
from committees.models import Action, Committee, Decision, Invitation
from core.templatetags.formats import long_date
from notifications.rendering import page_url
from partners.models import Contact
from partners.readers import leads_of, linked, readers_of, with_access

ACTION_DUE = "action-due"
ACTION_OVERDUE = "action-overdue"
DECISION_DUE = "decision-due"
DECISION_OVERDUE = "decision-overdue"

Audience = RecallRule.Audience
Followed = TypeVar("Followed", Action, Decision)

#: Before the day, a reminder to who is in charge; after it a ladder, whose last step climbs to the leads.
_DUE_STEPS = (3,)
_OVERDUE_STEPS = (1, 7, 14)


def register_kinds() -> None:
    for kind in (
        ReminderKind(
            key=ACTION_DUE,
            label=gettext_lazy("Action à échéance"),
            subject=gettext_lazy("À faire %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("Cette action est attendue %(when)s."),
            find=open_actions,
            steps=_DUE_STEPS,
            is_of_committees=True,
        ),
        ReminderKind(
            key=ACTION_OVERDUE,
            label=gettext_lazy("Action en retard"),
            subject=gettext_lazy("En retard %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("L’échéance de cette action est passée %(when)s. Dites où elle en est."),
            find=open_actions,
            steps=_OVERDUE_STEPS,
            is_after=True,
            audience=Audience.LADDER,
            audiences=(Audience.LADDER, Audience.CONCERNED, Audience.LEADS, Audience.BOTH),
            is_of_committees=True,
        ),
        ReminderKind(
            key=DECISION_DUE,
            label=gettext_lazy("Décision à échéance"),
            subject=gettext_lazy("Décision à appliquer %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("Cette décision est à appliquer %(when)s."),
            find=open_decisions,
            steps=_DUE_STEPS,
            is_of_committees=True,
        ),
        ReminderKind(
            key=DECISION_OVERDUE,
            label=gettext_lazy("Décision en retard"),
            subject=gettext_lazy("Décision en retard %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("L’échéance de cette décision est passée %(when)s. Dites où elle en est."),
            find=open_decisions,
            steps=_OVERDUE_STEPS,
            is_after=True,
            audience=Audience.LADDER,
            audiences=(Audience.LADDER, Audience.CONCERNED, Audience.LEADS, Audience.BOTH),
            is_of_committees=True,
        ),
    ):
        register_kind(kind)


def open_actions(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the actions that are open and have a day; whoever owns one may open it."""
    actions = Action.objects.open().select_related("meeting__committee", "decision__meeting__committee")
    rows = _dated(actions, with_access(Contact.objects.all()), about)
    return _occasions(rows, "committees:action-edit", _committee_of_action, _owner_of_action)


def open_decisions(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the decisions that are to be applied and have a day.

    Whoever is in charge of one is told what it says, unless it is confidential and they do not read what is so;
    its page is the team's.
    """
    decisions = Decision.objects.open().select_related("meeting__committee", "agenda_item")
    role = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=OuterRef("user")).values("role")
    owners = with_access(Contact.objects.annotate(reader_role=Subquery(role[:1])))
    rows = _dated(decisions, owners, about)
    told = partial(_owner_of_decision, hearing=_who_hear_reserved(rows))
    return _occasions(rows, "committees:decision-edit", _committee_of_decision, told)


def _dated(
    open_rows: QuerySet[Followed], owners: QuerySet[Contact], about: Collection[UUID] | None
) -> list[Followed]:
    rows = open_rows.filter(due_on__isnull=False)
    if about is not None:
        rows = rows.filter(public_id__in=about)
    related = rows.select_related("candidacy").prefetch_related(Prefetch("owner", queryset=owners))
    return list(related.order_by("pk"))


def _occasions(
    rows: Sequence[Followed],
    page: str,
    committee_of: Callable[[Followed], Committee | None],
    owner_of: Callable[[Followed, str], tuple[Reader, ...]],
) -> Iterator[Occasion]:
    leads = leads_of(row.candidacy_id for row in rows) if rows else {}
    for row in rows:
        candidacy = row.candidacy
        url = page_url(page, slug=candidacy.slug, public_id=row.public_id)
        committee = committee_of(row)
        yield Occasion(
            candidacy=candidacy,
            about=row.public_id,
            day=row.due_on,  # type: ignore[arg-type]  # those without are left out
            title=str(row),
            write_lines=partial(_lines, row),
            committee=committee.public_id if committee else None,
            concerned=owner_of(row, url),
            leads=linked(leads.get(candidacy.pk, ()), url),
        )


def _lines(row: Action | Decision) -> list[str]:
    # An action is told by its title, a decision has a number for one.
    lines = [row.wording] if isinstance(row, Decision) else []
    lines.append(_("Échéance\u00a0: %(day)s") % {"day": long_date(row.due_on)})
    if row.owner is not None:
        lines.append(_("Responsable\u00a0: %(name)s") % {"name": row.owner})
    return lines


def _committee_of_action(action: Action) -> Committee | None:
    if action.meeting is not None:
        return action.meeting.committee
    return action.decision.meeting.committee if action.decision else None


def _committee_of_decision(decision: Decision) -> Committee:
    return decision.meeting.committee


def _owner_of_action(action: Action, url: str) -> tuple[Reader, ...]:
    return readers_of([action.owner], url=url) if action.owner else ()


def _owner_of_decision(
    decision: Decision, url: str, *, hearing: Collection[tuple[int, int]]
) -> tuple[Reader, ...]:
    owner = decision.owner
    if owner is None:
        return ()
    is_staff = owner.reader_role in STAFF  # type: ignore[attr-defined]  # annotated by open_decisions()
    if _is_reserved(decision) and not is_staff and (decision.meeting_id, owner.pk) not in hearing:
        return ()
    return readers_of([owner], url=url if is_staff else "")


def _is_reserved(decision: Decision) -> bool:
    return decision.agenda_item is not None and decision.agenda_item.is_confidential


def _who_hear_reserved(decisions: Sequence[Decision]) -> set[tuple[int, int]]:
    """Return, by meeting and contact, who is in charge of a confidential decision and heard it."""
    reserved = [decision for decision in decisions if _is_reserved(decision)]
    if not reserved:
        return set()
    roles = {row.owner_id: row.owner.reader_role for row in reserved if row.owner}  # type: ignore[attr-defined]
    called = Invitation.objects.filter(
        meeting__decisions__in=reserved, meeting__decisions__owner=F("contact")
    )
    return {(row.meeting_id, row.contact_id) for row in called if row.hears_reserved(roles[row.contact_id])}
