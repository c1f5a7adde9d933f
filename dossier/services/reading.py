"""What a reader does with a link: opening it leaves a line in the log, a remark or an approval is said in so many words."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Membership
from core.errors import DomainError
from core.staleness import lock_row
from dossier.models import MarkedCopy, ReaderApproval, ReaderRemark, ReadingLink, ReadingLinkOpening
from notifications.services import Plan, plan_messages

#: The kinds of messages that dossier.reading_messages writes.
REMARK = "reader-remark"
APPROVAL = "reader-approval"
MAX_REMARKS = 100
#: A program that asks again and again makes one line a minute.
_SAME_VISIT = timedelta(minutes=1)

Kind = ReadingLinkOpening.Kind


def note_opening(*, link: ReadingLink, kind: str, device: str) -> None:
    """Add a line to the log of ``link``.

    A file that is asked for before anybody has opened the dossier was fetched, as far as one can tell, by a program.
    """
    if kind == Kind.DOWNLOADED and not link.openings.filter(kind=Kind.OPENED).exists():
        kind = Kind.FETCHED
    since = timezone.now() - _SAME_VISIT
    if kind == Kind.FETCHED and link.openings.filter(kind=kind, at__gt=since).exists():
        return
    ReadingLinkOpening.objects.create(link=link, kind=kind, device=device)


def note_copy(*, link: ReadingLink, content: bytes) -> None:
    """Note the bytes that ``link`` hands out with its reader's name, once for the same ones."""
    MarkedCopy.objects.get_or_create(link=link, sha256=sha256(content).hexdigest())


@transaction.atomic
def leave_remark(
    *, link: ReadingLink, body: str, place: str = "", page: int | None = None, public_id: UUID | None = None
) -> ReaderRemark:
    """Keep a remark and tell the leads; the same form sent twice leaves one."""
    locked = lock_row(link)
    if not (locked.is_live and locked.may_comment):
        raise DomainError(_("Ce lien ne permet pas d’écrire de remarque."))
    written: ReaderRemark | None = locked.remarks.filter(public_id=public_id).first() if public_id else None
    if written is not None:
        return written
    if locked.remarks.count() >= MAX_REMARKS:
        raise DomainError(
            _("Vous avez déjà écrit cent remarques : adressez-vous à la personne qui vous a écrit.")
        )
    remark = ReaderRemark(link=locked, body=body.strip(), place=place, page=page)
    if public_id is not None:
        remark.public_id = public_id
    remark.full_clean()
    remark.save()
    _tell_leads(locked, REMARK, remark.public_id, _("Remarque sur l’édition %(number)d"))
    return remark


@transaction.atomic
def approve_edition(*, link: ReadingLink) -> ReaderApproval:
    """Record that the reader of ``link`` approves the edition, once: a second click changes nothing."""
    locked = lock_row(link)
    if not (locked.is_live and locked.may_approve):
        raise DomainError(_("Ce lien ne permet pas d’approuver l’édition."))
    given: ReaderApproval | None = ReaderApproval.objects.filter(link=locked).first()
    if given is not None:
        return given
    approval = ReaderApproval(
        link=locked, reader_name=locked.reader_name, content_digest=locked.edition.content_digest
    )
    approval.full_clean()
    approval.save()
    _tell_leads(locked, APPROVAL, locked.public_id, _("Approbation de l’édition %(number)d"))
    return approval


def leads_of(link: ReadingLink) -> list[User]:
    members = link.edition.candidacy.memberships.filter(role=Membership.Role.LEAD, user__is_active=True)
    return [member.user for member in members.select_related("user").order_by("pk")]


def _tell_leads(link: ReadingLink, kind: str, about: UUID, title: str) -> None:
    plan_messages(
        Plan(
            scope=link.edition.candidacy.public_id,
            kind=kind,
            about=about,
            rule=kind,
            recipient_key=f"user:{lead.public_id}",
            occurrence="1",
            due_at=timezone.now(),
            title=title % {"number": link.edition.number},
            recipient_name=str(lead),
        )
        for lead in leads_of(link)
    )
