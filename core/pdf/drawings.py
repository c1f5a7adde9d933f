"""Drawings in PNG go into the PDF as they are.

WeasyPrint decodes each one and compresses it again, in full colours even where the file has a palette of sixteen: a
twentieth of the time of a whole dossier, for a larger file. A PDF reader understands the compressed rows of a PNG.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint import images

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR, _PALETTE = 0, 2, 3


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    depth: int
    kind: int
    palette: bytes
    rows: bytes


def read_drawing(content: bytes) -> Drawing | None:
    """Return an opaque PNG whose rows stand in their order, or None for any other picture."""
    if not content.startswith(_SIGNATURE):
        return None
    chunks = list(_chunks(content))
    header = next((body for kind, body in chunks if kind == b"IHDR"), b"")
    if len(header) != 13:
        return None
    width, height, depth, kind, _compression, _filter, interlace = struct.unpack(">IIBBBBB", header)
    if kind not in {_GREY, _COLOUR, _PALETTE} or depth > 8 or interlace:
        return None
    # Transparent, or to be turned.
    if any(name in {b"tRNS", b"eXIf"} for name, _ in chunks):
        return None
    palette = next((body for name, body in chunks if name == b"PLTE"), b"")
    if kind == _PALETTE and not palette:
        return None
    return Drawing(
        width=width,
        height=height,
        depth=depth,
        kind=kind,
        palette=palette,
        rows=b"".join(body for name, body in chunks if name == b"IDAT"),
    )


class _Raster(images.RasterImage):  # type: ignore[misc]  # WeasyPrint ships no types
    """A picture of WeasyPrint that keeps a drawing as it came, and is like any other for the rest."""

    drawing: Drawing | None = None

    def __init__(
        self, pillow_image: Any, image_id: str, image_data: bytes, filename: Any = None, cache: Any = None,
        orientation: Any = "none", options: Any = images.DEFAULT_OPTIONS,
    ) -> None:  # fmt: skip
        upright = orientation in {"none", "from-image"}
        self.drawing = read_drawing(image_data) if upright else None
        if self.drawing is None:
            super().__init__(pillow_image, image_id, image_data, filename, cache, orientation, options)
            return
        self.id = image_id
        self.width, self.height = self.drawing.width, self.drawing.height
        self.ratio = self.width / self.height
        self._dpi = None  # never made smaller: pictures come in at the size of print

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> Any:  # noqa: FBT001 -- WeasyPrint's signature
        if self.drawing is None:
            return super().get_x_object(interpolate, dpi_ratio)
        return _x_object(self.drawing, interpolate=interpolate)


def embed_drawings_as_they_are() -> None:
    """Have WeasyPrint embed such drawings unchanged, in this process."""
    images.RasterImage = _Raster


def _x_object(drawing: Drawing, *, interpolate: bool) -> Any:
    colours = 3 if drawing.kind == _COLOUR else 1
    space: Any = "/DeviceRGB" if drawing.kind == _COLOUR else "/DeviceGray"
    if drawing.kind == _PALETTE:
        last = len(drawing.palette) // 3 - 1
        space = pydyf.Array(["/Indexed", "/DeviceRGB", last, f"<{drawing.palette.hex()}>"])
    parameters = {
        "Predictor": 15,
        "Colors": colours,
        "BitsPerComponent": drawing.depth,
        "Columns": drawing.width,
    }
    return pydyf.Stream(
        [drawing.rows],
        pydyf.Dictionary(
            {
                "Type": "/XObject",
                "Subtype": "/Image",
                "Width": drawing.width,
                "Height": drawing.height,
                "ColorSpace": space,
                "BitsPerComponent": drawing.depth,
                "Interpolate": "true" if interpolate else "false",
                "Filter": "/FlateDecode",
                "DecodeParms": pydyf.Dictionary(parameters),
            }
        ),
    )


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while place + 8 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        yield content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        place += 12 + length
