"""What others changed in a candidacy since an instant, told in one line each, newest first.

The rows are the histories that the models keep; nothing is recorded for this page alone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.models import User
from budget.models import ExpenseLine, IncomeLine
from candidacy.models import Candidacy
from committees.models import Action, Decision, Meeting
from dossier.models import Comment, CommentThread, Section, SectionRevision
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
    #: The name and the arguments of the address of its page; None where nothing is left to see.
    page: tuple[str, ...] | None
    #: Where on that page, with its sign; empty for its top.
    place: str = ""
    #: Whether the line stands for a series of like changes.
    is_series: bool = False

    @property
    def url(self) -> str:
        """Where the thing is; worked out for the few that are shown."""
        return reverse(self.page[0], args=self.page[1:]) + self.place if self.page else ""


@dataclass(frozen=True)
class _Kind:
    """A kind of thing with a history: where it hangs, what it is called, and what is said of it."""

    model: Any
    #: The look-up from the thing to its candidacy.
    scope: str
    #: The field that names the thing.
    subject: str
    created: str | Promise
    deleted: str | Promise
    changed: str | Promise
    #: The page to go to: that of the thing itself, or the list it stands in.
    page: str
    is_own_page: bool = False
    #: The field that says how far the thing has come; "" where there is none.
    status: str = "status"
    #: The page of what has been retired, of things that are.
    retired_page: str = ""


_KINDS = (
    _Kind(
        model=Section,
        scope="candidacy",
        subject="title",
        created=_l("section ajoutée"),
        deleted=_l("section supprimée"),
        changed=_l("contrat modifié"),
        page="dossier:section-detail",
        is_own_page=True,
        retired_page="dossier:retired-section-detail",
    ),
    _Kind(
        model=Meeting,
        scope="committee__candidacy",
        subject="title",
        created=_l("réunion préparée"),
        deleted=_l("réunion supprimée"),
        changed=_l("réunion modifiée"),
        page="committees:meeting-detail",
        is_own_page=True,
    ),
    _Kind(
        model=Decision,
        scope="candidacy",
        subject="number",
        created=_l("décision prise"),
        deleted=_l("décision supprimée"),
        changed=_l("décision modifiée"),
        page="committees:decision-list",
    ),
    _Kind(
        model=Action,
        scope="candidacy",
        subject="title",
        created=_l("action créée"),
        deleted=_l("action supprimée"),
        changed=_l("action modifiée"),
        page="committees:action-list",
    ),
    _Kind(
        model=IncomeLine,
        scope="plan__candidacy",
        subject="label",
        created=_l("produit ajouté au plan"),
        deleted=_l("produit retiré du plan"),
        changed=_l("produit modifié"),
        page="budget:plan-detail",
    ),
    _Kind(
        model=ExpenseLine,
        scope="plan__candidacy",
        subject="label",
        created=_l("charge ajoutée au plan"),
        deleted=_l("charge retirée du plan"),
        changed=_l("charge modifiée"),
        page="budget:plan-detail",
        status="",
    ),
    _Kind(
        model=Organisation,
        scope="candidacy",
        subject="name",
        created=_l("structure ajoutée"),
        deleted=_l("structure supprimée"),
        changed=_l("fiche modifiée"),
        page="partners:organisation-detail",
        is_own_page=True,
        status="stage",
    ),
)


def recent_changes(candidacy: Candidacy, *, since: datetime, reader: User, limit: int) -> tuple[Change, ...]:
    """Return the last changes since ``since`` that ``reader`` did not make, in one query a kind of thing."""
    found = _texts(candidacy, since, reader, limit) + _comments(candidacy, since, reader, limit)
    for kind in _KINDS:
        records = _records(kind, candidacy, since, reader)[:limit]
        found += [_change(kind, candidacy, record) for record in records]
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
        SectionRevision.objects.filter(
            section__candidacy=candidacy, section__retired_at__isnull=True, saved_at__gt=since
        )
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
            page=("dossier:section-detail", candidacy.slug, str(revision.section.public_id)),
        )
        for revision in revisions
    ]


def _comments(candidacy: Candidacy, since: datetime, reader: User, limit: int) -> list[Change]:
    comments = (
        Comment.objects.standing()
        .filter(
            thread__section__candidacy=candidacy,
            thread__in=CommentThread.objects.visible_to(reader),
            written_at__gt=since,
        )
        .exclude(author=reader)
        .select_related("author", "thread__section")
        .only(
            *("author", "author_name", "written_at", "thread__public_id"),
            *("thread__section__title", "thread__section__public_id"),
        )
        .order_by("-written_at", "-pk")[:limit]
    )
    return [
        Change(
            at=comment.written_at,
            who=comment.who,
            subject=comment.thread.section.title,
            text=_("commentaire"),
            page=("dossier:section-detail", candidacy.slug, str(comment.thread.section.public_id)),
            place=comment.thread.place_on_page,
        )
        for comment in comments
    ]


def _records(kind: _Kind, candidacy: Candidacy, since: datetime, reader: User) -> QuerySet[Any]:
    """Return the records of the history of ``kind``, the last first, each with what it replaced."""
    history: QuerySet[Any] = kind.model.history.model.objects.all()
    records = history.filter(**{kind.scope: candidacy}, history_date__gt=since).exclude(history_user=reader)
    read = ["history_date", "history_type", "history_user__first_name", "history_user__last_name"]
    read += ["history_user__email", kind.subject]
    if kind.is_own_page:
        read.append("public_id")
    former = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    if kind.status:
        records = records.annotate(former_status=Subquery(former.values(kind.status)[:1]))
        read.append(kind.status)
    if kind.retired_page:
        records = records.annotate(
            former_retired_at=Subquery(former.values("retired_at")[:1]),
            is_now_retired=Exists(kind.model.objects.retired().filter(pk=OuterRef("id"))),
        )
        read.append("retired_at")
    return records.select_related("history_user").only(*read).order_by("-history_date", "-history_id")


def _change(kind: _Kind, candidacy: Candidacy, record: Any) -> Change:
    own = (str(record.public_id),) if kind.is_own_page else ()
    is_there = record.history_type != _DELETED
    page = kind.retired_page if getattr(record, "is_now_retired", False) else kind.page
    return Change(
        at=record.history_date,
        who=str(record.history_user or ""),
        subject=getattr(record, kind.subject),
        text=_told(kind, record),
        page=(page, candidacy.slug, *own) if is_there else None,
    )


def _told(kind: _Kind, record: Any) -> str:
    """Say what happened to the thing of ``record``; a new state says more than « modifié »."""
    if record.history_type == _CREATED:
        return str(kind.created)
    if record.history_type == _DELETED:
        return str(kind.deleted)
    if kind.retired_page and bool(record.retired_at) != bool(record.former_retired_at):
        return _("section retirée du plan") if record.retired_at else _("section rétablie dans le plan")
    former = getattr(record, "former_status", None)
    if former is not None and former != getattr(record, kind.status):
        return _("passe à « %(status)s »") % {"status": getattr(record, f"get_{kind.status}_display")()}
    return str(kind.changed)
