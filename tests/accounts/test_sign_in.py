import re
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from tests.factories import make_user

PASSWORD = "une-phrase-assez-longue"
SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def person():
    return make_user(email="camille@exemple.example", password=PASSWORD)


def sign_in(client, **fields):
    return client.post(
        reverse("account_login"), {"login": "camille@exemple.example", "password": PASSWORD, **fields}
    )


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_an_address_and_a_password_let_a_person_in(client, person):
    response = sign_in(client, login="Camille@Exemple.example")

    assert response.url == reverse("candidacy:home")
    assert is_signed_in(client)


def test_a_wrong_password_is_refused_without_saying_which_half_was_wrong(client, person):
    wrong = sign_in(client, password="autre")
    unknown = sign_in(client, login="inconnu@exemple.example", password="autre")

    def complaints(response):
        return list(response.context["form"].non_field_errors())

    assert not is_signed_in(client)
    assert complaints(wrong) == complaints(unknown) != []


def test_what_was_typed_stays_but_the_password(client, person):
    html = sign_in(client, password="autre").content.decode()

    assert 'value="camille@exemple.example"' in html
    assert "autre" not in html


def test_an_inactive_account_stays_out(client, person):
    person.is_active = False
    person.save(update_fields=["is_active"])

    sign_in(client)

    assert not is_signed_in(client)


def test_guessing_is_stopped_whichever_process_answers(client, person, settings):
    for _ in range(6):
        sign_in(client, password="autre")

    response = sign_in(client)

    assert not is_signed_in(client)
    assert "Trop" in response.content.decode()
    # The count lives in the shared cache alone: with another one, it begins anew.
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"after-{uuid4().hex}"}}
    sign_in(client)
    assert is_signed_in(client)


def test_the_page_asked_for_comes_back_after_signing_in(client, person):
    asked = reverse("accounts:profile")

    assert client.get(asked).url == f"{reverse('account_login')}?next={asked}"
    assert sign_in(client, next=asked).url == asked
    client.logout()
    assert sign_in(client, next="https://ailleurs.example/").url == reverse("candidacy:home")


def test_a_code_by_mail_lets_a_person_in(client, person, mailoutbox):
    client.post(reverse("account_request_login_code"), {"email": person.email})

    (message,) = mailoutbox
    assert message.to == [person.email]
    assert message.subject == "Votre code de connexion"
    code = re.search(r"^    (\S+)$", message.body, re.MULTILINE)[1]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert is_signed_in(client)


def test_a_wrong_code_keeps_a_person_out(client, person, mailoutbox):
    client.post(reverse("account_request_login_code"), {"email": person.email})
    client.post(reverse("account_confirm_login_code"), {"code": "000000"})

    assert not is_signed_in(client)


def test_an_unknown_address_gets_the_same_page_and_no_mail(client, person, mailoutbox):
    known = client.post(reverse("account_request_login_code"), {"email": person.email}, follow=True)
    mailoutbox.clear()
    client.logout()
    unknown = client.post(
        reverse("account_request_login_code"), {"email": "inconnu@exemple.example"}, follow=True
    )

    assert mailoutbox == []
    assert unknown.redirect_chain == known.redirect_chain
    assert "inconnu@exemple.example" in unknown.content.decode()


def test_a_forgotten_password_is_chosen_again_by_a_link_that_serves_once(client, person, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": person.email}, HTTP_HOST="127.0.0.1")

    (message,) = mailoutbox
    link = re.search(r"https://candidacy\.example(/compte/mot-de-passe/nouveau/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    chosen = {"password1": "un-autre-secret-long", "password2": "un-autre-secret-long"}
    client.post(form.request["PATH_INFO"], chosen)
    assert is_signed_in(client)
    person.refresh_from_db()
    assert person.check_password("un-autre-secret-long")
    client.logout()
    assert "Lien expiré" in client.get(link, follow=True).content.decode()


def test_links_in_mails_come_from_the_settings_not_from_the_request(client, person, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": person.email}, HTTP_HOST="localhost")

    assert "localhost" not in mailoutbox[0].body
    assert "https://candidacy.example/" in mailoutbox[0].body


def test_a_second_factor_is_asked_for_after_the_password(client, person):
    TOTP.activate(person, SECRET)
    assert sign_in(client).url.startswith(reverse("mfa_authenticate"))
    assert not is_signed_in(client)
    page = client.get(reverse("mfa_authenticate"))
    assert page.status_code == 200

    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})

    assert is_signed_in(client)


def test_a_wrong_second_factor_keeps_a_person_out(client, person):
    TOTP.activate(person, SECRET)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert not is_signed_in(client)


def test_nobody_signs_up_on_their_own(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/compte/inscription/").status_code == 404
    assert (
        client.post("/compte/signup/", {"email": "x@exemple.example", "password1": PASSWORD}).status_code
        == 404
    )
    assert "inscri" not in client.get(reverse("account_login")).content.decode().casefold()
    assert User.objects.count() == 0


def test_no_outside_account_opens_a_session(client):
    with pytest.raises(NoReverseMatch):
        reverse("socialaccount_connections")


PUBLIC = [
    "account_login",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
]
OWN = ["account_logout", "account_change_password", "mfa_index", "mfa_list_webauthn", "accounts:profile"]
GUARDED = ["mfa_activate_totp", "mfa_add_webauthn"]


@pytest.mark.parametrize("name", PUBLIC)
def test_the_ways_in_are_open_to_all(client, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert response.content.decode().count("<h1>") == 1


@pytest.mark.parametrize("name", OWN)
def test_the_pages_of_an_account_are_in_the_shell(client, person, name):
    sign_in(client)

    response = client.get(reverse(name))

    assert response.status_code == 200
    assert 'id="navigation"' in response.content.decode()


@pytest.mark.parametrize("name", GUARDED)
def test_what_protects_an_account_is_changed_after_giving_the_password_again(client, person, name):
    sign_in(client)
    asked = client.get(reverse(name))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "Confirmer votre identité" in client.get(asked.url).content.decode()

    response = client.post(asked.url, {"password": PASSWORD}, follow=True)

    assert response.request["PATH_INFO"] == reverse(name)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_somebody_elses_passkey_is_not_found(client, person, name, method):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    own, other = (
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "Mon ordinateur"})
        for user in (person, make_user())
    )

    answers = [getattr(client, method)(reverse(name, args=[key.pk]), {"name": "x"}) for key in (other, own)]

    assert [answer.status_code for answer in answers] == [404, 302 if method == "post" else 200]
    assert Authenticator.objects.get(pk=other.pk).data == {"name": "Mon ordinateur"}


@pytest.mark.django_db(transaction=True)  # the mails leave on commit, while the request still stands
def test_a_second_factor_is_set_up_with_recovery_codes_and_told_by_mail(client, person, mailoutbox):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    code = code_of(page.context["form"].secret)

    codes = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)

    assert codes.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    assert codes.content.decode().count("<li><code>") == 10
    assert [message.subject for message in mailoutbox] == ["Application d’authentification activée"]
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 200
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"):
        assert client.get(reverse(name)).status_code == 200


def test_a_recovery_code_stands_in_for_the_second_factor_once(client, person):
    TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person).get_unused_codes()

    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(client)
    client.logout()
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert not is_signed_in(client)
