from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import STAFF
from core.models import PublicIdModel, TimestampedModel
from partners.models import organisations_of


class LiveFigureQuerySet(models.QuerySet["LiveFigure"]):
    def visible_to(self, user: User) -> "LiveFigureQuerySet":
        """Lead and team see the register, a partner the figures that the texts asked of their organisation show."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        shown = LiveFigure.sections.through.objects.filter(
            livefigure=OuterRef("pk"),
            section__retired_at__isnull=True,
            section__organisation__in=organisations_of(user),
        )
        return self.filter(Exists(prepares) | Exists(shown))


class LiveFigure(PublicIdModel, TimestampedModel):
    """A number of the bid that texts name instead of copying: changed here, it changes wherever it is shown."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="live_figures")
    label = models.CharField(_("intitulé"), max_length=120)
    value = models.DecimalField(_("valeur"), max_digits=18, decimal_places=3)
    unit = models.CharField(_("unité"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300)
    dated_on = models.DateField(_("date du chiffre"))
    owner = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsable"),
    )

    history = HistoricalRecords()
    objects = LiveFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiffre")
        verbose_name_plural = _("chiffres")
        constraints = [
            models.UniqueConstraint(
                name="livefigure_label_once",
                fields=["candidacy", "label"],
                violation_error_message=_("Un chiffre de la candidature porte déjà cet intitulé."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def shortest_value(self) -> Decimal:
        """The value without the zeros that say nothing."""
        value = Decimal(self.value).normalize()
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value
