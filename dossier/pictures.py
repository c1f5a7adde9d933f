"""Taking pictures in: turned upright, stripped of what the camera wrote, scaled to print size, once and for all.

The press and the browser then use the stored file as it stands; doing this at each printing would cost a third more
time, and a photograph's hidden place and date would leave with every dossier.
"""

import hashlib
import struct
import warnings
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from candidacy.models import Candidacy
from core.errors import DomainError
from core.rasters import MAX_PIXELS, too_large
from core.whole_pictures import whole_pictures_only
from dossier.models import Picture, Section

#: The width of the text of an A4 page, 170 mm, at 300 dots an inch.
PRINT_WIDTH = 2008
#: The height of the same page between its margins.
PRINT_HEIGHT = 2900
MAX_BYTES = 25 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")
JPEG_QUALITY = 88
#: What Pillow raises when the notes of a camera are damaged.
_UNREADABLE_NOTES = (SyntaxError, ValueError, OSError, LookupError, TypeError, struct.error)


@transaction.atomic
def take_in_picture(
    *,
    candidacy: Candidacy,
    key: str,
    content: bytes,
    alternative_text: str,
    credit: str,
    caption: str = "",
    rights: str = "",
    is_decorative: bool = False,
    uploaded_for: Section | None = None,
    public_id: UUID | None = None,
) -> Picture:
    """Store one picture of the dossier, ready to be printed and shown.

    The file is written before the row: where the transaction fails, the caller of the outermost one may remove it,
    and nothing refers to it.
    """
    stored, suffix = prepare_picture(content)
    picture = Picture(
        candidacy=candidacy,
        key=key,
        digest=hashlib.sha256(stored).hexdigest(),
        alternative_text=alternative_text,
        is_decorative=is_decorative,
        caption=caption,
        credit=credit,
        rights=rights,
        uploaded_for=uploaded_for,
    )
    if public_id:
        picture.public_id = public_id
    name = f"{candidacy.public_id}/{slugify(key)[:30]}-{picture.digest[:12]}{suffix}"
    picture.file = ContentFile(stored, name=name)
    picture.full_clean()
    picture.save()
    return picture


def prepare_picture(content: bytes) -> tuple[bytes, str]:
    """Return the picture as it is kept, and the suffix of its file: JPEG for photographs, PNG for drawings."""
    with _open(content) as opened:
        # A telephone may put several pictures into one JPEG file: the first is the photograph.
        kind = "JPEG" if opened.format == "MPO" else opened.format
        profile = opened.info.get("icc_profile")
        if _is_ready(opened):
            # Written again without its notes, as coarse as it was: a finer setting would only make it heavier.
            return _written(opened, "JPEG", quality="keep", optimize=True, progressive=True), ".jpg"
        picture = _in_plain_colours(_upright(opened), profile)
    picture.thumbnail((PRINT_WIDTH, PRINT_HEIGHT), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if kind == "JPEG" or (kind == "WEBP" and picture.mode == "RGB"):
        picture = picture.convert("RGB")
        return _written(picture, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True), ".jpg"
    return _written(picture, "PNG", optimize=True), ".png"


def _is_ready(image: Image.Image) -> bool:
    """Whether a JPEG file needs neither turning, nor scaling, nor other colours."""
    plain = image.mode == "RGB" and "icc_profile" not in image.info
    return image.format == "JPEG" and plain and not _is_turned(image) and _fits(image)


def _is_turned(image: Image.Image) -> bool:
    """Whether the camera was held otherwise; notes that cannot be read say nothing of it."""
    try:
        return bool(image.getexif().get(ExifTags.Base.Orientation, 1) != 1)
    except _UNREADABLE_NOTES:
        return False


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _UNREADABLE_NOTES:
        return image


def _written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Write the picture alone: no place, date, comment or thumbnail follows it."""
    image.info.clear()
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _open(content: bytes) -> Image.Image:
    """Open and decode the picture; whatever is no picture, or too large a one, is refused in a sentence."""
    if len(content) > MAX_BYTES:
        raise DomainError(_("Cette image est trop lourde : 25 Mo au plus."))
    try:
        with warnings.catch_warnings():
            # Our own limit of size, below, is the one that speaks.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(BytesIO(content), formats=FORMATS)
        if opened.width * opened.height > MAX_PIXELS:
            raise too_large()
        with whole_pictures_only():
            opened.load()
    except Image.DecompressionBombError as error:
        raise too_large() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DomainError(_("Ce fichier n’est pas une image JPEG, PNG ou WebP, ou il est abîmé.")) from error
    return opened


def _in_plain_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB, with its transparency if it has any; drawings of few colours keep their palette."""
    if image.mode == "P" and "transparency" not in image.info and not profile and _fits(image):
        return image
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if profile and not has_alpha:
        image = _to_srgb(image, profile)
    return image.convert("RGBA" if has_alpha else "RGB")


def _fits(image: Image.Image) -> bool:
    return image.width <= PRINT_WIDTH and image.height <= PRINT_HEIGHT


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except ImageCms.PyCMSError:
        return image  # a broken profile: the colours are shown as they stand
    return converted or image
