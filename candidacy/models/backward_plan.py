"""What is to be done before the deposit, from which the dates are counted backwards."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from candidacy.models.candidacies import Candidacy
from core.models import PublicIdModel, TimestampedModel

#: Two years: a bid is prepared in less.
LONGEST_DAYS = 730


class PlanStep(PublicIdModel, TimestampedModel):
    """A task of the backward plan: how long it takes, and what must be finished before it begins.

    Its latest dates are computed and never stored (`candidacy.backward_plan`). The planned dates are those that the
    team keeps to, the actual ones those that came true; the history keeps what either were before.
    """

    class DayKind(models.TextChoices):
        WORKING = "working", _("jours ouvrés")
        CALENDAR = "calendar", _("jours calendaires")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="plan_steps")
    title = models.CharField(_("intitulé"), max_length=200)
    responsible = models.CharField(_("responsable"), max_length=120, blank=True)
    duration = models.PositiveSmallIntegerField(
        _("durée"), default=5, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    day_kind = models.CharField(_("comptée en"), max_length=8, choices=DayKind, default=DayKind.WORKING)
    predecessors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="successors",
        blank=True,
        verbose_name=_("après"),
    )
    planned_from = models.DateField(_("début prévu"), null=True, blank=True)
    planned_until = models.DateField(_("fin prévue"), null=True, blank=True)
    started_on = models.DateField(_("commencée le"), null=True, blank=True)
    finished_on = models.DateField(_("finie le"), null=True, blank=True)
    note = models.TextField(_("précision"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("tâche du rétroplanning")
        verbose_name_plural = _("tâches du rétroplanning")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="planstep_duration",
                condition=Q(duration__gte=1, duration__lte=LONGEST_DAYS),
                violation_error_message=_("Une tâche dure de 1 à 730 jours."),
            ),
            models.CheckConstraint(
                name="planstep_planned_in_order",
                condition=Q(planned_from__isnull=True)
                | Q(planned_until__isnull=True)
                | Q(planned_from__lte=F("planned_until")),
                violation_error_message=_("La fin prévue précède le début prévu."),
            ),
            models.CheckConstraint(
                name="planstep_finished_once_started",
                condition=Q(finished_on__isnull=True)
                | Q(started_on__isnull=False, started_on__lte=F("finished_on")),
                violation_error_message=_("Une tâche finie a un jour de début, qui n’est pas après sa fin."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
