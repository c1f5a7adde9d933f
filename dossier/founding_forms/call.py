"""The step that chooses the call."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.call_templates import CallTemplate
from dossier.founding_forms.base import Known, StepMixin, Typed


class _CardRadio(forms.RadioSelect):
    """Each radio button is told with what its card says."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_note"
        return option


class CallStepForm(StepMixin, forms.Form):
    template = forms.ChoiceField(
        label=_("Sous quelles règles la candidature se prépare-t-elle ?"),
        widget=_CardRadio(attrs={"class": "form-check-input call-card__radio"}),
    )

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data)
        templates = known.offered.values()
        self.fields["template"].choices = [(row.key, row.title) for row in templates]  # type: ignore[attr-defined]  # a choice field
        self.settle(known, Field("template", template="dossier/_call_cards.html"))

    @property
    def cards(self) -> list["CallCard"]:
        return [
            CallCard(row, [*_what_was_read(row)], [*_what_to_check(row, self.known.today)], radio)
            for row, radio in zip(self.known.offered.values(), self["template"], strict=True)
        ]


@dataclass(frozen=True)
class CallCard:
    """A template to choose: what was read in the call's own texts, and what nobody could confirm."""

    template: CallTemplate
    read: list[str]
    to_check: list[str]
    radio: BoundWidget


def _what_was_read(template: CallTemplate) -> list[str]:
    official = sum(criterion.is_official for criterion in template.criteria)
    confirmed = sum(piece.is_confirmed for piece in template.pieces)
    facts = []
    if official:
        facts.append(_t("%(count)d intitulés de critères") % {"count": official})
    if template.population_min or template.population_max:
        facts.append(_t("la fourchette de population"))
    if confirmed:
        facts.append(
            _t("%(count)d pièces sur %(total)d") % {"count": confirmed, "total": len(template.pieces)}
        )
    return facts


def _what_to_check(template: CallTemplate, today: date) -> list[str]:
    facts = []
    if not template.criteria:
        facts.append(_t("les critères, à écrire d’après votre appel"))
    if (template.population_min or template.population_max) and not template.is_population_kind_confirmed:
        facts.append(_t("la population qui compte, municipale ou totale"))
    unconfirmed = sum(not piece.is_confirmed for piece in template.pieces)
    if unconfirmed:
        facts.append(_t("%(count)d pièces non confirmées") % {"count": unconfirmed})
    if template.title_year is not None and template.title_year <= today.year:
        facts.append(
            _t("les dates : celles de l’édition %(year)d sont passées") % {"year": template.title_year}
        )
    facts.append(_t("le plan du dossier, les consignes et les longueurs : des outils de travail"))
    return facts
