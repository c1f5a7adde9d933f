from collections.abc import Iterable

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from core.models import LabelledModel, PublicIdModel, TimestampedModel
from dossier.models.sections import Section
from partners.models import Organisation, organisations_of

#: How much of the text a comment may quote, and how much around it helps to find it again.
MAX_QUOTE = 1_000
CONTEXT = 64
MAX_WORDS = 5_000


class Audience(models.TextChoices):
    """Who reads a thread, from the fewest to the most: a thread is only ever widened."""

    TEAM = "team", _("l’équipe")
    PARTNER = "partner", _("l’équipe et la structure responsable")
    READERS = "readers", _("toute personne qui lit la section")

    @property
    def wider(self) -> "tuple[Audience, ...]":
        order = tuple(Audience)
        return order[order.index(self) + 1 :]


def _named(user: User | None, name: str) -> str:
    """Say who wrote: by the name they have now, or by the one they had when their account was removed."""
    if user is not None:
        return str(user)
    return _t("%(name)s (compte supprimé)") % {"name": name} if name else _t("compte supprimé")


class CommentThreadQuerySet(models.QuerySet["CommentThread"]):
    def visible_to(self, user: User) -> "CommentThreadQuerySet":
        """Lead and team read every thread; a partner what was opened to them, of the sections they may read.

        A thread with the responsible organisation is that organisation's: whoever the section is asked of next
        does not read it. A section that is retired takes its threads along, until it is restored.
        """
        visible = Q(section__candidacy__in=candidacies_of(user, STAFF))
        if candidacies_of(user, GUESTS):
            opened = Q(audience=Audience.READERS) | Q(
                audience=Audience.PARTNER, organisation__in=organisations_of(user)
            )
            visible |= Q(section__in=Section.objects.visible_to(user)) & opened
        return self.filter(visible, section__retired_at__isnull=True)

    def open(self) -> "CommentThreadQuerySet":
        return self.filter(status=CommentThread.Status.OPEN)

    def resolved(self) -> "CommentThreadQuerySet":
        return self.filter(status=CommentThread.Status.RESOLVED)

    def count_by_section(self) -> dict[int, int]:
        """Count the threads of each section that has any, by primary key, in one query."""
        rows = self.order_by().values("section").annotate(count=Count("pk"))
        return {row["section"]: row["count"] for row in rows}


class CommentThread(PublicIdModel, TimestampedModel):
    """A conversation about a section or about a passage of its text.

    The passage is kept as its words, those around it, and the revision they were read in: the text of the section
    itself never knows that it is commented.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("ouvert")
        RESOLVED = "resolved", _("résolu")
        WITHDRAWN = "withdrawn", _("retiré")

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="comment_threads")
    audience = models.CharField(_("lu par"), max_length=10, choices=Audience, default=Audience.TEAM)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("structure à qui le fil est ouvert"),
    )
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.OPEN)
    quote = models.CharField(_("passage"), max_length=MAX_QUOTE, blank=True)
    before = models.CharField(_("texte qui précède"), max_length=CONTEXT, blank=True)
    after = models.CharField(_("texte qui suit"), max_length=CONTEXT, blank=True)
    revision = models.PositiveIntegerField(_("révision commentée"))

    objects = CommentThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("fil de commentaires")
        verbose_name_plural = _("fils de commentaires")
        constraints = [
            models.CheckConstraint(
                name="commentthread_context_needs_quote",
                condition=~Q(quote="") | Q(before="", after=""),
            ),
            models.CheckConstraint(
                name="commentthread_organisation_iff_partner",
                condition=Q(audience="partner", organisation__isnull=False)
                | (~Q(audience="partner") & Q(organisation__isnull=True)),
                violation_error_message=_("Ce fil s’adresse à une structure : aucune n’est responsable."),
            ),
        ]
        indexes = [models.Index(name="commentthread_status", fields=["section", "status"])]

    def __str__(self) -> str:
        return self.quote or str(self.section)

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_resolved(self) -> bool:
        return self.status == self.Status.RESOLVED

    @property
    def place_on_page(self) -> str:
        """What follows the address of the section's page to come to the thread, whatever its status."""
        return f"?fils=tous#fil-{self.public_id}"

    @property
    def wider_audiences(self) -> tuple[Audience, ...]:
        return Audience(self.audience).wider


class CommentQuerySet(models.QuerySet["Comment"]):
    def standing(self) -> "CommentQuerySet":
        return self.filter(withdrawn_at=None)

    def in_order(self) -> "CommentQuerySet":
        return self.order_by("written_at", "pk")


class Comment(PublicIdModel):
    """What one person wrote in a thread. A comment that is withdrawn leaves its place, its author and its date."""

    thread = models.ForeignKey(CommentThread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("auteur·rice"),
    )
    author_name = models.CharField(
        _("nom de l’auteur·rice"),
        max_length=200,
        blank=True,
        help_text=_("Gardé avec le commentaire quand le compte est supprimé."),
    )
    body = models.TextField(_("commentaire"), max_length=MAX_WORDS, blank=True)
    told = models.ManyToManyField(User, blank=True, related_name="+", verbose_name=_("personnes prévenues"))
    written_at = models.DateTimeField(_("écrit le"), default=timezone.now)
    edited_at = models.DateTimeField(_("modifié le"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commentaire")
        verbose_name_plural = _("commentaires")
        constraints = [
            models.CheckConstraint(
                name="comment_empty_iff_withdrawn",
                condition=Q(body="", withdrawn_at__isnull=False)
                | (~Q(body="") & Q(withdrawn_at__isnull=True)),
                violation_error_message=_("Écrivez votre commentaire."),
            )
        ]
        indexes = [models.Index(name="comment_in_order", fields=["thread", "written_at"])]

    def __str__(self) -> str:
        return f"{self.who} – {self.thread}"

    @property
    def who(self) -> str:
        return _named(self.author, self.author_name)

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def is_answered(self, standing: "Iterable[Comment]") -> bool:
        """Whether somebody else wrote after this comment, among the ``standing`` ones of its thread."""
        return any(
            other.author_id != self.author_id and (other.written_at, other.pk) > (self.written_at, self.pk)
            for other in standing
        )


class ThreadEvent(LabelledModel):
    """What somebody did to a thread beside writing in it. Rows are added, never changed."""

    class Kind(models.TextChoices):
        RESOLVED = "resolved", _("résolu")
        REOPENED = "reopened", _("rouvert")
        WIDENED = "widened", _("ouvert à d’autres")

    thread = models.ForeignKey(CommentThread, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    audience = models.CharField(_("lu désormais par"), max_length=10, choices=Audience, blank=True)
    at = models.DateTimeField(_("le"), default=timezone.now)
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    by_name = models.CharField(_("nom"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("étape d’un fil")
        verbose_name_plural = _("étapes d’un fil")
        constraints = [
            models.CheckConstraint(
                name="threadevent_audience_iff_widened",
                condition=(Q(kind="widened") & ~Q(audience="")) | (~Q(kind="widened") & Q(audience="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.thread} – {self.get_kind_display()}"

    @property
    def who(self) -> str:
        return _named(self.by, self.by_name)
