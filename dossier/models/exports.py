from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel


class DossierExportQuerySet(models.QuerySet["DossierExport"]):
    def visible_to(self, user: User) -> "DossierExportQuerySet":
        """Lead and team see every export; elected officials and observers those that were published."""
        readers = {Membership.Role.ELECTED, Membership.Role.OBSERVER}
        published = Q(published_at__isnull=False, candidacy__in=candidacies_of(user, readers))
        return self.filter(Q(candidacy__in=candidacies_of(user, STAFF)) | published)

    def published(self) -> "DossierExportQuerySet":
        return self.filter(published_at__isnull=False).order_by("-published_at")

    def unfinished(self) -> "DossierExportQuerySet":
        return self.filter(status__in=[DossierExport.Status.QUEUED, DossierExport.Status.RUNNING])

    def without_sign_of_life(self, now: datetime, *, silence: timedelta) -> "DossierExportQuerySet":
        """Keep the unfinished exports that no worker has spoken of for ``silence``."""
        return self.unfinished().filter(Q(alive_at__lt=now - silence))

    def newest_first(self) -> "DossierExportQuerySet":
        return self.order_by("-created_at", "-pk")


class DossierExport(PublicIdModel, TimestampedModel):
    """One printing of the dossier: its progress while it runs, its file and digest once it is done.

    ``attempt`` grows each time a worker takes it up: what a worker given up for dead still writes is recognised by
    its older number and refused.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("échec")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="exports")
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
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("publié par")
    )

    objects = DossierExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export du dossier")
        verbose_name_plural = _("exports du dossier")
        constraints = [
            models.UniqueConstraint(
                name="dossierexport_one_at_a_time",
                fields=["candidacy"],
                condition=Q(status__in=["queued", "running"]),
                violation_error_message=_("Un export est déjà en cours."),
            ),
            models.CheckConstraint(
                name="dossierexport_done_has_file",
                condition=~Q(status="done") | (~Q(file="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="dossierexport_published_is_done",
                condition=Q(published_at__isnull=True) | Q(status="done"),
                violation_error_message=_("Seul un export terminé peut être publié."),
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
    def is_published(self) -> bool:
        return self.published_at is not None
