from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from committees.models.meeting import AgendaItem, Meeting
from core.models import PublicIdModel, TimestampedModel
from partners.models import Contact


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User) -> "DecisionQuerySet":
        return self.filter(meeting__committee__candidacy__in=candidacies_of(user, STAFF))

    def open(self) -> "DecisionQuerySet":
        return self.filter(status=Decision.Status.OPEN)

    def overdue(self, today: date) -> "DecisionQuerySet":
        return self.open().filter(due_on__lt=today)

    def incomplete(self) -> "DecisionQuerySet":
        """Keep what is open and says not who applies it, or not by when."""
        return self.open().filter(Q(owner__isnull=True) | Q(due_on__isnull=True))


class Decision(PublicIdModel, TimestampedModel):
    """What a committee decided, under a number that is never given twice: COPIL-2026-03-D2."""

    class Status(models.TextChoices):
        OPEN = "open", _("à appliquer")
        APPLIED = "applied", _("appliquée")
        SUPERSEDED = "superseded", _("remplacée")
        ABANDONED = "abandoned", _("abandonnée")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("point à l’ordre du jour"),
    )
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="decisions")
    number = models.CharField(_("numéro"), max_length=40)
    wording = models.TextField(_("décision"))
    owner = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("responsable"),
    )
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.OPEN)
    status_note = models.CharField(_("suite donnée"), max_length=300, blank=True)
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("remplacée par"),
    )
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    history = HistoricalRecords()
    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        constraints = [
            models.UniqueConstraint(name="decision_number_once", fields=["candidacy", "number"]),
            models.CheckConstraint(
                name="decision_with_successor_is_superseded",
                condition=Q(superseded_by__isnull=True) | Q(status="superseded"),
            ),
            models.CheckConstraint(
                name="decision_supersedes_another",
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=models.F("pk")),
                violation_error_message=_("Une décision ne se remplace pas elle-même."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User) -> "ActionQuerySet":
        """Lead and team see every action, the others those they own."""
        seen = Q(candidacy__in=candidacies_of(user, STAFF))
        # Who is a guest nowhere asks no more of the database.
        if guests := candidacies_of(user, GUESTS):
            seen |= Q(owner__user=user, candidacy__in=guests)
        return self.filter(seen)

    def open(self) -> "ActionQuerySet":
        return self.filter(status__in=[Action.Status.TO_DO, Action.Status.IN_PROGRESS])

    def overdue(self, today: date) -> "ActionQuerySet":
        return self.open().filter(due_on__lt=today)

    def incomplete(self) -> "ActionQuerySet":
        """Keep what is open and says not who does it, or not by when."""
        return self.open().filter(Q(owner__isnull=True) | Q(due_on__isnull=True))

    def of_committee(self, public_id: UUID) -> "ActionQuerySet":
        """Keep the actions born in a meeting of a committee or from one of its decisions."""
        return self.filter(
            Q(meeting__committee__public_id=public_id) | Q(decision__meeting__committee__public_id=public_id)
        )


class Action(PublicIdModel, TimestampedModel):
    """A follow-up: who does what by when."""

    class Status(models.TextChoices):
        TO_DO = "to_do", _("à faire")
        IN_PROGRESS = "in_progress", _("en cours")
        DONE = "done", _("faite")
        ABANDONED = "abandoned", _("abandonnée")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="actions")
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("réunion"),
    )
    #: Where it was noted; under an item that is confidential the action is so too.
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("point à l’ordre du jour"),
    )
    decision = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("décision"),
    )
    title = models.CharField(_("action"), max_length=250)
    owner = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("responsable"),
    )
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.TO_DO)
    closed_on = models.DateField(_("close le"), null=True, blank=True)
    proof = models.CharField(_("preuve ou suite"), max_length=300, blank=True)
    #: What the action became, and in which application: see committees.becoming.
    became_kind = models.CharField(_("devenue"), max_length=20, blank=True, editable=False)
    became_id = models.UUIDField(
        _("identifiant de ce qu’elle est devenue"), null=True, blank=True, editable=False
    )
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    history = HistoricalRecords()
    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        constraints = [
            models.CheckConstraint(
                name="action_closed_iff_day",
                condition=Q(status__in=["done", "abandoned"], closed_on__isnull=False)
                | (~Q(status__in=["done", "abandoned"]) & Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="action_became_something_or_nothing",
                condition=Q(became_kind="", became_id__isnull=True)
                | (~Q(became_kind="") & Q(became_id__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.TO_DO, self.Status.IN_PROGRESS}
