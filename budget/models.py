from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from budget.nomenclature import EXPENSE_CHOICES, INCOME_CHOICES, Nature
from candidacy.models import Candidacy
from candidacy.permissions import STAFF, candidacies_of
from committees.models import Decision
from core.models import PublicIdModel, TimestampedModel
from core.money import ZERO
from partners.models import Organisation, organisations_of


class FundingPlanQuerySet(models.QuerySet["FundingPlan"]):
    def visible_to(self, user: User) -> "FundingPlanQuerySet":
        return self.filter(candidacy__in=candidacies_of(user, STAFF))


class FundingPlan(PublicIdModel, TimestampedModel):
    """The funding plan of a candidacy: its expenses and income, year by year."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.CASCADE, related_name="funding_plan")
    first_year = models.PositiveSmallIntegerField(_("première année"))
    last_year = models.PositiveSmallIntegerField(_("dernière année"))
    note = models.TextField(_("note de présentation"), blank=True)

    objects = FundingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan de financement")
        verbose_name_plural = _("plans de financement")
        constraints = [
            models.CheckConstraint(
                name="fundingplan_year_order",
                condition=Q(first_year__lte=F("last_year")),
                violation_error_message=_("La première année du plan suit la dernière."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} ({self.first_year}-{self.last_year})"

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)


class ExpenseLineQuerySet(models.QuerySet["ExpenseLine"]):
    def visible_to(self, user: User) -> "ExpenseLineQuerySet":
        return self.filter(plan__candidacy__in=candidacies_of(user, STAFF))

    def in_plan_order(self) -> "ExpenseLineQuerySet":
        return self.order_by("account", "position", "pk")


class ExpenseLine(PublicIdModel, TimestampedModel):
    """A charge of the plan; accounts 86 are contributions in kind, added up apart."""

    plan = models.ForeignKey(FundingPlan, on_delete=models.CASCADE, related_name="expense_lines")
    account = models.CharField(_("compte"), max_length=5, choices=EXPENSE_CHOICES)
    label = models.CharField(_("libellé"), max_length=200)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    nature = models.CharField(_("section"), max_length=10, choices=Nature, default=Nature.OPERATING)
    note = models.CharField(_("précision"), max_length=300, blank=True)

    history = HistoricalRecords()
    objects = ExpenseLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints = [
            models.CheckConstraint(
                name="expenseline_account_is_a_charge",
                condition=Q(account__startswith="6") | Q(account__startswith="86"),
                violation_error_message=_("Une charge s’impute à un compte 60 à 69, ou 86."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_in_kind(self) -> bool:
        return self.account.startswith("86")


class ExpenseAmount(models.Model):
    line = models.ForeignKey(ExpenseLine, on_delete=models.CASCADE, related_name="amounts")
    year = models.PositiveSmallIntegerField(_("année"))
    amount = models.DecimalField(
        _("montant"), max_digits=14, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )

    class Meta:
        verbose_name = _("montant d’une charge")
        verbose_name_plural = _("montants des charges")
        constraints = [
            models.UniqueConstraint(name="expenseamount_once_a_year", fields=["line", "year"]),
            models.CheckConstraint(
                name="expenseamount_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("Un montant ne peut être négatif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} : {self.amount}"


class IncomeLineQuerySet(models.QuerySet["IncomeLine"]):
    def visible_to(self, user: User) -> "IncomeLineQuerySet":
        """Lead and team see every income, a partner what their own organisation brings."""
        return self.filter(
            Q(plan__candidacy__in=candidacies_of(user, STAFF)) | Q(funder__in=organisations_of(user))
        )

    def in_plan_order(self) -> "IncomeLineQuerySet":
        return self.order_by("account", "position", "pk")


class IncomeLine(PublicIdModel, TimestampedModel):
    """What one funder, or the activity itself, brings to the plan; accounts 87 are in kind."""

    class Status(models.TextChoices):
        """The ladder of certainty, in its order, and the ways off it."""

        CONSIDERED = "considered", _("envisagée")
        REQUESTED = "requested", _("sollicitée")
        UNDER_REVIEW = "under_review", _("en instruction")
        AGREED = "agreed", _("accord de principe")
        VOTED = "voted", _("votée")
        NOTIFIED = "notified", _("notifiée")
        CONTRACTED = "contracted", _("conventionnée")
        PAID = "paid", _("versée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    SECURED = (Status.VOTED, Status.NOTIFIED, Status.CONTRACTED, Status.PAID)
    PENDING = (Status.REQUESTED, Status.UNDER_REVIEW, Status.AGREED)
    LOST = (Status.REFUSED, Status.WITHDRAWN)

    plan = models.ForeignKey(FundingPlan, on_delete=models.CASCADE, related_name="income_lines")
    account = models.CharField(_("compte"), max_length=5, choices=INCOME_CHOICES)
    label = models.CharField(_("libellé"), max_length=200)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    funder = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="income_lines",
        verbose_name=_("financeur"),
    )
    nature = models.CharField(_("section"), max_length=10, choices=Nature, default=Nature.OPERATING)
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.CONSIDERED)
    status_on = models.DateField(_("état au"), null=True, blank=True)
    apply_by = models.DateField(_("demande à déposer au plus tard le"), null=True, blank=True)
    agreement_until = models.DateField(_("convention valable jusqu’au"), null=True, blank=True)
    requested_amount = models.DecimalField(
        _("montant demandé"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(ZERO)],
    )
    granted_amount = models.DecimalField(
        _("montant accordé"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(ZERO)],
    )
    decision = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="income_lines",
        verbose_name=_("décision d’un comité"),
    )
    reference = models.CharField(_("référence de l’acte"), max_length=120, blank=True)
    note = models.CharField(_("précision"), max_length=300, blank=True)

    history = HistoricalRecords()
    objects = IncomeLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("produit")
        verbose_name_plural = _("produits")
        constraints = [
            models.CheckConstraint(
                name="incomeline_account_is_an_income",
                condition=Q(account__startswith="7") | Q(account__startswith="87"),
                violation_error_message=_("Un produit s’impute à un compte 70 à 79, ou 87."),
            ),
            models.CheckConstraint(
                name="incomeline_granted_iff_secured",
                condition=Q(
                    status__in=["voted", "notified", "contracted", "paid"], granted_amount__isnull=False
                )
                | (
                    ~Q(status__in=["voted", "notified", "contracted", "paid"])
                    & Q(granted_amount__isnull=True)
                ),
                violation_error_message=_(
                    "Un montant accordé va avec un financement voté, notifié, conventionné ou versé, et lui seul."
                ),
            ),
            models.CheckConstraint(
                name="incomeline_amounts_not_negative",
                condition=(Q(requested_amount__isnull=True) | Q(requested_amount__gte=0))
                & (Q(granted_amount__isnull=True) | Q(granted_amount__gte=0)),
                violation_error_message=_("Un montant ne peut être négatif."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_in_kind(self) -> bool:
        return self.account.startswith("87")

    @property
    def is_secured(self) -> bool:
        return self.status in self.SECURED


class IncomeAmount(models.Model):
    line = models.ForeignKey(IncomeLine, on_delete=models.CASCADE, related_name="amounts")
    year = models.PositiveSmallIntegerField(_("année"))
    amount = models.DecimalField(
        _("montant"), max_digits=14, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )

    class Meta:
        verbose_name = _("montant d’un produit")
        verbose_name_plural = _("montants des produits")
        constraints = [
            models.UniqueConstraint(name="incomeamount_once_a_year", fields=["line", "year"]),
            models.CheckConstraint(
                name="incomeamount_not_negative",
                condition=Q(amount__gte=0),
                violation_error_message=_("Un montant ne peut être négatif."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} : {self.amount}"
