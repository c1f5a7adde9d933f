"""The forms of a deliberation and of the sitting that votes it."""

from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.sheets import DayInput, SheetForm
from core.staleness import fingerprint
from partners.forms.fields import PdfField, SittingField
from partners.models import Deliberation, Organisation, Sitting

_ONCE_VOTED = ("votes_for", "votes_against", "abstentions", "act_number", "transmitted_on")
_COUNTS = ("votes_for", "votes_against", "abstentions")


class SittingForm(SheetForm):
    class Meta:
        model = Sitting
        fields = ["assembly", "held_on", "agenda_closes_on"]
        widgets = {"held_on": DayInput(), "agenda_closes_on": DayInput()}
        help_texts = {
            "agenda_closes_on": _(
                "Le dernier jour où un point s’y inscrit\u00a0; le service des assemblées le connaît."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.helper.layout = Layout(
            *hidden,
            "assembly",
            Row(Column("held_on", css_class="col-sm-6"), Column("agenda_closes_on", css_class="col-sm-6")),
            Submit("save", _t("Enregistrer")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        held_on, closes_on = cleaned.get("held_on"), cleaned.get("agenda_closes_on")
        if held_on and closes_on and closes_on > held_on:
            self.add_error(
                "agenda_closes_on", _t("L’ordre du jour se clôt au plus tard le jour de la séance.")
            )
        return cleaned


class DeliberationForm(SheetForm):
    """What is asked of an assembly and what it voted. The signed act goes beside the fields of the row."""

    sitting = SittingField(
        label=_("Séance"),
        queryset=Sitting.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Pas encore choisie"),
        help_text=_("Celle que l’on vise, puis celle qui vote."),
    )
    file = PdfField(label=_("Délibération signée"), required=False)

    class Meta:
        model = Deliberation
        fields = ["title", "subject", "rapporteur", "sitting", "status", *_ONCE_VOTED, "notes"]
        widgets = {"transmitted_on": DayInput(), "notes": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "rapporteur": _("L’élu·e qui la présente à l’assemblée."),
            "act_number": _("Tel qu’il figure sur la délibération signée."),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        # The rules of the model look at whose deliberation it is.
        super().__init__(*args, instance=Deliberation(organisation=organisation), **kwargs)
        sittings = organisation.sittings.order_by("-held_on", "pk")
        self.fields["sitting"].queryset = sittings  # type: ignore[attr-defined]  # a model field
        self.fields["file"].help_text = (
            _t("PDF, 20 Mo au plus. Un fichier est déjà gardé\u00a0: un nouveau prend sa place.")
            if self.row is not None and self.row.file  # type: ignore[attr-defined]  # a deliberation
            else _t("PDF, 20 Mo au plus.")
        )
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.helper.layout = Layout(
            *hidden,
            Fieldset(
                _t("Ce qui est demandé"),
                "title",
                Row(Column("subject", css_class="col-sm-6"), Column("rapporteur", css_class="col-sm-6")),
                "sitting",
                "status",
            ),
            Fieldset(
                _t("Le vote, une fois tenu"),
                Row(*(Column(name, css_class="col-sm-4") for name in _COUNTS)),
                Row(
                    Column("act_number", css_class="col-sm-6"), Column("transmitted_on", css_class="col-sm-6")
                ),
                "file",
            ),
            Fieldset(_t("Interne"), "notes"),
            Submit("save", _t("Enregistrer")),
        )

    def state_of(self, row: Model) -> str:
        return fingerprint(row, [*self.names, "file"])

    def clean(self) -> dict[str, Any]:
        """Say at its field what the database would refuse as a whole."""
        cleaned: dict[str, Any] = super().clean() or {}
        status = cleaned.get("status")
        needs_sitting = status in {*Deliberation.VOTED, Deliberation.Status.SCHEDULED}
        if needs_sitting and "sitting" in cleaned and cleaned["sitting"] is None:
            self.add_error("sitting", _t("Dites à quelle séance\u00a0: une assemblée ne vote qu’en séance."))
        if status and status not in Deliberation.VOTED:
            for name in _ONCE_VOTED:
                if cleaned.get(name) not in (None, ""):
                    self.add_error(
                        name, _t("Se note une fois le vote tenu\u00a0: l’état est alors adoptée ou rejetée.")
                    )
        return cleaned
