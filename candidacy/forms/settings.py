from typing import Any

from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row, Submit
from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.forms.fields import CompactField, PeopleCountField
from candidacy.models import Candidacy
from core.sheets import DayInput, SheetForm

MAX_LOGO_BYTES = 2 * 1024 * 1024

#: Where French bidders live; a candidacy set elsewhere keeps its own zone in the list.
TIME_ZONES = [
    ("Europe/Paris", _("France métropolitaine (Paris)")),
    ("America/Guadeloupe", _("Guadeloupe")),
    ("America/Martinique", _("Martinique")),
    ("America/Cayenne", _("Guyane")),
    ("Indian/Reunion", _("La Réunion")),
    ("Indian/Mayotte", _("Mayotte")),
    ("America/Miquelon", _("Saint-Pierre-et-Miquelon")),
    ("Pacific/Noumea", _("Nouvelle-Calédonie")),
    ("Pacific/Tahiti", _("Polynésie française (Tahiti)")),
    ("Pacific/Wallis", _("Wallis-et-Futuna")),
    ("Europe/Brussels", _("Belgique (Bruxelles)")),
]


class SettingsForm(SheetForm):
    bearer_siren = CompactField(label=_("SIREN du porteur"), help_text=_("Neuf chiffres, espaces admis."))
    population = PeopleCountField(label=_("Population retenue"))

    class Meta:
        model = Candidacy
        fields = [
            "title",
            "tagline",
            "title_year",
            "deposit_on",
            "bearer_name",
            "bearer_kind",
            "bearer_siren",
            "population",
            "population_kind",
            "population_source",
            "population_on",
            "accent_colour",
            "time_zone",
            "holiday_region",
            "language",
        ]
        widgets = {
            "deposit_on": DayInput(),
            "population_on": DayInput(),
            "accent_colour": forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
        }
        help_texts = {
            "tagline": _("Imprimée sous le titre, sur la couverture du dossier."),
            "deposit_on": _("Le tableau de bord compte les jours jusque-là."),
            "population_source": _(
                "Par exemple\u00a0: Insee, populations légales en vigueur au 1er janvier 2024."
            ),
            "accent_colour": _("Les textes prennent une nuance assez foncée pour rester lisibles."),
            "time_zone": _("Heures des réunions et des rappels."),
            "holiday_region": _("Les jours où l’on ne se réunit pas et ne rappelle rien."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = list(TIME_ZONES)
        current = self.initial.get("time_zone")
        if current and current not in dict(zones):
            zones.append((current, current))
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Fuseau horaire"), choices=zones, help_text=self.fields["time_zone"].help_text
        )
        self.fields["title_year"].widget.attrs["class"] = "year-input"
        self.helper.layout = self._layout()

    def clean(self) -> dict[str, Any]:
        """Ask for the source and the date at the fields where they are missing."""
        cleaned = super().clean() or {}
        if cleaned.get("population") is not None:
            for name in ("population_source", "population_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _t("Une population s’indique avec sa source et sa date."))
        return cleaned

    def _layout(self) -> Layout:
        return Layout(
            "seen",
            Fieldset(
                _t("La candidature"),
                "title",
                "tagline",
                Row(Column("title_year", css_class="col-sm-6"), Column("deposit_on", css_class="col-sm-6")),
            ),
            Fieldset(
                _t("Le porteur"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Une seule personne morale dépose la candidature, même au nom de plusieurs communes."
                    )
                    + "</p>"
                ),
                "bearer_name",
                Row(
                    Column("bearer_kind", css_class="col-sm-6"), Column("bearer_siren", css_class="col-sm-6")
                ),
            ),
            Fieldset(
                _t("La population"),
                Row(
                    Column("population", css_class="col-sm-6"),
                    Column("population_kind", css_class="col-sm-6"),
                ),
                Row(
                    Column("population_source", css_class="col-sm-6"),
                    Column("population_on", css_class="col-sm-6"),
                ),
            ),
            Fieldset(
                _t("Présentation, langue et heure"),
                Row(
                    Column("time_zone", css_class="col-sm-6"),
                    Column("holiday_region", css_class="col-sm-6"),
                ),
                Row(
                    Column("accent_colour", css_class="col-sm-6"),
                    Column("language", css_class="col-sm-6"),
                ),
            ),
            Submit("save", _t("Enregistrer")),
        )


class LogoForm(forms.Form):
    file = forms.FileField(
        label=_("Image"),
        help_text=_("PNG, JPEG, WebP ou GIF, 2 Mo au plus. Elle est enregistrée sans ses métadonnées."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_LOGO_BYTES:
            raise forms.ValidationError(
                _t("Ce fichier pèse %(size)s ; 2 Mo au plus.") % {"size": filesizeformat(file.size)}
            )
        return file
