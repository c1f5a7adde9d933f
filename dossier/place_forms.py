"""Where a section goes, as the buttons and the drag of the outline say it, and what leaves the outline."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from dossier.models import Section
from dossier.outline import OutlineEntry, read_outline
from dossier.places import Step


class StepForm(forms.Form):
    direction = forms.ChoiceField(choices=Step.choices)


class PlaceForm(forms.Form):
    """The part that a section was dropped into (none: among the parts), and what it was dropped before."""

    part = forms.ModelChoiceField(Section.objects.none(), to_field_name="public_id", required=False)
    before = forms.ModelChoiceField(Section.objects.none(), to_field_name="public_id", required=False)

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = candidacy.sections.live()  # type: ignore[attr-defined]  # model fields


class RetirementForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=300,
        help_text=_("Cette raison reste avec la section, dans la liste des sections retirées."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("retire", _t("Retirer du plan"), css_class="btn-danger"))


class _Section(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    entries: dict[int, OutlineEntry]

    def label_from_instance(self, section: Section) -> str:
        return f"{self.entries[section.pk].number} {section.title}"


class MergeForm(forms.Form):
    target = _Section(
        label=_("Section qui reçoit le texte"),
        queryset=Section.objects.none(),
        to_field_name="public_id",
        help_text=_("Le texte s’ajoute à la fin du sien ; c’est son contrat qui reste."),
    )

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        others = section.candidacy.sections.exclude(pk=section.pk).exclude(status__in=Section.CLOSED)
        field.queryset = others.in_outline_order().without_text()  # type: ignore[attr-defined]  # a model field
        field.entries = {entry.pk: entry for entry in read_outline(section.candidacy)}  # type: ignore[attr-defined]  # ours
        self.helper = FormHelper()
        self.helper.layout = Layout("target", Submit("merge", _t("Fusionner")))
