"""What a candidacy expects of one partner, in order of date; what they have done; what they bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from budget.models import FundingPlan, IncomeLine
from budget.summary import PlanRow, income_rows
from candidacy.models import Candidacy
from committees.models import Action, Invitation, Meeting
from dossier.models import CommentThread, Section
from dossier.outline import OutlineEntry, read_outline
from dossier.workflow import TONES
from partners.models import Organisation, organisations_of

#: Finished things shown, so that a year of work does not push the next one off the screen.
DONE_SHOWN = 12

Status = Section.Status


@dataclass(frozen=True)
class Expectation:
    """One thing that is asked, or was done, with the page where one acts."""

    icon: str
    title: str
    state: str
    tone: str
    url: str
    due: date | datetime | None = None
    button: str = ""
    hint: str = ""
    is_late: bool = False

    @property
    def day(self) -> date:
        """The day to sort by: what has no date comes last."""
        if self.due is None:
            return date.max
        return timezone.localtime(self.due).date() if isinstance(self.due, datetime) else self.due


@dataclass(frozen=True)
class PartnerSpace:
    expected: tuple[Expectation, ...]
    done: tuple[Expectation, ...]
    funding: tuple[PlanRow, ...]
    organisations: tuple[Organisation, ...]


def read_partner_space(candidacy: Candidacy, user: User, *, now: datetime, today: date) -> PartnerSpace:
    sections = list(
        candidacy.sections.visible_to(user).in_outline_order().without_text().select_related("organisation")
    )
    entries = {entry.pk: entry for entry in read_outline(candidacy)}
    threads = CommentThread.objects.visible_to(user).open().filter(section__candidacy=candidacy)
    comments = threads.count_by_section()
    own = {section.organisation_id for section in sections} & _own_organisations(user)
    reviewed = [section for section in sections if section.organisation_id not in own]
    sections = [section for section in sections if section.organisation_id in own]
    invitations = _invitations(candidacy, user, now)
    actions = list(candidacy.actions.visible_to(user).order_by("due_on", "pk"))
    expected = chain(
        _sections_to_write(candidacy, sections, entries, comments, today),
        _sections_to_review(candidacy, reviewed, entries),
        _meetings_to_answer(candidacy, invitations),
        _actions_to_do(candidacy, actions, today),
    )
    done = chain(
        _sections_handed_in(candidacy, sections, entries, comments),
        _meetings_answered(candidacy, invitations),
        _actions_done(candidacy, actions),
    )
    return PartnerSpace(
        expected=tuple(sorted(expected, key=lambda item: item.day)),
        done=tuple(sorted(done, key=_newest_first))[:DONE_SHOWN],
        funding=_funding(candidacy, user),
        organisations=tuple(candidacy.organisations.visible_to(user).order_by("name")),
    )


def _newest_first(item: Expectation) -> tuple[bool, int]:
    """Sort what is done from the latest day back; what has no date comes last here too."""
    return item.due is None, -item.day.toordinal()


def _invitations(candidacy: Candidacy, user: User, now: datetime) -> list[Invitation]:
    """Return the person's own invitations to what is convened and still to come."""
    return list(
        Invitation.objects.filter(
            contact__user=user,
            contact__candidacy=candidacy,
            meeting__status=Meeting.Status.CONVENED,
            meeting__starts_at__gte=now,
        )
        .select_related("meeting__committee")
        .order_by("meeting__starts_at", "pk")
    )


def _sections_to_write(
    candidacy: Candidacy,
    sections: list[Section],
    entries: dict[int, OutlineEntry],
    comments: dict[int, int],
    today: date,
) -> Iterator[Expectation]:
    for section in sections:
        if section.status in {Status.ORDERED, Status.WRITING}:
            yield Expectation(
                icon="pen-line",
                title=_numbered(section, entries),
                state=section.get_status_display(),
                tone="info",
                url=_page(candidacy, "dossier:section-detail", section),
                due=section.due_on,
                button=_("Écrire") if section.status == Status.ORDERED else _("Continuer"),
                hint=", ".join(filter(None, [_told_limit(section), _told_comments(section, comments)])),
                is_late=section.is_late(today),
            )


def _sections_to_review(
    candidacy: Candidacy, sections: list[Section], entries: dict[int, OutlineEntry]
) -> Iterator[Expectation]:
    """Tell what somebody else wrote and the person is named to review."""
    for section in sections:
        if section.status == Status.IN_REVIEW:
            yield Expectation(
                icon="clipboard-pen-line",
                title=_numbered(section, entries),
                state=_("à relire"),
                tone="warn",
                url=_page(candidacy, "dossier:section-detail", section),
                button=_("Relire"),
            )


def _own_organisations(user: User) -> set[int]:
    return set(organisations_of(user).values_list("organisation", flat=True))


def _meetings_to_answer(candidacy: Candidacy, invitations: list[Invitation]) -> Iterator[Expectation]:
    for invitation in invitations:
        if invitation.answer == Invitation.Answer.NONE:
            yield Expectation(
                icon="calendar-days",
                title=invitation.meeting.title,
                state=_("sans réponse"),
                tone="warn",
                url=_page(candidacy, "committees:meeting-detail", invitation.meeting),
                due=invitation.meeting.starts_at,
                button=_("Répondre"),
                hint=invitation.meeting.committee.name,
            )


def _actions_to_do(candidacy: Candidacy, actions: list[Action], today: date) -> Iterator[Expectation]:
    for action in actions:
        if action.status in {Action.Status.TO_DO, Action.Status.IN_PROGRESS}:
            yield Expectation(
                icon="circle-check-big",
                title=action.title,
                state=action.get_status_display(),
                tone="info" if action.status == Action.Status.IN_PROGRESS else "neutral",
                url=_page(candidacy, "committees:action-edit", action),
                due=action.due_on,
                button=_("Rendre compte"),
                is_late=action.due_on is not None and action.due_on < today,
            )


def _sections_handed_in(
    candidacy: Candidacy,
    sections: list[Section],
    entries: dict[int, OutlineEntry],
    comments: dict[int, int],
) -> Iterator[Expectation]:
    for section in sections:
        if section.status in Section.HANDED_IN:
            yield Expectation(
                icon="pen-line",
                title=_numbered(section, entries),
                state=section.get_status_display(),
                tone=TONES[Status(section.status)],
                url=_page(candidacy, "dossier:section-detail", section),
                due=section.due_on,
                hint=_told_comments(section, comments),
            )


def _meetings_answered(candidacy: Candidacy, invitations: list[Invitation]) -> Iterator[Expectation]:
    for invitation in invitations:
        if invitation.answer != Invitation.Answer.NONE:
            yield Expectation(
                icon="calendar-days",
                title=invitation.meeting.title,
                state=invitation.get_answer_display(),
                tone="neutral" if invitation.answer in Invitation.AWAY else "good",
                url=_page(candidacy, "committees:meeting-detail", invitation.meeting),
                due=invitation.meeting.starts_at,
                hint=invitation.meeting.committee.name,
            )


def _actions_done(candidacy: Candidacy, actions: list[Action]) -> Iterator[Expectation]:
    for action in actions:
        if action.status == Action.Status.DONE:
            yield Expectation(
                icon="circle-check-big",
                title=action.title,
                state=action.get_status_display(),
                tone="good",
                url=reverse("committees:action-list", args=[candidacy.slug]),
                due=action.closed_on,
            )


def _funding(candidacy: Candidacy, user: User) -> tuple[PlanRow, ...]:
    plan = FundingPlan.objects.filter(candidacy=candidacy).first()
    if plan is None:
        return ()
    lines = IncomeLine.objects.visible_to(user).filter(plan=plan).in_plan_order()
    return tuple(income_rows(lines.select_related("funder").prefetch_related("amounts"), tuple(plan.years)))


def _told_limit(section: Section) -> str:
    if section.limit_value is None:
        return ""
    limit = {"limit": section.limit_value, "unit": section.get_limit_unit_display()}
    return _("%(limit)d %(unit)s au plus") % limit


def _told_comments(section: Section, comments: dict[int, int]) -> str:
    count = comments.get(section.pk, 0)
    told = ngettext("%(count)d commentaire ouvert", "%(count)d commentaires ouverts", count)
    return told % {"count": count} if count else ""


def _numbered(section: Section, entries: dict[int, OutlineEntry]) -> str:
    return f"{entries[section.pk].number} {section.title}"


def _page(candidacy: Candidacy, name: str, thing: Section | Meeting | Action) -> str:
    return reverse(name, args=[candidacy.slug, thing.public_id])
