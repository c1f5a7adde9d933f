"""The forms of an import: the document, then what its pictures show and whose they are."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.word.reading import check_is_word
from dossier.models import WordImportPicture
from dossier.services.imports import PictureChoice

MAX_FILE_BYTES = 20 * 1024 * 1024
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class WordUploadForm(forms.Form):
    file = forms.FileField(
        label=_("Document Word"),
        max_length=200,
        help_text=_("Au format .docx, 20 Mo au plus. Rien n’est écrit avant que vous ayez vérifié l’aperçu."),
        widget=forms.FileInput(attrs={"accept": f".docx,{WORD_TYPE}"}),
        error_messages={
            "required": _("Choisissez un document Word."),
            "empty": _("Ce fichier est vide."),
            "max_length": _("Le nom de ce fichier est trop long : 200 signes au plus."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the button of the page has an icon

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            size = f"{file.size / 1024 / 1024:.1f}".replace(".", ",")
            raise forms.ValidationError(_t("Ce fichier pèse %(size)s Mo : 20 Mo au plus.") % {"size": size})
        try:
            check_is_word(file)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
        file.seek(0)
        if not file.name.lower().endswith(".docx"):
            raise forms.ValidationError(
                _t(
                    "Le nom de ce fichier ne finit pas par .docx : enregistrez-le comme « Document Word (.docx) »."
                )
            )
        return file


class PictureForm(forms.Form):
    """What one new picture shows, and whose it is."""

    is_kept = forms.BooleanField(label=_("Reprendre cette image"), required=False, initial=True)
    alternative_text = forms.CharField(
        label=_("Texte alternatif"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ce que montre l’image, pour qui ne la voit pas."),
    )
    is_decorative = forms.BooleanField(
        label=_("Image décorative : elle n’apporte aucune information"), required=False
    )
    credit = forms.CharField(
        label=_("Crédit"), required=False, max_length=200, help_text=_("Auteur·rice ou titulaire des droits.")
    )

    def __init__(self, data: Any = None, *, picture: WordImportPicture) -> None:
        self.picture = picture
        initial = {"alternative_text": picture.alternative_text, "credit": picture.credit}
        super().__init__(data, initial=initial, prefix=f"image-{picture.number}")
        self.helper = FormHelper()
        self.helper.form_tag = False  # its fields stand in the form of the whole import
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            *(
                Div(Field(name, template="bootstrap5/plain_field.html"))
                for name in ("is_kept", "alternative_text", "credit", "is_decorative")
            )
        )

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("is_kept"):
            if not typed.get("alternative_text", "").strip() and not typed.get("is_decorative"):
                self.add_error("alternative_text", _t("Décrivez l’image, ou déclarez-la décorative."))
            if not typed.get("credit", "").strip():
                self.add_error("credit", _t("Dites à qui est l’image, ou laissez-la de côté."))
        return typed

    def choice(self) -> PictureChoice:
        return PictureChoice(**self.cleaned_data)


class TakeUpForm(forms.Form):
    """What was seen of the import, and the forms of its new pictures."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pictures: Iterable[WordImportPicture], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.pictures = [PictureForm(data, picture=picture) for picture in pictures]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(form.is_valid() for form in self.pictures)])

    def choices(self) -> Mapping[UUID, PictureChoice]:
        return {form.picture.public_id: form.choice() for form in self.pictures}
