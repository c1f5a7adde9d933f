from typing import Any

from crispy_forms.layout import Column, Layout, Row, Submit
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import RowForm
from committees.models import Blackout
from core.sheets import DayInput


class BlackoutForm(RowForm):
    class Meta:
        model = Blackout
        fields = ["name", "first_day", "last_day"]
        labels = {"first_day": _("Premier jour"), "last_day": _("Dernier jour")}
        widgets = {"first_day": DayInput, "last_day": DayInput}
        help_texts = {
            "name": _("Par exemple «\u00a0Août\u00a0» ou «\u00a0Période de réserve électorale\u00a0».")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            *self.hidden_names,
            "name",
            Row(Column("first_day", css_class="col-sm-6"), Column("last_day", css_class="col-sm-6")),
            Submit("save", _t("Enregistrer")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _t("La période finit avant de commencer."))
        return cleaned
