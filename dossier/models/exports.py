from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from dossier.models.editions import Edition, EditionFile


class DossierExportQuerySet(models.QuerySet["DossierExport"]):
    def visible_to(self, user: User) -> "DossierExportQuerySet":
        """Lead and team see every printing; what readers get is an edition."""
        return self.filter(candidacy__in=candidacies_of(user, STAFF))

    def of_the_work(self) -> "DossierExportQuerySet":
        """Keep the printings of the dossier as it stood, and leave those of editions."""
        return self.filter(edition__isnull=True)

    def unfinished(self) -> "DossierExportQuerySet":
        return self.filter(status__in=[DossierExport.Status.QUEUED, DossierExport.Status.RUNNING])

    def without_sign_of_life(self, now: datetime, *, silence: timedelta) -> "DossierExportQuerySet":
        """Keep the unfinished exports that no worker has spoken of for ``silence``."""
        return self.unfinished().filter(Q(alive_at__lt=now - silence))

    def newest_first(self) -> "DossierExportQuerySet":
        return self.order_by("-created_at", "-pk")


class DossierExport(PublicIdModel, TimestampedModel):
    """One printing of the dossier, or of an edition: its progress while it runs, and how it ended.

    The file of a working print is kept here, that of an edition as an `EditionFile`.

    ``attempt`` grows each time a worker takes it up: what a worker given up for dead still writes is recognised by
    its older number and refused.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("échec")
        CANCELLED = "cancelled", _("arrêté")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="exports")
    edition = models.ForeignKey(
        Edition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="printings",
        verbose_name=_("édition"),
    )
    variant = models.CharField(
        _("version"), max_length=10, choices=EditionFile.Variant, default=EditionFile.Variant.FULL
    )
    requested_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandé par"),
    )
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.QUEUED)
    stage = models.CharField(_("étape"), max_length=120, blank=True)
    progress = models.PositiveSmallIntegerField(_("avancement"), default=0)
    attempt = models.PositiveSmallIntegerField(_("essai"), default=0, editable=False)
    alive_at = models.DateTimeField(_("dernier signe de vie"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    file = models.FileField(_("fichier"), upload_to="exports", blank=True)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    byte_count = models.PositiveIntegerField(_("taille en octets"), default=0)
    page_count = models.PositiveSmallIntegerField(_("pages"), default=0)
    notices = models.JSONField(_("avertissements"), default=list, blank=True)
    error = models.TextField(_("cause de l’échec"), blank=True)

    objects = DossierExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export du dossier")
        verbose_name_plural = _("exports du dossier")
        constraints = [
            models.UniqueConstraint(
                name="dossierexport_one_at_a_time",
                fields=["candidacy"],
                condition=Q(status__in=["queued", "running"], edition__isnull=True),
                violation_error_message=_("Un export est déjà en cours."),
            ),
            models.UniqueConstraint(
                name="dossierexport_edition_printed_once",
                fields=["edition", "variant"],
                condition=Q(status__in=["queued", "running", "done"]),
            ),
            models.CheckConstraint(
                name="dossierexport_done_has_file",
                condition=~Q(status="done") | Q(edition__isnull=False) | (~Q(file="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(name="dossierexport_progress_range", condition=Q(progress__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} – {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

    @property
    def has_no_file(self) -> bool:
        """Whether it ended without a PDF, and may be asked for again."""
        return self.status in {self.Status.FAILED, self.Status.CANCELLED}
