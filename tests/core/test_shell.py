"""What every page has around it."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client, override_settings
from django.urls import path, reverse

from candidacy.models import Membership
from config import urls
from tests.factories import make_candidacy, make_member, make_user

Role = Membership.Role


@login_not_required
def fail(request):
    raise RuntimeError


urlpatterns = [path("panne/", fail), *urls.urlpatterns]


class Entries(HTMLParser):
    """The entries of the navigation: label, address and whether it is the current one."""

    def __init__(self):
        super().__init__()
        self.found, self.depth, self.link = [], 0, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "nav" and attributes.get("id") == "navigation":
            self.depth = 1
        elif self.depth and tag == "a":
            self.link = [attributes["href"], attributes.get("aria-current", ""), ""]

    def handle_data(self, data):
        if self.link is not None:
            self.link[2] += data.strip()

    def handle_endtag(self, tag):
        if tag == "a" and self.link is not None:
            address, current, label = self.link
            self.found.append((label, address, current))
            self.link = None
        elif tag == "nav":
            self.depth = 0


def entries(response):
    parser = Entries()
    parser.feed(response.content.decode())
    return parser.found


def page_of(client, membership, name="dossier:dashboard"):
    client.force_login(membership.user)
    response = client.get(reverse(name, args=[membership.candidacy.slug]))
    assert response.status_code == 200
    return response


NAVIGATION = {
    Role.LEAD: [
        ("Tableau de bord", "dossier:dashboard"),
        ("Dossier", "dossier:section-list"),
        ("Partenaires", "partners:organisation-list"),
        ("Comités", "committees:committee-list"),
        ("Budget", "budget:plan-detail"),
        ("Appel", "candidacy:call-detail"),
        ("Rétroplanning", "candidacy:backward-plan"),
        ("Envois", "candidacy:outbox-list"),
        ("Réglages", "candidacy:candidacy-settings"),
    ],
    Role.PARTNER: [
        ("Mon espace", "dossier:dashboard"),
        ("Mes sections", "dossier:section-list"),
        ("Ma structure", "partners:organisation-list"),
        ("Mes réunions", "committees:meeting-list"),
        ("Mon financement", "budget:funding-own"),
    ],
    Role.ELECTED: [
        ("Accueil", "dossier:dashboard"),
        ("Dossier", "dossier:edition-list"),
        ("Mes réunions", "committees:meeting-list"),
        ("Chiffres clés", "budget:plan-summary"),
    ],
    Role.OBSERVER: [("Accueil", "dossier:dashboard"), ("Dossier", "dossier:edition-list")],
}


@pytest.mark.parametrize("role", NAVIGATION)
def test_the_navigation_names_the_pages_of_the_role_in_one_order(client, role):
    membership = make_member(role=role)

    found = entries(page_of(client, membership))

    slug = membership.candidacy.slug
    assert [(label, address) for label, address, _ in found] == [
        (label, reverse(name, args=[slug])) for label, name in NAVIGATION[role]
    ]


def test_the_team_is_not_led_to_the_settings_it_may_not_change(client):
    labels = [label for label, _, _ in entries(page_of(client, make_member(role=Role.TEAM)))]

    assert labels == [
        *("Tableau de bord", "Dossier", "Partenaires", "Comités", "Budget"),
        *("Appel", "Rétroplanning", "Envois"),
    ]


def test_an_observer_with_the_grant_is_led_to_the_funding_plan(client):
    membership = make_member(role=Role.OBSERVER, can_read_funding=True)

    assert entries(page_of(client, membership))[-1][:2] == (
        "Plan de financement",
        reverse("budget:plan-summary", args=[membership.candidacy.slug]),
    )


@pytest.mark.parametrize(
    ("name", "current"),
    [
        ("dossier:dashboard", [("Tableau de bord", "page")]),
        ("dossier:section-list", [("Dossier", "page")]),
        ("dossier:edition-list", [("Dossier", "true")]),
        ("committees:meeting-list", [("Comités", "true")]),
        ("candidacy:member-list", [("Réglages", "true")]),
    ],
)
def test_one_entry_is_current_on_its_page_and_on_those_it_holds(client, name, current):
    response = page_of(client, make_member(role=Role.LEAD), name)

    assert [(label, mark) for label, _, mark in entries(response) if mark] == current


def test_a_page_begins_with_a_way_past_the_navigation_and_has_one_heading(client):
    html = page_of(client, make_member()).content.decode()

    assert html.index('class="skip-link" href="#contenu"') < html.index('id="navigation"')
    assert html.count("<h1") == 1
    assert '<html lang="fr">' in html
    assert '<main id="contenu"' in html


def test_the_candidacy_gives_the_page_its_title_and_its_colour(client):
    membership = make_member(candidacy=make_candidacy(title="Le bassin", accent_colour="#c8102e"))

    html = page_of(client, membership).content.decode()

    assert re.search(r"<title>\s*Tableau de bord.* – Le bassin – Candidacy</title>", html, re.DOTALL)
    theme = re.search(r'href="([^"]*theme\.css\?c8102e)"', html)[1]
    assert "--accent-fill:#c8102e" in client.get(theme).content.decode()


def test_the_colours_of_a_candidacy_are_its_members_alone(client):
    client.force_login(make_member().user)

    assert client.get(reverse("candidacy:candidacy-theme", args=[make_candidacy().slug])).status_code == 404


@pytest.mark.parametrize("is_fictitious", [True, False])
def test_a_fictitious_candidacy_says_so_on_the_page(client, is_fictitious):
    membership = make_member(candidacy=make_candidacy(is_fictitious=is_fictitious))

    html = page_of(client, membership).content.decode()

    assert ("Candidature fictive – démonstration" in html) is is_fictitious


def test_the_switcher_offers_the_other_candidacies_of_the_person(client):
    membership = make_member()
    other = make_member(user=membership.user, role=Role.TEAM)
    make_member()

    html = page_of(client, membership).content.decode()
    switcher = html[html.index('id="candidacies"') :]
    switcher = switcher[: switcher.index("</nav>")]

    assert re.findall(r'href="([^"]+)"', switcher) == [
        reverse("dossier:dashboard", args=[other.candidacy.slug])
    ]


def test_whoever_has_one_candidacy_sees_no_switcher(client):
    assert 'id="candidacies"' not in page_of(client, make_member()).content.decode()


def test_the_shell_costs_no_query_for_each_candidacy_of_the_person(client, django_assert_num_queries):
    membership = make_member()
    page = reverse("accounts:accessibility")
    client.force_login(membership.user)
    client.get(page)
    for _ in range(30):
        make_member(user=membership.user)

    with django_assert_num_queries(2):  # session, user
        client.get(page)


def test_signing_out_takes_a_post(client):
    client.force_login(make_user())

    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_a_page_that_does_not_exist_keeps_the_shell(client):
    client.force_login(make_user())

    response = client.get("/nulle-part/")

    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()
    assert 'id="navigation"' in response.content.decode()


def test_a_refusal_keeps_the_shell_of_the_candidacy(client):
    membership = make_member(role=Role.OBSERVER)
    client.force_login(membership.user)

    response = client.get(reverse("budget:plan-detail", args=[membership.candidacy.slug]))

    assert response.status_code == 403
    assert "Accès refusé" in response.content.decode()
    assert membership.candidacy.title in response.content.decode()


@override_settings(ROOT_URLCONF="tests.core.test_shell")
def test_a_failure_answers_in_french_without_the_database(client, django_assert_num_queries):
    client.raise_request_exception = False

    with django_assert_num_queries(0):
        response = client.get("/panne/")

    assert response.status_code == 500
    assert "Une erreur est survenue" in response.content.decode()


def test_a_form_without_its_token_is_refused_in_words():
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("account_login"), {"login": "x", "password": "y"})

    assert response.status_code == 403
    assert "Formulaire périmé" in response.content.decode()
    assert "vous vous êtes connecté·e ailleurs" in response.content.decode()


def test_a_part_of_a_page_is_not_replaced_by_the_sign_in_page(client):
    address = reverse("candidacy:home")

    part = client.get(address, headers={"HX-Request": "true"})

    assert (part.status_code, part.content) == (401, b"")
    assert client.get(address).url == f"{reverse('account_login')}?next={address}"


def test_pages_are_not_kept_by_shared_caches(client):
    assert page_of(client, make_member())["Cache-Control"] == "private, no-store"
