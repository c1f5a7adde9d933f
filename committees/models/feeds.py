from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from committees.models.committee import Committee
from core.models import PublicIdModel


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User) -> "CalendarFeedQuerySet":
        """A feed is its holder's own: nobody else needs to know of it, a lead no more than others."""
        return self.filter(user=user)


class CalendarFeed(PublicIdModel):
    """An address at which a calendar program reads, without a password, what its holder may see.

    Of that address the digest is kept. What it shows is worked out each time it is read: a right that is taken back
    is taken back here too.
    """

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="calendar_feeds")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="calendar_feeds", verbose_name=_("titulaire")
    )
    committee = models.ForeignKey(
        Committee,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_feeds",
        verbose_name=_("comité"),
        help_text=_("Vide\u00a0: tout ce que la personne peut voir."),
    )
    token_sha256 = models.CharField(
        _("empreinte de l’adresse secrète"), max_length=64, unique=True, editable=False
    )
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    last_read_at = models.DateTimeField(_("lu le"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonnement au calendrier")
        verbose_name_plural = _("abonnements au calendrier")
        constraints = [
            models.UniqueConstraint(
                name="calendarfeed_personal_once",
                fields=["candidacy", "user"],
                condition=Q(committee__isnull=True),
            ),
            models.UniqueConstraint(
                name="calendarfeed_committee_once",
                fields=["user", "committee"],
                condition=Q(committee__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.committee or self.candidacy)
