"""The sheets of the address book. What a partner may write has a form of its own: no other field exists in it."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.forms.fields import CompactField
from candidacy.models import Candidacy
from core.sheets import DayInput, SheetForm
from partners.duplicates import Twin, find_twins
from partners.forms.fields import PhoneField, TerritoryField
from partners.models import Contact, Organisation

_IDENTITY = ["name", "short_name", "kind", "circle", "role", "discipline"]
_NUMBERS = ["siren", "siret"]
_PLACE = ["territory", "address", "website"]
_INTERNAL = ["notes", "source"]


def _website() -> forms.URLField:
    return forms.URLField(
        label=_("Site"),
        required=False,
        max_length=200,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class OrganisationForm(SheetForm):
    """Every field of the sheet but the stage, which has its own button."""

    siren = CompactField(label=_("SIREN"), help_text=_("Neuf chiffres, espaces admis."))
    siret = CompactField(label=_("SIRET"), help_text=_("Quatorze chiffres ; le SIREN s’en déduit."))
    website = _website()

    class Meta:
        model = Organisation
        fields = [*_IDENTITY, *_NUMBERS, *_PLACE, *_INTERNAL]
        widgets = {"address": forms.Textarea(attrs={"rows": 3}), "notes": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "short_name": _("Sigle ou nom d’usage, pour les tableaux."),
            "role": _("Ce qu’elle fait dans la candidature ; imprimé dans le dossier."),
            "source": _("D’où viennent ces informations, pour pouvoir en répondre."),
        }

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidacy = candidacy
        kind = self.fields["kind"]
        kind.choices = [("", _t("Choisissez une nature")), *Organisation.Kind.choices]  # type: ignore[attr-defined]
        self.fields["territory"] = TerritoryField(
            candidacy, label=_("Commune"), empty_label=_t("Hors du territoire, ou non précisée")
        )
        self.helper.layout = Layout(*self.heads(), *self.body(), Submit("save", _t("Enregistrer")))

    def heads(self) -> list[Any]:
        return ["seen"]

    def body(self) -> list[Any]:
        return [
            Fieldset(
                _t("Identité"),
                Row(Column("name", css_class="col-sm-8"), Column("short_name", css_class="col-sm-4")),
                Row(Column("kind", css_class="col-sm-6"), Column("circle", css_class="col-sm-6")),
                Row(Column("role", css_class="col-sm-6"), Column("discipline", css_class="col-sm-6")),
                Row(Column("siren", css_class="col-sm-6"), Column("siret", css_class="col-sm-6")),
            ),
            Fieldset(_t("Lieu"), "territory", "address", "website"),
            Fieldset(_t("Interne"), "notes", "source"),
        ]


class NewOrganisationForm(OrganisationForm):
    """A first sheet, with the stage it starts at; it asks once when a sheet looks like another."""

    is_distinct = forms.BooleanField(
        label=_("Ce n’est pas la même structure : créer une nouvelle fiche"), required=False
    )

    class Meta(OrganisationForm.Meta):
        fields = [*_IDENTITY, "stage", *_NUMBERS, *_PLACE, *_INTERNAL]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.twins: list[Twin] = []
        super().__init__(*args, **kwargs)

    def heads(self) -> list[Any]:
        return ["public_id"]

    def body(self) -> list[Any]:
        identity, *others = super().body()
        identity.fields.append("stage")
        return [identity, *others]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.twins = find_twins(
            self.candidacy,
            name=cleaned.get("name", ""),
            siren=cleaned.get("siren", ""),
            siret=cleaned.get("siret", ""),
        )
        if self.twins:
            self.helper.layout.insert(1, "is_distinct")
            if not cleaned.get("is_distinct"):
                self.add_error("is_distinct", _t("Vérifiez d’abord les fiches ci-dessus."))
        return cleaned


class OwnOrganisationForm(SheetForm):
    """What a partner writes of their organisation."""

    website = _website()

    class Meta:
        model = Organisation
        fields = ["address", "website"]
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("seen", "address", "website", Submit("save", _t("Enregistrer")))


class StageForm(forms.Form):
    """One click on a stage, dated today unless the person says otherwise."""

    stage = forms.ChoiceField(choices=Organisation.Stage.choices)
    on = forms.DateField(label=_("Étape choisie, atteinte le"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.field_template = "bootstrap5/plain_field.html"
        self.helper.label_class = "mb-0"


class ContactForm(SheetForm):
    phone = PhoneField(label=_("Téléphone"))

    class Meta:
        model = Contact
        fields = ["first_name", "last_name", "job_title", "role", "email", "phone", "notes", "source"]
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"source": _("D’où viennent ces coordonnées, pour pouvoir en répondre.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.helper.layout = Layout(
            *hidden,
            Row(Column("first_name", css_class="col-sm-6"), Column("last_name", css_class="col-sm-6")),
            Row(Column("job_title", css_class="col-sm-6"), Column("role", css_class="col-sm-6")),
            Row(Column("email", css_class="col-sm-6"), Column("phone", css_class="col-sm-6")),
            Fieldset(_t("Interne"), "notes", "source"),
            Submit("save", _t("Enregistrer")),
        )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OwnContactForm(SheetForm):
    """What a partner writes of themselves."""

    phone = PhoneField(label=_("Téléphone"))

    class Meta:
        model = Contact
        fields = ["job_title", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("seen", "job_title", "phone", Submit("save", _t("Enregistrer")))
