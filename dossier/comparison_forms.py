"""Which two states of a text or of the dossier are compared: two lists, and the button that reads the page again."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.templatetags.formats import short_moment
from dossier.models import Edition, SectionRevision, SectionRevisionQuerySet


class _PairForm(forms.Form):
    css_class: ClassVar[str]
    button_class: ClassVar[str]

    def offer(self, choices: Iterable[tuple[int, str]]) -> None:
        """Let both lists choose among ``choices``."""
        listed = list(choices)
        for field in self.fields.values():
            field.choices = listed  # type: ignore[attr-defined]  # a choice field
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_method = "get"
        self.helper.form_class = self.css_class
        self.helper.layout = Layout(
            *(Div(Field(name, template="bootstrap5/plain_field.html")) for name in self.fields),
            StrictButton(_t("Comparer"), type="submit", css_class=self.button_class),
        )

    def show(self, *chosen: SectionRevision | Edition | None) -> None:
        """Choose in the lists what is compared, whichever way it was asked for."""
        self.data = {name: row.number for name, row in zip(self.fields, chosen, strict=True) if row}


class RevisionPairForm(_PairForm):
    """Two revisions of a section; without a choice, the last one and the one before it."""

    de = forms.TypedChoiceField(label=_("De la révision"), required=False, coerce=int, empty_value=None)
    a = forms.TypedChoiceField(label=_("À la révision"), required=False, coerce=int, empty_value=None)

    css_class = "revision-pair"
    button_class = "btn-outline-primary"

    def __init__(self, *args: Any, revisions: SectionRevisionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.revisions = revisions
        rows = revisions.select_related("saved_by").defer("body").order_by("-number")
        self.numbers: list[int] = [row.number for row in rows]
        self.offer((row.number, self._label(row)) for row in rows)

    @staticmethod
    def _label(revision: SectionRevision) -> str:
        who = f", {revision.saved_by}" if revision.saved_by else ""
        return f"{revision.number} – {short_moment(revision.saved_at)}{who}"

    @property
    def pair(self) -> tuple[SectionRevision, SectionRevision] | None:
        """Return the two revisions, the older one first whichever way they were chosen; None if there is but one."""
        asked = (self.cleaned_data["de"], self.cleaned_data["a"])
        chosen: list[int] = sorted({number for number in asked if number is not None})
        if len(chosen) < 2:
            newest = chosen[0] if chosen else max(self.numbers, default=0)
            chosen = sorted(number for number in self.numbers if number <= newest)[-2:]
        rows = list(self.revisions.filter(number__in=chosen).order_by("number"))
        return (rows[0], rows[1]) if len(rows) == 2 else None


class EditionPairForm(_PairForm):
    """Two editions of a dossier; without a choice, the last two."""

    avant = forms.TypedChoiceField(label=_("De l’édition"), required=False, coerce=int, empty_value=None)
    apres = forms.TypedChoiceField(label=_("à l’édition"), required=False, coerce=int, empty_value=None)

    css_class = "compare__choice"
    button_class = "btn-primary"

    def __init__(self, *args: Any, editions: Sequence[Edition], **kwargs: Any) -> None:
        """``editions`` run from the newest."""
        super().__init__(*args, **kwargs)
        self.editions = editions
        self.offer((edition.number, str(edition)) for edition in editions)

    @property
    def pair(self) -> tuple[Edition | None, Edition | None]:
        """Return the two editions; None for one that there is not."""
        self.is_valid()
        return self._chosen("avant", place=1), self._chosen("apres", place=0)

    def _chosen(self, name: str, *, place: int) -> Edition | None:
        if name in self.errors:
            return None
        number = self.cleaned_data[name]
        if number is None:
            return self.editions[place] if len(self.editions) > place else None
        return next(edition for edition in self.editions if edition.number == number)
