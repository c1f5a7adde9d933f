from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.db.models import F, Q
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import STAFF
from core.filters import ChoiceFilter, SortedFilterForm, WordsFilter
from core.sheets import DayInput, SheetForm
from dossier.mentions import written_value
from dossier.models import LiveFigure, LiveFigureQuerySet


class _FrenchNumberInput(forms.TextInput):
    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal):
            return written_value(value)
        text: str | None = super().format_value(value)
        return text


class _FrenchNumberField(forms.DecimalField):
    """A number typed with or without spaces, comma or point, and either minus sign."""

    widget = _FrenchNumberInput

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".").replace("\u2212", "-")
        return super().to_python(value)


class LiveFigureForm(SheetForm):
    value = _FrenchNumberField(
        label=_("Valeur"), max_digits=18, decimal_places=3, help_text=_("Par exemple 62 767 ou 12,5.")
    )

    class Meta:
        model = LiveFigure
        fields = ["label", "value", "unit", "source", "dated_on", "owner"]
        widgets = {"dated_on": DayInput}
        help_texts = {
            "label": _(
                "Ce qui est compté, tel que l’équipe le cherchera\u00a0: «\u00a0Habitant·e·s de Lens\u00a0»."
            ),
            "unit": _(
                "Imprimée après la valeur\u00a0: «\u00a0habitants\u00a0», «\u00a0€\u00a0», «\u00a0%\u00a0»."
            ),
            "source": _("D’où vient la valeur\u00a0: document, adresse, personne."),
            "owner": _("Qui le tient à jour."),
        }

    def __init__(
        self, *args: Any, candidacy: Candidacy, row: LiveFigure | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, row=row, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(
            memberships__candidacy=candidacy, memberships__role__in=STAFF
        ).order_by("last_name", "first_name", "pk")
        owner.empty_label = _t("Personne en particulier")
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.helper.layout = Layout(
            *hidden,
            "label",
            Row(
                Column("value", css_class="col-sm-4"),
                Column("unit", css_class="col-sm-4"),
                Column("dated_on", css_class="col-sm-4"),
            ),
            "source",
            "owner",
            Submit("save", _t("Enregistrer")),
        )

    def read(self, row: Any) -> dict[str, Any]:
        return super().read(row) | {"value": row.shortest_value}


class LiveFigureFilterForm(SortedFilterForm):
    q = WordsFilter(label=_("Intitulé ou source"))
    usage = ChoiceFilter(
        label=_("Usage"),
        choices=[("", _("Tous")), ("cites", _("Dans un texte")), ("libres", _("Dans aucun texte"))],
    )

    label = _("Filtrer les chiffres")
    orders: ClassVar[dict[str, tuple[OrderBy, ...]]] = {
        "intitule": (F("label").asc(),),
        "valeur": (F("value").asc(),),
        "date": (F("dated_on").asc(),),
    }
    usual_sort = "intitule"

    def narrow(self, figures: LiveFigureQuerySet) -> LiveFigureQuerySet:
        asked = self.asked
        if words := asked.get("q"):
            figures = figures.filter(Q(label__icontains=words) | Q(source__icontains=words))
        if asked.get("usage"):
            shown = LiveFigure.sections.through.objects.filter(section__retired_at__isnull=True).values(
                "livefigure"
            )
            figures = (
                figures.filter(pk__in=shown) if asked["usage"] == "cites" else figures.exclude(pk__in=shown)
            )
        return figures.order_by(*self.ordering())
