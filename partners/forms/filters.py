"""What the address book can be narrowed and sorted by. The address carries it, so the names are French and short."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from partners.forms.fields import TerritoryField
from partners.models import Organisation, OrganisationQuerySet

#: Column that sorts → what it sorts by; the name settles what is equal.
ORDERS = {
    "nom": F("search_text"),
    "nature": F("kind"),
    "cercle": F("circle_rank"),
    "etape": F("stage_rank"),
    "commune": F("territory__name"),
    "contacts": F("contact_count"),
}
USUAL_ORDER = "nom"
LABELS = {
    "nom": _("Structure"),
    "nature": _("Nature"),
    "cercle": _("Cercle"),
    "etape": _("Étape"),
    "commune": _("Commune"),
    "contacts": _("Contacts"),
}


@dataclass(frozen=True)
class Header:
    """A column that sorts: what its link asks for, and how it runs now, in the words of aria-sort."""

    label: str | Promise
    tri: str
    direction: str


class OrganisationFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Mots"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *Organisation.Kind.choices]
    )
    cercle = forms.ChoiceField(
        label=_("Cercle"), required=False, choices=[("", _("Tous")), *Organisation.Circle.choices]
    )
    etape = forms.ChoiceField(
        label=_("Étape"), required=False, choices=[("", _("Toutes")), *Organisation.Stage.choices]
    )
    sans_contact = forms.BooleanField(label=_("Sans contact"), required=False)
    tri = forms.ChoiceField(label=_("Trier par"), required=False)

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tri"].choices = [  # type: ignore[attr-defined]  # a choice field
            *LABELS.items(),
            *(
                (f"-{key}", format_lazy(_("{column}, ordre inverse"), column=label))
                for key, label in LABELS.items()
            ),
        ]
        self.fields["commune"] = TerritoryField(candidacy, label=_("Commune"), empty_label=_t("Toutes"))
        address = reverse("partners:organisation-list", args=[candidacy.slug])
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_method = "get"
        self.helper.form_action = address
        self.helper.form_class = "filter-bar"
        self.helper.attrs = {
            "role": "search",
            "aria-label": _t("Filtrer les structures"),
            "hx-get": address,
            "hx-target": "#organisations",
            "hx-trigger": "change, input delay:400ms from:#id_q",
            "hx-push-url": "true",
        }
        self.helper.layout = Layout(
            *(Field(name) for name in ("q", "nature", "cercle", "etape", "commune")),
            Div(
                Field("sans_contact", wrapper_class="mb-0"),
                Submit("", _t("Filtrer"), css_class="btn-outline-secondary"),
                css_class="filter-bar__end",
            ),
            # Small screens have no column headings to sort by.
            Field("tri", wrapper_class="filter-bar__sort"),
        )

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for; a value that makes no sense narrows nothing."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    @property
    def is_narrowing(self) -> bool:
        return any(value for name, value in self.asked.items() if name != "tri")

    @property
    def sort(self) -> str:
        """The column sorted by, with a minus sign in front when it runs downwards."""
        asked = str(self.asked.get("tri") or "")
        return asked if asked.removeprefix("-") in ORDERS else USUAL_ORDER

    def narrow(self, organisations: OrganisationQuerySet) -> OrganisationQuerySet:
        """Keep and sort what was asked for."""
        asked = self.asked
        columns = {"kind": "nature", "circle": "cercle", "stage": "etape", "territory": "commune"}
        organisations = organisations.filter(
            **{column: asked[name] for column, name in columns.items() if asked.get(name)}
        )
        if asked.get("q"):
            organisations = organisations.matching(asked["q"])
        if asked.get("sans_contact"):
            organisations = organisations.without_contact()
        return organisations.with_counts().with_stage_rank().with_circle_rank().order_by(*self._ordering())

    def _ordering(self) -> list[OrderBy]:
        expression = ORDERS[self.sort.removeprefix("-")]
        if self.sort.startswith("-"):
            first = expression.desc(nulls_last=True)
        else:
            first = expression.asc(nulls_last=True)
        return [first, F("search_text").asc(), F("pk").asc()]

    @property
    def headers(self) -> list[Header]:
        sort = self.sort
        down = sort.startswith("-")
        return [
            Header(
                label=label,
                tri=f"-{key}" if sort == key else key,
                direction=("descending" if down else "ascending") if sort.removeprefix("-") == key else "",
            )
            for key, label in LABELS.items()
        ]
