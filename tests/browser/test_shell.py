"""The frame of the pages and the ways in, in a real browser."""

import re

import pytest
from django.urls import reverse

from tests.factories import make_candidacy, make_member, make_user

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def lead():
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    make_member(candidacy=make_candidacy(is_fictitious=True, accent_colour="#ffdd00"), user=person)
    make_member(user=person)
    return person


@pytest.fixture
def page_address(lead):
    return reverse("dossier:section-list", args=[lead.memberships.earliest("pk").candidacy.slug])


@pytest.mark.parametrize("size", ["1280", "360"])
@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
        "accounts:accessibility",
    ],
)
def test_the_ways_in_can_be_used_by_everybody(visit, name, size):
    visitor = visit(size=size)
    visitor.open(reverse(name))

    assert visitor.look(name.replace(":", "-")) == []
    assert not visitor.scrolls_sideways()


@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_pages_of_an_account_can_be_used_by_everybody(visit, lead, size):
    visitor = visit(size=size)
    visitor.sign_in(lead, PASSWORD)
    visitor.open(reverse("mfa_activate_totp"))
    visitor.page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.page.get_by_role("button", name="Confirmer").click()
    visitor.page.get_by_role("heading", name="Activer l’application").wait_for()

    for name in (
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "account_change_password",
        "accounts:profile",
    ):
        visitor.open(reverse(name))
        assert visitor.look(name.replace(":", "-")) == []
        assert not visitor.scrolls_sideways()


def test_a_small_screen_finds_the_navigation_behind_a_button_without_javascript(
    chromium, live_server, visit, lead
):
    signed_in = visit(size="360")
    signed_in.sign_in(lead, PASSWORD)
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        java_script_enabled=False,
        storage_state=signed_in.context.storage_state(),
    )
    page = context.new_page()
    page.goto(
        live_server.url
        + reverse("dossier:section-list", args=[lead.memberships.earliest("pk").candidacy.slug])
    )
    entry = page.get_by_role("link", name="Comités")
    assert not entry.is_visible()

    page.get_by_role("button", name="Menu de navigation").click()

    assert entry.is_visible()
    page.keyboard.press("Escape")
    assert not entry.is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_frame_is_readable_with_any_accent_in_light_and_dark(visit, lead, page_address, size, scheme):
    visitor = visit(size=size)
    visitor.sign_in(lead, PASSWORD)
    visitor.page.emulate_media(color_scheme=scheme)
    visitor.open(page_address)

    assert visitor.look(f"shell-{scheme}") == []
    assert not visitor.scrolls_sideways()


def test_the_keyboard_reaches_the_content_first_and_then_everything(visit, lead, page_address):
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(page_address)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"

    page.get_by_role("button", name=re.compile("Mon compte")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Se déconnecter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/connexion/" in url)


def test_the_switcher_leads_to_the_other_candidacy(visit, lead, page_address):
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(page_address)
    other = lead.memberships.latest("pk").candidacy

    page.get_by_role("button", name="Changer de candidature").click()
    page.get_by_role("link", name=other.title).click()

    page.wait_for_url(lambda url: url.endswith(reverse("dossier:dashboard", args=[other.slug])))


def test_a_passkey_is_added_and_then_opens_a_session(visit, lead):
    visitor = visit()
    visitor.sign_in(lead, PASSWORD)
    page = visitor.page
    devtools = visitor.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    visitor.open(reverse("mfa_add_webauthn"))
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()

    page.get_by_label("Nom de la clé").fill("Mon ordinateur")
    page.get_by_label("Cette clé remplace le mot de passe").check()
    page.get_by_role("button", name="Ajouter la clé").click()
    page.get_by_role("heading", name="Codes de secours").wait_for()
    visitor.open(reverse("mfa_list_webauthn"))
    assert page.get_by_role("rowheader", name="Mon ordinateur").is_visible()
    assert visitor.look("passkeys") == []
    key = lead.authenticator_set.get(type="webauthn")
    trouble = []
    for name, arguments in (
        ("mfa_edit_webauthn", [key.pk]),
        ("mfa_remove_webauthn", [key.pk]),
        ("mfa_reauthenticate_webauthn", []),
    ):
        visitor.open(reverse(name, args=arguments))
        assert page.url.endswith(reverse(name, args=arguments))
        trouble += visitor.look_wide_and_narrow(name)
    assert trouble == []

    visitor.open(reverse("mfa_list_webauthn"))
    page.get_by_role("button", name=re.compile("Mon compte")).click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url(lambda url: "/connexion/" not in url)
    assert page.get_by_role("button", name=re.compile("Mon compte")).is_visible()


@pytest.mark.parametrize("size", ["1280", "360"])
def test_slash_leads_to_the_search_but_not_while_typing(visit, lead, page_address, size):
    visitor = visit(size=size)
    visitor.sign_in(lead, PASSWORD)
    visitor.open(page_address)

    visitor.page.keyboard.press("/")
    if size == "360":
        visitor.page.keyboard.press("Enter")
        visitor.page.get_by_label("Mots cherchés").wait_for()
        visitor.page.locator("h1").click()
        visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("a/b")
    assert visitor.page.evaluate("document.activeElement.value") == "a/b"
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("Rien ne répond à ces mots.").wait_for()

    assert visitor.look("search") == []
    assert not visitor.scrolls_sideways()
