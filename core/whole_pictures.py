"""Tells a picture that is all there from one that was cut: what prints or passes on a cut one shows it grey, or stops."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageFile


@contextmanager
def whole_pictures_only() -> Iterator[None]:
    """Refuse a picture that stops in the middle, even where WeasyPrint has made Pillow accept it for the process."""
    tolerant = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerant


def is_whole(content: bytes) -> bool:
    """Tell whether the picture is all there: WeasyPrint would print a cut one half grey, and say nothing."""
    if content.startswith(b"\xff\xd8"):
        # A photograph is embedded as it is, so it is not decoded here either: its end mark has to be there.
        return content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")
    try:
        with whole_pictures_only(), Image.open(BytesIO(content)) as picture:
            picture.load()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 -- decoders raise anything; whatever it is, the picture cannot be shown
        return False
    return True
