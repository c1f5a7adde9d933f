"""Writing a comment: what is said, of what, to whom."""

from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIteratorValue
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossier.models import Audience, Section
from dossier.models.comments import CONTEXT, MAX_QUOTE, MAX_WORDS
from dossier.passages import Anchor
from dossier.people_to_tell import PeopleFound, find_people


class _PeopleBoxes(forms.CheckboxSelectMultiple):
    """A box for each person, without an identifier: the same person may be found in several forms of a page."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        person: User = value.instance
        option["attrs"] = {key: kept for key, kept in option["attrs"].items() if key == "checked"} | {
            "class": "form-check-input",
            "data-person": str(person),
            "data-of-team": "true" if person.is_of_team else "false",  # type: ignore[attr-defined]  # readers carry it
        }
        return option


class TellForm(forms.Form):
    """Whom to tell, looked for by name: the page holds those who are ticked and those just found, never all of them."""

    personne = forms.CharField(
        label=_("Nom d’une personne à prévenir"),
        required=False,
        widget=forms.SearchInput(
            attrs={
                "class": "form-control form-control-sm",
                "placeholder": _("Chercher par nom"),
                "autocomplete": "off",
                "data-told-search": True,
                "hx-trigger": "input changed delay:250ms, focus once, rechercher",
                "hx-sync": "this:replace",
                "hx-include": "closest form",
                "hx-params": "personne,told,audience",
                "hx-target": "next .told",
                "hx-swap": "innerHTML",
                "hx-disabled-elt": "unset",
            }
        ),
    )
    told = forms.ModelMultipleChoiceField(
        label=_("Prévenir"),
        required=False,
        queryset=User.objects.none(),
        to_field_name="public_id",
        widget=_PeopleBoxes,
        error_messages={"invalid_choice": _("Une personne cochée ne lit pas cette section.")},
        help_text=_("Ces personnes recevront le commentaire par courriel, cinq minutes après."),
    )

    def __init__(
        self,
        *args: Any,
        people: QuerySet[User],
        search_url: str = "",
        words: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer ``people`` to be told, of whom none is read before one is ticked or ``words`` are looked for."""
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "personne": words or ""}
        super().__init__(*args, **kwargs)
        told = self["told"]
        self.fields["personne"].widget.attrs |= {
            "hx-get": search_url,
            "aria-describedby": f"{told.auto_id}_helptext",
        }
        told.field.queryset = people  # type: ignore[attr-defined]  # a model field
        ticked = told.value()
        self.found = PeopleFound()
        if ticked or words is not None:
            self.found = find_people(people, words=words, ticked=ticked or ())
        told.field.choices = [  # type: ignore[attr-defined]  # likewise
            (ModelChoiceIteratorValue(person.public_id, person), _named(person))
            for person in (*self.found.ticked, *self.found.others)
        ]
        self.helper = FormHelper()
        self.helper.field_template = "dossier/_told_people.html"


def _named(person: User) -> str:
    return str(person) if person.is_of_team else f"{person} – {person.organisation_name}"  # type: ignore[attr-defined]  # likewise


class CommentForm(TellForm):
    """The words and who is told of them. The identifier makes one comment of the same form sent twice."""

    public_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    fils = forms.CharField(widget=forms.HiddenInput, required=False)
    body = forms.CharField(
        label=_("Commentaire"),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "data-mentions": ""}),
        error_messages={"required": _("Écrivez votre commentaire.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"public_id": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.include_media = False
        self.helper.layout = Layout(*self.rows())

    def rows(self) -> list[Any]:
        return ["public_id", "fils", "body", Field("told", template="dossier/_comment_told.html")]


class ThreadForm(CommentForm):
    """A first comment: of a passage or of the whole section, to an audience that is chosen once."""

    quote = forms.CharField(
        label=_("Passage commenté"),
        required=False,
        max_length=MAX_QUOTE,
        widget=forms.Textarea(attrs={"rows": 2, "data-quote": ""}),
        help_text=_(
            "Sélectionnez-le dans le texte ou recopiez-le ici ; vide, toute la section est commentée."
        ),
        error_messages={"max_length": _("Citez un passage plus court : %(limit_value)d signes au plus.")},
    )
    before = forms.CharField(widget=forms.HiddenInput(attrs={"data-before": ""}), required=False)
    after = forms.CharField(widget=forms.HiddenInput(attrs={"data-after": ""}), required=False)
    audience = forms.ChoiceField(label=_("Lu par"), widget=forms.RadioSelect(attrs={"data-audience": ""}))

    def __init__(self, *args: Any, section: Section, audiences: tuple[Audience, ...], **kwargs: Any) -> None:
        self.has_text = bool(section.body)
        kwargs["initial"] = {"audience": audiences[0] if audiences else "", **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [  # type: ignore[attr-defined]  # a choice field
            (audience.value, _told_audience(audience, section)) for audience in audiences
        ]

    def rows(self) -> list[Any]:
        passage = ["quote", "before", "after"] if self.has_text else []
        public_id, fils, body, told = super().rows()
        return [public_id, fils, *passage, body, "audience", told]

    @property
    def anchor(self) -> Anchor | None:
        cleaned = self.cleaned_data
        if not cleaned["quote"]:
            return None
        return Anchor(cleaned["quote"], cleaned["before"][-CONTEXT:], cleaned["after"][:CONTEXT])


def _told_audience(audience: Audience, section: Section) -> str:
    label = capfirst(str(audience.label))
    asked = section.organisation
    return f"{label} ({asked.label})" if audience == Audience.PARTNER and asked else label


class AnswerForm(CommentForm):
    """An answer, to the audience that the person saw."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _t("Réponse")

    audience = forms.ChoiceField(choices=Audience.choices, widget=forms.HiddenInput)

    def rows(self) -> list[Any]:
        return ["audience", *super().rows()]

    def show_audience(self, audience: str) -> None:
        """Take note of who reads the thread now, so that publishing again is a choice."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["audience"] = audience
        self.data = data


class WidenForm(forms.Form):
    audience = forms.ChoiceField(choices=Audience.choices)
