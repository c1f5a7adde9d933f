"""What others changed in a candidacy since an instant, told in one line each, newest first.

The rows are the histories that the models keep; nothing is recorded for this page alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from budget.models import ExpenseLine, IncomeLine
from candidacy.models import Candidacy
from committees.models import Action, Decision, Meeting
from dossier.models import Section, SectionRevision
from partners.models import Organisation

_CREATED, _DELETED = "+", "-"


#: Beyond so many, what one person did alike on one day is told as one line.
_ALIKE = 3


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    subject: str
    text: str
    url: str
    #: Whether the line stands for a series of like changes.
    is_series: bool = False


def recent_changes(candidacy: Candidacy, *, since: datetime, reader: User, limit: int) -> tuple[Change, ...]:
    """Return the last changes since ``since`` that ``reader`` did not make, in one query a kind of thing."""
    found: list[Change] = []
    for read in (_texts, _sections, _meetings, _decisions, _actions, _income, _expenses, _organisations):
        found += read(candidacy, since, reader, limit)
    found.sort(key=attrgetter("at"), reverse=True)
    return tuple(_condensed(found)[:limit])


def _condensed(changes: list[Change]) -> list[Change]:
    """Tell the same done to the same thing once, and a series of like changes as one."""
    distinct = {(change.who, change.subject, change.text): change for change in reversed(changes)}
    series: dict[tuple[str, str, date], list[Change]] = {}
    for change in changes:
        if distinct[change.who, change.subject, change.text] is change:
            series.setdefault((change.who, change.text, change.at.date()), []).append(change)
    told: list[Change] = []
    for alike in series.values():
        told += [replace(alike[0], is_series=True)] if len(alike) > _ALIKE else alike
    return sorted(told, key=attrgetter("at"), reverse=True)


def _texts(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    revisions = (
        SectionRevision.objects.filter(section__candidacy=candidacy, saved_at__gt=since)
        .exclude(saved_by=reader)
        .select_related("saved_by", "section")
        .only("saved_at", "saved_by", "section__title", "section__public_id")
        .order_by("-saved_at", "-pk")[:limit]
    )
    return [
        Change(
            at=revision.saved_at,
            who=str(revision.saved_by or ""),
            subject=revision.section.title,
            text=_("texte modifié"),
            url=reverse("dossier:section-detail", args=[candidacy.slug, revision.section.public_id]),
        )
        for revision in revisions
    ]


def _sections(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(Section, {"candidacy": candidacy}, since, reader, limit)

    def told(record: Any) -> str:
        return _told(record, _("section ajoutée"), _("section retirée"), _("contrat modifié"))

    return _changes(records, told, "title", lambda record: _page(candidacy, "dossier:section-detail", record))


def _meetings(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(Meeting, {"committee__candidacy": candidacy}, since, reader, limit)

    def told(record: Any) -> str:
        return _told(record, _("réunion préparée"), _("réunion supprimée"), _("réunion modifiée"))

    return _changes(
        records, told, "title", lambda record: _page(candidacy, "committees:meeting-detail", record)
    )


def _decisions(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(Decision, {"candidacy": candidacy}, since, reader, limit)
    address = reverse("committees:decision-list", args=[candidacy.slug])

    def told(record: Any) -> str:
        return _told(record, _("décision prise"), _("décision supprimée"), _("décision modifiée"))

    return _changes(records, told, "number", lambda record: address)


def _actions(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(Action, {"candidacy": candidacy}, since, reader, limit)
    address = reverse("committees:action-list", args=[candidacy.slug])

    def told(record: Any) -> str:
        return _told(record, _("action créée"), _("action supprimée"), _("action modifiée"))

    return _changes(records, told, "title", lambda record: address)


def _income(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(IncomeLine, {"plan__candidacy": candidacy}, since, reader, limit)
    address = reverse("budget:plan-detail", args=[candidacy.slug])

    def told(record: Any) -> str:
        return _told(record, _("produit ajouté au plan"), _("produit retiré du plan"), _("produit modifié"))

    return _changes(records, told, "label", lambda record: address)


def _expenses(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(ExpenseLine, {"plan__candidacy": candidacy}, since, reader, limit, has_status=False)
    address = reverse("budget:plan-detail", args=[candidacy.slug])

    def told(record: Any) -> str:
        return _told(record, _("charge ajoutée au plan"), _("charge retirée du plan"), _("charge modifiée"))

    return _changes(records, told, "label", lambda record: address)


def _organisations(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    records = _records(Organisation, {"candidacy": candidacy}, since, reader, limit, status="stage")

    def told(record: Any) -> str:
        return _told(
            record, _("structure ajoutée"), _("structure supprimée"), _("fiche modifiée"), status="stage"
        )

    return _changes(
        records, told, "name", lambda record: _page(candidacy, "partners:organisation-detail", record)
    )


def _records(
    model: Any,
    scope: dict[str, Any],
    since: datetime,
    reader: User,
    limit: int,
    *,
    status: str = "status",
    has_status: bool = True,
) -> QuerySet[Any]:
    """Return the last records of the history of ``model``, each with the status that it replaced."""
    history: QuerySet[Any] = model.history.model.objects.all()
    records = history.filter(**scope, history_date__gt=since).exclude(history_user=reader)
    if has_status:
        former = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
        records = records.annotate(former_status=Subquery(former.order_by("-history_id").values(status)[:1]))
    return records.select_related("history_user").order_by("-history_date", "-history_id")[:limit]


def _changes(
    records: QuerySet[Any],
    told: Callable[[Any], str],
    subject: str,
    address: Callable[[Any], str],
) -> list[Change]:
    return [
        Change(
            at=record.history_date,
            who=str(record.history_user or ""),
            subject=getattr(record, subject),
            text=told(record),
            url=address(record) if record.history_type != _DELETED else "",
        )
        for record in records
    ]


def _told(record: Any, created: str, deleted: str, changed: str, *, status: str = "status") -> str:
    """Say what happened to the thing of ``record``; a new state says more than « modifié »."""
    if record.history_type == _CREATED:
        return created
    if record.history_type == _DELETED:
        return deleted
    former = getattr(record, "former_status", None)
    if former is not None and former != getattr(record, status):
        return _("passe à « %(status)s »") % {"status": getattr(record, f"get_{status}_display")()}
    return changed


def _page(candidacy: Candidacy, name: str, record: Any) -> str:
    return reverse(name, args=[candidacy.slug, record.public_id])
