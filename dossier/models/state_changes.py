from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import LabelledModel
from dossier.models.histories import History, HistoryQuerySet
from dossier.models.sections import Section


class StateChangeQuerySet(HistoryQuerySet["StateChange"]):
    def in_order(self) -> "StateChangeQuerySet":
        return self.order_by("moved_at", "pk")

    def into_review(self) -> "StateChangeQuerySet":
        """Keep the moments at which a text was handed in, or its review opened again."""
        return self.filter(target=Section.Status.IN_REVIEW).exclude(source=F("target"))


class StateChange(History, LabelledModel):
    """One step of a section from a state to the next: who, when and why. Rows are added, never changed.

    A reviewer who recommends validation leaves the section where it is: source and target are « in review » both.
    """

    DATED = frozenset({"moved_at", "moved_by"})

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="state_changes")
    source = models.CharField(_("de l’état"), max_length=10, choices=Section.Status)
    target = models.CharField(_("à l’état"), max_length=10, choices=Section.Status)
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    moved_at = models.DateTimeField(_("le"), default=timezone.now)
    moved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    objects = StateChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement d’état")
        verbose_name_plural = _("changements d’état")
        constraints = [
            models.CheckConstraint(
                name="statechange_goes_somewhere",
                condition=~Q(source=F("target")) | Q(target="in_review"),
            ),
            models.CheckConstraint(
                name="statechange_out_of_frozen_says_why", condition=~Q(source="frozen") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} – {self.get_source_display()} → {self.get_target_display()}"

    @property
    def is_recommendation(self) -> bool:
        return self.source == self.target
