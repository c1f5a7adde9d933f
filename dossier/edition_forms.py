from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from committees.models import Meeting
from core.templatetags.formats import short_date
from core.uploads import HashedFile
from dossier.deposit_file import Finding
from dossier.models import Edition

DIGEST_LENGTH = 64


class EditionForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Edition
        fields = ["label", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "label": _("Ce qui la distingue des autres : « Relecture du COTECH », « Dépôt »."),
            "note": _("Pour l’équipe : ce qui a changé, ce que l’on attend des relecteurs."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("label", "note", Submit("save", _t("Figer l’édition")))


class _MeetingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{meeting.committee.acronym}, {short_date(meeting.starts_at)} – {meeting.title}"


class SubmissionForm(forms.Form):
    meeting = _MeetingField(
        label=_("Réunion"), queryset=Meeting.objects.none(), empty_label=_("Choisissez une réunion")
    )

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meetings = Meeting.objects.filter(committee__candidacy=candidacy).exclude(
            status=Meeting.Status.CANCELLED
        )
        self.fields["meeting"].queryset = meetings.select_related("committee").order_by("-starts_at", "pk")  # type: ignore[attr-defined]  # a model field
        self.helper = FormHelper()
        self.helper.layout = Layout("meeting", Submit("save", _t("Soumettre à cette réunion")))


class DepositForm(forms.Form):
    """One reason for each condition that is not met."""

    use_required_attribute = False  # what is missing is said below its condition, all at once

    def __init__(self, data: Mapping[str, Any] | None = None, *, findings: Iterable[Finding]) -> None:
        super().__init__(data)
        self.findings = tuple(findings)
        for finding in self.findings:
            if not finding.is_met:
                self.fields[finding.key] = forms.CharField(
                    label=format_html(
                        '{}<span class="visually-hidden">\u00a0: {}</span>',
                        _t("Passer outre, parce que"),
                        finding.label,
                    ),
                    max_length=500,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    error_messages={
                        "required": _t("Mettez la condition en ordre, ou dites pourquoi passer outre.")
                    },
                )

    @property
    def rows(self) -> list[tuple[Finding, forms.BoundField | None]]:
        """Each condition with the field of its reason, where one is needed."""
        return [(finding, None if finding.is_met else self[finding.key]) for finding in self.findings]


class VerificationForm(forms.Form):
    """A file to be hashed, or a digest that was read off the last page."""

    file = forms.FileField(
        label=_("Fichier PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_(
            "Déposez-le ici ou choisissez-le. Il n’est pas conservé : seule son empreinte est calculée."
        ),
    )
    digest = forms.CharField(
        label=_("ou empreinte SHA-256"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Celle du fichier, ou celle du contenu, imprimée à la dernière page : 64 caractères."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_class = "panel"
        self.helper.layout = Layout(
            Field("file", css_class="verify__file"), "digest", Submit("verify", _t("Vérifier"))
        )

    def clean_digest(self) -> str:
        digest = "".join(self.cleaned_data["digest"].split()).lower()
        if digest and (len(digest) != DIGEST_LENGTH or not set(digest) <= set("0123456789abcdef")):
            raise forms.ValidationError(
                _t(
                    "Une empreinte SHA-256 compte 64 caractères, de 0 à 9 et de a à f ; celle-ci en a %(count)d."
                )
                % {"count": len(digest)}
            )
        return digest

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("digest"):
            raise forms.ValidationError(_t("Choisissez un fichier ou écrivez une empreinte."))
        return cleaned

    @property
    def asked(self) -> str:
        """The digest to look for; a file wins over what was typed."""
        file: HashedFile | None = self.cleaned_data.get("file")
        return file.sha256 if file else self.cleaned_data["digest"]
