from typing import Any

from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.filters import ChoiceFilter, FilterForm, WordsFilter
from core.sheets import SheetForm
from dossier.models import Picture, PictureQuerySet, Section, SectionQuerySet


class PictureForm(SheetForm):
    """What is said of a picture."""

    class Meta:
        model = Picture
        fields = ["alternative_text", "is_decorative", "caption", "credit", "rights"]
        widgets = {"alternative_text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "alternative_text": _(
                "Ce que l’image montre, pour qui ne la voit pas. Obligatoire, sauf pour une image décorative."
            ),
            "is_decorative": _("Elle n’apprend rien\u00a0: elle n’est ni lue, ni numérotée."),
            "credit": _("Auteur·rice et source, tels qu’ils seront imprimés."),
            "rights": _("Licence, ou accord obtenu et pour quel usage."),
        }

    def __init__(self, *args: Any, with_button: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = [name for name in ("seen", "public_id") if name in self.fields]
        self.helper.layout = Layout(
            *hidden,
            *self.before(),
            "alternative_text",
            "is_decorative",
            "caption",
            Row(Column("credit", css_class="col-sm-6"), Column("rights", css_class="col-sm-6")),
        )
        if with_button:
            self.helper.layout.append(Submit("save", _t("Enregistrer")))
        else:
            # A dialog of the editor brings the form itself, and its buttons.
            self.helper.form_tag = False
            self.helper.disable_csrf = True

    def before(self) -> list[Any]:
        return []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_decorative"):
            cleaned["alternative_text"] = ""
        elif "alternative_text" in cleaned and not cleaned["alternative_text"]:
            self.add_error("alternative_text", _t("Décrivez l’image, ou déclarez-la décorative."))
        return cleaned


class PictureUploadForm(PictureForm):
    """A picture that comes in from the editor, for the section that is being written."""

    file = forms.FileField(
        label=_("Fichier"),
        help_text=_(
            "JPEG, PNG ou WebP, 25 Mo et 40 millions de pixels au plus. L’image est enregistrée sans ses métadonnées."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def before(self) -> list[Any]:
        return [Field("file")]


class PictureCreateForm(PictureUploadForm):
    """A picture that comes in by its own page."""

    section = forms.ModelChoiceField(
        label=_("Pour la section"),
        queryset=Section.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Le dossier, sans section en particulier"),
    )

    def __init__(self, *args: Any, sections: SectionQuerySet, is_section_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["section"]
        choice.queryset = sections
        choice.required = is_section_needed
        if is_section_needed:
            choice.empty_label = _t("Choisissez une section")

    def before(self) -> list[Any]:
        return [*super().before(), "section"]


class PictureFilterForm(FilterForm):
    """Which pictures are listed."""

    q = WordsFilter(label=_("Légende, description ou crédit"))
    usage = ChoiceFilter(
        label=_("Usage"),
        choices=[("", _("Toutes")), ("montrees", _("Dans un texte")), ("libres", _("Dans aucun texte"))],
    )

    label = _("Filtrer les images")

    def narrow(self, pictures: PictureQuerySet) -> PictureQuerySet:
        asked = self.asked
        if words := asked.get("q"):
            pictures = pictures.filter(
                Q(caption__icontains=words)
                | Q(alternative_text__icontains=words)
                | Q(credit__icontains=words)
            )
        if asked.get("usage"):
            shown = Section.pictures.through.objects.values("picture")
            pictures = (
                pictures.filter(pk__in=shown)
                if asked["usage"] == "montrees"
                else pictures.exclude(pk__in=shown)
            )
        return pictures
