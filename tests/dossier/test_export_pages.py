from pathlib import Path
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from dossier.models import DossierExport
from tests.dossier.people import make_partner
from tests.factories import make_candidacy, make_edition, make_export, make_member, make_section

Role = Membership.Role
Status = DossierExport.Status


def address(name, export):
    return reverse(f"dossier:{name}", args=[export.candidacy.slug, export.public_id])


def list_address(candidacy):
    return reverse("dossier:export-list", args=[candidacy.slug])


def content_of(response):
    return b"".join(response.streaming_content)


def test_the_button_leads_to_the_progress_and_a_second_click_to_the_same(client):
    lead = make_member()
    make_section(candidacy=lead.candidacy)
    client.force_login(lead.user)
    url = reverse("dossier:export-create", args=[lead.candidacy.slug])

    first, second = client.post(url), client.post(url)

    export = lead.candidacy.exports.get()
    assert first.url == second.url == address("export-detail", export)


def test_the_button_refuses_an_empty_dossier_in_words(client):
    lead = make_member()
    client.force_login(lead.user)

    response = client.post(reverse("dossier:export-create", args=[lead.candidacy.slug]), follow=True)

    assert "il n’y a rien à imprimer" in response.text


def test_progress_is_asked_again_while_it_runs_and_read_without_a_script(client):
    lead = make_member()
    export = make_export(candidacy=lead.candidacy, status=Status.RUNNING, stage="Mise en page", progress=42)
    client.force_login(lead.user)

    page = client.get(address("export-detail", export)).text
    part = client.get(address("export-progress", export), headers={"HX-Request": "true"})

    for text in (page, part.text):
        assert "Mise en page" in text
        assert 'hx-trigger="every 1s"' in text
        assert "Actualiser" in text
    assert "HX-Refresh" not in part.headers


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED])
def test_an_ended_printing_reloads_the_page_and_asks_no_more(client, status):
    lead = make_member()
    export = make_export(candidacy=lead.candidacy, status=status, error="Trop long.")
    client.force_login(lead.user)

    part = client.get(address("export-progress", export), headers={"HX-Request": "true"})

    assert part["HX-Refresh"] == "true"
    assert "hx-trigger" not in part.text


def test_a_failure_says_why_and_offers_the_last_good_pdf(client):
    lead = make_member()
    good = make_export(candidacy=lead.candidacy)
    export = make_export(candidacy=lead.candidacy, status=Status.FAILED, error="La mémoire a manqué.")
    client.force_login(lead.user)

    page = client.get(address("export-detail", export)).text

    assert "La mémoire a manqué." in page
    assert address("export-download", good) in page


def test_the_file_leaves_whole_under_a_french_name(client):
    lead = make_member(candidacy=make_candidacy(title="Lens / Liévin"))
    export = make_export(candidacy=lead.candidacy, finished_at=timezone.now(), content=b"%PDF-1.7 tout")
    client.force_login(lead.user)

    response = client.get(address("export-download", export))

    assert content_of(response) == b"%PDF-1.7 tout"
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    disposition = unquote(response["Content-Disposition"])
    assert disposition.startswith("attachment")
    assert "Dossier de candidature – Lens - Liévin – " in disposition
    assert disposition.endswith(".pdf")


def test_the_pdf_may_be_framed_by_our_own_page_and_by_no_other(client):
    lead = make_member()
    export = make_export(candidacy=lead.candidacy)
    client.force_login(lead.user)

    response = client.get(address("export-read", export))
    page = client.get(address("export-detail", export))

    content_of(response)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert page["X-Frame-Options"] == "DENY"
    assert f'<iframe class="reader__frame" src="{address("export-read", export)}"' in page.text


@pytest.mark.parametrize("name", ["export-download", "export-read"])
def test_what_is_not_printed_or_no_longer_there_is_not_found(client, name):
    lead = make_member()
    running = make_export(candidacy=lead.candidacy, status=Status.RUNNING)
    gone = make_export(candidacy=lead.candidacy)
    Path(gone.file.path).unlink()
    client.force_login(lead.user)

    for export in (running, gone):
        assert client.get(address(name, export)).status_code == 404


@pytest.mark.parametrize("role", [Role.ELECTED, Role.OBSERVER])
def test_a_working_print_is_no_readers_business(client, role):
    member = make_member(role=role)
    export = make_export(candidacy=member.candidacy)
    client.force_login(member.user)

    assert client.get(list_address(member.candidacy)).status_code == 403
    for name in ("export-detail", "export-download", "export-read", "export-progress"):
        assert client.get(address(name, export)).status_code == 404


def test_a_partner_reads_no_export(client):
    candidacy = make_candidacy()
    export = make_export(candidacy=candidacy)
    client.force_login(make_partner(candidacy=candidacy))

    assert client.get(list_address(candidacy)).status_code == 403
    assert client.get(address("export-download", export)).status_code == 404


def test_an_export_is_found_under_its_own_candidacy_alone(client):
    lead, export = make_member(), make_export()
    make_member(candidacy=export.candidacy, user=lead.user)
    client.force_login(lead.user)

    for name in ("export-detail", "export-download", "export-read"):
        url = reverse(f"dossier:{name}", args=[lead.candidacy.slug, export.public_id])
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("role", [Role.LEAD, Role.TEAM])
def test_the_button_stops_the_printing_and_the_page_says_so(client, role):
    member = make_member(role=role)
    good = make_export(candidacy=member.candidacy)
    export = make_export(candidacy=member.candidacy, status=Status.RUNNING)
    client.force_login(member.user)
    assert address("export-cancel", export) in client.get(address("export-detail", export)).text

    page = client.post(address("export-cancel", export), follow=True).text

    assert "La production de ce PDF a été arrêtée." in page
    assert address("export-download", good) in page
    assert "Recommencer" in page


def test_stopping_what_has_ended_says_so(client):
    lead = make_member()
    export = make_export(candidacy=lead.candidacy)
    client.force_login(lead.user)

    assert "déjà terminée" in client.post(address("export-cancel", export), follow=True).text


def test_the_printing_of_an_edition_leads_to_its_edition(client):
    lead = make_member()
    edition = make_edition(candidacy=lead.candidacy)
    printing = make_export(candidacy=lead.candidacy, edition=edition, status=Status.RUNNING)
    client.force_login(lead.user)

    response = client.get(address("export-detail", printing))

    assert response.url == reverse("dossier:edition-detail", args=[lead.candidacy.slug, edition.public_id])
    assert printing not in client.get(list_address(lead.candidacy)).context["page"]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_any_number_of_exports(client, count, django_assert_num_queries):
    member = make_member()
    for _ in range(count):
        make_export(candidacy=member.candidacy, requested_by=make_member().user)
    client.force_login(member.user)

    # Session, user, candidacy, memberships; count, exports.
    with django_assert_num_queries(5):
        client.get(list_address(member.candidacy))
