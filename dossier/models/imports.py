from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import STAFF
from core.models import PublicIdModel, TimestampedModel
from dossier.models.pictures import Picture
from dossier.models.sections import Section
from partners.models import organisations_of

#: A document that nobody decides on is forgotten after so long, its files with it.
KEPT_FOR = timedelta(days=1)


class WordImportQuerySet(models.QuerySet["WordImport"]):
    def visible_to(self, user: User) -> "WordImportQuerySet":
        """Keep what ``user`` handed in and may still write: nobody else sees a document before it is taken up."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        own = Q(section__organisation__in=organisations_of(user))
        in_outline = Q(section=None) | Q(section__retired_at__isnull=True)
        return self.filter(in_outline & Q(requested_by=user) & (Exists(prepares) | own))

    def unread(self) -> "WordImportQuerySet":
        return self.filter(status__in=[WordImport.Status.QUEUED, WordImport.Status.RUNNING])

    def without_sign_of_life(self, now: datetime, *, silence: timedelta) -> "WordImportQuerySet":
        return self.unread().filter(alive_at__lt=now - silence)

    def outlived(self, now: datetime) -> "WordImportQuerySet":
        return self.filter(created_at__lt=now - KEPT_FOR)

    def newest_first(self) -> "WordImportQuerySet":
        return self.order_by("-created_at", "-pk")


class WordImport(PublicIdModel, TimestampedModel):
    """A Word document handed in for one section, or for the outline, until somebody takes it up or drops it.

    ``attempt`` grows each time a worker takes it up: what a worker given up for dead still writes is refused.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en lecture")
        READY = "ready", _("à vérifier")
        FAILED = "failed", _("échec")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="word_imports")
    section = models.ForeignKey(
        Section,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="word_imports",
        verbose_name=_("section"),
    )
    requested_by = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("demandé par")
    )
    filename = models.CharField(_("nom du fichier"), max_length=200)
    file = models.FileField(_("fichier"), upload_to="imports")
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("essai"), default=0, editable=False)
    alive_at = models.DateTimeField(_("dernier signe de vie"), default=timezone.now, editable=False)
    entries = models.JSONField(_("textes lus"), default=list, blank=True)
    notices = models.JSONField(_("avertissements"), default=list, blank=True)
    error = models.TextField(_("cause de l’échec"), blank=True)

    objects = WordImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import Word")
        verbose_name_plural = _("imports Word")
        constraints = [
            models.CheckConstraint(
                name="wordimport_failure_says_why", condition=~Q(status="failed") | ~Q(error="")
            ),
            models.CheckConstraint(name="wordimport_has_file", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_unread(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.READY

    @property
    def forgotten_at(self) -> datetime:
        return self.created_at + KEPT_FOR


class WordImportPicture(PublicIdModel):
    """A picture of a document that waits: prepared for print already, described and credited when it is taken up."""

    word_import = models.ForeignKey(WordImport, on_delete=models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField(_("rang"))
    file = models.FileField(_("fichier"), upload_to="imports", blank=True)
    alternative_text = models.TextField(_("texte alternatif"), blank=True)
    caption = models.CharField(_("légende"), max_length=300, blank=True)
    credit = models.CharField(_("crédit"), max_length=200, blank=True)
    #: The same picture, where the dossier has it already.
    known = models.ForeignKey(
        Picture,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image déjà présente"),
    )

    class Meta:
        verbose_name = _("image d’un import Word")
        verbose_name_plural = _("images d’un import Word")
        constraints = [
            models.UniqueConstraint(name="wordimportpicture_number_once", fields=["word_import", "number"]),
            models.CheckConstraint(
                name="wordimportpicture_is_new_or_known",
                condition=Q(known__isnull=True) ^ Q(file=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word_import} – {self.number}"
