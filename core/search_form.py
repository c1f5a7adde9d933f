"""What is typed to search a candidacy, in the header of its pages and on the page of the search."""

from typing import Any

from crispy_forms.bootstrap import FieldWithButtons, StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

#: What is read of a question: more finds nothing more.
MAX_CHARACTERS = 100


class QuestionField(forms.CharField):
    """Words to look for: what is too long is cut, nothing is refused."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        usual = {"maxlength": MAX_CHARACTERS, "aria-keyshortcuts": "/", "data-slash": True}
        super().__init__(required=False, widget=forms.SearchInput(attrs=usual | (attrs or {})), **kwargs)

    def to_python(self, value: Any) -> Any:
        return str(value or "").replace("\0", " ")[:MAX_CHARACTERS].strip()

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show the question as it was read."""
        return self.to_python(data)


class SearchForm(forms.Form):
    q = QuestionField(label=_("Mots cherchés"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_method = "get"
        self.helper.form_class = "search-form"
        self.helper.attrs = {"role": "search", "aria-label": _t("Chercher dans la candidature")}
        button = StrictButton(_t("Chercher"), type="submit", css_class="btn-primary")
        self.helper.layout = Layout(FieldWithButtons("q", button))

    @property
    def question(self) -> str:
        self.is_valid()
        return str(self.cleaned_data["q"])


class HeaderSearchForm(forms.Form):
    """The field in the header, without a button; its label is said, not shown."""

    q = QuestionField(
        attrs={
            "class": "form-control form-control-sm",
            "placeholder": _("Rechercher"),
            "aria-label": _("Rechercher dans la candidature"),
        }
    )

    def __init__(self) -> None:
        super().__init__(auto_id=False)
        self.helper = FormHelper()
        self.helper.field_template = "bootstrap5/bare_field.html"
