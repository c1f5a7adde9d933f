"""What a person reads by mail of a comment, decided when it leaves from what they may then read."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy
from dossier.audiences import people_concerned
from dossier.models import Comment, CommentThread
from dossier.outline import read_outline
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip
from notifications.rendering import page_url, render_mail


def compose_notice(message: OutboundMessage) -> Composed | Skip:
    comments = Comment.objects.select_related(
        "author", "thread__section__candidacy", "thread__section__organisation", "thread__organisation"
    )
    comment = comments.filter(public_id=message.about).first()
    if comment is None or comment.is_withdrawn:
        return Skip(_("Le commentaire a été retiré."))
    person = _recipient(message, comment)
    if person is None:
        return Skip(_("Cette personne ne lit plus ce fil, ou n’a plus à en être prévenue."))
    thread = comment.thread
    candidacy = thread.section.candidacy
    frame = {"candidacy": candidacy.title, "is_fictitious": candidacy.is_fictitious, "organiser": None}
    subject, body = render_mail(
        "section_comment",
        {
            "name": person.get_full_name() or person.email,
            "who": comment.who,
            "is_told": comment.told.filter(pk=person.pk).exists(),
            "is_answer": thread.comments.in_order().first() != comment,
            "section": f"{_number(thread)} {thread.section.title}",
            "quote": thread.quote,
            "words": _quoted(comment.body),
            "audience": thread.get_audience_display(),
            "url": _address(candidacy, thread),
            "footer_part": render_to_string("emails/parts/footer.txt", frame),
        },
    )
    return Composed(address=person.email, subject=subject, body=body, user_id=person.pk)


def _recipient(message: OutboundMessage, comment: Comment) -> User | None:
    """Return the person of ``message`` if the comment still concerns them and they may read it as things stand."""
    _user, _colon, public_id = message.recipient_key.partition(":")
    return people_concerned(comment).filter(public_id=public_id).first()


def _number(thread: CommentThread) -> str:
    entries = read_outline(thread.section.candidacy)
    return next(entry.number for entry in entries if entry.pk == thread.section_id)


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())


def _address(candidacy: Candidacy, thread: CommentThread) -> str:
    page = page_url("dossier:section-detail", slug=candidacy.slug, public_id=thread.section.public_id)
    return f"{page}{thread.place_on_page}"
