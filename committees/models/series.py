from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.models.committee import Committee
from core.models import PublicIdModel, TimestampedModel


class MeetingSeries(PublicIdModel, TimestampedModel):
    """The rule that several meetings of a committee were drafted from at once: « troisième mercredi du mois ».

    Each of them then lives its own life; the rule drafts no other.
    """

    class Frequency(models.TextChoices):
        WEEKS = "weeks", _("semaines")
        MONTHS = "months", _("mois")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("lundi")
        TUESDAY = 1, _("mardi")
        WEDNESDAY = 2, _("mercredi")
        THURSDAY = 3, _("jeudi")
        FRIDAY = 4, _("vendredi")
        SATURDAY = 5, _("samedi")
        SUNDAY = 6, _("dimanche")

    class Rank(models.IntegerChoices):
        FIRST = 1, _("premier")
        SECOND = 2, _("deuxième")
        THIRD = 3, _("troisième")
        FOURTH = 4, _("quatrième")
        LAST = -1, _("dernier")

    class WhenClosed(models.TextChoices):
        """What becomes of a date on which nobody meets."""

        SKIP = "skip", _("pas de réunion cette fois-là")
        NEXT_WEEK = "next_week", _("le même jour, la première semaine possible ensuite")
        NEXT_DAY = "next_day", _("le premier jour possible ensuite")

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="series")
    frequency = models.CharField(_("fréquence"), max_length=6, choices=Frequency, default=Frequency.MONTHS)
    interval = models.PositiveSmallIntegerField(
        _("intervalle"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    rank = models.SmallIntegerField(_("rang dans le mois"), choices=Rank, null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday)
    local_time = models.TimeField(_("heure"), default=time(14))
    first_day = models.DateField(_("du"))
    last_day = models.DateField(_("au"))
    when_closed = models.CharField(
        _("un jour férié ou sans réunion"), max_length=9, choices=WhenClosed, default=WhenClosed.SKIP
    )

    class Meta:
        verbose_name = _("série de réunions")
        verbose_name_plural = _("séries de réunions")
        constraints = [
            models.CheckConstraint(
                name="meetingseries_days_order",
                condition=Q(first_day__lte=F("last_day")),
                violation_error_message=_("La série finit avant de commencer."),
            ),
            models.CheckConstraint(name="meetingseries_interval_positive", condition=Q(interval__gt=0)),
            models.CheckConstraint(
                name="meetingseries_rank_iff_months",
                condition=Q(frequency="months", rank__isnull=False) | Q(frequency="weeks", rank__isnull=True),
                violation_error_message=_("Dites lequel, dans le mois\u00a0: premier, deuxième…"),
            ),
        ]

    def __str__(self) -> str:
        day = self.get_weekday_display()
        if self.frequency == self.Frequency.WEEKS:
            if self.interval == 1:
                return _t("chaque %(day)s") % {"day": day}
            return _t("le %(day)s, toutes les %(n)d semaines") % {"day": day, "n": self.interval}
        facts = {"rank": self.get_rank_display(), "day": day, "n": self.interval}
        if self.interval == 1:
            return _t("%(rank)s %(day)s du mois") % facts
        return _t("%(rank)s %(day)s, tous les %(n)d mois") % facts
