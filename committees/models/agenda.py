from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.committee import Committee
from core.models import PublicIdModel


class AgendaPoint(PublicIdModel):
    """What stands on an agenda, be it of one meeting or the one that every meeting of a committee begins with."""

    class Kind(models.TextChoices):
        INFORMATION = "information", _("information")
        DEBATE = "debate", _("débat")
        DECISION = "decision", _("décision")

    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.CharField(_("intitulé"), max_length=200)
    kind = models.CharField(_("nature"), max_length=12, choices=Kind, default=Kind.INFORMATION)
    rapporteur = models.CharField(_("rapporteur·e"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée (minutes)"), default=10)
    details = models.TextField(_("précision"), blank=True)
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_minutes_at_most_a_day",
                condition=Q(minutes__lte=1440),
                violation_error_message=_("Un point ne peut durer plus d’une journée."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class TemplateItem(AgendaPoint):
    """An item of a committee’s template agenda, copied to each meeting at its drafting."""

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="template_items")

    class Meta(AgendaPoint.Meta):
        verbose_name = _("point de l’ordre du jour type")
        verbose_name_plural = _("points de l’ordre du jour type")
