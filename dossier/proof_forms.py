"""The proof that a section brings to a criterion."""

from typing import Any

from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy, Criterion
from core.sheets import SheetForm
from dossier.models import Proof, Section
from dossier.outline import read_outline


class _NumberedSection(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    numbers: dict[int, str]

    def label_from_instance(self, section: Section) -> str:
        return f"{self.numbers[section.pk]} {section.title}"


class ProofForm(SheetForm):
    """The kind of a proof and what there is to know of it."""

    #: The page to return to.
    vers = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Proof
        fields = ["kind", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "note": _(
                "Ce que l’on trouvera dans la section : « 42 classes, deux ans de travail », par exemple."
            ),
        }

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = ["vers", "public_id" if self.row is None else "seen"]
        self.helper.layout = Layout(
            *hidden, *self.choices_of(candidacy), "kind", "note", Submit("save", _t("Enregistrer"))
        )

    def choices_of(self, candidacy: Candidacy) -> list[Any]:
        """Fill in the choices that come from the candidacy, and return where they stand."""
        return []


class NewProofForm(ProofForm):
    section = _NumberedSection(label=_("Section"), queryset=Section.objects.none(), to_field_name="public_id")
    criterion = forms.ModelChoiceField(
        label=_("Critère"), queryset=Criterion.objects.none(), to_field_name="public_id"
    )

    class Meta(ProofForm.Meta):
        fields = ["section", "criterion", "kind", "note"]

    def choices_of(self, candidacy: Candidacy) -> list[Any]:
        section: Any = self.fields["section"]
        section.numbers = {entry.pk: entry.number for entry in read_outline(candidacy)}
        section.queryset = candidacy.sections.in_outline_order().without_text()
        criterion: Any = self.fields["criterion"]
        criterion.queryset = candidacy.criteria.all()
        return [Row(Column("section", css_class="col-md-6"), Column("criterion", css_class="col-md-6"))]

    def _get_validation_exclusions(self) -> set[str]:
        """Leave the one proof of a kind to the service, which knows the same form sent twice."""
        return super()._get_validation_exclusions() | {"kind"}  # type: ignore[misc,no-any-return]  # Django's own hook
