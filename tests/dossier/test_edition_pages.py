from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from dossier.deposit import CONDITIONS
from dossier.models import DossierExport, Edition, EditionFile, Section
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_committee,
    make_edition,
    make_edition_file,
    make_export,
    make_meeting,
    make_member,
    make_picture,
    make_published_edition,
    make_section,
)

Role = Membership.Role
Variant = EditionFile.Variant


def address(name, edition, *more):
    return reverse(f"dossier:{name}", args=[edition.candidacy.slug, edition.public_id, *more])


def page_of(name, candidacy):
    return reverse(f"dossier:{name}", args=[candidacy.slug])


def content_of(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


def test_the_form_freezes_and_says_when_nothing_changed(client, lead):
    make_section(candidacy=lead.candidacy, body="<p>Texte.</p>")
    url = page_of("edition-create", lead.candidacy)

    first = client.post(url, {"label": "Relecture", "note": "Pour lundi"}, follow=True)
    second = client.post(url, {"label": "Bis"}, follow=True)

    assert "L’édition 1 est figée." in first.text
    assert "Pour lundi" in first.text
    assert "rien n’a changé entre les deux" in second.text
    assert "Le contenu est exactement celui de l’édition 1." in second.text
    assert [edition.number for edition in lead.candidacy.editions.newest_first()] == [2, 1]


def test_a_form_without_a_label_keeps_what_was_typed(client, lead):
    make_section(candidacy=lead.candidacy)

    response = client.post(page_of("edition-create", lead.candidacy), {"label": " ", "note": "À garder"})

    assert response.status_code == 422
    assert "À garder" in response.text
    assert not lead.candidacy.editions.exists()


def test_an_empty_dossier_is_refused_in_words(client, lead):
    response = client.post(page_of("edition-create", lead.candidacy), {"label": "Vide"})

    assert response.status_code == 422
    assert "il n’y a rien à figer" in response.text


def test_the_page_shows_the_printing_on_its_way_and_stops_it(client, lead):
    edition = make_edition(candidacy=lead.candidacy, content=False)
    printing = make_export(
        candidacy=lead.candidacy, edition=edition, status=DossierExport.Status.RUNNING, stage="Mise en page"
    )
    cancel = reverse("dossier:export-cancel", args=[lead.candidacy.slug, printing.public_id])

    page = client.get(address("edition-detail", edition)).text
    stopped = client.post(cancel, follow=True)

    assert "Mise en page" in page
    assert cancel in page
    assert stopped.redirect_chain[-1][0] == address("edition-detail", edition)
    assert "La production a été arrêtée." in stopped.text
    assert "Recommencer" in stopped.text


def test_a_failed_version_says_why_and_is_begun_again(client, lead):
    edition = make_edition(candidacy=lead.candidacy, content=False)
    make_export(
        candidacy=lead.candidacy,
        edition=edition,
        status=DossierExport.Status.FAILED,
        error="Trop de mémoire.",
    )

    page = client.get(address("edition-detail", edition)).text
    client.post(address("edition-print", edition, "full"))

    assert "Trop de mémoire." in page
    assert edition.printings.filter(status=DossierExport.Status.QUEUED).count() == 1


def test_an_unknown_version_does_not_exist(client, lead):
    edition = make_edition(candidacy=lead.candidacy)

    for name in ("edition-print", "edition-publish"):
        assert client.post(address(name, edition, "secrete")).status_code == 404
    assert client.get(address("edition-download", edition, "secrete")).status_code == 404


def test_it_is_submitted_to_a_meeting_that_was_not_cancelled(client, lead):
    edition = make_edition(candidacy=lead.candidacy)
    committee = make_committee(candidacy=lead.candidacy, acronym="COPIL")
    meeting = make_meeting(committee=committee, title="Validation")
    make_meeting(committee=committee, title="Annulée", status="cancelled", cancelled_at=timezone.now())
    foreign = make_meeting()
    url = address("edition-submit", edition)

    form = client.get(url).text
    refused = client.post(url, {"meeting": foreign.pk})
    client.post(url, {"meeting": meeting.pk})

    edition.refresh_from_db()
    assert "Validation" in form
    assert "Annulée" not in form
    assert refused.status_code == 422
    assert (edition.status, edition.meeting) == (Edition.Status.SUBMITTED, meeting)
    assert "COPIL" in client.get(address("edition-detail", edition)).text


# --- deposit ------------------------------------------------------------------------------------------


def test_the_deposit_wants_a_reason_for_each_unmet_condition_and_keeps_what_was_typed(client, lead):
    section = make_section(candidacy=lead.candidacy, title="Vision", body="<p>Texte.</p>")
    edition = make_edition(candidacy=lead.candidacy)
    url = address("edition-deposit", edition)

    page = client.get(url)
    refused = client.post(url, {"plan": "Vote le 12."})

    mended_at = reverse("dossier:section-detail", args=[lead.candidacy.slug, section.public_id])
    assert f'<a href="{mended_at}">1 Vision</a>' in page.text
    assert "commandée" in page.text
    assert refused.status_code == 422
    assert "Vote le 12." in refused.text
    assert "dites pourquoi passer outre" in refused.text
    assert 'aria-describedby="id_validated_error"' in refused.text
    assert 'id="id_validated_error"' in refused.text
    assert 'aria-describedby="id_plan_error"' not in refused.text
    edition.refresh_from_db()
    assert edition.status == Edition.Status.DRAFT


def test_the_reasons_stay_with_the_edition(client, lead):
    make_section(candidacy=lead.candidacy)
    edition = make_edition(candidacy=lead.candidacy)
    reasons = {condition.key: f"Raison de {condition.key}" for condition in CONDITIONS}

    page = client.post(address("edition-deposit", edition), reasons, follow=True).text

    assert "L’édition 1 est déposée." in page
    assert "Raison de validated" in page
    assert str(lead.user) in page
    assert "Soumettre" not in page


def test_the_team_sees_what_the_deposit_lacks_and_the_lead_alone_declares_it(client):
    edition = make_edition(candidacy=make_section().candidacy)
    client.force_login(make_member(candidacy=edition.candidacy, role=Role.TEAM).user)

    page = client.get(address("edition-deposit", edition))
    posted = client.post(address("edition-deposit", edition), {})

    assert "Sections validées" in page.text
    assert "Déclarer l’édition déposée" not in page.text
    assert posted.status_code == 403


# --- reading ------------------------------------------------------------------------------------------


def test_only_the_lead_publishes_and_withdraws(client):
    edition = make_edition()
    team = make_member(candidacy=edition.candidacy, role=Role.TEAM)
    lead = make_member(candidacy=edition.candidacy)

    client.force_login(team.user)
    refused = client.post(address("edition-publish", edition, "full"))
    client.force_login(lead.user)
    client.post(address("edition-publish", edition, "full"))
    publication = edition.publications.get()
    client.post(address("edition-withdraw", edition))

    publication.refresh_from_db()
    assert refused.status_code == 403
    assert publication.published_by == lead.user
    assert publication.withdrawn_by == lead.user


@pytest.mark.parametrize("role", [Role.ELECTED, Role.OBSERVER])
def test_readers_find_what_is_published_and_nothing_else(client, role):
    member = make_member(role=role)
    published = make_published_edition(
        candidacy=member.candidacy, label="À lire", note="Pour nous seuls", content=b"%PDF-1.7 tout"
    )
    make_edition_file(edition=published, variant=Variant.PUBLIC)
    draft = make_edition(candidacy=member.candidacy, label="Entre nous")
    elsewhere = make_published_edition()
    client.force_login(member.user)

    listed = client.get(page_of("edition-list", member.candidacy)).text
    page = client.get(address("edition-detail", published)).text

    assert "À lire" in listed
    assert "Entre nous" not in listed
    assert "Figer" not in listed
    for hidden in ("Pour nous seuls", published.content_digest, "Publier", "Conditions du dépôt"):
        assert hidden not in page
    assert f'src="{address("edition-read", published, "full")}"' in page
    assert content_of(client.get(address("edition-read", published, "full"))) == b"%PDF-1.7 tout"
    assert client.get(address("edition-download", published, "public")).status_code == 404
    for hidden in (draft, elsewhere):
        assert client.get(address("edition-detail", hidden)).status_code == 404
        for name in ("edition-download", "edition-read"):
            assert client.get(address(name, hidden, "full")).status_code == 404


def test_a_partner_reads_no_edition_even_published(client):
    candidacy = make_candidacy()
    edition = make_published_edition(candidacy=candidacy)
    client.force_login(make_partner(candidacy=candidacy))

    assert client.get(page_of("edition-list", candidacy)).status_code == 403
    assert client.get(address("edition-detail", edition)).status_code == 404
    assert client.get(address("edition-download", edition, "full")).status_code == 404
    assert client.get(page_of("edition-compare", candidacy)).status_code == 403


def test_an_edition_is_found_under_its_own_candidacy_alone(client, lead):
    edition = make_edition()
    make_member(candidacy=edition.candidacy, user=lead.user)

    for name, more in (("edition-detail", ()), ("edition-deposit", ()), ("edition-download", ("full",))):
        url = reverse(f"dossier:{name}", args=[lead.candidacy.slug, edition.public_id, *more])
        assert client.get(url).status_code == 404


def test_the_file_leaves_whole_under_a_french_name_and_may_be_framed_by_us_alone(client):
    candidacy = make_candidacy(title="Lens / Liévin")
    edition = make_edition(candidacy=candidacy, content=b"%PDF-1.7 tout")
    make_edition_file(edition=edition, variant=Variant.ARCHIVE)
    client.force_login(make_member(candidacy=candidacy).user)

    whole = client.get(address("edition-download", edition, "full"))
    archive = client.get(address("edition-download", edition, "archive"))
    read = client.get(address("edition-read", edition, "full"))

    assert content_of(whole) == b"%PDF-1.7 tout"
    content_of(archive), content_of(read)
    assert whole["Cache-Control"] == "private, no-store"
    assert unquote(whole["Content-Disposition"]).endswith(
        "Dossier de candidature – Lens - Liévin – édition 1.pdf"
    )
    assert "(version d’archive (PDF-A-3)).pdf" in unquote(archive["Content-Disposition"])
    assert read["X-Frame-Options"] == "SAMEORIGIN"
    assert read["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_a_file_that_is_no_longer_there_is_not_found(client, lead):
    edition = make_edition(candidacy=lead.candidacy)
    Path(edition.files.get().file.path).unlink()

    assert client.get(address("edition-read", edition, "full")).status_code == 404


# --- comparing ----------------------------------------------------------------------------------------


def test_the_last_two_editions_are_compared_unless_others_are_chosen(client, lead):
    section = make_section(candidacy=lead.candidacy, title="Vision", body="<p>Un premier jet.</p>")
    make_edition(candidacy=lead.candidacy)
    Section.objects.filter(pk=section.pk).update(body="<p>Un deuxième jet.</p>")
    make_edition(candidacy=lead.candidacy)
    make_edition(candidacy=lead.candidacy)
    url = page_of("edition-compare", lead.candidacy)

    latest = client.get(url).text
    chosen = client.get(url, {"avant": "1", "apres": "2"}).text
    unknown = client.get(url, {"avant": "1", "apres": "99"}).text

    assert "n’ont changé entre ces deux éditions" in latest
    assert "deuxième" in chosen
    assert "<del>" in chosen
    assert "Choisissez deux éditions de cette candidature." in unknown


@pytest.mark.parametrize("numbers", [{}, {"avant": "x", "apres": "'"}])
def test_without_two_editions_the_page_says_so(client, lead, numbers):
    make_edition(candidacy=lead.candidacy)

    page = client.get(page_of("edition-compare", lead.candidacy), numbers).text

    assert "Il faut deux éditions" in page


@pytest.mark.parametrize("count", [3, 30])
def test_a_comparison_costs_the_same_for_any_number_of_editions_and_sections(
    client, lead, count, django_assert_num_queries
):
    for _ in range(count):
        picture = make_picture(candidacy=lead.candidacy)
        source = reverse("dossier:picture", args=[lead.candidacy.slug, picture.public_id])
        make_section(
            candidacy=lead.candidacy, body=f'<p>Avant.</p><figure><img src="{source}" alt=""></figure>'
        )
        make_edition(candidacy=lead.candidacy)
    for section in lead.candidacy.sections.all():
        section.body = section.body.replace("Avant", "Après")
        section.save()
    make_edition(candidacy=lead.candidacy)

    # Session, user, memberships; editions, the two that are compared.
    with django_assert_num_queries(5):
        response = client.get(page_of("edition-compare", lead.candidacy))

    assert len(response.context["comparison"].sections) == count


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(("role", "queries"), [(Role.LEAD, 7), (Role.OBSERVER, 5)])
def test_the_lists_cost_the_same_for_any_number_of_editions(
    client, role, queries, count, django_assert_num_queries
):
    member = make_member(role=role)
    for _ in range(count):
        make_published_edition(candidacy=member.candidacy, published_by=make_member().user)
    client.force_login(member.user)

    # Session, user, memberships; count, editions; for the lead, publications and files.
    with django_assert_num_queries(queries):
        client.get(page_of("edition-list", member.candidacy))


# --- Pictures of two editions --------------------------------------------------------------------------------


def test_compared_editions_show_their_pictures_each_from_its_own(client, lead):
    former, current = (
        make_picture(candidacy=lead.candidacy, alternative_text=text) for text in ("Matin", "Soir")
    )
    section = make_section(candidacy=lead.candidacy, body=figure_of(former))
    first = make_edition(candidacy=lead.candidacy)
    section.body = figure_of(current)
    section.save()
    second = make_edition(candidacy=lead.candidacy)
    client.force_login(lead.user)

    page = client.get(page_of("edition-compare", lead.candidacy)).text

    addresses = [
        reverse("dossier:edition-picture", args=[lead.candidacy.slug, edition.public_id, picture.public_id])
        for edition, picture in ((first, former), (second, current))
    ]
    assert f'<del><img src="{addresses[0]}" alt="Matin"></del>' in page
    assert f'<ins><img src="{addresses[1]}" alt="Soir"></ins>' in page
    assert "Image remplacée" in page
    for address in addresses:
        response = client.get(address)
        assert response.getvalue()
        assert response["Content-Type"] == "image/jpeg"
        assert response["Cache-Control"] == "private, no-cache"
        assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_a_picture_that_an_edition_does_not_show_is_not_found_in_it(client, lead):
    picture = make_picture(candidacy=lead.candidacy)
    edition = make_edition(candidacy=lead.candidacy)
    client.force_login(lead.user)

    address = reverse(
        "dossier:edition-picture", args=[lead.candidacy.slug, edition.public_id, picture.public_id]
    )

    assert client.get(address).status_code == 404


def test_readers_of_a_published_edition_do_not_reach_the_pictures_of_the_full_one(client):
    edition = make_published_edition()
    client.force_login(make_member(candidacy=edition.candidacy, role=Role.OBSERVER).user)

    address = reverse("dossier:edition-picture", args=[edition.candidacy.slug, edition.public_id, uuid4()])

    assert client.get(address).status_code == 403


def figure_of(picture):
    address = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    return f'<figure><img src="{address}" alt=""></figure>'
