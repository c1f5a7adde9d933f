"""Forms of the account. Those of allauth lose their placeholders, which repeat the label and vanish on typing."""

from typing import Any

from allauth.account import forms as allauth
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class _Labelled(forms.BaseForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"login", "email"}:
                field.label = _("Adresse électronique")


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
