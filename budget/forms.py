from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from budget.models import ExpenseLine, FundingPlan, IncomeLine
from budget.nomenclature import (
    EXPENSE_ACCOUNTS,
    EXPENSE_CHAPTERS,
    IN_KIND_EXPENSE_CHAPTERS,
    IN_KIND_INCOME_CHAPTERS,
    INCOME_ACCOUNTS,
    INCOME_CHAPTERS,
    Account,
)
from budget.services import MAX_YEARS
from core.forms import EuroField
from core.sheets import DayInput
from partners.models import Organisation


def _grouped(
    accounts: tuple[Account, ...], chapters: dict[str, str | Promise]
) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            f"{code} – {label}",
            [
                (account.code, f"{account.code} – {account.label}")
                for account in accounts
                if account.chapter == code
            ],
        )
        for code, label in chapters.items()
    ]


class PlanYearsForm(forms.Form):
    first_year = forms.IntegerField(label=_("Première année"), min_value=1985, max_value=2100)
    last_year = forms.IntegerField(
        label=_("Dernière année"),
        min_value=1985,
        max_value=2100,
        help_text=_("Une année de préparation, l’année du titre et une année de suites font trois ans."),
    )
    note = forms.CharField(
        label=_("Note de présentation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Imprimée dans le dossier, au-dessus du plan."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.layout = Layout(
            Row(Column("first_year", css_class="col-sm-4"), Column("last_year", css_class="col-sm-4")),
            "note",
            Submit("save", _("Enregistrer")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and not first <= last < first + MAX_YEARS:
            self.add_error(
                "last_year", _t("Un plan couvre de une à %(max)d années, dans l’ordre.") % {"max": MAX_YEARS}
            )
        return cleaned


class _LineForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A line and one amount for each year of its plan, under ``amount_<year>``."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, plan: FundingPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        known = {a.year: a.amount for a in self.instance.amounts.all()} if self.instance.pk else {}
        for year in plan.years:
            self.fields[f"amount_{year}"] = EuroField(
                label=_t("Montant %(year)d (€)") % {"year": year}, required=False, initial=known.get(year)
            )
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.layout = self.build_layout()

    def build_layout(self) -> Layout:
        raise NotImplementedError

    def amounts_row(self) -> Row:
        return Row(*(Column(f"amount_{year}", css_class="col-sm-6 col-lg-4") for year in self.plan.years))

    @property
    def amounts(self) -> dict[int, Decimal | None]:
        return {year: self.cleaned_data[f"amount_{year}"] for year in self.plan.years}

    @property
    def line_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class ExpenseLineForm(_LineForm):
    class Meta:
        model = ExpenseLine
        fields = ["account", "label", "nature", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _t("Choisissez un compte")),
            *_grouped(EXPENSE_ACCOUNTS, EXPENSE_CHAPTERS | IN_KIND_EXPENSE_CHAPTERS),
        ]

    def build_layout(self) -> Layout:
        return Layout(
            Row(Column("account", css_class="col-md-6"), Column("nature", css_class="col-md-6")),
            "label",
            Fieldset(_t("Montants prévus"), self.amounts_row()),
            "note",
            Submit("save", _t("Enregistrer la charge")),
        )


class IncomeLineForm(_LineForm):
    requested_amount = EuroField(label=_("Montant demandé (€)"), required=False)
    granted_amount = EuroField(
        label=_("Montant accordé (€)"),
        required=False,
        help_text=_("À remplir dès que le financement est voté."),
    )

    class Meta:
        model = IncomeLine
        fields = [
            "account",
            "label",
            "funder",
            "nature",
            "status",
            "status_on",
            "apply_by",
            "agreement_until",
            "requested_amount",
            "granted_amount",
            "reference",
            "note",
        ]
        widgets = dict.fromkeys(("status_on", "apply_by", "agreement_until"), DayInput())
        help_texts = {
            "apply_by": _("L’échéance du financeur\u00a0: les chef·fes de projet en reçoivent un rappel."),
            "agreement_until": _("Un rappel prévient avant que la convention n’expire."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _t("Choisissez un compte")),
            *_grouped(INCOME_ACCOUNTS, INCOME_CHAPTERS | IN_KIND_INCOME_CHAPTERS),
        ]
        self.fields["funder"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]  # a model field
            candidacy=self.plan.candidacy_id
        ).order_by("name")
        self.fields["funder"].empty_label = _t("Aucun : recette propre")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        secured = cleaned.get("status") in IncomeLine.SECURED
        if secured and cleaned.get("granted_amount") is None and "granted_amount" not in self.errors:
            self.add_error("granted_amount", _t("Indiquez le montant accordé : ce financement est acquis."))
        if not secured and cleaned.get("granted_amount") is not None:
            self.add_error(
                "granted_amount",
                _t("Un montant accordé va avec un financement voté, notifié, conventionné ou versé."),
            )
        return cleaned

    def build_layout(self) -> Layout:
        return Layout(
            Row(Column("account", css_class="col-md-6"), Column("nature", css_class="col-md-6")),
            "label",
            "funder",
            Fieldset(_t("Montants prévus au plan"), self.amounts_row()),
            Fieldset(
                _t("Où en est la demande"),
                Row(
                    Column("status", css_class="col-sm-6"),
                    Column("status_on", css_class="col-sm-6"),
                    Column("apply_by", css_class="col-sm-6"),
                    Column("agreement_until", css_class="col-sm-6"),
                    Column("requested_amount", css_class="col-sm-6"),
                    Column("granted_amount", css_class="col-sm-6"),
                ),
                "reference",
            ),
            "note",
            Submit("save", _t("Enregistrer le produit")),
        )
