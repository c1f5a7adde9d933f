"""The step that lists the communes, typed one by one or pasted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row
from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.forms.fields import CompactField, PeopleCountField
from candidacy.models import Territory, validate_siren
from core.sheets import DayInput
from dossier.founding_forms.base import Known, StepMixin, Typed


class CommuneForm(forms.Form):
    """One commune: typed in the fields of the step, or read from a line that was pasted."""

    insee_code = CompactField(label=_("Code INSEE"))
    name = forms.CharField(label=_("Nom"), max_length=120, required=False)
    siren = CompactField(label=_("SIREN"), validators=[validate_siren])
    population_municipal = PeopleCountField(label=_("Population municipale"))
    population_total = PeopleCountField(label=_("Population totale"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["insee_code"].widget.attrs["inputmode"] = "text"  # 2A004
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Row(
                Column("insee_code", css_class="col-sm-4 col-lg-2"),
                Column("name", css_class="col-sm-8 col-lg-4"),
                Column("siren", css_class="col-sm-4 col-lg-2"),
                Column("population_municipal", css_class="col-6 col-sm-4 col-lg-2"),
                Column("population_total", css_class="col-6 col-sm-4 col-lg-2"),
                css_class="align-items-end",
            )
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the code and the name of a commune of which anything is said; of none, nothing is needed."""
        cleaned = super().clean() or {}
        for name in ("insee_code", "name"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _t("Ce champ est obligatoire."))
        return cleaned

    def clean_insee_code(self) -> str:
        code = str(self.cleaned_data["insee_code"]).upper()
        if not code:
            return code
        if re.fullmatch(r"[0-9]{4}", code):  # a spreadsheet drops the first zero of 01001
            code = f"0{code}"
        Territory._meta.get_field("insee_code").run_validators(code)
        return code


#: The columns of a pasted line, in their order.
COLUMNS = tuple(CommuneForm.base_fields)


@dataclass(frozen=True)
class CommuneRow:
    """One commune accepted before, as the table of the step shows it."""

    values: Mapping[str, Any]
    bearing: BoundWidget
    removed: BoundWidget


class _CommuneBoxes(forms.CheckboxSelectMultiple):
    """A box in the line of each commune; ``said`` is what it says to those who do not see the line."""

    def __init__(self, said: str | Promise) -> None:
        super().__init__(attrs={"class": "form-check-input"})
        self.said = said

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["aria-label"] = str(self.said) % {"name": label}
        return option


class TerritoriesStepForm(StepMixin, forms.Form):
    """Adds communes to those accepted before, one by one or as a list, and takes some off."""

    removed = forms.MultipleChoiceField(
        label=_("Retirer"), required=False, widget=_CommuneBoxes(_("Retirer %(name)s"))
    )
    bearing = forms.MultipleChoiceField(
        label=_("Territoire candidat"),
        required=False,
        widget=_CommuneBoxes(_("%(name)s est territoire candidat")),
    )
    pasted = forms.CharField(
        label=_("Coller une liste"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "founding-paste"}),
        help_text=_(
            "Une commune par ligne : code INSEE;nom;SIREN;population municipale;population totale. Les colonnes "
            "copiées d’un tableur conviennent. Le SIREN et les populations peuvent manquer."
        ),
    )
    population_source = forms.CharField(
        label=_("Source des populations"),
        required=False,
        max_length=200,
        help_text=_("Par exemple : Insee, populations légales en vigueur au 1er janvier 2024."),
    )
    population_on = forms.DateField(label=_("Populations au"), required=False, widget=DayInput)

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        initial = {name: known.bearer.get(name) for name in ("population_source", "population_on")}
        initial["bearing"] = [row["insee_code"] for row in known.communes if row["is_bearing"]]
        super().__init__(data, initial=initial)
        self.one = CommuneForm(data, prefix="one", empty_permitted=True, use_required_attribute=False)
        codes = [(row["insee_code"], row["name"]) for row in known.communes]
        self.fields["removed"].choices = codes  # type: ignore[attr-defined]  # a choice field
        self.fields["bearing"].choices = codes  # type: ignore[attr-defined]  # a choice field
        self.rows = known.communes
        self.settle(
            known,
            HTML("{% include 'dossier/_founding_communes.html' %}"),
            Fieldset(_t("Ajouter une commune"), HTML("{% load crispy_forms_tags %}{% crispy form.one %}")),
            Fieldset(_t("Ajouter plusieurs communes"), "pasted"),
            Fieldset(
                _t("D’où viennent les populations ?"),
                Row(
                    Column("population_source", css_class="col-sm-8"),
                    Column("population_on", css_class="col-sm-4"),
                ),
            ),
        )

    @property
    def table(self) -> list[CommuneRow]:
        boxes = zip(self["bearing"], self["removed"], strict=True)
        return [
            CommuneRow(row, bearing, removed)
            for row, (bearing, removed) in zip(self.known.communes, boxes, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        """Work out the list as it will be: kept, added one by one, read from what was pasted."""
        cleaned = super().clean() or {}
        bearing, removed = cleaned.get("bearing", []), cleaned.get("removed", [])
        rows = [
            {**row, "is_bearing": row["insee_code"] in bearing}
            for row in self.known.communes
            if row["insee_code"] not in removed
        ]
        if self.one.is_valid() and self.one.cleaned_data:
            self._add(rows, self.one.cleaned_data, lambda text: self.one.add_error("insee_code", text))
        self._read_lines(rows, cleaned.get("pasted", ""))
        if any(row["population_municipal"] or row["population_total"] for row in rows):
            for name in ("population_source", "population_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _t("Une population s’indique avec sa source et sa date."))
        self.rows = rows
        return cleaned

    def is_valid(self) -> bool:
        return super().is_valid() and self.one.is_valid()

    def typed_again(self, typed: Typed) -> Typed:
        """Keep what is not in the list by now: what was added or taken off is."""
        kept = {name: typed.getlist(name) for name in ("population_source", "population_on")}
        kept["bearing"] = [row["insee_code"] for row in self.rows if row["is_bearing"]]
        return MultiValueDict(kept)

    def _read_lines(self, rows: list[dict[str, Any]], text: str) -> None:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        for number, line in lines:
            cells = [cell.strip().strip('"') for cell in re.split(r"[;\t]", line)]
            if number == lines[0][0] and not re.search(r"[0-9]", cells[0]):
                continue  # the names of the columns
            say = partial(self._say_of_line, number)
            if len(cells) > len(COLUMNS):
                say(_t("cinq colonnes au plus sont attendues."))
                continue
            commune = CommuneForm(dict(zip(COLUMNS, cells, strict=False)))
            if commune.is_valid():
                self._add(rows, commune.cleaned_data, say)
            for name, errors in commune.errors.items():
                say(f"{commune.fields[name].label} : {' '.join(map(str, errors))}")

    def _say_of_line(self, number: int, text: str) -> None:
        self.add_error("pasted", _t("Ligne %(number)d : %(text)s") % {"number": number, "text": text})

    def _add(
        self, rows: list[dict[str, Any]], commune: Mapping[str, Any], refuse: Callable[[str], None]
    ) -> None:
        if any(row["insee_code"] == commune["insee_code"] for row in rows):
            refuse(_t("la commune %(code)s est déjà dans la liste.") % {"code": commune["insee_code"]})
            return
        siren = self.known.bearer.get("bearer_siren")
        rows.append({**commune, "is_bearing": bool(siren) and commune["siren"] == siren})
