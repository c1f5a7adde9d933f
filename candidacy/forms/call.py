"""The call and its lists: criteria and aims, phases, pieces, territories."""

from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.forms.fields import CompactField, PageLimitField, PeopleCountField
from candidacy.models import Call, Candidacy, Criterion, Indicator, Objective, Phase, Piece, Territory
from core.forms import EuroField
from core.sheets import DayInput, SheetForm


class CallRowForm(SheetForm):
    """A form of one row of the call; ``candidacy`` is where its choices come from."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidacy = candidacy
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.prepare()
        self.helper.layout = Layout(*hidden, *self.layout(), Submit("save", _t("Enregistrer")))

    def prepare(self) -> None:
        """Narrow the choices to the candidacy; most rows have none."""

    def layout(self) -> list[Any]:
        raise NotImplementedError


class CallForm(CallRowForm):
    population_min = PeopleCountField(
        label=_("Population minimale"), help_text=_("Vide\u00a0: pas de minimum.")
    )
    population_max = PeopleCountField(
        label=_("Population maximale"), help_text=_("Vide\u00a0: pas de maximum.")
    )
    prize_amount = EuroField(label=_("Dotation (€)"), required=False)
    page_limit = PageLimitField()

    class Meta:
        model = Call
        fields = [
            "name",
            "authority",
            "description",
            "source",
            "population_min",
            "population_max",
            "population_kind",
            "is_population_kind_confirmed",
            "prize_amount",
            "page_limit",
        ]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "source": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "source": _("Décrets, arrêtés, cahier des charges, adresse du texte."),
            "is_population_kind_confirmed": _("Cochez seulement si le texte de l’appel le dit."),
        }

    def layout(self) -> list[Any]:
        return [
            Fieldset(_t("L’appel"), "name", "authority", "description", "source"),
            Fieldset(
                _t("Qui peut se présenter"),
                Row(
                    Column("population_min", css_class="col-sm-4"),
                    Column("population_max", css_class="col-sm-4"),
                    Column("population_kind", css_class="col-sm-4"),
                ),
                "is_population_kind_confirmed",
            ),
            Row(Column("prize_amount", css_class="col-sm-6"), Column("page_limit", css_class="col-sm-6")),
        ]


class CriterionForm(CallRowForm):
    prompts = forms.CharField(
        label=_("Invites de travail"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Une question par ligne. Elles guident l’écriture et ne sont jamais imprimées."),
    )

    class Meta:
        model = Criterion
        fields = ["code", "title", "is_official", "prompts"]
        help_texts = {"is_official": _("Cochez seulement si l’intitulé est recopié du texte de l’appel.")}

    def read(self, row: Any) -> dict[str, Any]:
        return super().read(row) | {"prompts": "\n".join(row.prompts)}

    def clean_prompts(self) -> str:
        lines = (line.strip() for line in self.cleaned_data["prompts"].splitlines())
        return "\n".join(line for line in lines if line)

    def _post_clean(self) -> None:
        """Leave the list of prompts to the service: the model keeps lines, the form shows a text."""
        text = self.cleaned_data.get("prompts", "")
        self.cleaned_data["prompts"] = text.splitlines()
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, unknown to the stubs
        self.cleaned_data["prompts"] = text

    @property
    def values(self) -> dict[str, Any]:
        return super().values | {"prompts": self.cleaned_data["prompts"].splitlines()}

    def layout(self) -> list[Any]:
        return [
            Row(Column("code", css_class="col-sm-3"), Column("title", css_class="col-sm-9")),
            "is_official",
            "prompts",
        ]


class AimForm(CallRowForm):
    """A form of what is promised or measured under one criterion."""

    class Meta:
        abstract = True

    def prepare(self) -> None:
        criterion = self.fields["criterion"]
        criterion.queryset = self.candidacy.criteria.all()  # type: ignore[attr-defined]  # a model field
        criterion.to_field_name = "public_id"  # type: ignore[attr-defined]


class ObjectiveForm(AimForm):
    class Meta:
        model = Objective
        fields = ["criterion", "statement"]
        help_texts = {"statement": _("Ce que la candidature promet, en une phrase.")}

    def layout(self) -> list[Any]:
        return ["criterion", "statement"]


class IndicatorForm(AimForm):
    class Meta:
        model = Indicator
        fields = ["criterion", "name", "method", "target"]
        widgets = {"method": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "method": _("Qui compte, quoi, comment et quand\u00a0: la mesure doit pouvoir être refaite."),
            "target": _("Par exemple\u00a0: « 42 classes en 2028 »."),
        }

    def layout(self) -> list[Any]:
        return ["criterion", "name", "method", "target"]


class PhaseForm(CallRowForm):
    class Meta:
        model = Phase
        fields = ["name", "planned_on", "planned_label", "actual_on"]
        widgets = {"planned_on": DayInput(), "actual_on": DayInput()}
        help_texts = {
            "planned_label": _("Quand l’annonce n’a pas de jour\u00a0: « fin juin 2026 »."),
            "actual_on": _("Le jour où l’étape a vraiment eu lieu."),
        }

    def layout(self) -> list[Any]:
        return [
            "name",
            Row(
                Column("planned_on", css_class="col-sm-6"),
                Column("planned_label", css_class="col-sm-6"),
                Column("actual_on", css_class="col-sm-6"),
            ),
        ]


class PieceForm(CallRowForm):
    class Meta:
        model = Piece
        fields = ["name", "description", "phase", "is_required", "is_confirmed", "status"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"is_confirmed": _("Cochez seulement si le texte de l’appel la demande.")}

    def prepare(self) -> None:
        phase = self.fields["phase"]
        phase.queryset = self.candidacy.phases.all()  # type: ignore[attr-defined]  # a model field
        phase.empty_label = _t("Sans étape")  # type: ignore[attr-defined]
        phase.to_field_name = "public_id"  # type: ignore[attr-defined]

    def layout(self) -> list[Any]:
        return [
            "name",
            "description",
            Row(Column("phase", css_class="col-sm-6"), Column("status", css_class="col-sm-6")),
            "is_required",
            "is_confirmed",
        ]


class TerritoryForm(CallRowForm):
    siren = CompactField(label=_("SIREN"), help_text=_("Neuf chiffres, espaces admis."))
    population_municipal = PeopleCountField(label=_("Population municipale"))
    population_total = PeopleCountField(label=_("Population totale"))

    class Meta:
        model = Territory
        fields = [
            "name",
            "insee_code",
            "siren",
            "role",
            "population_municipal",
            "population_total",
            "population_source",
            "population_on",
        ]
        widgets = {"population_on": DayInput()}
        help_texts = {
            "insee_code": _("Cinq caractères, par exemple 62498 pour Lens."),
            "role": _("La population des territoires candidats s’additionne, celle des associés non."),
        }

    def layout(self) -> list[Any]:
        return [
            Row(Column("name", css_class="col-sm-8"), Column("insee_code", css_class="col-sm-4")),
            Row(Column("role", css_class="col-sm-6"), Column("siren", css_class="col-sm-6")),
            Row(
                Column("population_municipal", css_class="col-sm-6"),
                Column("population_total", css_class="col-sm-6"),
                Column("population_source", css_class="col-sm-6"),
                Column("population_on", css_class="col-sm-6"),
            ),
        ]
