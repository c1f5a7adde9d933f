from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import Candidacy
from core.phones import clean_phone
from core.search import fold
from core.templatetags.formats import number, short_date
from partners.models import Sitting


class TerritoryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    """One commune of the candidacy, listed as a French index runs and named by its public identifier."""

    def __init__(self, candidacy: Candidacy, *, empty_label: str, **kwargs: Any) -> None:
        territories = candidacy.territories.all()
        super().__init__(
            territories, to_field_name="public_id", empty_label=empty_label, required=False, **kwargs
        )
        in_order = sorted(territories, key=lambda territory: fold(territory.name))
        self.choices = [("", empty_label), *((str(row.public_id), row.name) for row in in_order)]


class PhoneField(forms.CharField):
    """A telephone number, French unless it says otherwise, kept as people read it."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs |= {"type": "tel", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        typed = super().clean(value) or ""
        number = clean_phone(typed) if typed else ""
        if number is None:
            raise forms.ValidationError(
                _("Ce numéro n’est pas complet. Exemples : 03 21 00 00 00, +32 2 000 00 00.")
            )
        return number


class SittingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    """One sitting, with the day that matters before its own."""

    def label_from_instance(self, sitting: Sitting) -> str:
        return _("%(day)s, %(assembly)s – ordre du jour clos le %(closing)s") % {
            "day": short_date(sitting.held_on),
            "assembly": sitting.get_assembly_display(),
            "closing": short_date(sitting.agenda_closes_on),
        }


class PdfField(forms.FileField):
    """A PDF that is not too heavy; what a file is called says nothing of what it is."""

    MAX_BYTES = 20 * 1024 * 1024
    HEADER = b"%PDF-"

    default_error_messages = {
        "empty": gettext_lazy("Ce fichier est vide."),
        "max_length": gettext_lazy("Le nom de ce fichier est trop long\u00a0: 200 signes au plus."),
        "too_large": gettext_lazy("Ce fichier pèse %(size)s Mo\u00a0: 20 Mo au plus."),
        "not_a_pdf": gettext_lazy(
            "Ce fichier n’est pas un PDF. Enregistrez ou numérisez le document au format PDF, puis choisissez-le à nouveau."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": "application/pdf,.pdf"}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > self.MAX_BYTES:
            size = number(file.size / 1024 / 1024, 1)
            raise forms.ValidationError(
                self.error_messages["too_large"], code="too_large", params={"size": size}
            )
        header = file.read(len(self.HEADER))
        file.seek(0)
        if header != self.HEADER:
            raise forms.ValidationError(self.error_messages["not_a_pdf"], code="not_a_pdf")
        return file
