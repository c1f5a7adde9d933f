from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy, Criterion
from core.filters import FilterForm
from core.templatetags.formats import short_moment
from dossier.models import Section, SectionQuerySet, SectionRevision, SectionRevisionQuerySet
from dossier.services.drafts import Seat
from dossier.services.outline import Contract
from dossier.workflow import MOVES
from partners.models import Contact, Organisation

#: What the database can count to.
LAST_REVISION = 2**31 - 1


class _OptionalOrganisation(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, organisation: Organisation) -> str:
        return organisation.label


class _OptionalContact(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, contact: Contact) -> str:
        return f"{contact} – {contact.organisation.label}"


class SectionFilterForm(FilterForm):
    """What the outline shows."""

    etat = forms.ChoiceField(
        label=_("État"), required=False, choices=[("", _("Tous les états")), *Section.Status.choices]
    )
    structure = forms.ChoiceField(label=_("Structure"), required=False)
    retard = forms.BooleanField(label=_("En retard seulement"), required=False)

    label = _("Filtrer le plan")
    target = "#outline"

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        writers = candidacy.organisations.filter(sections__isnull=False).order_by("name").distinct()
        self.fields["structure"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _t("Toutes les structures")),
            *((str(organisation.public_id), organisation.label) for organisation in writers),
        ]
        self.address = reverse("dossier:section-list", args=[candidacy.slug])

    def narrow(self, sections: SectionQuerySet, *, today: Any) -> SectionQuerySet:
        asked = self.asked
        if asked.get("etat"):
            sections = sections.filter(status=asked["etat"])
        if asked.get("structure"):
            sections = sections.filter(organisation__public_id=asked["structure"])
        if asked.get("retard"):
            sections = sections.late(today)
        return sections


class SectionTextForm(forms.Form):
    """The text, the revision it was read at, and where it is typed: by whom, in which window, after which draft."""

    revision = forms.IntegerField(min_value=0, max_value=LAST_REVISION, widget=forms.HiddenInput)
    draft = forms.UUIDField(required=False, widget=forms.HiddenInput)
    window = forms.UUIDField(required=False, widget=forms.HiddenInput)
    writer = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_unsaved: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            Section, fields=["body"], labels={"body": _t("Texte de la section")}
        )
        self.fields["body"].widget.attrs |= {"rows": 24, "data-counts-into": "section-length"}
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_id = "section-text"
        self.helper.attrs = {"data-guards-unsaved": "unsaved" if self.is_bound or is_unsaved else ""}
        # The button that saves stands at the foot of the window, beside the length.
        self.helper.layout = Layout("revision", "draft", "window", "writer", "body")

    @property
    def seat(self) -> Seat:
        return Seat(window=self.cleaned_data.get("window"), seen=self.cleaned_data.get("draft"))

    def is_from_another(self, user: User) -> bool:
        """Whether somebody else was signed in when the text was typed; a form that does not say is believed."""
        return self.cleaned_data.get("writer") not in {None, user.public_id}


class RevisionPairForm(forms.Form):
    """Which two revisions are compared; without a choice, the last one and the one before it."""

    de = forms.TypedChoiceField(label=_("De la révision"), required=False, coerce=int, empty_value=None)
    a = forms.TypedChoiceField(label=_("À la révision"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, revisions: SectionRevisionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.revisions = revisions
        rows = revisions.select_related("saved_by").defer("body").order_by("-number")
        self.numbers: list[int] = [row.number for row in rows]
        choices = [(row.number, self._label(row)) for row in rows]
        for name in ("de", "a"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
            self.fields[name].widget.attrs["class"] = "form-select"

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


class RevisionRestoreForm(forms.Form):
    """The revision that the section had when the person decided to bring an older one back."""

    revision = forms.IntegerField(min_value=0, max_value=LAST_REVISION)


class ContractForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    writer = _OptionalContact(
        label=_("Personne responsable"),
        required=False,
        queryset=Contact.objects.none(),
        empty_label=_("Personne en particulier"),
    )
    organisation = _OptionalOrganisation(
        label=_("Structure responsable"),
        required=False,
        queryset=Organisation.objects.none(),
        empty_label=_("L’équipe de la candidature"),
        help_text=_("Ses contacts qui ont un compte écrivent dans la section."),
    )

    criteria = forms.ModelMultipleChoiceField(
        label=_("Critères auxquels la section répond"),
        required=False,
        queryset=Criterion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Un critère coché attend un argument de la section ; les autres preuves s’ajoutent sur sa page ou dans la "
            "matrice."
        ),
    )

    class Meta:
        model = Section
        fields = [
            "title",
            "parent",
            "kind",
            "brief",
            "organisation",
            "writer",
            "due_on",
            "limit_value",
            "limit_unit",
        ]
        widgets = {
            "brief": forms.Textarea(attrs={"rows": 4}),
            "due_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }
        help_texts = {
            "brief": _("Ce que l’on attend de la personne qui écrit ; elle le lit au-dessus de son texte."),
            "kind": _("Ce qui est imprimé à la suite du texte, à partir des données de la candidature."),
            "limit_value": _("Laissez vide s’il n’y a pas de limite."),
        }

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = candidacy.sections.filter(parent=None).exclude(pk=self.instance.pk).without_text()
        self._offer("parent", parts.order_by("position", "pk"))
        self._offer("organisation", candidacy.organisations.order_by("name"))
        self._offer(
            "writer", candidacy.contacts.select_related("organisation").order_by("last_name", "first_name")
        )
        self._offer("criteria", candidacy.criteria.all())
        self.initial["criteria"] = candidacy.criteria.filter(proofs__section=self.instance.pk).distinct()
        self.fields["parent"].empty_label = _t("Aucune : c’est une partie du premier niveau")  # type: ignore[attr-defined]  # a model field
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.layout = Layout(
            "title",
            Row(Column("parent", css_class="col-md-6"), Column("kind", css_class="col-md-6")),
            "brief",
            Row(Column("organisation", css_class="col-md-6"), Column("writer", css_class="col-md-6")),
            Row(
                Column("due_on", css_class="col-md-4"),
                Column("limit_value", css_class="col-sm-6 col-md-4"),
                Column("limit_unit", css_class="col-sm-6 col-md-4"),
            ),
            "criteria",
            Submit("save", _t("Enregistrer")),
        )

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]  # a model field

    def contract(self) -> Contract:
        return Contract(
            **{name: self.cleaned_data[name] for name in (*(self._meta.fields or ()), "criteria")}
        )


class PlaceForm(forms.Form):
    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])

    @property
    def step(self) -> int:
        return -1 if self.cleaned_data["direction"] == "up" else 1


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=sorted({(move.target, move.target) for move in MOVES}))
    note = forms.CharField(required=False, max_length=300)
