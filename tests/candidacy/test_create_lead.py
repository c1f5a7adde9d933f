import io
import sys

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from candidacy.models import Membership
from candidacy.permissions import can_create_candidacy
from notifications.rendering import page_url
from tests.factories import make_member, make_user

EMAIL = "camille.dupuis@exemple.example"


def run(*arguments):
    out = io.StringIO()
    call_command("create_lead", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_lead_may_found_a_candidacy_without_belonging_to_any():
    told = run(EMAIL.upper(), "--name", "Camille Dupuis")

    user = User.objects.get()
    assert (user.email, user.first_name, user.last_name) == (EMAIL, "Camille", "Dupuis")
    assert can_create_candidacy(user)
    assert not user.has_usable_password()
    assert EmailAddress.objects.filter(user=user, email=EMAIL, verified=True, primary=True).exists()
    assert page_url("account_request_login_code") in told


def test_without_a_mail_server_the_command_says_where_the_code_is_written(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

    assert settings.EMAIL_FILE_PATH in run(EMAIL)


def test_a_password_comes_by_standard_input_and_is_checked(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("court\n"))
    with pytest.raises(CommandError):
        run(EMAIL, "--password-stdin")
    assert not User.objects.exists()

    monkeypatch.setattr(sys, "stdin", io.StringIO("une phrase assez longue\n"))
    told = run(EMAIL, "--password-stdin")

    assert User.objects.get().check_password("une phrase assez longue")
    assert f"{page_url('account_login')}\n" in told


def test_an_account_that_exists_becomes_a_leads_and_keeps_its_password():
    user = make_user(email=EMAIL, password="le mot de passe d’avant")

    run(EMAIL)
    run(EMAIL)

    user = User.objects.get()
    assert user.may_found_candidacies
    assert user.check_password("le mot de passe d’avant")


def test_an_address_that_is_none_is_refused():
    with pytest.raises(CommandError, match="not an e-mail address"):
        run("camille")


@pytest.mark.parametrize(("role", "may"), [(role, role == "lead") for role in Membership.Role.values])
def test_only_leads_found_further_candidacies(role, may):
    assert can_create_candidacy(make_member(role=role).user) is may


def test_somebody_who_belongs_to_nothing_founds_nothing():
    assert not can_create_candidacy(make_user())
