"""Forms of the account. Those of allauth lose their placeholders, which repeat the label and vanish on typing."""

from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User

#: What allauth calls otherwise than we do, or leaves in English.
LABELS = {
    "login": _("Adresse électronique"),
    "email": _("Adresse électronique"),
    "code": _("Code"),
    "name": _("Nom de la clé"),
    "passwordless": _("Cette clé remplace le mot de passe"),
}


class _Labelled(forms.BaseForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)


class LoginForm(_Labelled, allauth.LoginForm):  # type: ignore[misc]  # allauth ships no types
    pass


class RequestLoginCodeForm(_Labelled, allauth.RequestLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ConfirmLoginCodeForm(_Labelled, allauth.ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ResetPasswordForm(_Labelled, allauth.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ResetPasswordKeyForm(_Labelled, allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ChangePasswordForm(_Labelled, allauth.ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    pass


class SetPasswordForm(_Labelled, allauth.SetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ReauthenticateForm(_Labelled, allauth.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    pass


class AuthenticateForm(_Labelled, mfa.AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ReauthenticateByCodeForm(_Labelled, mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ActivateTotpForm(_Labelled, totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    pass


class AddKeyForm(_Labelled, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    pass


class EditKeyForm(_Labelled, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
        }

    helper = FormHelper()
    helper.include_media = False
    helper.add_input(Submit("save", _("Enregistrer")))
