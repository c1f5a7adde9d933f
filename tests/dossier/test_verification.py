"""Which edition is this PDF? Asked with a file or a digest, answered within what the person may read."""

import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pypdf import PdfReader

from candidacy.models import Membership
from dossier import building
from dossier.models import Edition, EditionFile, MarkedCopy
from dossier.services.editions import freeze_edition, publish_edition
from dossier.views import verification
from dossier.watermark import marked_copy
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_committee,
    make_edition,
    make_edition_file,
    make_meeting,
    make_member,
    make_published_edition,
    make_reading_link,
    make_section,
    make_user,
)

Role = Membership.Role
URL = "/editions/verifier/"
NONE = "Ce n’est aucune des éditions que vous pouvez lire."


def upload(content, name="copie.pdf"):
    return {"file": SimpleUploadedFile(name, content, content_type="application/pdf")}


@pytest.fixture
def edition():
    edition = make_edition(content=b"%PDF-1.7 l'original", label="Dépôt")
    meeting = make_meeting(committee=make_committee(candidacy=edition.candidacy, acronym="COPIL"))
    Edition.objects.filter(pk=edition.pk).update(
        status="submitted", meeting=meeting, submitted_at=meeting.starts_at
    )
    return edition


@pytest.fixture
def lead(client, edition):
    member = make_member(candidacy=edition.candidacy)
    client.force_login(member.user)
    return member


@pytest.mark.usefixtures("lead")
def test_a_file_is_recognised_with_its_number_label_date_and_state(client):
    page = client.post(URL, upload(b"%PDF-1.7 l'original")).text

    assert "Édition 1 – Dépôt" in page
    assert "version complète" in page
    assert "soumise" in page
    assert "COPIL" in page
    assert "Figée le" in page
    assert "copie.pdf" in page


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize("is_fictitious", [True, False])
def test_an_edition_of_a_fictitious_candidacy_is_said_to_be_one(client, edition, is_fictitious):
    edition.candidacy.is_fictitious = is_fictitious
    edition.candidacy.save()

    page = client.post(URL, {"digest": edition.content_digest}).text

    assert "Édition 1 – Dépôt" in page
    assert ("Candidature fictive – démonstration" in page) is is_fictitious


@pytest.mark.usefixtures("lead")
def test_one_byte_more_and_it_is_none(client):
    assert NONE in client.post(URL, upload(b"%PDF-1.7 l'original.")).text


@pytest.fixture
def printed():
    """An edition printed for good: what is marked must be a PDF."""
    edition = freeze_edition(candidacy=make_section().candidacy, by=make_user(), label="Dépôt").edition
    building.build(edition.printings.get(variant=EditionFile.Variant.FULL).pk)
    return edition


def handed_to(client, edition, name, **fields):
    link = make_reading_link(edition=edition, reader_name=name, **fields)
    client.logout()
    return client.get(reverse("dossier:reading-download", args=[link.token])).content


def facts(page):
    return " ".join(strip_tags(page).split())


def test_a_marked_copy_is_recognised_and_its_reader_named_to_the_leads_alone(client, printed):
    copy = handed_to(client, printed, "Paul Roy")
    client.force_login(make_member(candidacy=printed.candidacy).user)
    by_lead = client.post(URL, upload(copy)).text
    client.force_login(make_member(candidacy=printed.candidacy, role=Role.TEAM).user)
    by_team = client.post(URL, upload(copy)).text

    assert "Édition 1 – Dépôt" in by_lead
    assert "exemplaire de lecture remis à Paul Roy" in facts(by_lead)
    assert "Édition 1 – Dépôt" in by_team
    assert "exemplaire de lecture au nom d’une personne" in by_team
    assert "Paul Roy" not in by_team


def test_a_marked_copy_that_was_altered_or_that_no_link_handed_out_is_none(client, printed):
    copy = handed_to(client, printed, "Paul Roy")
    with printed.files.get().file.open() as stored:
        forged = marked_copy(stored.read(), "Exemplaire de lecture de Jean Faux")
    client.force_login(make_member(candidacy=printed.candidacy).user)

    for content in (copy + b"\n", copy.replace(b"%PDF-1.7", b"%PDF-1.6", 1), forged):
        assert content != copy
        assert NONE in client.post(URL, upload(content)).text


def test_a_copy_stays_unsaid_to_those_who_may_not_read_its_version(client, printed):
    copy = handed_to(client, printed, "Paul Roy")
    observer = make_member(candidacy=printed.candidacy, role=Role.OBSERVER).user
    for person in (make_member().user, observer, make_partner(candidacy=printed.candidacy)):
        client.force_login(person)
        assert NONE in client.post(URL, upload(copy)).text

    publish_edition(edition=printed, variant=EditionFile.Variant.FULL, by=observer)
    client.force_login(observer)
    page = client.post(URL, upload(copy)).text

    assert "exemplaire de lecture au nom d’une personne" in page
    assert "Paul Roy" not in page


def test_a_copy_handed_out_again_is_noted_once_and_an_unmarked_one_never(client, printed):
    link = make_reading_link(edition=printed)
    for name in ("reading-pdf", "reading-download", "reading-download"):
        client.get(reverse(f"dossier:{name}", args=[link.token]))
    handed_to(client, printed, "Sans marque", is_watermarked=False)

    assert MarkedCopy.objects.get().link == link


def test_two_readers_of_one_name_have_the_same_copy_and_both_are_told(client, printed):
    copy = handed_to(client, printed, "Paul Roy")
    assert handed_to(client, printed, "Paul Roy") == copy
    client.force_login(make_member(candidacy=printed.candidacy).user)

    page = facts(client.post(URL, upload(copy)).text)

    assert page.count("exemplaire de lecture remis à Paul Roy") == 2
    assert page.count("Édition 1 – Dépôt") == 1


def test_a_file_that_was_saved_anew_is_known_by_the_digest_of_its_last_page(client, printed):
    with printed.files.get().file.open() as stored:
        copy = stored.read() + b"\n"
    client.force_login(make_member(candidacy=printed.candidacy).user)

    page = client.post(URL, upload(copy)).text
    last = PdfReader(BytesIO(copy)).pages[-1].extract_text()
    digest = re.search(r"(?:[0-9a-f]{16}\s*){4}", last)[0]
    answer = client.post(URL, {"digest": digest}).text

    assert NONE in page
    assert "l’empreinte de sa dernière page" in page
    assert "Édition 1 – Dépôt" in answer


@pytest.mark.usefixtures("lead")
def test_the_digest_is_typed_as_it_is_printed(client, edition):
    digest = edition.content_digest
    spaced = " ".join(digest[place : place + 16] for place in range(0, 64, 16)).upper()

    by_content = client.post(URL, {"digest": f"  {spaced} "}).text
    by_file = client.post(URL, {"digest": sha256(b"%PDF-1.7 l'original").hexdigest()}).text

    assert "empreinte du contenu, commune à toutes les versions" in by_content
    assert "version complète" in by_file


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choisissez un fichier ou écrivez une empreinte."),
        ({"digest": "abc"}, "celle-ci en a 3"),
        ({"digest": "g" * 64}, "de 0 à 9 et de a à f"),
        ({"digest": "a" * 201}, "200"),
        (upload(b""), "vide"),
    ],
)
def test_what_cannot_be_looked_for_is_told(client, fields, said):
    response = client.post(URL, fields)

    assert response.status_code == 422
    assert said in response.text
    if fields.get("digest"):
        assert fields["digest"] in response.text


@pytest.mark.usefixtures("lead")
def test_a_file_beyond_the_limit_is_dropped_and_told(client, monkeypatch):
    monkeypatch.setattr(verification, "MAX_BYTES", 1000)

    response = client.post(URL, upload(b"x" * 200_000))

    assert response.status_code == 422
    assert "trop lourd" in response.text


@pytest.mark.usefixtures("lead")
def test_the_file_is_hashed_and_never_stored(client, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    before = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    content = b"x" * 4_000_000
    response = client.post(URL, upload(content))

    assert sha256(content).hexdigest() in response.text
    assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == before
    assert not list(tmp_path.glob("*.upload*"))


def test_the_token_is_asked_for(edition):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_member(candidacy=edition.candidacy).user)

    assert strict.post(URL, upload(b"x")).status_code == 403


def test_an_edition_that_the_person_may_not_read_stays_unsaid(client):
    content = b"%PDF-1.7 secret"
    candidacy = make_candidacy()
    edition = make_edition(candidacy=candidacy, content=content)
    people = [
        make_member().user,
        make_member(candidacy=candidacy, role=Role.ELECTED).user,
        make_partner(candidacy=candidacy),
    ]

    for person in people:
        client.force_login(person)
        for fields in (upload(content), {"digest": edition.content_digest}):
            page = client.post(URL, fields).text
            assert NONE in page
            assert "Relecture" not in page


def test_a_reader_recognises_the_version_that_is_published_and_no_other(client):
    edition = make_published_edition(content=b"%PDF-1.7 lu")
    make_edition_file(edition=edition, variant=EditionFile.Variant.ARCHIVE, content=b"%PDF-1.7 garde")
    client.force_login(make_member(candidacy=edition.candidacy, role=Role.OBSERVER).user)

    assert "Édition 1" in client.post(URL, upload(b"%PDF-1.7 lu")).text
    assert NONE in client.post(URL, upload(b"%PDF-1.7 garde")).text


def test_the_same_content_frozen_twice_is_both(client):
    edition = make_edition()
    make_edition(candidacy=edition.candidacy, label="Encore")
    client.force_login(make_member(candidacy=edition.candidacy).user)

    page = client.post(URL, {"digest": edition.content_digest}).text

    assert "Édition 1 – Relecture" in page
    assert "Édition 2 – Encore" in page


def test_an_error_is_tied_to_its_field(client):
    client.force_login(make_member().user)

    text = client.post(URL, {"digest": "abc"}).text

    assert 'aria-describedby="id_digest_helptext id_digest_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_digest_error"' in text
