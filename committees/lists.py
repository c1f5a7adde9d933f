"""The long lists as plain lines: what each row shows is read and worked out once, not asked of models one by one.

A list of fifty rows costs about what its query costs; asking the models and resolving addresses row by row made
it four times slower.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar, cast

from django.core.paginator import Page
from django.db.models import Model, QuerySet

from committees.answers import AnswerCounts, count_answers
from committees.badges import Badge, action_badge, decision_badge, meeting_badge
from committees.models import Action, Decision, Meeting
from core.addresses import page_address

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class MeetingLine:
    url: str
    title: str
    starts_at: datetime
    committee: str
    badge: Badge
    answers: AnswerCounts


@dataclass(frozen=True, slots=True)
class DecisionLine:
    url: str
    number: str
    wording: str
    note: str
    successor: str
    meeting_url: str
    met_at: datetime
    owner: str
    organisation: str
    due_on: date | None
    badge: Badge


@dataclass(frozen=True, slots=True)
class ActionLine:
    url: str
    title: str
    owner: str
    organisation: str
    due_on: date | None
    badge: Badge
    decision: str
    meeting: str
    meeting_url: str


OWNER = (
    "owner__first_name",
    "owner__last_name",
    "owner__organisation__name",
    "owner__organisation__short_name",
)


def meeting_lines(page: Page[Meeting], slug: str) -> list[MeetingLine]:
    address = partial(page_address, "committees:meeting-detail", slug)
    rows: list[Any] = list(
        _rows(page).values_list(
            "pk", "public_id", "title", "starts_at", "status", "committee__acronym", named=True
        )
    )
    counts = count_answers(row.pk for row in rows)
    return [
        MeetingLine(
            url=address(row.public_id),
            title=row.title,
            starts_at=row.starts_at,
            committee=row.committee__acronym,
            badge=meeting_badge(row.status),
            answers=counts[row.pk],
        )
        for row in rows
    ]


def decision_lines(page: Page[Decision], slug: str, today: date) -> list[DecisionLine]:
    address = partial(page_address, "committees:decision-edit", slug)
    meeting_address = partial(page_address, "committees:meeting-detail", slug)
    rows = _rows(page).values_list(
        "public_id",
        "number",
        "wording",
        "status",
        "status_note",
        "superseded_by__number",
        "due_on",
        "meeting__public_id",
        "meeting__starts_at",
        *OWNER,
        named=True,
    )
    return [
        DecisionLine(
            url=address(row.public_id),
            number=row.number,
            wording=row.wording,
            note=row.status_note,
            successor=row.superseded_by__number or "",
            meeting_url=meeting_address(row.meeting__public_id),
            met_at=row.meeting__starts_at,
            owner=_owner(row),
            organisation=_organisation(row),
            due_on=row.due_on,
            badge=decision_badge(row.status, row.due_on, today),
        )
        for row in rows
    ]


def action_lines(page: Page[Action], slug: str, today: date) -> list[ActionLine]:
    address = partial(page_address, "committees:action-edit", slug)
    meeting_address = partial(page_address, "committees:meeting-detail", slug)
    rows = _rows(page).values_list(
        "public_id",
        "title",
        "status",
        "due_on",
        "decision__number",
        "meeting__title",
        "meeting__public_id",
        *OWNER,
        named=True,
    )
    return [
        ActionLine(
            url=address(row.public_id),
            title=row.title,
            owner=_owner(row),
            organisation=_organisation(row),
            due_on=row.due_on,
            badge=action_badge(row.status, row.due_on, today),
            decision=row.decision__number or "",
            meeting=row.meeting__title or "",
            meeting_url=meeting_address(row.meeting__public_id) if row.meeting__public_id else "",
        )
        for row in rows
    ]


def _rows(page: Page[Row]) -> QuerySet[Row]:
    return cast("QuerySet[Row]", page.object_list)  # the paginator cut it from one


def _owner(row: Any) -> str:
    return f"{row.owner__first_name} {row.owner__last_name}".strip() if row.owner__last_name else ""


def _organisation(row: Any) -> str:
    return row.owner__organisation__short_name or row.owner__organisation__name or ""
