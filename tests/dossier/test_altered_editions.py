"""An edition whose frozen content was changed by SQL: neither shown, nor printed, nor recognised, and the log says so."""

import logging
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from dossier import building
from dossier.models import DossierExport, EditionFile
from dossier.services.editions import deposit_edition
from dossier.snapshots import AlteredEditionError
from tests.factories import (
    make_edition,
    make_export,
    make_member,
    make_published_edition,
    make_reading_link,
    make_section,
    make_user,
)

CONTENT = b"%PDF-1.7 original"
REASON = "Le contenu figé de l’édition 1 ne correspond plus à son empreinte"


def alter(edition):
    """Change what the database holds as no model would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dossier_edition SET snapshot = replace(snapshot, 'Le projet', 'Un projet') WHERE id = %s",
            [edition.pk],
        )
        assert cursor.rowcount == 1
    before, edition = edition.snapshot, type(edition).objects.get(pk=edition.pk)
    assert edition.snapshot != before
    return edition


@pytest.fixture
def altered():
    section = make_section(title="Le projet")
    edition = make_published_edition(candidacy=section.candidacy, content=CONTENT)
    make_edition(candidacy=section.candidacy)
    return alter(edition)


@pytest.fixture
def lead(client, altered):
    member = make_member(candidacy=altered.candidacy)
    client.force_login(member.user)
    return member


def pages(edition):
    own = [edition.candidacy.slug, edition.public_id]
    yield reverse("dossier:edition-detail", args=own)
    yield reverse("dossier:edition-deposit", args=own)
    yield reverse("dossier:edition-download", args=[*own, "full"])
    yield reverse("dossier:edition-read", args=[*own, "full"])
    yield reverse("dossier:edition-compare", args=own[:1])


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize("place", range(5))
def test_no_page_shows_it_to_those_who_prepare_the_dossier(client, altered, caplog, place):
    page = list(pages(altered))[place]

    with caplog.at_level(logging.ERROR, logger="dossier.snapshots"):
        answer = client.get(page)

    assert answer.status_code == 409
    assert REASON in answer.text
    assert str(altered.public_id) in caplog.text


@pytest.mark.parametrize("name", ["reading-page", "reading-pdf", "reading-download"])
def test_no_reader_of_a_link_gets_it(client, altered, name):
    link = make_reading_link(edition=altered)

    answer = client.get(reverse(f"dossier:{name}", args=[link.token]))

    assert answer.status_code == 409
    assert REASON in answer.text
    assert "candidature" not in answer.headers.get("Content-Disposition", "")


def test_what_a_reader_gets_instead_is_marked_where_the_candidacy_is_fictitious(client, altered):
    altered.candidacy.is_fictitious = True
    altered.candidacy.save()
    link = make_reading_link(edition=altered)

    answer = client.get(reverse("dossier:reading-page", args=[link.token]))

    assert "Candidature fictive – démonstration" in answer.text


@pytest.mark.usefixtures("lead")
def test_it_is_recognised_neither_by_its_file_nor_by_its_digest(client, altered):
    for fields in (
        {"file": SimpleUploadedFile("copie.pdf", CONTENT)},
        {"digest": sha256(CONTENT).hexdigest()},
        {"digest": altered.content_digest},
    ):
        answer = client.post(reverse("dossier:edition-verify"), fields)

        assert answer.status_code == 409
        assert REASON in answer.text


def test_the_worker_does_not_print_it(altered):
    printing = make_export(
        candidacy=altered.candidacy,
        edition=altered,
        variant=EditionFile.Variant.PUBLIC,
        status=DossierExport.Status.QUEUED,
    )

    assert not building.build(printing.pk)

    printing.refresh_from_db()
    assert printing.status == DossierExport.Status.FAILED
    assert printing.error.startswith(REASON)
    assert not altered.files.filter(variant=EditionFile.Variant.PUBLIC).exists()


def test_it_is_not_deposited(altered):
    with pytest.raises(AlteredEditionError, match=REASON):
        deposit_edition(edition=altered, by=make_user(), reasons={})
