"""The forms by which a copy of a call template is edited. Each shows one row of its document as people write it."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.call_templates import CallTemplate
from candidacy.forms.fields import PageLimitField, PeopleCountField
from candidacy.models import Call, Criterion, Phase, Piece
from candidacy.services.call_copies import print_of
from core.forms import EuroField, LinesField
from core.sheets import DayInput
from dossier.contract_forms import LONGEST_QUESTION
from dossier.models import Section

FIRST_YEAR, LAST_YEAR = 1985, 2100


class EntryMoveForm(forms.Form):
    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])

    @property
    def step(self) -> int:
        return -1 if self.cleaned_data["direction"] == "up" else 1


class EntryForm(forms.Form):
    """Shows one row; ``entry`` is what was typed, under the keys of the document.

    Lengths, labels and choices are those of the models that a founding will write.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    #: The fields that are taken over from each model.
    borrowed: tuple[tuple[type[Model], tuple[str, ...]], ...] = ()
    #: The keys of the document, where they are not the names of the fields.
    keys: Mapping[str, str] = {}

    def __init__(
        self, *args: Any, template: CallTemplate, row: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        self.row, self.template = row, template
        kwargs["initial"] = {name: (row or {}).get(self.keys.get(name, name)) for name in self.names()}
        super().__init__(*args, **kwargs)
        own = self.fields
        for model, names in self.borrowed:
            own |= {
                name: own.get(name, field) for name, field in forms.fields_for_model(model, names).items()
            }
        self.prepare()
        self.initial["seen"] = self.mark
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.layout = Layout("seen", *self.layout(), Submit("save", _t("Enregistrer")))

    @classmethod
    def names(cls) -> list[str]:
        """Name the fields that the document holds."""
        borrowed = [name for _model, names in cls.borrowed for name in names]
        return [*dict.fromkeys([*borrowed, *(name for name in cls.base_fields if name != "seen")])]

    @property
    def mark(self) -> str:
        """The digest of what is stored of the fields that the form shows."""
        return print_of({key: (self.row or {}).get(key) for key in map(self._key, self.names())})

    def renew(self, row: Mapping[str, Any] | None) -> None:
        """Take note of what is stored now, so that saving again is a choice."""
        self.row = row
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = self.mark
        self.data = data

    @property
    def entry(self) -> dict[str, Any]:
        return {self._key(name): _stored(self.cleaned_data[name]) for name in self.names()}

    def _key(self, name: str) -> str:
        return self.keys.get(name, name)

    def prepare(self) -> None:
        """Fill in the choices that come from the template, and what is shown otherwise than it is stored."""

    def layout(self) -> list[Any]:
        raise NotImplementedError

    def _offer_phases(self) -> None:
        phase: Any = self.fields["phase"]
        phase.choices = [("", _t("Sans étape")), *((row.key, row.name) for row in self.template.phases)]


class RulesForm(EntryForm):
    """The name of the copy, and what the call says outside its lists."""

    borrowed = ((Call, ("name", "authority", "description", "source", "population_kind")),)
    keys = {"is_population_kind_confirmed": "population_kind_confirmed"}

    label = forms.CharField(
        label=_("Nom du modèle"),
        max_length=200,
        help_text=_("Celui sous lequel vous le retrouverez en préparant une candidature."),
    )
    title_year = forms.IntegerField(
        label=_("Année du titre"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_("Celle de l’édition que le modèle décrit. Vide : le modèle vaut pour toutes."),
    )
    population_min = PeopleCountField(label=_("Population minimale"), help_text=_("Vide : pas de minimum."))
    population_max = PeopleCountField(label=_("Population maximale"), help_text=_("Vide : pas de maximum."))
    is_population_kind_confirmed = forms.BooleanField(
        label=_("Population considérée confirmée"),
        required=False,
        help_text=_("Cochez seulement si le texte de l’appel le dit."),
    )
    prize_amount = EuroField(label=_("Dotation (€)"), required=False)
    page_limit = PageLimitField()

    def prepare(self) -> None:
        self.fields["name"].label = _t("Nom de l’appel")
        for name, rows in (("description", 4), ("source", 3)):
            self.fields[name].widget.attrs["rows"] = rows
        if self.initial["prize_amount"] is not None:
            self.initial["prize_amount"] = Decimal(self.initial["prize_amount"])

    @property
    def rules(self) -> dict[str, Any]:
        return {key: value for key, value in self.entry.items() if key != "label"}

    @property
    def mark(self) -> str:
        row = dict(self.row or {})
        keys = [self._key(name) for name in self.names() if name != "label"]
        return print_of({"name": row.get("label"), "rules": {key: row.get(key) for key in keys}})

    def layout(self) -> list[Any]:
        return [
            "label",
            Fieldset(
                _t("L’appel"),
                Row(Column("name", css_class="col-sm-8"), Column("title_year", css_class="col-sm-4")),
                "authority",
                "description",
                "source",
            ),
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


class CriterionEntryForm(EntryForm):
    borrowed = ((Criterion, ("code", "title", "is_official")),)
    keys = {"is_official": "official"}

    prompts = forms.CharField(
        label=_("Invites de travail"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Une question par ligne. Elles guident l’écriture et ne sont jamais imprimées."),
    )

    def prepare(self) -> None:
        self.initial["prompts"] = "\n".join(self.initial["prompts"] or ())
        self.fields["is_official"].help_text = _t(
            "Cochez seulement si l’intitulé est recopié du texte de l’appel."
        )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if not re.fullmatch(r"[\w.-]+", code):
            raise forms.ValidationError(
                _t("Un numéro s’écrit en lettres, chiffres, points et tirets, sans espace.")
            )
        return code

    def clean_prompts(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["prompts"].splitlines())
        return [line for line in lines if line]

    def layout(self) -> list[Any]:
        return [
            Row(Column("code", css_class="col-sm-3"), Column("title", css_class="col-sm-9")),
            "is_official",
            "prompts",
        ]


class PhaseEntryForm(EntryForm):
    borrowed = ((Phase, ("name", "planned_label")),)

    planned_on = forms.DateField(label=_("Date prévue"), required=False, widget=DayInput)
    actual_on = forms.DateField(label=_("Date réelle"), required=False, widget=DayInput)

    def prepare(self) -> None:
        self.fields["planned_label"].help_text = _t("Quand l’annonce n’a pas de jour : « fin juin 2026 ».")

    def layout(self) -> list[Any]:
        return [
            "name",
            Row(
                Column("planned_on", css_class="col-sm-6"),
                Column("planned_label", css_class="col-sm-6"),
                Column("actual_on", css_class="col-sm-6"),
            ),
        ]


class PieceEntryForm(EntryForm):
    borrowed = ((Piece, ("name", "description", "is_required", "is_confirmed")),)

    phase = forms.ChoiceField(label=_("Étape"), required=False)

    def prepare(self) -> None:
        self._offer_phases()
        self.fields["description"].widget.attrs["rows"] = 3
        self.fields["is_confirmed"].help_text = _t("Cochez seulement si le texte de l’appel la demande.")
        if self.row is None:
            self.initial["is_required"] = True

    def layout(self) -> list[Any]:
        return ["name", "description", "phase", "is_required", "is_confirmed"]


class SectionEntryForm(EntryForm):
    borrowed = ((Section, ("title", "kind", "brief", "limit_value", "limit_unit")),)

    parent = forms.ChoiceField(label=_("Partie"), required=False)
    phase = forms.ChoiceField(label=_("Étape"), required=False)
    criteria = forms.MultipleChoiceField(
        label=_("Critères"), required=False, widget=forms.CheckboxSelectMultiple
    )
    questions = LinesField(
        label=_("Questions de l’appel"),
        longest=LONGEST_QUESTION,
        help_text=_("Une par ligne, dans les mots de l’appel."),
    )
    is_confirmed = forms.BooleanField(
        label=_("Question confirmée"),
        required=False,
        help_text=_("Cochez seulement si la question est dans le texte de l’appel."),
    )

    def prepare(self) -> None:
        own = (self.row or {}).get("key")
        parent: Any = self.fields["parent"]
        parent.choices = [
            ("", _t("Aucune : c’est une partie du premier niveau")),
            *((row.key, row.title) for row in self.template.sections if not row.parent and row.key != own),
        ]
        self._offer_phases()
        criteria: Any = self.fields["criteria"]
        criteria.choices = [(row.code, f"{row.code}. {row.title}") for row in self.template.criteria]
        self.fields["brief"].widget.attrs["rows"] = 4
        self.fields["limit_value"].help_text = _t("Laissez vide s’il n’y a pas de limite.")
        self.initial["kind"] = self.initial["kind"] or Section.Kind.TEXT
        self.initial["limit_unit"] = self.initial["limit_unit"] or Section.LimitUnit.WORDS

    def clean_limit_value(self) -> int | None:
        value: int | None = self.cleaned_data["limit_value"]
        if value == 0:
            raise forms.ValidationError(_t("Une limite doit être positive."))
        return value

    def layout(self) -> list[Any]:
        return [
            "title",
            Row(Column("parent", css_class="col-md-6"), Column("kind", css_class="col-md-6")),
            "questions",
            "brief",
            "is_confirmed",
            Row(
                Column("limit_value", css_class="col-sm-6 col-md-4"),
                Column("limit_unit", css_class="col-sm-6 col-md-4"),
                Column("phase", css_class="col-md-4"),
            ),
            "criteria",
        ]


def _stored(value: Any) -> Any:
    """Return a typed value as a JSON document keeps it."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, Iterable) and not isinstance(value, str) else value
