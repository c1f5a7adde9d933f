from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from core.drafts import LAST_REVISION, DraftedTextForm
from core.filters import ChoiceFilter, FilterForm, TickFilter
from dossier.models import Section, SectionQuerySet
from dossier.workflow import MOVES, Move
from partners.models import Organisation


class SectionFilterForm(FilterForm):
    """What the outline shows."""

    etat = ChoiceFilter(label=_("État"), choices=[("", _("Tous les états")), *Section.Status.choices])
    structure = ChoiceFilter(label=_("Structure"))
    personne = ChoiceFilter(label=_("Personne attendue"))
    critere = ChoiceFilter(label=_("Critère"))
    retard = TickFilter(label=_("En retard seulement"))

    label = _("Filtrer le plan")
    target = "#outline"

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ordered = candidacy.sections.live()
        organisations = candidacy.organisations.filter(sections__in=ordered).order_by("name").distinct()
        self._offer("structure", _t("Toutes les structures"), _by_label(organisations))
        people = (
            candidacy.contacts.filter(sections__in=ordered).order_by("last_name", "first_name").distinct()
        )
        self._offer(
            "personne", _t("Toutes les personnes"), [(str(one.public_id), str(one)) for one in people]
        )
        criteria = [(str(one.public_id), str(one)) for one in candidacy.criteria.all()]
        self._offer("critere", _t("Tous les critères"), criteria)
        self.address = reverse("dossier:section-list", args=[candidacy.slug])

    def _offer(self, name: str, everything: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", everything), *choices]  # type: ignore[attr-defined]  # a choice field

    def narrow(self, sections: SectionQuerySet, *, today: Any) -> SectionQuerySet:
        asked = self.asked
        if asked.get("etat"):
            sections = sections.filter(status=asked["etat"])
        if asked.get("structure"):
            sections = sections.filter(organisation__public_id=asked["structure"])
        if asked.get("personne"):
            sections = sections.filter(writer__public_id=asked["personne"])
        if asked.get("critere"):
            sections = sections.filter(criteria__public_id=asked["critere"])
        if asked.get("retard"):
            sections = sections.late(today)
        return sections


def _by_label(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    return [(str(organisation.public_id), organisation.label) for organisation in organisations]


class SectionTextForm(DraftedTextForm):
    def __init__(self, *args: Any, is_unsaved: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            Section,
            fields=["body"],
            labels={"body": _t("Texte de la section")},
            help_texts={"body": _t("Au clavier, Alt + F10 mène à la barre de mise en forme.")},
        )
        self.fields["body"].widget.attrs |= {"rows": 24, "data-counts-into": "section-length"}
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_id = "section-text"
        self.helper.attrs = {"data-guards-unsaved": "unsaved" if self.is_bound or is_unsaved else ""}
        # The button that saves stands at the foot of the window, beside the length.
        self.helper.layout = Layout("revision", "draft", "window", "writer", "body")


class RevisionRestoreForm(forms.Form):
    """The revision that the section had when the person decided to bring an older one back."""

    revision = forms.IntegerField(min_value=0, max_value=LAST_REVISION)


class _NoteForm(forms.Form):
    """A step of a section that may be given with a word."""

    note = forms.CharField(required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page knows the address
        self.helper.include_media = False
        self.helper.layout = Layout(*self.fields)


class StatusForm(_NoteForm):
    """From the state that the page showed to another, so that what somebody did meanwhile is not undone unseen."""

    status = forms.ChoiceField(
        choices=sorted({(move.target, move.target) for move in MOVES}), widget=forms.HiddenInput
    )
    seen = forms.ChoiceField(choices=Section.Status.choices, required=False, widget=forms.HiddenInput)

    @classmethod
    def asking_why(cls, move: Move) -> "StatusForm":
        """Return the form of a ``move`` that sends back, and asks for the reason or offers to say it."""
        form = cls(initial={"status": move.target, "seen": move.source}, auto_id=f"{move.target}-%s")
        note = form.fields["note"]
        note.required = move.needs_reason
        note.label = _t("Pourquoi") if move.needs_reason else _t("Un mot pour dire pourquoi (facultatif)")
        return form


class RecommendationForm(_NoteForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="avis-%s", **kwargs)
        self.fields["note"].label = _t("Un mot avec votre avis (facultatif)")
