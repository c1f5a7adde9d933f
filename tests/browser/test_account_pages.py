"""The pages of an account that need a state of their own, and those that say that something went wrong."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.urls import reverse

from candidacy.models import Membership
from tests.factories import make_member, make_user

PASSWORD = "une-phrase-assez-longue"
SECRET = "JBSWY3DPEHPK3PXP"


def open_at(visitor, name):
    """Open a page and make sure that it did not send elsewhere."""
    page = visitor.open(reverse(name))
    assert page.url == visitor.base_url + reverse(name)
    return page


def test_the_pages_of_somebody_who_signs_in_with_a_code_and_chooses_a_password(visit, settings, live_server):
    settings.BASE_URL = live_server.url
    person = make_user(email="camille@exemple.example")
    visitor = visit()
    page = visitor.open(reverse("account_request_login_code"))
    page.get_by_label("Adresse").fill(person.email)
    page.get_by_role("button", name=re.compile("code", re.IGNORECASE)).click()
    page.wait_for_url("**" + reverse("account_confirm_login_code"))
    trouble = visitor.look_wide_and_narrow("account_confirm_login_code")
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/connexion" not in url)

    open_at(visitor, "account_set_password")
    trouble += visitor.look_wide_and_narrow("account_set_password")
    open_at(visitor, "account_logout")
    trouble += visitor.look_wide_and_narrow("account_logout")

    assert trouble == []


def test_the_pages_of_somebody_who_forgot_their_password(visit, settings, live_server):
    settings.BASE_URL = live_server.url
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    visitor = visit()
    page = visitor.open(reverse("account_reset_password"))
    page.get_by_label("Adresse").fill(person.email)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**" + reverse("account_reset_password_done"))
    path = re.search(r"/compte/mot-de-passe/nouveau/\S+", mail.outbox[-1].body)[0]

    page = visitor.open(path)
    trouble = visitor.look_wide_and_narrow("account_reset_password_from_key")
    for field in page.locator("input[type=password]").all():
        field.fill("une-autre-phrase-assez-longue")
    page.get_by_role("button", name="Enregistrer le mot de passe").click()
    page.wait_for_url(lambda url: "/mot-de-passe/" not in url)
    assert page.get_by_role("button", name=re.compile("Mon compte")).is_visible()
    page = visitor.open(path)
    assert page.get_by_role("link", name="Demander un nouveau lien").is_visible()
    trouble += visitor.look_wide_and_narrow("account_reset_password_from_used_key")

    assert trouble == []


def test_the_pages_of_somebody_with_a_second_factor(visit):
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    visitor = visit()
    page = visitor.open(reverse("account_login"))
    page.get_by_label("Adresse").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url("**" + reverse("mfa_authenticate"))
    trouble = visitor.look_wide_and_narrow("mfa_authenticate")
    page.get_by_label("Code").fill(
        format_hotp_value(hotp_value(SECRET, next(yield_hotp_counters_from_time())))
    )
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/double-facteur/" not in url)

    open_at(visitor, "mfa_reauthenticate")
    trouble += visitor.look_wide_and_narrow("mfa_reauthenticate")
    page = open_at(visitor, "account_reauthenticate")
    trouble += visitor.look_wide_and_narrow("account_reauthenticate")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.wait_for_url(lambda url: "/confirmation/" not in url)
    for name in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ):
        open_at(visitor, name)
        trouble += visitor.look_wide_and_narrow(name)

    assert trouble == []
    visitor.resize("360")
    page = open_at(visitor, "mfa_view_recovery_codes")
    above, below = (
        page.get_by_role("link", name=name).bounding_box()
        for name in ("Télécharger", "Générer de nouveaux codes")
    )
    assert above["y"] + above["height"] + 4 < below["y"]


@pytest.fixture
def failing_page(monkeypatch):
    """Return the address of a page that fails."""

    def fail(*arguments, **options):
        raise ZeroDivisionError

    monkeypatch.setattr("accounts.views.render", fail)
    return reverse("accounts:accessibility")


def test_the_pages_that_refuse_or_fail(visit, failing_page):
    member = make_member(
        user=make_user(email="camille@exemple.example", password=PASSWORD), role=Membership.Role.TEAM
    )
    visitor = visit()
    visitor.sign_in(member.user, PASSWORD)
    trouble = []
    for status, path in (
        (403, reverse("candidacy:member-list", args=[member.candidacy.slug])),
        (404, reverse("dossier:dashboard", args=["inconnue"])),
        (500, failing_page),
    ):
        assert visitor.page.goto(visitor.base_url + path).status == status
        trouble += visitor.look_wide_and_narrow(f"error-{status}")

    assert trouble == []
    assert [complaint[:3] for complaint in visitor.complaints] == ["500"]
    visitor.complaints.clear()
