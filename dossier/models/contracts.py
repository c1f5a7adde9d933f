"""What the contract of a section says beside its own fields: who reviews, what proves it, how its date moved."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Membership
from core.models import LabelledModel, PublicIdModel
from dossier.models.histories import History, HistoryQuerySet
from dossier.models.sections import Section
from partners.models import Contact


class Reviewer(LabelledModel):
    """One person named to review a section: a contact of a structure, or somebody who prepares the bid."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="reviewers")
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("contact"),
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("membre"),
    )

    class Meta:
        verbose_name = _("relecteur·rice")
        verbose_name_plural = _("relecteur·rices")
        constraints = [
            models.CheckConstraint(
                name="reviewer_contact_or_member",
                condition=Q(contact__isnull=False, membership__isnull=True)
                | Q(contact__isnull=True, membership__isnull=False),
            ),
            models.UniqueConstraint(name="reviewer_contact_once", fields=["section", "contact"]),
            models.UniqueConstraint(name="reviewer_member_once", fields=["section", "membership"]),
        ]

    def __str__(self) -> str:
        return str(self.contact) if self.contact else str(self.membership.user if self.membership else "")

    def is_person(self, user: User) -> bool:
        named = self.contact or self.membership
        return named is not None and named.user_id == user.pk


class ExpectedProof(PublicIdModel):
    """One thing the section must be able to show, ticked by whoever provides it."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="expected_proofs")
    position = models.PositiveSmallIntegerField(_("rang"))
    text = models.CharField(_("preuve attendue"), max_length=200)
    provided_at = models.DateTimeField(_("fournie le"), null=True, blank=True)
    provided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    class Meta:
        verbose_name = _("preuve attendue")
        verbose_name_plural = _("preuves attendues")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(name="expectedproof_text_once", fields=["section", "text"]),
            models.CheckConstraint(name="expectedproof_says_what", condition=~Q(text="")),
            models.CheckConstraint(
                name="expectedproof_provider_needs_a_day",
                condition=Q(provided_by__isnull=True) | Q(provided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_provided(self) -> bool:
        return self.provided_at is not None


class DueDateChangeQuerySet(HistoryQuerySet["DueDateChange"]):
    pass


class DueDateChange(History):
    """One move of a due date, and why. Rows are added, never changed: a date that moved stays known as late."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="due_changes")
    former_on = models.DateField(_("ancienne échéance"))
    new_on = models.DateField(_("nouvelle échéance"), null=True, blank=True)
    reason = models.CharField(_("raison"), max_length=300)
    changed_at = models.DateTimeField(_("changée le"), default=timezone.now)
    changed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    objects = DueDateChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement d’échéance")
        verbose_name_plural = _("changements d’échéance")
        ordering = ("changed_at", "pk")
        constraints = [
            models.CheckConstraint(name="duedatechange_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="duedatechange_to_another_day",
                condition=Q(new_on__isnull=True) | ~Q(new_on=F("former_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} – {self.former_on} → {self.new_on}"
