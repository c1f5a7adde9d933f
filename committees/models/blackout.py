from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel


class BlackoutQuerySet(models.QuerySet["Blackout"]):
    def visible_to(self, user: User) -> "BlackoutQuerySet":
        return self.filter(candidacy__in=candidacies_of(user, STAFF))

    def of_candidacies(self, keys: Iterable[int]) -> "BlackoutQuerySet":
        return self.filter(candidacy__in=set(keys)).order_by("first_day", "pk")


class Blackout(PublicIdModel, TimestampedModel):
    """Days on which no committee of a candidacy meets: August, the months before an election."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="blackouts")
    name = models.CharField(_("nom"), max_length=80)
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    objects = BlackoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("période sans réunion")
        verbose_name_plural = _("périodes sans réunion")
        constraints = [
            models.CheckConstraint(
                name="blackout_days_order",
                condition=Q(first_day__lte=F("last_day")),
                violation_error_message=_("La période finit avant de commencer."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def holds(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day
