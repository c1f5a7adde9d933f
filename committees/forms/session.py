from typing import Any
from uuid import uuid4

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from committees.forms.rows import DeedForm
from committees.models import AgendaItem, Invitation, Meeting
from committees.models.session import validate_signature
from committees.services.session import Ballot
from core.search import fold
from core.sheets import DayInput
from partners.models import Contact

#: Where the page lists the people that may be picked.
PEOPLE_LIST = "people"


def label_of(contact: Contact) -> str:
    return f"{contact.last_name} {contact.first_name} – {contact.organisation.label}"


class PersonField(forms.CharField):
    """One person of the candidacy, picked from the list of the page or typed: a name that is theirs alone is enough."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": PEOPLE_LIST, "autocomplete": "off"})
        super().__init__(required=False, max_length=200, widget=widget, **kwargs)
        self.people: list[Contact] = []

    def offer(self, candidacy: Candidacy) -> None:
        people = Contact.objects.filter(candidacy=candidacy).select_related("organisation")
        self.people = list(people.order_by("last_name", "first_name", "pk"))

    def clean(self, value: Any) -> Any:
        typed = fold(" ".join(str(super().clean(value)).split()))
        if not typed:
            return None
        for name_of in (label_of, Contact.get_full_name, _last_name_first, _last_name):
            found = [person for person in self.people if fold(name_of(person)) == typed]
            if len(found) == 1:
                return found[0]
            if found:
                raise forms.ValidationError(
                    _t("Plusieurs personnes portent ce nom\u00a0: choisissez dans la liste.")
                )
        raise forms.ValidationError(_t("Personne ne porte ce nom parmi les contacts de la candidature."))


def _last_name_first(contact: Contact) -> str:
    return f"{contact.last_name} {contact.first_name}"


def _last_name(contact: Contact) -> str:
    return contact.last_name


class _LineForm(DeedForm):
    """What is entered in one line during the meeting; sent twice it is one row."""

    public_id = forms.UUIDField(widget=forms.HiddenInput)
    #: The one that was current when the line was shown.
    item = forms.UUIDField(required=False, widget=forms.HiddenInput)
    owner = PersonField(label=_("Responsable"))
    due_on = forms.DateField(label=_("Échéance"), required=False, widget=DayInput())

    def __init__(
        self,
        *args: Any,
        meeting: Meeting,
        action: str,
        target: str,
        item: AgendaItem | None = None,
        **kwargs: Any,
    ) -> None:
        prefix = type(self).__name__.removeprefix("Session").removesuffix("Form").lower()
        initial = {"public_id": uuid4(), "item": item and item.public_id}
        super().__init__(*args, initial=initial, auto_id=f"{prefix}-%s", **kwargs)
        self.fields["owner"].offer(meeting.committee.candidacy)  # type: ignore[attr-defined]  # of PersonField
        self.helper.form_action = action
        # Its part of the page alone comes back: whoever writes the minutes meanwhile goes on writing.
        self.helper.attrs = {"hx-post": action, "hx-target": target, "hx-swap": "outerHTML settle:0ms"}
        self.helper.form_class = "line-form"
        self.helper.label_class = "line-form__label"

    @property
    def offered(self) -> list[Contact]:
        """The people that the page lists for the owner."""
        people: list[Contact] = self.fields["owner"].people  # type: ignore[attr-defined]  # of PersonField
        return people

    def line(self, *names: str) -> list[Any]:
        return [Field(name, template="bootstrap5/plain_field.html") for name in names]


class SessionDecisionForm(_LineForm):
    wording = forms.CharField(
        label=_("Décision"),
        max_length=2_000,
        widget=forms.TextInput(attrs={"placeholder": _("Le comité retient…"), "autocomplete": "off"}),
    )
    votes_for = forms.IntegerField(label=_("Pour"), required=False, min_value=0, max_value=999)
    votes_against = forms.IntegerField(label=_("Contre"), required=False, min_value=0, max_value=999)
    abstentions = forms.IntegerField(label=_("Abstentions"), required=False, min_value=0, max_value=999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "public_id",
            "item",
            Div(*self.line("wording"), css_class="line-form__wide"),
            *(Div(field, css_class="line-form__cell") for field in self.line("owner", "due_on")),
            *(
                Div(field, css_class="line-form__count")
                for field in self.line("votes_for", "votes_against", "abstentions")
            ),
            StrictButton(_t("Consigner"), type="submit", css_class="btn-primary"),
        )

    @property
    def ballot(self) -> Ballot | None:
        """The votes, if any was counted; what was left empty is none."""
        counts = [self.cleaned_data[name] for name in ("votes_for", "votes_against", "abstentions")]
        return (
            Ballot(*(count or 0 for count in counts)) if any(count is not None for count in counts) else None
        )

    @property
    def said(self) -> dict[str, Any]:
        names = ("public_id", "wording", "owner", "due_on")
        return {name: self.cleaned_data[name] for name in names} | {"ballot": self.ballot}


class SessionActionForm(_LineForm):
    title = forms.CharField(
        label=_("Action"),
        max_length=250,
        widget=forms.TextInput(attrs={"placeholder": _("Demander, écrire, réunir…"), "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "public_id",
            "item",
            Div(*self.line("title"), css_class="line-form__wide"),
            *(Div(field, css_class="line-form__cell") for field in self.line("owner", "due_on")),
            StrictButton(_t("Ajouter"), type="submit", css_class="btn-primary"),
        )

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("public_id", "title", "owner", "due_on")}


class ArrivalForm(forms.Form):
    attendance = forms.ChoiceField(choices=Invitation.Attendance.choices)


class SignatureForm(DeedForm):
    """A drawing made by the script of the page; without one, the presence alone is noted."""

    signature = forms.CharField(
        required=False, max_length=20_000, widget=forms.HiddenInput, validators=[validate_signature]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.form_id = "signature-form"
        self.helper.layout = Layout("signature")
