from datetime import datetime, timedelta

from django.db import models
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy

#: What was true of a page so long ago is asked again before the dossier is deposited.
FRESH_FOR = timedelta(days=7)
MAX_ADDRESS = 2000


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def waiting(self) -> "LinkCheckQuerySet":
        return self.filter(status=LinkCheck.Status.WAITING)

    def of_a_lost_worker(self, now: datetime, *, silence: timedelta) -> list[int]:
        """Return the candidacies that have links waiting, and of which nobody has asked or taken one up lately."""
        waiting = self.waiting().values("candidacy")
        rows = self.filter(candidacy__in=waiting).values("candidacy").order_by("candidacy")
        lately = rows.annotate(asked=Max("asked_at"), taken=Max("taken_at")).filter(
            Q(asked__lt=now - silence) & (Q(taken=None) | Q(taken__lt=now - silence))
        )
        return list(lately.values_list("candidacy", flat=True))


class LinkCheck(models.Model):
    """What was last found of one web address that the texts of a candidacy name.

    A row that waits is work to do: whoever takes it up says when, and writes what was found only if it is still theirs.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("vérification en cours")
        ALIVE = "alive", _("répond")
        DEAD = "dead", _("ne mène nulle part")
        UNREACHABLE = "unreachable", _("injoignable pour l’instant")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="link_checks")
    address = models.CharField(_("adresse"), max_length=MAX_ADDRESS)
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.WAITING)
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    taken_at = models.DateTimeField(_("pris en charge le"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("vérifié le"), null=True, blank=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("vérification de lien")
        verbose_name_plural = _("vérifications de liens")
        constraints = [
            models.UniqueConstraint(name="linkcheck_address_once", fields=["candidacy", "address"]),
            models.CheckConstraint(
                name="linkcheck_found_on_a_day",
                condition=Q(status="waiting") | Q(checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="linkcheck_says_why",
                condition=Q(status__in=["waiting", "alive"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def is_fresh(self, now: datetime) -> bool:
        return self.checked_at is not None and self.checked_at >= now - FRESH_FOR
