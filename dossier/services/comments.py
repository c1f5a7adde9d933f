"""Threads of comments: opened, answered, resolved, widened. What was read by somebody is never taken back."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.permissions import is_staff
from core.errors import DomainError, StaleRevisionError
from core.staleness import lock_row
from dossier.audiences import audiences_open_to, people_concerned, readers_of_thread
from dossier.mentions import text_as_read
from dossier.models import Audience, Comment, CommentThread, Section, ThreadEvent
from dossier.models.comments import MAX_QUOTE
from dossier.passages import Anchor, ReadText
from notifications.services import Plan, cancel_messages, plan_messages

#: The kind of message that dossier.comment_messages writes.
NOTICE = "section_comment"
#: How long a comment waits before it leaves by mail: its author may still correct or withdraw it.
GRACE = timedelta(minutes=5)

Kind = ThreadEvent.Kind
Status = CommentThread.Status


@transaction.atomic
def open_thread(
    *,
    section: Section,
    by: User,
    audience: str,
    body: str,
    anchor: Anchor | None = None,
    told: Collection[User] = (),
    public_id: UUID | None = None,
) -> CommentThread:
    """Open a thread about ``section`` or the passage ``anchor``; the same form sent twice opens one."""
    locked = lock_row(section)
    _check_in_outline(locked)
    made = _already_written(locked, by, public_id)
    if made is not None:
        return made.thread
    if audience not in audiences_open_to(by, locked):
        raise DomainError(_("Ce fil ne peut être ouvert à ces personnes : choisissez qui le lira."))
    found = _found(locked, anchor, by) if anchor else Anchor("")
    thread = CommentThread(
        section=locked,
        audience=audience,
        organisation=locked.organisation if audience == Audience.PARTNER else None,
        revision=locked.revision,
        **found._asdict(),
    )
    thread.full_clean()
    thread.save()
    _write(thread, by=by, body=body, told=told, public_id=public_id)
    return thread


@transaction.atomic
def answer_thread(
    *,
    thread: CommentThread,
    by: User,
    body: str,
    audience_seen: str,
    told: Collection[User] = (),
    public_id: UUID | None = None,
) -> Comment:
    """Answer in an open thread, to the audience that the person saw when they wrote."""
    locked = _hold(thread)
    made = _already_written(locked.section, by, public_id)
    if made is not None:
        return made
    if not locked.is_open:
        raise DomainError(_("Ce fil vient d’être résolu : rouvrez-le pour y répondre."))
    if locked.audience != audience_seen:
        raise StaleRevisionError(
            _("Ce fil vient d’être ouvert à d’autres (%(audience)s) : relisez-vous, puis publiez de nouveau.")
            % {"audience": locked.get_audience_display()}
        )
    return _write(locked, by=by, body=body, told=told, public_id=public_id)


@transaction.atomic
def edit_comment(*, comment: Comment, by: User, body: str, told: Collection[User] = ()) -> Comment:
    """Correct one's own comment while nobody has answered it; whoever was not told of it yet is told."""
    held = _hold_own(comment, by)
    words = _clean(body)
    if words != held.body:
        held.body = words
        held.edited_at = timezone.now()
        held.full_clean()
        held.save(update_fields=["body", "edited_at"])
    _tell(held, told)
    return held


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> Comment:
    """Take one's own words back while nobody has answered; the thread keeps the place, the name and the date."""
    held = _hold_own(comment, by)
    held.body = ""
    held.withdrawn_at = timezone.now()
    held.save(update_fields=["body", "withdrawn_at"])
    held.told.clear()
    cancel_messages(kind=NOTICE, about=held.public_id, reason=_("Le commentaire a été retiré."))
    if not held.thread.comments.standing().exists():
        _change_status(held.thread, Status.WITHDRAWN)
    return held


@transaction.atomic
def resolve_thread(*, thread: CommentThread, by: User) -> bool:
    """Close a thread; return whether it was this person who did."""
    locked = _hold(thread)
    if not locked.is_open:
        return False
    _change_status(locked, Status.RESOLVED)
    _record(locked, Kind.RESOLVED, by)
    return True


@transaction.atomic
def reopen_thread(*, thread: CommentThread, by: User) -> bool:
    """Take a resolved thread up again; return whether it was this person who did."""
    locked = _hold(thread)
    if not locked.is_resolved:
        return False
    _change_status(locked, Status.OPEN)
    _record(locked, Kind.REOPENED, by)
    return True


@transaction.atomic
def widen_audience(*, thread: CommentThread, audience: str, by: User) -> CommentThread:
    """Let more people read a thread, all of it. It is never narrowed: what was read stays read."""
    locked = _hold(thread)
    if locked.audience == audience:
        return locked
    if not is_staff(by, locked.section.candidacy) or audience not in locked.wider_audiences:
        raise DomainError(_("Un fil s’ouvre à plus de personnes, jamais à moins, et l’équipe en décide."))
    locked.audience = audience
    locked.organisation = locked.section.organisation if audience == Audience.PARTNER else None
    locked.full_clean()
    locked.save(update_fields=["audience", "organisation", "updated_at"])
    _record(locked, Kind.WIDENED, by, audience=audience)
    return locked


def _hold(thread: CommentThread) -> CommentThread:
    """Keep ``thread`` from other writers until the transaction ends."""
    rows = CommentThread.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("section__candidacy", "section__organisation", "organisation").get(
        pk=thread.pk
    )
    _check_in_outline(held.section)
    return held


def _check_in_outline(section: Section) -> None:
    if section.is_retired:
        raise DomainError(_("Cette section vient d’être retirée du plan."))


def _hold_own(comment: Comment, by: User) -> Comment:
    """Return ``comment`` of ``by``, kept from answers, or say why it cannot change any more."""
    thread = _hold(comment.thread)
    held = thread.comments.get(pk=comment.pk)
    held.thread = thread
    if held.author_id != by.pk:
        raise DomainError(_("Seule la personne qui a écrit un commentaire peut le modifier."))
    if held.is_withdrawn:
        raise DomainError(_("Ce commentaire a déjà été retiré."))
    if held.is_answered(thread.comments.standing()):
        raise DomainError(
            _("Quelqu’un a répondu : ce commentaire ne change plus. Répondez à votre tour pour préciser.")
        )
    return held


def _already_written(section: Section, by: User, public_id: UUID | None) -> Comment | None:
    if public_id is None:
        return None
    mine = Comment.objects.filter(public_id=public_id, thread__section=section, author=by)
    return mine.select_related("thread").first()


def _found(section: Section, anchor: Anchor, reader: User) -> Anchor:
    """Quote the passage as ``reader`` reads it, with its neighbours."""
    text = ReadText(text_as_read(section, reader))
    place = text.find(anchor)
    if place is None or place.is_changed:
        raise DomainError(
            _("Ce passage n’est pas dans le texte tel qu’il est enregistré : citez-le mot pour mot.")
        )
    found = text.anchor(place)
    if len(found.quote) > MAX_QUOTE:
        raise DomainError(_("Citez un passage plus court : %(max)d signes au plus.") % {"max": MAX_QUOTE})
    return found


def _write(
    thread: CommentThread, *, by: User, body: str, told: Collection[User], public_id: UUID | None
) -> Comment:
    comment = Comment(thread=thread, author=by, author_name=by.get_full_name(), body=_clean(body))
    if public_id is not None:
        comment.public_id = public_id
    comment.full_clean()
    comment.save()
    _tell(comment, told)
    return comment


def _clean(body: str) -> str:
    words = body.replace("\r\n", "\n").strip()
    if not words:
        raise DomainError(_("Écrivez votre commentaire."))
    return words


def _tell(comment: Comment, told: Collection[User]) -> None:
    """Note who is told of ``comment``, and plan one message for each person whom it concerns."""
    readers = set(readers_of_thread(comment.thread).values_list("pk", flat=True))
    for person in told:
        if person.pk not in readers:
            raise DomainError(
                _("%(name)s ne lit pas ce fil : choisissez qui le lira, ou ne prévenez pas cette personne.")
                % {"name": person}
            )
    comment.told.set(told)
    section = comment.thread.section
    now = timezone.now()
    plan_messages(
        Plan(
            scope=section.candidacy.public_id,
            kind=NOTICE,
            about=comment.public_id,
            rule="comment",
            recipient_key=f"user:{person.public_id}",
            occurrence="1",
            due_at=now + GRACE,
            title=_("Commentaire : %(section)s") % {"section": section.title[:180]},
            recipient_name=str(person),
        )
        for person in people_concerned(comment)
    )


def _change_status(thread: CommentThread, status: str) -> None:
    thread.status = status
    thread.save(update_fields=["status", "updated_at"])


def _record(thread: CommentThread, kind: str, by: User, *, audience: str = "") -> None:
    ThreadEvent.objects.create(thread=thread, kind=kind, audience=audience, by=by, by_name=by.get_full_name())
