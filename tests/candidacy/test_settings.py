from datetime import date
from io import BytesIO
from zlib import crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from candidacy.models import Candidacy, Membership
from candidacy.services.settings import set_logo
from tests.factories import make_candidacy, make_member

LENS = "216204982"


def address(candidacy, name="candidacy-settings"):
    return reverse(f"candidacy:{name}", args=[candidacy.slug])


def a_form(client, candidacy, **changes):
    """Return what the page's form would post, with ``changes``."""
    form = client.get(address(candidacy)).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in (values | changes).items() if value is not None}


def a_picture(kind="PNG", size=(60, 40), mode="RGB", **options):
    buffer = BytesIO()
    Image.new(mode, size, "navy" if mode == "RGB" else None).save(buffer, kind, **options)
    return buffer.getvalue()


def an_upload(content, name="logo.png", content_type="image/png"):
    return {"file": SimpleUploadedFile(name, content, content_type)}


@pytest.fixture
def lead(client):
    member = make_member(
        candidacy=make_candidacy(
            bearer_siren=LENS, population=62_767, population_source="Insee", population_on=date(2024, 1, 1)
        )
    )
    client.force_login(member.user)
    return member


def test_the_lead_sets_the_candidacy(client, lead):
    candidacy = lead.candidacy
    posted = a_form(
        client,
        candidacy,
        title="Remonter au jour",
        deposit_on="2027-02-05",
        bearer_siren="216 205 104",
        population="60 000",
        accent_colour="#a63a24",
        time_zone="Indian/Reunion",
    )

    response = client.post(address(candidacy), posted)

    assert response.status_code == 302
    candidacy.refresh_from_db()
    assert candidacy.title == "Remonter au jour"
    assert candidacy.deposit_on == date(2027, 2, 5)
    assert candidacy.bearer_siren == "216205104"
    assert candidacy.population == 60_000
    assert candidacy.accent_colour == "#a63a24"
    assert candidacy.time_zone == "Indian/Reunion"
    assert candidacy.history.first().history_user == lead.user


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("bearer_siren", "21620498", "neuf chiffres"),
        ("bearer_siren", "216204983", "clé de contrôle"),
        ("population_source", "", "source et sa date"),
        ("accent_colour", "red", "#1f4e79"),
        ("time_zone", "Mars/Phobos", "Mars/Phobos"),
        ("title_year", "1900", "1985"),
        ("title", "", "obligatoire"),
    ],
)
def test_a_setting_that_cannot_be_is_handed_back_with_what_was_typed(client, lead, field, value, words):
    before = Candidacy.objects.values().get()

    response = client.post(address(lead.candidacy), a_form(client, lead.candidacy, **{field: value}))

    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert Candidacy.objects.values().get() == before


def test_what_the_form_does_not_hold_cannot_be_changed(client, lead):
    candidacy = lead.candidacy
    posted = a_form(
        client, candidacy, slug="ailleurs", is_fictitious="on", public_id=str(make_candidacy().public_id)
    )

    client.post(address(candidacy), posted)

    changed = Candidacy.objects.get(pk=candidacy.pk)
    assert (changed.slug, changed.is_fictitious, changed.public_id) == (
        candidacy.slug,
        False,
        candidacy.public_id,
    )


def test_two_people_on_the_settings_do_not_overwrite_each_other(client, lead):
    candidacy = lead.candidacy
    mine = a_form(client, candidacy, title="Mon titre")
    theirs = a_form(client, candidacy, tagline="Leur accroche")
    client.post(address(candidacy), theirs)

    refused = client.post(address(candidacy), mine)

    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Mon titre" in page
    assert "Leur accroche" in page
    candidacy.refresh_from_db()
    assert candidacy.title != "Mon titre"

    insisting = refused.context["form"].data.dict()
    assert client.post(address(candidacy), insisting).status_code == 302
    candidacy.refresh_from_db()
    assert (candidacy.title, candidacy.tagline) == ("Mon titre", "")


def test_the_same_form_sent_twice_is_no_conflict(client, lead):
    posted = a_form(client, lead.candidacy, title="Remonter au jour")

    codes = [client.post(address(lead.candidacy), posted).status_code for _ in range(2)]

    assert codes == [302, 302]


@pytest.mark.parametrize("role", ["team", "partner", "elected", "observer"])
def test_nobody_else_sets_the_candidacy(client, lead, role):
    posted = a_form(client, lead.candidacy, title="Pris")
    client.force_login(make_member(candidacy=lead.candidacy, role=role).user)

    assert client.get(address(lead.candidacy)).status_code == 403
    assert client.post(address(lead.candidacy), posted).status_code == 403
    assert client.post(address(lead.candidacy, "logo-replace"), an_upload(a_picture())).status_code == 403
    assert client.post(address(lead.candidacy, "logo-remove")).status_code == 403
    assert not Candidacy.objects.filter(title="Pris").exists()


@pytest.mark.parametrize(
    ("colour", "words"), [("#1f4e79", "telle quelle"), ("#ffcc00", "nuance plus foncée")]
)
def test_the_page_says_how_readable_the_accent_colour_is(client, lead, colour, words):
    Candidacy.objects.update(accent_colour=colour)

    assert words in client.get(address(lead.candidacy)).content.decode()


# --- logo ---------------------------------------------------------------------------------------------


def stored_logo(candidacy):
    candidacy.refresh_from_db()
    with candidacy.logo.open("rb") as file:
        return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize(
    ("kind", "name"), [("PNG", "logo.png"), ("JPEG", "logo.jpg"), ("WEBP", "x"), ("GIF", "../../evil.svg")]
)
def test_a_logo_is_kept_as_a_picture_written_anew(client, lead, settings, kind, name):
    response = client.post(address(lead.candidacy, "logo-replace"), an_upload(a_picture(kind), name))

    assert response.status_code == 302
    picture = stored_logo(lead.candidacy)
    assert (picture.format, picture.size) == ("PNG", (60, 40))
    assert lead.candidacy.logo.name.startswith(f"logos/{lead.candidacy.public_id}-")
    assert str(lead.candidacy.logo.path).startswith(settings.MEDIA_ROOT)


def test_a_logo_loses_its_metadata_and_stands_upright(client, lead):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010E] = "chez Camille"
    content = a_picture("JPEG", size=(60, 40), exif=exif)
    assert b"chez Camille" in content

    client.post(address(lead.candidacy, "logo-replace"), an_upload(content))

    picture = stored_logo(lead.candidacy)
    assert picture.size == (40, 60)
    assert not picture.getexif()
    with lead.candidacy.logo.open("rb") as file:
        assert b"chez Camille" not in file.read()


def test_a_large_logo_is_scaled_down(client, lead):
    client.post(address(lead.candidacy, "logo-replace"), an_upload(a_picture(size=(2400, 1200))))

    assert stored_logo(lead.candidacy).size == (1200, 600)


def test_transparency_is_kept(client, lead):
    client.post(address(lead.candidacy, "logo-replace"), an_upload(a_picture(mode="RGBA")))

    assert stored_logo(lead.candidacy).mode == "RGBA"


def a_header_of(width, height):
    """A PNG file that claims to be huge and holds nothing."""
    content = bytearray(a_picture())
    content[16:20] = width.to_bytes(4, "big")
    content[20:24] = height.to_bytes(4, "big")
    content[29:33] = crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "n’est pas une image"),
        (b"<html><script>alert(1)</script></html>", "n’est pas une image"),
        (a_picture()[:60], "abîmée"),
        (a_picture("BMP"), "n’est pas une image"),
        (a_picture() + b"0" * (2 * 1024 * 1024), "2 Mo au plus"),
    ],
)
def test_what_is_no_proper_picture_is_refused(client, lead, content, words):
    response = client.post(address(lead.candidacy, "logo-replace"), an_upload(content))

    assert response.status_code == 422
    assert words in response.content.decode()
    lead.candidacy.refresh_from_db()
    assert not lead.candidacy.logo


@pytest.mark.parametrize("size", [(40_000, 40_000), (8_000, 6_000), (14_000, 10_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_from_its_header(client, lead, size):
    response = client.post(address(lead.candidacy, "logo-replace"), an_upload(a_header_of(*size)))

    assert response.status_code == 422
    assert "40 millions de pixels" in response.content.decode()


def test_the_former_file_goes_when_the_logo_is_replaced_or_removed(
    client, lead, django_capture_on_commit_callbacks
):
    candidacy = lead.candidacy
    storage = candidacy.logo.storage
    with django_capture_on_commit_callbacks(execute=True):
        set_logo(candidacy=candidacy, file=BytesIO(a_picture()))
    first = candidacy.logo.name

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(candidacy, "logo-replace"), an_upload(a_picture(size=(30, 30))))
    candidacy.refresh_from_db()
    second = candidacy.logo.name
    assert not storage.exists(first)
    assert storage.exists(second)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(candidacy, "logo-remove"))
    candidacy.refresh_from_db()
    assert not candidacy.logo
    assert not storage.exists(second)


@pytest.mark.parametrize("role", Membership.Role.values)
def test_every_member_sees_the_logo_and_nobody_else(client, lead, role):
    set_logo(candidacy=lead.candidacy, file=BytesIO(a_picture()))
    client.force_login(make_member(candidacy=lead.candidacy, role=role).user)

    response = client.get(address(lead.candidacy, "logo"))

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    client.force_login(make_member().user)
    assert client.get(address(lead.candidacy, "logo")).status_code == 404


def test_a_browser_that_holds_the_logo_is_not_sent_it_again(client, lead):
    set_logo(candidacy=lead.candidacy, file=BytesIO(a_picture()))
    tag = client.get(address(lead.candidacy, "logo"))["ETag"]

    assert client.get(address(lead.candidacy, "logo"), headers={"If-None-Match": tag}).status_code == 304

    set_logo(candidacy=lead.candidacy, file=BytesIO(a_picture(size=(10, 10))))
    assert client.get(address(lead.candidacy, "logo"), headers={"If-None-Match": tag}).status_code == 200


def test_without_a_logo_there_is_none_to_see(client, lead):
    assert client.get(address(lead.candidacy, "logo")).status_code == 404
