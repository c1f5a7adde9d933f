"""An edition that was changed behind the application, by SQL or in the storage: nothing altered is shown or handed over."""

import logging
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from dossier import building
from dossier.models import DossierExport, EditionFile
from dossier.services.editions import deposit_edition
from dossier.snapshots import AlteredEditionError, read_snapshot
from tests.factories import (
    make_edition,
    make_export,
    make_member,
    make_picture,
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


OVERWRITTEN = "Le fichier imprimé de l’édition 1 ne correspond plus à son empreinte"
REPLACED = "Une image de l’édition 1 ne correspond plus à son empreinte"


def overwrite(file, content=b"%PDF-1.7 replaced"):
    Path(file.file.path).write_bytes(content)


@pytest.mark.parametrize("name", ["edition-download", "edition-read"])
def test_a_print_that_was_overwritten_is_not_handed_to_members(client, caplog, name):
    edition = make_edition(content=CONTENT)
    client.force_login(make_member(candidacy=edition.candidacy).user)
    address = reverse(f"dossier:{name}", args=[edition.candidacy.slug, edition.public_id, "full"])
    assert b"".join(client.get(address)) == CONTENT

    overwrite(edition.files.get())
    with caplog.at_level(logging.ERROR, logger="dossier.snapshots"):
        answer = client.get(address)

    assert answer.status_code == 409
    assert OVERWRITTEN in answer.text
    assert edition.files.get().file.name in caplog.text


@pytest.mark.parametrize("is_watermarked", [True, False])
@pytest.mark.parametrize("name", ["reading-pdf", "reading-download"])
def test_a_print_that_was_overwritten_is_neither_handed_to_a_reader_nor_marked(client, name, is_watermarked):
    link = make_reading_link(edition=make_edition(content=CONTENT), is_watermarked=is_watermarked)
    overwrite(link.edition.files.get())

    answer = client.get(reverse(f"dossier:{name}", args=[link.token]))

    assert answer.status_code == 409
    assert OVERWRITTEN in answer.text
    assert not link.copies.exists()
    assert not link.openings.exists()


def test_an_edition_whose_print_was_overwritten_is_not_deposited():
    edition = make_edition(content=CONTENT)
    overwrite(edition.files.get())

    with pytest.raises(AlteredEditionError, match=OVERWRITTEN):
        deposit_edition(edition=edition, by=make_user(), reasons={})


@pytest.fixture
def illustrated():
    """An edition with a picture whose copy was replaced by another since."""
    picture = make_picture()
    address = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    body = f'<figure><img src="{address}" alt="x"></figure>'
    edition = make_edition(candidacy=make_section(candidacy=picture.candidacy, body=body).candidacy)
    copy = read_snapshot(edition).files.popitem()[1].stored_name
    other = BytesIO()
    Image.new("RGB", (9, 9), "red").save(other, "JPEG")
    # The stored name holds the digest, so the copy is shared with no other test's picture.
    (Path(picture.file.storage.location) / copy).write_bytes(other.getvalue())
    return edition, picture


def test_a_frozen_picture_that_was_replaced_is_shown_to_nobody(client, illustrated):
    edition, picture = illustrated
    client.force_login(make_member(candidacy=edition.candidacy).user)
    link = make_reading_link(edition=edition)

    for address in (
        reverse(
            "dossier:edition-picture", args=[edition.candidacy.slug, edition.public_id, picture.public_id]
        ),
        reverse("dossier:reading-picture", args=[link.token, picture.public_id]),
    ):
        answer = client.get(address)

        assert answer.status_code == 409
        assert REPLACED in answer.text


def test_a_frozen_picture_that_was_replaced_is_not_printed(illustrated):
    edition, _picture = illustrated
    printing = make_export(
        candidacy=edition.candidacy,
        edition=edition,
        variant=EditionFile.Variant.PUBLIC,
        status=DossierExport.Status.QUEUED,
    )

    assert not building.build(printing.pk)

    printing.refresh_from_db()
    assert printing.error.startswith(REPLACED)
