"""Pictures that people upload: read from their header first, decoded once, written anew without anything else in them."""

import warnings
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DomainError
from core.whole_pictures import whole_pictures_only

#: Formats by what the file holds, not by what its name says. SVG is a program and is never taken.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
#: What the printing accepts as well: beyond, decoding a picture takes gigabytes.
MAX_PIXELS = 40_000_000


def rewrite_as_png(file: IO[bytes], *, longest_side: int) -> bytes:
    """Return the picture in ``file`` turned upright, no longer than ``longest_side``, without metadata."""
    picture = _open(file)
    try:
        with whole_pictures_only():
            upright = ImageOps.exif_transpose(picture)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            plain = upright.convert("RGBA" if has_alpha else "RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise DomainError(_("Cette image est abîmée : elle ne peut être lue jusqu’au bout.")) from error
    plain.info.clear()
    plain.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    plain.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _open(file: IO[bytes]) -> Image.Image:
    """Read the header alone: a picture too large is refused before any of it is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
        try:
            file.seek(0)
            picture = Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise too_large() from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise DomainError(_("Ce fichier n’est pas une image PNG, JPEG, WebP ou GIF.")) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise too_large()
    return picture


def too_large() -> DomainError:
    """Return what to raise where a picture has more than MAX_PIXELS."""
    return DomainError(
        _("Cette image dépasse %(limit)d millions de pixels : réduisez-la d’abord.")
        % {"limit": MAX_PIXELS // 1_000_000}
    )
