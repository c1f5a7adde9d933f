"""The forms of an item on the agenda of one meeting, and of its papers."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from crispy_forms.layout import HTML, Layout, Submit
from django import forms
from django.core.files import File
from django.db.models import Model
from django.utils.html import escape
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from committees import concerns
from committees.forms.meetings import AgendaItemForm
from committees.forms.rows import DeedForm, RowForm
from committees.models import AgendaItem, AgendaPaper

_ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp"
_FORMATS = _("PDF, Word, Excel, PowerPoint ou OpenDocument, 20\u00a0Mo au plus par fichier.")


class MeetingItemForm(AgendaItemForm):
    """An item, who reads it, and what it is about: for each kind of rows that can be chosen, those of the candidacy."""

    class Meta(AgendaItemForm.Meta):
        model = AgendaItem
        fields = [*AgendaItemForm.Meta.fields, "is_confidential"]

    def __init__(
        self, *args: Any, candidacy: Candidacy, row: AgendaItem | None = None, **kwargs: Any
    ) -> None:
        offered = [(kind, kind.offer(candidacy)) for kind in concerns.kinds()]
        self._kinds = [kind for kind, rows in offered if rows]
        said = set(row.concerns.values_list("kind", "target")) if row is not None else set()
        kwargs["initial"] = {
            **(kwargs.get("initial") or {}),
            **{
                _field(kind.name): [str(key) for key, _label in rows if (kind.name, key) in said]
                for kind, rows in offered
            },
        }
        super().__init__(*args, row=row, **kwargs)
        for kind, rows in offered:
            if rows:
                self.fields[_field(kind.name)] = forms.MultipleChoiceField(
                    label=str(kind.label),
                    choices=[(str(key), label) for key, label in rows],
                    widget=forms.CheckboxSelectMultiple,
                    required=False,
                )
        layout = self.helper.layout
        place = layout.fields.index("details") + 1
        layout.fields[place:place] = ["is_confidential", *self._concerned()]

    def _concerned(self) -> list[Any]:
        """Fold each list away: a dossier has dozens of sections, and an item is about two of them."""
        folds: list[Any] = []
        for kind in self._kinds:
            chosen = self.initial[_field(kind.name)]
            count = f" ({len(chosen)})" if chosen else ""
            is_open = " open" if chosen else ""
            folds += [
                HTML(f"<details class='concerned'{is_open}><summary>{escape(kind.label)}{count}</summary>"),
                _field(kind.name),
                HTML("</details>"),
            ]
        return folds

    @property
    def names(self) -> list[str]:
        return list(self.Meta.fields)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}

    @property
    def concerns(self) -> list[tuple[str, UUID]]:
        return [
            (kind.name, UUID(key)) for kind in self._kinds for key in self.cleaned_data[_field(kind.name)]
        ]


def _field(kind: str) -> str:
    return f"concern_{kind}"


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One file or several, handed on as a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _SeveralFiles(attrs={"accept": _ACCEPTED}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> "list[File[bytes]]":
        given = data if isinstance(data, list | tuple) else [data]
        cleaned = super().clean
        return [cleaned(file, initial) for file in given] if given else [cleaned(None, initial)]


class PapersForm(DeedForm):
    documents = _FilesField(label=_("Fichiers"), help_text=_FORMATS)
    is_confidential = forms.BooleanField(
        label=_("Pièces confidentielles"),
        required=False,
        help_text=_("Lues par l’équipe et les membres qui votent, même sous un point que tous lisent."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("documents", "is_confidential", Submit("save", _t("Joindre")))

    @property
    def given(self) -> "Sequence[File[bytes]]":
        return cast("list[File[bytes]]", self.cleaned_data["documents"])


class PaperForm(RowForm):
    file = forms.FileField(
        label=_("Remplacer le fichier"),
        required=False,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        help_text=_FORMATS,
    )

    class Meta:
        model = AgendaPaper
        fields = ["title", "is_confidential"]

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.helper.layout = Layout(
            *self.hidden_names, "title", "is_confidential", "file", Submit("save", _t("Enregistrer"))
        )
