"""Plays tests/access.py: every URL, every role."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.access import ACCESS, OK, OWN_ACCOUNT, PUBLIC, ROLES
from tests.world import make_world


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    return str(tmp_path_factory.mktemp("media"))


@pytest.fixture(autouse=True)
def _media_in_a_scratch_folder(settings, media, tmp_path):
    """The files of the two worlds outlive a test."""
    settings.MEDIA_ROOT = media
    settings.CACHE_DIR = tmp_path / "cache"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker, media):
    """Two worlds that do not know of each other, made once for the hundreds of requests played on them.

    Every request is undone, and every test is a savepoint in the transaction that made the worlds.
    """
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield make_world(), make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(worlds):
    return worlds[0]


@pytest.fixture
def elsewhere(worlds):
    return worlds[1]


def named_urls(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_urls(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def address(name, rule, world, *, target=None):
    """Reverse ``name`` for the world's candidacy, or without it where the URL carries no slug."""
    kwargs = dict(rule.kwargs)
    if rule.target:
        kwargs["public_id"] = (target or world.objects[rule.target]).public_id
    kwargs |= {keyword: world.objects[part].public_id for keyword, part in rule.parts.items()}
    if rule.token:
        kwargs["token"] = world.objects[rule.token].token
    try:
        return reverse(name, kwargs={"slug": world.candidacy.slug, **kwargs})
    except NoReverseMatch:
        return reverse(name, kwargs=kwargs)


def ask(client, rule, url):
    """Send the rule's request and undo whatever it did."""
    with transaction.atomic():
        response = getattr(client, rule.method)(url, rule.data)
        if response.streaming:
            list(response.streaming_content)  # to its end: the file is closed there
        transaction.set_rollback(True)
    return response


MARK = "Candidature fictive – démonstration"
OPENED_BY_A_SECRET = ("/lecture/", "/sondage/", "/reponse/", "/relecture/")


def is_page_of_a_candidacy(response, url, world):
    """Whether a whole page came back, from an address that leads into the candidacy."""
    leads_into_it = world.candidacy.slug in url or url.startswith(OPENED_BY_A_SECRET)
    return leads_into_it and response.status_code in {200, 422} and "</html>" in text_of(response)


def text_of(response):
    return "" if response.streaming else response.content.decode(errors="ignore")


def outcome(response):
    if response.status_code in {403, 404}:
        return response.status_code
    assert response.status_code < 500
    return "sign-in" if response.status_code == 302 and response.url.startswith("/compte/connexion/") else OK


def test_every_url_has_a_rule():
    assert sorted(set(named_urls(get_resolver().url_patterns)) ^ (set(ACCESS) | OWN_ACCOUNT)) == []


@pytest.mark.parametrize("name", ACCESS)
def test_each_role_gets_what_the_table_says_marked_as_fictitious_where_the_candidacy_is(client, world, name):
    rule = ACCESS[name]
    url = address(name, rule, world)
    seen, unmarked = {}, []
    for role in ROLES:
        client.force_login(world.people[role])
        response = ask(client, rule, url)
        seen[role] = outcome(response)
        if is_page_of_a_candidacy(response, url, world) and MARK not in text_of(response):
            unmarked.append(role)

    assert (seen, unmarked) == (dict(rule.expected), [])


@pytest.mark.parametrize(
    "name",
    ["dossier:reading-page", "committees:poll-link", "committees:answer-link", "committees:minutes-link"],
)
def test_the_refusal_of_a_form_from_elsewhere_is_marked_as_well(client, world, name):
    url = address(name, ACCESS[name], world)

    response = client.post(url, headers={"Sec-Fetch-Site": "cross-site"})

    assert (response.status_code, MARK in text_of(response)) == (403, True)


@pytest.mark.parametrize("name", [name for name, rule in ACCESS.items() if rule.method == "get"])
def test_who_may_not_open_a_form_may_not_send_it_either(client, world, name):
    rule = ACCESS[name]
    sending = replace(rule, method="post", data={})
    url = address(name, rule, world)
    refused = {role: answer for role, answer in rule.expected.items() if answer != OK}
    seen = {}
    for role in refused:
        client.force_login(world.people[role])
        response = ask(client, sending, url)
        if response.status_code == 405:
            return  # a page that is read alone
        seen[role] = outcome(response)

    assert seen == refused


@pytest.mark.parametrize("name", ACCESS)
def test_nobody_gets_in_without_signing_in(client, world, name):
    rule = ACCESS[name]

    seen = outcome(ask(client, rule, address(name, rule, world)))

    assert seen == (OK if name in PUBLIC else "sign-in")


@pytest.mark.parametrize("name", [name for name, rule in ACCESS.items() if rule.target])
def test_the_identifier_of_another_candidacy_is_unknown_to_its_lead(client, world, elsewhere, name):
    rule = ACCESS[name]
    client.force_login(world.people["lead"])

    response = ask(client, rule, address(name, rule, world, target=elsewhere.objects[rule.target]))

    assert response.status_code == 404


@pytest.mark.parametrize("name", [name for name, rule in ACCESS.items() if rule.parts])
def test_a_part_is_not_found_through_another_parent(client, world, name):
    rule = ACCESS[name]
    other = world.objects[
        {
            "meeting": "draft",
            "minuted": "draft",
            "poll": "other_poll",
            "committee": "other_committee",
            "organisation": "other_organisation",
            "section": "other_section",
            "edition": "other_edition",
        }[rule.target]
    ]
    client.force_login(world.people["lead"])

    assert ask(client, rule, address(name, rule, world, target=other)).status_code == 404


@pytest.mark.parametrize("name", sorted(OWN_ACCOUNT - PUBLIC))
def test_the_pages_of_an_account_need_somebody_signed_in(client, name):
    kwargs = {"pk": 1} if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else {}

    assert outcome(client.get(reverse(name, kwargs=kwargs))) == "sign-in"


@pytest.mark.parametrize(
    ("page", "removal"),
    [
        ("budget:expense-edit", "budget:expense-remove"),
        ("budget:income-edit", "budget:income-remove"),
        ("dossier:section-detail", "dossier:section-remove"),
        ("dossier:proof-edit", "dossier:proof-remove"),
        ("dossier:picture-edit", "dossier:picture-remove"),
        ("dossier:live-figure-edit", "dossier:live-figure-remove"),
        ("committees:blackout-edit", "committees:blackout-remove"),
        ("committees:template-item-edit", "committees:template-item-remove"),
        ("committees:agenda-item-edit", "committees:agenda-item-remove"),
        ("committees:paper-edit", "committees:paper-remove"),
        ("partners:deliberation-edit", "partners:deliberation-remove"),
        ("partners:sitting-edit", "partners:sitting-remove"),
        ("committees:invitation-answer", "committees:invitation-remove"),
    ],
)
def test_a_removal_is_offered_to_the_lead_and_not_to_the_team(client, world, page, removal):
    """What a text cites or shows is not removed at all: the sheets are looked at once nothing names it."""
    rule = ACCESS[removal]
    with transaction.atomic():
        world.objects["section"].live_figures.clear()
        world.candidacy.sections.exclude(body="").delete()
        world.objects["section"].pictures.clear()
        address_of_removal, shown = address(removal, rule, world), {}
        for role in ("lead", "team"):
            client.force_login(world.people[role])
            response = client.get(address(page, rule, world))
            assert response.status_code == 200
            shown[role] = address_of_removal in response.text
        transaction.set_rollback(True)

    assert shown == {"lead": True, "team": False}
