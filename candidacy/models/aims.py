"""What the bid promises under each criterion, and how it will be measured: the call asks for both."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidacy.models.candidacies import Candidacy, Criterion
from core.models import PublicIdModel


class Objective(PublicIdModel):
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="objectives")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="objectives", verbose_name=_("critère")
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    statement = models.CharField(_("objectif"), max_length=300)

    class Meta:
        verbose_name = _("objectif")
        verbose_name_plural = _("objectifs")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.statement


class Indicator(PublicIdModel):
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="indicators")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="indicators", verbose_name=_("critère")
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    name = models.CharField(_("indicateur"), max_length=200)
    method = models.TextField(_("méthode de mesure"))
    target = models.CharField(_("valeur visée"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("indicateur")
        verbose_name_plural = _("indicateurs")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="indicator_has_method",
                condition=~Q(method=""),
                violation_error_message=_("Un indicateur se donne avec sa méthode de mesure."),
            )
        ]

    def __str__(self) -> str:
        return self.name
