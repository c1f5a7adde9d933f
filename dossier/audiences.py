"""Who reads a thread, who may be told of it, and whom a comment concerns."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from candidacy.models import Membership
from candidacy.permissions import STAFF, is_staff
from dossier.models import Audience, Comment, CommentThread, Section
from dossier.permissions import can_write_section
from partners.models import Contact, Organisation


def audiences_open_to(user: User, section: Section) -> tuple[Audience, ...]:
    """Return the audiences that ``user`` may open a thread of ``section`` to: always ones they belong to."""
    with_partner = () if section.organisation_id is None else (Audience.PARTNER,)
    if is_staff(user, section.candidacy):
        return (Audience.TEAM, *with_partner, Audience.READERS)
    return (*(with_partner if can_write_section(user, section) else ()), Audience.READERS)


def readers_of(section: Section, audience: str, organisation: Organisation | None = None) -> QuerySet[User]:
    """Return the people who read the threads of ``section`` that are open to ``audience``.

    Mirrors `CommentThread.objects.visible_to`, seen from the other side: a reviewer reads once the text is handed
    in, nobody what is retired. Each person carries ``is_of_team`` and the name of the organisation they speak for.
    """
    if section.is_retired:
        return User.objects.none()
    members = Membership.objects.filter(candidacy=section.candidacy_id, user=OuterRef("pk"))
    contacts = Contact.objects.filter(candidacy=section.candidacy_id, user=OuterRef("pk"))
    writers = contacts.filter(organisation=section.organisation_id)
    reviewers = contacts.filter(reviews__section=section)
    is_of_team = Exists(members.filter(role__in=STAFF))
    is_partner = Exists(members.filter(role=Membership.Role.PARTNER))
    reads_section = is_partner & Exists(writers)
    if section.status in Section.HANDED_IN:
        reads_section |= Exists(members) & Exists(reviewers)
    reads = Q(is_of_team)
    if audience == Audience.READERS:
        reads |= Q(reads_section)
    elif audience == Audience.PARTNER and organisation is not None:
        reads |= Q(reads_section & is_partner & Exists(contacts.filter(organisation=organisation)))
    return (
        User.objects.filter(reads, is_active=True)
        .annotate(
            is_of_team=is_of_team,
            organisation_name=Coalesce(_label_of(writers), _label_of(reviewers)),
        )
        .order_by("last_name", "first_name", "pk")
    )


def _label_of(contacts: QuerySet[Contact]) -> Subquery:
    label = Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name")
    return Subquery(contacts.order_by("pk").values(label=label)[:1])


def readers_of_thread(thread: CommentThread) -> QuerySet[User]:
    return readers_of(thread.section, thread.audience, thread.organisation)


def people_concerned(comment: Comment) -> QuerySet[User]:
    """Return whom ``comment`` is news for: who is told of it, and who was in the thread before it.

    Its author is not, nor whoever does not read the thread any more.
    """
    others = Comment.objects.standing().filter(thread=comment.thread_id, written_at__lte=comment.written_at)
    told = Comment.told.through.objects.filter(user=OuterRef("pk"), comment__in=others)
    wrote = others.exclude(pk=comment.pk).filter(author=OuterRef("pk"))
    return (
        readers_of_thread(comment.thread)
        .filter(Exists(told) | Exists(wrote))
        .exclude(Q(pk=comment.author_id))
    )
