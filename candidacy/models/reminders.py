from datetime import time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from candidacy.models.candidacies import Candidacy
from core.models import PublicIdModel, TimestampedModel

#: How far from its day an object may be recalled.
FARTHEST_DAYS = 90
MOST_STEPS = 6


def validate_steps(value: Any) -> None:
    """Accept what `RecallRule.steps` may hold: a few different numbers of days."""
    if not isinstance(value, list) or not all(type(step) is int for step in value):
        raise ValidationError(_("Donnez des nombres de jours."))
    if len(value) > MOST_STEPS or len(set(value)) != len(value):
        raise ValidationError(_("Donnez au plus %(n)d nombres de jours différents.") % {"n": MOST_STEPS})
    if any(not 0 <= step <= FARTHEST_DAYS for step in value):
        raise ValidationError(_("Un rappel part au plus à %(n)d jours.") % {"n": FARTHEST_DAYS})


class RecallRule(PublicIdModel, TimestampedModel):
    """How one kind of reminder works in a candidacy, or in one of its committees: ``place`` is the public
    identifier of either. A kind without a row works as the application that registered it proposes."""

    class Audience(models.TextChoices):
        CONCERNED = "concerned", _("la personne concernée")
        LEADS = "leads", _("le ou la chef·fe de projet")
        BOTH = "both", _("les deux")
        LADDER = "ladder", _("la personne, puis aussi le ou la chef·fe de projet au dernier rappel")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="recall_rules")
    place = models.UUIDField(_("candidature ou comité"))
    kind = models.CharField(_("nature"), max_length=50)
    is_active = models.BooleanField(_("Envoyer ces rappels"), default=True)
    steps = models.JSONField(_("jours"), default=list, blank=True, validators=[validate_steps])
    local_time = models.TimeField(_("heure locale"), default=time(8))
    working_days = models.BooleanField(
        _("Seulement les jours ouvrés"),
        default=True,
        help_text=_(
            "Un rappel qui tomberait un week-end ou un jour férié part le jour ouvré le plus proche."
        ),
    )
    audience = models.CharField(
        _("destinataires"), max_length=10, choices=Audience, default=Audience.CONCERNED
    )
    text = models.TextField(
        _("texte"), max_length=2000, blank=True, help_text=_("Vide : la phrase habituelle.")
    )

    class Meta:
        verbose_name = _("règle de rappel")
        verbose_name_plural = _("règles de rappel")
        constraints = [
            models.UniqueConstraint(name="recallrule_kind_once", fields=["place", "kind"]),
        ]

    def __str__(self) -> str:
        return self.kind
