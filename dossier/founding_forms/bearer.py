"""The step that names the candidacy and the legal person that files it."""

from typing import Any

from crispy_forms.layout import HTML, Column, Fieldset, Row
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.forms.fields import CompactField, PeopleCountField
from candidacy.forms.settings import TIME_ZONES
from candidacy.models import Candidacy
from core.sheets import DayInput
from dossier.founding_forms.base import Known, StepMixin, Typed


class BearerStepForm(StepMixin, forms.ModelForm):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    bearer_siren = CompactField(label=_("SIREN du porteur"), help_text=_("Neuf chiffres, espaces admis."))
    population = PeopleCountField(label=_("Population retenue"))
    time_zone = forms.ChoiceField(
        label=_("Fuseau horaire"), choices=TIME_ZONES, help_text=_("Heures des réunions et des rappels.")
    )

    class Meta:
        model = Candidacy
        fields = [
            "title",
            "tagline",
            "slug",
            "bearer_name",
            "bearer_kind",
            "bearer_siren",
            "population",
            "population_kind",
            "population_source",
            "population_on",
            "time_zone",
        ]
        widgets = {"population_on": DayInput()}
        help_texts = {
            "title": _("Le nom de votre projet ; il se change plus tard."),
            "tagline": _("Imprimée sous le titre, sur la couverture du dossier."),
            "slug": _(
                "Dans l’adresse des pages : lettres sans accent, chiffres, tirets. Vide : formée de l’intitulé."
            ),
            "bearer_name": _("Une seule personne morale dépose, même au nom de plusieurs communes."),
            "population_source": _(
                "Par exemple : Insee, populations légales en vigueur au 1er janvier 2024."
            ),
        }

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data, initial={"bearer_kind": Candidacy.BearerKind.COMMUNE})
        self.fields["slug"].required = False
        self.fields["slug"].widget.attrs["autocomplete"] = "off"
        self.settle(
            known,
            Fieldset(_t("La candidature"), "title", "tagline", "slug"),
            Fieldset(
                _t("Le porteur"),
                "bearer_name",
                Row(
                    Column("bearer_kind", css_class="col-sm-6"), Column("bearer_siren", css_class="col-sm-6")
                ),
            ),
            Fieldset(
                _t("La population"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Celle du territoire qui se présente. Laissez vide si elle reste à établir : rien n’est bloqué."
                    )
                    + "</p>"
                ),
                Row(
                    Column("population", css_class="col-sm-6"),
                    Column("population_kind", css_class="col-sm-6"),
                ),
                Row(
                    Column("population_source", css_class="col-sm-8"),
                    Column("population_on", css_class="col-sm-4"),
                ),
            ),
            Fieldset(_t("L’heure"), "time_zone"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("population") is not None:
            for name in ("population_source", "population_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _t("Une population s’indique avec sa source et sa date."))
        return cleaned
