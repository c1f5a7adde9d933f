from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Criterion
from core.models import PublicIdModel, TimestampedModel


class ProofQuerySet(models.QuerySet["Proof"]):
    def brought(self) -> "ProofQuerySet":
        return self.filter(validated_at__isnull=False)

    def in_reading_order(self) -> "ProofQuerySet":
        """Order by criterion, then as the kinds are listed."""
        rank = models.Case(
            *(models.When(kind=kind, then=place) for place, kind in enumerate(Proof.Kind.values))
        )
        return self.order_by("criterion__position", "criterion_id", rank, "pk")


class Proof(PublicIdModel, TimestampedModel):
    """What a section brings towards a criterion, in one kind; lead or team say when it is there."""

    class Kind(models.TextChoices):
        ARGUMENT = "argument", _("argument")
        FIGURE = "figure", _("chiffre")
        ACTION = "action", _("action")
        LETTER = "letter", _("lettre")
        FUNDING_LINE = "funding_line", _("ligne de financement")

    section: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        "dossier.Section", on_delete=models.CASCADE, related_name="proofs", verbose_name=_("section")
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="proofs", verbose_name=_("critère")
    )
    kind = models.CharField(_("nature de la preuve"), max_length=12, choices=Kind, default=Kind.ARGUMENT)
    note = models.CharField(_("note"), max_length=300, blank=True)
    validated_at = models.DateTimeField(_("preuve apportée le"), null=True, blank=True, editable=False)
    validated_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("validée par"),
    )

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("preuve")
        verbose_name_plural = _("preuves")
        constraints = [
            models.UniqueConstraint(
                name="proof_kind_once",
                fields=["section", "criterion", "kind"],
                violation_error_message=_(
                    "Cette section apporte déjà une preuve de cette nature à ce critère."
                ),
            ),
            models.CheckConstraint(
                name="proof_validated_at_some_time",
                condition=Q(validated_by__isnull=True) | Q(validated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.criterion}"

    @property
    def is_brought(self) -> bool:
        return self.validated_at is not None

    @property
    def state_label(self) -> Any:
        return _("preuve apportée") if self.is_brought else _("à apporter")

    @property
    def tone(self) -> str:
        return "good" if self.is_brought else "warn"
