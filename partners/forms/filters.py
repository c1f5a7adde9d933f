"""What the address book can be narrowed and sorted by."""

from collections.abc import Iterable
from typing import Any, ClassVar

from crispy_forms.layout import Div, LayoutObject
from django.db.models import Case, F, When
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from core.filters import ChoiceFilter, FilterSelect, SortedFilterForm, TickFilter, WordsFilter
from partners.forms.fields import TerritoryField
from partners.models import Organisation, OrganisationQuerySet

#: Columns in the order of the table.
LABELS = {
    "nom": _("Structure"),
    "nature": _("Nature"),
    "cercle": _("Cercle"),
    "etape": _("Étape"),
    "commune": _("Commune"),
    "contacts": _("Contacts"),
}


def _rank(column: str, values: Iterable[str]) -> Case:
    """Number the values of ``column`` in the order in which they are listed."""
    return Case(*(When(**{column: value}, then=rank) for rank, value in enumerate(values)))


class OrganisationFilterForm(SortedFilterForm):
    q = WordsFilter(label=_("Mots"), max_length=100)
    nature = ChoiceFilter(label=_("Nature"), choices=[("", _("Toutes")), *Organisation.Kind.choices])
    cercle = ChoiceFilter(label=_("Cercle"), choices=[("", _("Tous")), *Organisation.Circle.choices])
    etape = ChoiceFilter(label=_("Étape"), choices=[("", _("Toutes")), *Organisation.Stage.choices])
    sans_contact = TickFilter(label=_("Sans contact"))
    # Small screens have no column headings to sort by.
    tri = ChoiceFilter(
        label=_("Trier par"),
        choices=[
            *LABELS.items(),
            *(
                (f"-{key}", format_lazy(_("{column}, ordre inverse"), column=label))
                for key, label in LABELS.items()
            ),
        ],
    )

    label = _("Filtrer les structures")
    target = "#organisations"
    usual_sort = "nom"
    orders: ClassVar = {
        "nom": (F("search_text").asc(),),
        "nature": (F("kind").asc(),),
        "cercle": (_rank("circle", Organisation.Circle.values).asc(),),
        "etape": (_rank("stage", Organisation.Stage.values).asc(),),
        "commune": (F("territory__name").asc(nulls_last=True),),
        "contacts": (F("contact_count").asc(),),
    }
    ties: ClassVar = (F("search_text").asc(), F("pk").asc())

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"] = TerritoryField(
            candidacy, label=_("Commune"), empty_label=_t("Toutes"), widget=FilterSelect
        )
        self.address = reverse("partners:organisation-list", args=[candidacy.slug])

    def rows(self) -> Iterable[LayoutObject]:
        yield from (self.row(name) for name in ("q", "nature", "cercle", "etape", "commune"))
        yield Div(self.row("sans_contact", wrapper_class="mb-0"), self.button(), css_class="filter-bar__end")
        yield self.row("tri", wrapper_class="filter-bar__sort")

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
        return organisations.with_contact_count().order_by(*self.ordering())
