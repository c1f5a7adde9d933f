from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from committees.models.meeting import Meeting
from committees.models.minutes import Minutes, MinutesText
from core.models import PublicIdModel
from partners.models import Contact

LONGEST = 4_000


class Correction(PublicIdModel):
    """What somebody who took part asks to change in minutes that were sent for correction."""

    class Outcome(models.TextChoices):
        PENDING = "pending", _("à examiner")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="corrections")
    text = models.ForeignKey(
        MinutesText,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("passage"),
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="minutes_corrections", verbose_name=_("proposée par")
    )
    wording = models.TextField(_("correction"), validators=[MaxLengthValidator(LONGEST)])
    created_at = models.DateTimeField(_("proposée le"), default=timezone.now)
    outcome = models.CharField(_("suite"), max_length=8, choices=Outcome, default=Outcome.PENDING)
    reply = models.CharField(_("réponse"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("examinée le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("examinée par"),
    )

    class Meta:
        verbose_name = _("correction d’un compte rendu")
        verbose_name_plural = _("corrections d’un compte rendu")
        constraints = [
            models.CheckConstraint(
                name="correction_decided_iff_instant",
                condition=Q(outcome="pending", decided_at__isnull=True)
                | (~Q(outcome="pending") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="correction_refused_says_why",
                condition=~Q(outcome="refused") | ~Q(reply=""),
                violation_error_message=_("Dites pourquoi la correction est refusée."),
            ),
        ]

    def __str__(self) -> str:
        return self.wording[:80]

    @property
    def is_pending(self) -> bool:
        return self.outcome == self.Outcome.PENDING


class Rectification(PublicIdModel):
    """What a later meeting set right in approved minutes. Rows are added, never changed."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="rectifications")
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        related_name="rectifications_made",
        verbose_name=_("réunion qui rectifie"),
    )
    wording = models.TextField(_("rectification"), validators=[MaxLengthValidator(LONGEST)])
    recorded_at = models.DateTimeField(_("consignée le"), default=timezone.now)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("consignée par")
    )

    class Meta:
        verbose_name = _("rectification d’un compte rendu")
        verbose_name_plural = _("rectifications d’un compte rendu")

    def __str__(self) -> str:
        return self.wording[:80]
