"""External links of the dossier: asked for once, tried by the worker, told to whoever prepares the deposit."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dossier import link_checking
from dossier.deposit import assess_deposit
from dossier.links import addresses_in, progress_of
from dossier.models import Edition, LinkCheck
from dossier.models.links import FRESH_FOR, MAX_ADDRESS
from dossier.services.links import request_link_check
from dossier.tasks import resume_link_checks
from tests.factories import make_candidacy, make_edition, make_link_check, make_member, make_section
from tests.web_site import WebSite

Status = LinkCheck.Status


@pytest.fixture
def site(settings):
    settings.LINK_CHECK_PRIVATE_HOSTS = ["127.0.0.1"]
    site = WebSite()
    yield site
    site.close()


def linked(*addresses):
    return "".join(f'<p><a href="{address}">ici</a></p>' for address in addresses)


def edition_with(*addresses, candidacy=None):
    candidacy = candidacy or make_candidacy()
    make_section(candidacy=candidacy, title="Vision", body=linked(*addresses))
    return make_edition(candidacy=candidacy)


def finding_of(edition):
    findings = assess_deposit(Edition.objects.get(pk=edition.pk))
    return next(finding for finding in findings if finding.key == "external_links")


def found(candidacy):
    return {check.address: (check.status, check.reason) for check in candidacy.link_checks.all()}


# --- Asking ---------------------------------------------------------------------------------------------


def test_only_addresses_of_the_web_are_asked_for_once_each():
    body = linked(
        "https://a.example/?x=1&amp;y=2#haut",
        "https://a.example/?x=1&amp;y=2#bas",
        "HTTP://b.example/é",
        "mailto:x@y.example",
        "/c/x/",
        "#note",
    )

    assert addresses_in(body) == ["https://a.example/?x=1&y=2", "HTTP://b.example/%C3%A9"]


def test_the_same_click_twice_starts_one_check(django_capture_on_commit_callbacks):
    edition = edition_with("https://a.example/", "https://b.example/")

    with django_capture_on_commit_callbacks() as callbacks:
        counts = [request_link_check(edition=edition), request_link_check(edition=edition)]

    assert counts == [2, 0]
    assert len(callbacks) == 1
    assert edition.candidacy.link_checks.waiting().count() == 2


def test_what_has_just_answered_is_not_asked_again_and_the_rest_is():
    candidacy = make_candidacy()
    now = timezone.now()
    make_link_check(candidacy=candidacy, address="https://vient.example/")
    make_link_check(
        candidacy=candidacy, address="https://hier.example/", checked_at=now - timedelta(days=1), taken_at=now
    )
    make_link_check(candidacy=candidacy, address="https://mort.example/", status=Status.DEAD, reason="x")
    make_link_check(address="https://hier.example/", checked_at=now - timedelta(days=1))
    edition = edition_with(
        "https://vient.example/", "https://hier.example/", "https://mort.example/", candidacy=candidacy
    )

    assert request_link_check(edition=edition) == 2
    assert {check.address for check in LinkCheck.objects.waiting()} == {
        "https://hier.example/",
        "https://mort.example/",
    }
    assert {check.candidacy for check in LinkCheck.objects.waiting()} == {candidacy}
    assert {check.taken_at for check in LinkCheck.objects.waiting()} == {None}


def test_an_endless_address_is_told_and_not_stored():
    edition = edition_with("https://a.example/" + "a" * MAX_ADDRESS)

    assert request_link_check(edition=edition) == 0
    finding = finding_of(edition)
    assert not finding.is_met
    assert "trop longue pour être vérifiée" in finding.lines[0].text


# --- Trying ---------------------------------------------------------------------------------------------


def test_the_worker_writes_what_it_finds_with_the_day(site, django_capture_on_commit_callbacks):
    addresses = [site.url(path) for path in ("/200", "/404", "/503", "/ici?http://169.254.169.254/")]
    addresses += [site.url(f"/200?{number}") for number in range(10)]
    edition = edition_with(*addresses)
    before = timezone.now()

    with django_capture_on_commit_callbacks(execute=True):
        request_link_check(edition=edition)

    states = found(edition.candidacy)
    assert [states[address][0] for address in addresses[:4]] == ["alive", "dead", "unreachable", "dead"]
    assert states[addresses[1]] == ("dead", "page introuvable (404)")
    assert "est sur un réseau privé" in states[addresses[3]][1]
    assert {states[address] for address in addresses[4:]} == {("alive", "")}
    assert all(check.checked_at >= before for check in LinkCheck.objects.all())
    assert len([asked for asked in site.asked if asked[1].startswith("/200")]) == 11


def test_a_task_delivered_twice_asks_nothing_twice(site):
    candidacy = make_candidacy()
    make_link_check(candidacy=candidacy, address=site.url("/200"), status=Status.WAITING, checked_at=None)

    assert [link_checking.check_waiting(candidacy.pk), link_checking.check_waiting(candidacy.pk)] == [1, 0]
    assert len(site.asked) == 1


def test_two_workers_never_take_the_same_link():
    check = make_link_check(status=Status.WAITING, checked_at=None)

    taken = [link_checking._take(check.candidacy_id), link_checking._take(check.candidacy_id)]

    assert [len(rows) for rows in taken] == [1, 0]


def test_what_a_worker_given_up_for_dead_found_is_refused(site):
    check = make_link_check(address=site.url("/200"), status=Status.WAITING, checked_at=None)
    (late,) = link_checking._take(check.candidacy_id)
    LinkCheck.objects.update(taken_at=timezone.now() + timedelta(seconds=1))

    assert link_checking._write(late, link_checking._ask(late.address)) == 0
    check.refresh_from_db()
    assert check.status == Status.WAITING


def test_links_of_a_worker_that_died_are_taken_up_by_the_tick(site):
    long_ago = timezone.now() - link_checking.SILENCE - timedelta(seconds=1)
    waiting = {"status": Status.WAITING, "checked_at": None, "asked_at": long_ago}
    lost = make_link_check(address=site.url("/200"), taken_at=long_ago, **waiting)
    never_taken = make_link_check(address=site.url("/204"), **waiting)
    at_work = make_link_check(address=site.url("/404"), **waiting)
    make_link_check(candidacy=at_work.candidacy, taken_at=timezone.now(), **waiting)

    resume_link_checks()

    assert found(lost.candidacy) == {lost.address: ("alive", "")}
    assert found(never_taken.candidacy) == {never_taken.address: ("alive", "")}
    assert found(at_work.candidacy)[at_work.address][0] == "waiting"


def test_a_bug_at_one_address_does_not_stop_the_others(monkeypatch):
    def ask(address, **options):
        if "bogue" in address:
            raise RuntimeError
        return link_checking.LinkAnswer(link_checking.LinkState.ALIVE)

    monkeypatch.setattr(link_checking, "ask_link", ask)
    candidacy = make_candidacy()
    for address in ("https://bogue.example/", "https://a.example/"):
        make_link_check(candidacy=candidacy, address=address, status=Status.WAITING, checked_at=None)

    assert link_checking.check_waiting(candidacy.pk) == 2
    assert found(candidacy) == {
        "https://bogue.example/": ("unreachable", "la vérification a échoué"),
        "https://a.example/": ("alive", ""),
    }


def test_progress_counts_what_was_asked_for():
    candidacy = make_candidacy()
    start = timezone.now()
    make_link_check(candidacy=candidacy, asked_at=start - timedelta(days=1))
    make_link_check(candidacy=candidacy, asked_at=start)
    assert progress_of(candidacy) is None
    make_link_check(candidacy=candidacy, asked_at=start, status=Status.WAITING, checked_at=None)

    progress = progress_of(candidacy)

    assert (progress.done, progress.total, progress.percent) == (1, 2, 50)


# --- The condition --------------------------------------------------------------------------------------


def test_each_dead_link_is_told_with_the_section_where_it_is_mended():
    candidacy = make_candidacy()
    address = "https://mort.example/?a=1&b=2"
    make_link_check(candidacy=candidacy, address=address, status=Status.DEAD, reason="page introuvable (404)")
    sections = [
        make_section(candidacy=candidacy, title=title, body=linked("https://mort.example/?a=1&amp;b=2#x"))
        for title in ("Vision", "Territoire")
    ]

    finding = finding_of(make_edition(candidacy=candidacy))

    assert not finding.is_met
    assert finding.text == "1 lien externe ne mène nulle part."
    assert [line.label for line in finding.lines] == ["1 Vision", "2 Territoire"]
    assert [line.url for line in finding.lines] == [
        reverse("dossier:section-detail", args=[candidacy.slug, section.public_id]) for section in sections
    ]
    assert finding.lines[0].text.startswith(f"{address} – page introuvable (404), vérifié le ")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (None, "pas encore vérifié"),
        ({"status": Status.WAITING, "checked_at": None}, "vérification en cours"),
        ({"checked_at": timezone.now() - FRESH_FOR - timedelta(hours=1)}, "à vérifier de nouveau"),
        (
            {
                "status": Status.DEAD,
                "reason": "x",
                "checked_at": timezone.now() - FRESH_FOR - timedelta(hours=1),
            },
            "à vérifier de nouveau",
        ),
        (
            {"status": Status.UNREACHABLE, "reason": "trop lent"},
            "injoignable pour l’instant\u00a0: trop lent",
        ),
    ],
)
def test_what_is_not_known_today_is_to_be_verified(fields, told):
    edition = edition_with("https://a.example/")
    if fields is not None:
        make_link_check(candidacy=edition.candidacy, address="https://a.example/", **fields)

    finding = finding_of(edition)

    assert not finding.is_met
    assert finding.text == "1 lien externe est à vérifier."
    assert told in finding.lines[0].text


def test_links_that_all_answered_lately_meet_the_condition():
    edition = edition_with("https://a.example/")
    make_link_check(candidacy=edition.candidacy, address="https://a.example/")

    finding = finding_of(edition)

    assert finding.is_met
    assert finding.is_about_web


def test_what_was_found_for_another_candidacy_does_not_count():
    edition = edition_with("https://a.example/")
    make_link_check(address="https://a.example/")

    assert "pas encore vérifié" in finding_of(edition).lines[0].text


def test_a_dossier_without_links_has_nothing_to_verify():
    finding = finding_of(edition_with())

    assert finding.is_met
    assert not finding.is_about_web


def test_the_condition_costs_the_same_for_any_number_of_links():
    def cost(count):
        edition = edition_with(*(f"https://a.example/{number}" for number in range(count)))
        for number in range(0, count, 2):
            make_link_check(candidacy=edition.candidacy, address=f"https://a.example/{number}")
        edition = Edition.objects.get(pk=edition.pk)
        with CaptureQueriesContext(connection) as queries:
            assess_deposit(edition)
        return len(queries)

    assert cost(3) == cost(30)


# --- The page -------------------------------------------------------------------------------------------


def page(name, edition):
    return reverse(f"dossier:{name}", args=[edition.candidacy.slug, edition.public_id])


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


def test_the_gate_offers_the_check_and_shows_how_far_it_is(client, lead):
    edition = edition_with("https://a.example/", candidacy=lead.candidacy)

    before = client.get(page("edition-deposit", edition)).text
    request_link_check(edition=edition)
    during = client.get(page("edition-deposit", edition)).text

    assert "Vérifier les liens" in before
    assert f'formaction="{page("edition-links-check", edition)}"' in before
    assert "Vérifier les liens" not in during
    assert f'hx-get="{page("edition-links-progress", edition)}"' in during
    assert "<progress" in during


def test_a_click_starts_it_and_comes_back_to_the_conditions(
    client, lead, site, django_capture_on_commit_callbacks
):
    edition = edition_with(site.url("/404"), candidacy=lead.candidacy)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page("edition-links-check", edition))
    shown = client.get(answer["Location"]).text

    assert answer["Location"] == page("edition-deposit", edition)
    assert "La vérification des liens est lancée." in shown
    assert "page introuvable (404)" in shown


def test_with_htmx_the_page_keeps_what_is_typed_on_it(client, lead):
    edition = edition_with("https://a.example/", candidacy=lead.candidacy)

    started = client.post(page("edition-links-check", edition), headers={"HX-Request": "true"})
    LinkCheck.objects.update(status=Status.ALIVE, checked_at=timezone.now())
    ended = client.get(page("edition-links-progress", edition), headers={"HX-Request": "true"})

    assert started.status_code == 200
    assert "<form" not in started.text
    assert 'hx-trigger="every 2s"' in started.text
    assert "hx-get" not in ended.text
    assert "La vérification des liens est terminée." in ended.text


def test_there_is_nothing_to_start_when_everything_was_just_tried(client, lead):
    edition = edition_with("https://a.example/", candidacy=lead.candidacy)
    make_link_check(candidacy=lead.candidacy, address="https://a.example/")

    shown = client.post(page("edition-links-check", edition), follow=True).text

    assert "Tous les liens viennent d’être vérifiés." in shown


def test_a_dossier_without_links_shows_no_button(client, lead):
    assert (
        "Vérifier les liens"
        not in client.get(page("edition-deposit", edition_with(candidacy=lead.candidacy))).text
    )
