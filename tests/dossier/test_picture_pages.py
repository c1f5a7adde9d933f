"""The pages of pictures, and their uploads: by the editor and by forms."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageFile

from candidacy.models import Membership
from core.drafts import Seat
from core.errors import DomainError
from dossier.models import Picture, Section
from dossier.pictures import MAX_BYTES
from dossier.services.drafts import save_draft
from dossier.services.pictures import remove_picture
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import make_candidacy, make_member, make_organisation, make_picture, make_section

Role = Membership.Role
DESCRIBED = {
    "alternative_text": "Un terril.",
    "caption": "Le terril",
    "credit": "C. Dupuis",
    "rights": "CC BY",
}


def photograph(name="terril.jpg"):
    out = BytesIO()
    Image.new("RGB", (60, 40), (120, 40, 40)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def named(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content, "image/jpeg")


def huge_png(side):
    """A PNG file of ``side`` by ``side`` points, in a few hundred bytes."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def upload_address(section):
    return reverse("dossier:picture-upload", args=[section.candidacy.slug, section.public_id])


def address(name, picture):
    return reverse(f"dossier:{name}", args=[picture.candidacy.slug, picture.public_id])


def list_address(candidacy):
    return reverse("dossier:picture-list", args=[candidacy.slug])


def shown(picture):
    return f'<figure><img src="{address("picture", picture)}" alt=""></figure>'


# --- Uploading from the editor ------------------------------------------------------------------------


def test_the_editor_gets_what_it_inserts(client):
    own = make_organisation()
    section = make_section(candidacy=own.candidacy, organisation=own)
    client.force_login(make_partner(organisation=own))

    response = client.post(upload_address(section), {"file": photograph(), **DESCRIBED})

    picture = Picture.objects.get()
    told = response.json()["picture"]
    assert response.status_code == 200
    assert told["url"] == address("picture", picture)
    assert (told["alternative_text"], told["caption"]) == ("Un terril.", "Le terril")
    assert (picture.credit, picture.rights, picture.uploaded_for) == ("C. Dupuis", "CC BY", section)
    file = client.get(told["url"])
    assert b"".join(file.streaming_content), "seen before the text is saved"
    assert client.get(told["sheet"]).status_code == 200


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (huge_png(40_000), "dépasse 40 millions de pixels"),
        (b"<!doctype html><script>alert(1)</script>", "n’est pas une image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "n’est pas une image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "n’est pas une image"),
        (photograph().read()[:300], "n’est pas une image"),
        (huge_png(50), "n’est pas une image"),
        (b"", "vide"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_a_sentence_and_nothing_is_stored(client, content, reason):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)

    response = client.post(upload_address(section), {"file": named(content), **DESCRIBED})

    told = " ".join(error["message"] for errors in response.json()["errors"].values() for error in errors)
    assert response.status_code == 422
    assert reason in told
    assert not Picture.objects.exists()


def test_too_many_bytes_are_refused_before_they_are_read(client):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)

    response = client.post(upload_address(section), {"file": named(b"0" * (MAX_BYTES + 1)), **DESCRIBED})

    assert response.status_code == 422
    assert "25 Mo au plus" in str(response.json())


def test_half_a_picture_is_refused_even_where_another_library_tolerates_it(client, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)
    out = BytesIO()
    Image.effect_noise((400, 400), 80).save(out, "JPEG")

    response = client.post(
        upload_address(section), {"file": named(out.getvalue()[: len(out.getvalue()) // 2]), **DESCRIBED}
    )

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("typed", "field"), [({"alternative_text": ""}, "alternative_text"), ({"credit": ""}, "credit")]
)
def test_a_picture_is_described_and_credited_or_not_taken(client, typed, field):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)

    response = client.post(upload_address(section), {"file": photograph(), **DESCRIBED, **typed})

    assert list(response.json()["errors"]) == [field]
    assert not Picture.objects.exists()


def test_a_decorative_picture_needs_no_words_and_keeps_none(client):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)

    client.post(upload_address(section), {"file": photograph(), **DESCRIBED, "is_decorative": "on"})

    picture = Picture.objects.get()
    assert (picture.is_decorative, picture.alternative_text) == (True, "")


def test_the_same_form_sent_twice_takes_one_picture(client):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)
    identifier = "0b6f0fd6-5bd1-4a6c-9a43-7ad5e1ef3c11"

    for _ in range(2):
        response = client.post(
            upload_address(section), {"file": photograph(), "public_id": identifier, **DESCRIBED}
        )

    assert identifier in response.json()["picture"]["url"]
    assert Picture.objects.count() == 1


def test_a_partner_uploads_for_their_own_sections_only(client):
    section = make_section(organisation=None)
    client.force_login(make_partner(candidacy=section.candidacy))

    assert client.post(upload_address(section), {"file": photograph(), **DESCRIBED}).status_code == 404


# --- Without JavaScript -------------------------------------------------------------------------------


def test_a_picture_comes_in_by_its_page(client):
    candidacy = make_candidacy()
    section = make_section(candidacy=candidacy)
    client.force_login(make_member(candidacy=candidacy, role=Role.TEAM).user)
    create = reverse("dossier:picture-create", args=[candidacy.slug])

    response = client.post(create, {"file": photograph(), "section": section.public_id, **DESCRIBED})

    assert response.url == list_address(candidacy)
    assert Picture.objects.get().uploaded_for == section
    refused = client.post(create, {"file": named(b"<svg/>"), **DESCRIBED})
    assert refused.status_code == 422
    assert "Le terril" in refused.text, "what was typed is still there"


def test_a_partner_says_for_which_of_their_open_sections(client):
    own = make_organisation()
    mine = make_section(candidacy=own.candidacy, organisation=own)
    closed = make_section(candidacy=own.candidacy, organisation=own, status=Section.Status.VALIDATED)
    other = make_section(candidacy=own.candidacy)
    client.force_login(make_partner(organisation=own))
    create = reverse("dossier:picture-create", args=[own.candidacy.slug])

    for asked in ("", closed.public_id, other.public_id):
        response = client.post(create, {"file": photograph(), "section": asked, **DESCRIBED})
        assert "section" in response.context["form"].errors
    client.post(create, {"file": photograph(), "section": mine.public_id, **DESCRIBED})

    assert Picture.objects.get().uploaded_for == mine


def test_the_list_says_where_each_picture_is_shown_and_a_partner_sees_theirs(client):
    own = make_organisation()
    mine, other = (
        make_section(candidacy=own.candidacy, organisation=own),
        make_section(candidacy=own.candidacy),
    )
    both = make_picture(candidacy=own.candidacy, caption="Vue par tous")
    hidden = make_picture(candidacy=own.candidacy, caption="Celle des autres")
    loose = make_picture(candidacy=own.candidacy, caption="Déposée", uploaded_for=mine)
    lead = make_member(candidacy=own.candidacy).user
    save_text(section=mine, body=shown(both), expected_revision=0, by=lead)
    save_text(section=other, body=shown(both) + shown(hidden), expected_revision=0, by=lead)

    client.force_login(make_partner(organisation=own))
    page = client.get(list_address(own.candidacy)).text
    client.force_login(lead)
    whole = client.get(list_address(own.candidacy)).text

    assert "Vue par tous" in page
    assert "Déposée" in page
    assert "Celle des autres" not in page
    assert mine.title in page
    assert other.title not in page
    assert address("picture-edit", loose) in page
    assert address("picture-edit", both) not in page
    assert other.title in whole
    assert "Celle des autres" in whole


@pytest.mark.parametrize("role", ["lead", "partner"])
@pytest.mark.parametrize("count", [3, 24])
def test_the_list_costs_the_same_for_any_number_of_pictures(client, role, count, django_assert_num_queries):
    own = make_organisation()
    section = make_section(candidacy=own.candidacy, organisation=own)
    section.pictures.set([make_picture(candidacy=own.candidacy, uploaded_for=section) for _ in range(count)])
    user = make_member(candidacy=own.candidacy).user if role == "lead" else make_partner(organisation=own)
    client.force_login(user)

    # Session, user, memberships; count, page, sections, outline; for a partner their sections, and
    # whether they have any.
    with django_assert_num_queries(7 if role == "lead" else 9):
        response = client.get(list_address(own.candidacy))

    assert response.text.count("pictures__item") == count


def test_the_list_is_narrowed_by_words_and_by_use(client):
    section = make_section()
    used = make_picture(candidacy=section.candidacy, caption="Le canal")
    make_picture(candidacy=section.candidacy, caption="Le stade")
    section.pictures.add(used)
    client.force_login(make_member(candidacy=section.candidacy).user)

    for asked, seen, unseen in (
        ({"q": "canal"}, "Le canal", "Le stade"),
        ({"usage": "libres"}, "Le stade", "Le canal"),
        ({"usage": "montrees"}, "Le canal", "Le stade"),
    ):
        page = client.get(list_address(section.candidacy), asked).text
        assert seen in page
        assert unseen not in page


# --- Describing and removing --------------------------------------------------------------------------


def test_what_is_said_of_a_picture_is_changed(client):
    picture = make_picture()
    client.force_login(make_member(candidacy=picture.candidacy).user)
    form = client.get(address("picture-edit", picture)).context["form"]

    response = client.post(
        address("picture-edit", picture), {"seen": form.initial["seen"], **DESCRIBED, "caption": "Autre"}
    )

    picture.refresh_from_db()
    assert response.status_code == 302
    assert picture.caption == "Autre"


def test_two_people_describing_one_picture_lose_nothing(client):
    picture = make_picture(caption="Ancienne")
    client.force_login(make_member(candidacy=picture.candidacy).user)
    seen = client.get(address("picture-edit", picture)).context["form"].initial["seen"]
    Picture.objects.filter(pk=picture.pk).update(caption="De l’autre")

    page = client.post(address("picture-edit", picture), {"seen": seen, **DESCRIBED, "caption": "La mienne"})
    told = client.post(
        address("picture-edit", picture),
        {"seen": seen, **DESCRIBED, "caption": "La mienne"},
        headers={"Accept": "application/json"},
    )

    assert page.status_code == told.status_code == 409
    assert "De l’autre" in page.text
    assert "La mienne" in page.text
    assert told.json()["picture"]["seen"] != seen


def test_a_partner_changes_only_what_was_uploaded_for_their_section(client):
    own = make_organisation()
    section = make_section(candidacy=own.candidacy, organisation=own)
    shared, theirs = (
        make_picture(candidacy=own.candidacy),
        make_picture(candidacy=own.candidacy, uploaded_for=section),
    )
    section.pictures.add(shared)
    client.force_login(make_partner(organisation=own))

    assert client.get(address("picture-edit", shared)).status_code == 403
    assert client.get(address("picture-edit", theirs)).status_code == 200


def test_a_picture_that_nothing_shows_is_removed_with_its_file(client, django_capture_on_commit_callbacks):
    picture = make_picture()
    path = Path(picture.file.path)
    client.force_login(make_member(candidacy=picture.candidacy).user)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("picture-remove", picture))

    assert not Picture.objects.exists()
    assert not path.exists()


def test_a_picture_shown_by_a_text_or_by_an_old_revision_stays(client):
    picture = make_picture()
    section = make_section(candidacy=picture.candidacy)
    lead = make_member(candidacy=picture.candidacy).user
    save_text(section=section, body=shown(picture), expected_revision=0, by=lead)
    client.force_login(lead)

    response = client.post(address("picture-remove", picture), follow=True)
    assert "montrée par un texte" in response.text
    save_text(section=section, body="<p>Sans.</p>", expected_revision=1, by=lead)
    assert "révision gardée la montre" in client.get(address("picture-edit", picture)).text
    with pytest.raises(DomainError, match="révision"):
        remove_picture(picture=picture)

    assert Picture.objects.exists()


def test_a_picture_shown_by_a_text_that_is_not_saved_yet_stays():
    picture = make_picture()
    section = make_section(candidacy=picture.candidacy)
    writer = make_member(candidacy=picture.candidacy).user
    save_draft(section=section, author=writer, body=shown(picture), base_revision=0, seat=Seat())

    with pytest.raises(DomainError, match="pas encore enregistré"):
        remove_picture(picture=picture)

    assert Picture.objects.exists()
