from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Membership
from core.sheets import SheetForm

Role = Membership.Role

#: What each role is given, said where it is chosen.
ROLE_NOTES = {
    Role.LEAD: _("tout, y compris les réglages et les membres"),
    Role.TEAM: _("tout, sauf les réglages, les membres et la publication"),
    Role.PARTNER: _("son espace et sa structure"),
    Role.ELECTED: _("les éditions publiées, ses comités, les chiffres clés"),
    Role.OBSERVER: _("les éditions publiées"),
}


def role_choices(roles: list[Role]) -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}\u00a0: {ROLE_NOTES[role]}") for role in roles]


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_("Adresse électronique"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    first_name = forms.CharField(label=_("Prénom"), max_length=80)
    last_name = forms.CharField(label=_("Nom"), max_length=80)
    role = forms.ChoiceField(
        label=_("Rôle"),
        choices=role_choices([Role.LEAD, Role.TEAM, Role.ELECTED, Role.OBSERVER]),
        initial=Role.TEAM,
        widget=forms.RadioSelect,
        help_text=_("Un partenaire s’invite depuis la fiche de sa structure."),
    )
    can_read_funding = forms.BooleanField(
        label=_("Un observateur peut lire la synthèse du plan de financement"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.layout = Layout(
            "email",
            Row(Column("first_name", css_class="col-sm-6"), Column("last_name", css_class="col-sm-6")),
            "role",
            "can_read_funding",
            Submit("save", _t("Envoyer l’invitation")),
        )


class MemberForm(SheetForm):
    role = forms.ChoiceField(label=_("Rôle"), choices=role_choices(list(Role)), widget=forms.RadioSelect)

    class Meta:
        model = Membership
        fields = ["role", "can_read_funding"]
        labels = {"can_read_funding": _("Un observateur peut lire la synthèse du plan de financement")}
        help_texts = {"can_read_funding": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("seen", "role", "can_read_funding", Submit("save", _t("Enregistrer")))

    def clean(self) -> dict[str, Any]:
        """Drop a grant that the role chosen does not take."""
        cleaned = super().clean() or {}
        if cleaned.get("role") != Role.OBSERVER:
            cleaned["can_read_funding"] = False
        return cleaned
