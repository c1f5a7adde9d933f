import hashlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from core.errors import DomainError
from core.pdf import Limits
from core.rasters import MAX_PIXELS
from dossier.models import Picture
from dossier.pictures import MAX_BYTES, PRINT_HEIGHT, PRINT_WIDTH, prepare_picture, take_in_picture
from tests.factories import make_candidacy


def written(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(content):
    return Image.open(BytesIO(content))


def photograph(width=60, height=40, **options):
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((30, 30, 200), (width // 2, 0, width, height))
    return written(image, **options)


def notes(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Appareil de Camille"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60))])
def test_a_photograph_is_turned_upright_and_forgets_camera_and_place(orientation, size):
    content = photograph(exif=notes(orientation), comment=b"chez Camille")

    stored, suffix = prepare_picture(content)

    picture = opened(stored)
    assert (picture.size, suffix) == (size, ".jpg")
    assert dict(picture.getexif()) == {}
    assert b"Camille" not in stored
    assert b"chez" not in stored


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_damaged_notes_turn_nothing(kind):
    stored, _suffix = prepare_picture(photograph(kind=kind, exif=b"garbage!garbage"))

    red, _green, blue = opened(stored).convert("RGB").getpixel((5, 5))
    assert opened(stored).size == (60, 40)
    assert red > blue


@pytest.mark.parametrize("orientation", [1, 6])
def test_several_pictures_in_one_file_of_a_telephone_stay_a_photograph(orientation):
    depth = Image.new("RGB", (60, 40), (90, 90, 90))
    content = photograph(kind="MPO", save_all=True, append_images=[depth], exif=notes(orientation))
    assert opened(content).format == "MPO"

    stored, suffix = prepare_picture(content)

    picture = opened(stored)
    assert (picture.format, suffix) == ("JPEG", ".jpg")
    assert picture.size == ((60, 40) if orientation == 1 else (40, 60))
    assert b"Camille" not in stored


def test_a_photograph_turned_upside_down_shows_the_right_side_first():
    stored, _suffix = prepare_picture(photograph(exif=notes(3)))

    red, _green, blue = opened(stored).convert("RGB").getpixel((5, 5))
    assert blue > red


def test_a_large_photograph_is_scaled_to_what_a_page_prints():
    wide, _suffix = prepare_picture(photograph(4016, 1000))
    tall, _suffix = prepare_picture(photograph(500, 5800))

    assert opened(wide).size == (PRINT_WIDTH, 500)
    assert opened(tall).size == (250, PRINT_HEIGHT)


def test_a_photograph_that_is_ready_keeps_its_quality_and_does_not_grow():
    content = photograph(quality=70, comment=b"note")

    stored, _suffix = prepare_picture(content)

    assert opened(stored).quantization == opened(content).quantization
    assert len(stored) <= len(content)


def test_a_drawing_stays_a_drawing_with_its_transparency():
    drawing = written(Image.new("RGBA", (30, 20), (10, 20, 30, 0)), "PNG")

    stored, suffix = prepare_picture(drawing)

    assert suffix == ".png"
    assert opened(stored).mode == "RGBA"


@pytest.mark.parametrize("mode", ["L", "CMYK", "1"])
def test_other_colour_models_become_plain_colours(mode):
    kind = "PNG" if mode == "1" else "JPEG"

    stored, _suffix = prepare_picture(written(Image.new(mode, (30, 20)), kind))

    assert opened(stored).mode == "RGB"


def test_a_scan_of_sixteen_bits_keeps_its_greys():
    stored, _suffix = prepare_picture(written(Image.new("I;16", (30, 20), 40_000), "PNG"))

    assert opened(stored).convert("L").getpixel((0, 0)) == 156


def test_the_colours_of_a_profile_are_brought_to_those_of_screens():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    stored, _suffix = prepare_picture(photograph(icc_profile=profile))

    assert "icc_profile" not in opened(stored).info


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", photograph()[:400], b"GIF89a\x01\x00"],
)
def test_what_is_no_picture_or_half_of_one_is_refused_in_a_sentence(content):
    with pytest.raises(DomainError, match="n’est pas une image"):
        prepare_picture(content)


def test_a_picture_too_heavy_or_too_large_is_refused_before_it_is_decoded():
    for side in (6_400, 16_000):
        with pytest.raises(DomainError, match="dépasse 40 millions de pixels"):
            prepare_picture(written(Image.new("1", (side, side)), "PNG"))
    with pytest.raises(DomainError, match="trop lourde"):
        prepare_picture(b"0" * (MAX_BYTES + 1))


def test_what_is_taken_in_can_be_printed():
    assert Limits().picture_pixels == MAX_PIXELS


def test_a_picture_is_stored_with_its_digest_and_its_size():
    candidacy = make_candidacy()

    picture = take_in_picture(
        candidacy=candidacy, key="terril", content=photograph(), alternative_text="Un terril.", credit="Nous"
    )

    with picture.file.open() as file:
        assert hashlib.sha256(file.read()).hexdigest() == picture.digest
    assert (picture.width, picture.height) == (60, 40)
    assert str(candidacy.public_id) in picture.file.name


def test_a_picture_without_words_is_refused_unless_it_is_decorative():
    candidacy = make_candidacy()
    options = {"candidacy": candidacy, "content": photograph(), "alternative_text": "", "credit": "Nous"}

    with pytest.raises(Exception, match="Décrivez l’image"):
        take_in_picture(key="muette", **options)
    take_in_picture(key="filet", is_decorative=True, **options)

    assert Picture.objects.get().is_decorative
