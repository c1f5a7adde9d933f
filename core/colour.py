"""From one accent colour to the shades a page needs, each readable where it is used (WCAG 2.1, AA)."""

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]
Channels = tuple[int, int, int]

BLACK: Channels = (0, 0, 0)
WHITE: Channels = (255, 255, 255)
INK: Channels = (0x1B, 0x1E, 0x22)

#: The surfaces of static/css/base.css on which accent text is set; both files change together.
SURFACES: dict[Scheme, tuple[Channels, ...]] = {
    "light": (WHITE, (0xF7, 0xF6, 0xF3)),
    "dark": ((0x16, 0x18, 0x1B), (0x1E, 0x21, 0x25)),
}

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
#: On dark surfaces a text at the bare minimum glows into them: links aim higher there.
LINK_CONTRAST: dict[Scheme, float] = {"light": TEXT_CONTRAST, "dark": 6.0}


@dataclass(frozen=True)
class Accent:
    """The shades of one accent colour in one scheme, as « #rrggbb »."""

    fill: str  # background of the primary action
    on_fill: str  # text on it
    fill_hover: str  # the same under the pointer, still readable
    text: str  # links and current entries, on every surface
    soft: str  # faint background under accent text
    line: str  # borders and marks


def accent_for(colour: str, scheme: Scheme) -> Accent:
    """Derive the shades of ``colour``: lightened or darkened no further than its readability asks."""
    accent = _parse(colour)
    surfaces = SURFACES[scheme]
    towards = BLACK if scheme == "light" else WHITE
    soft = _mix(accent, surfaces[0], 0.90 if scheme == "light" else 0.84)
    fill = accent if scheme == "light" else _until(accent, WHITE, surfaces, SHAPE_CONTRAST)
    # White or black, one always reads at 4.5:1 or better; ink is the softer black where it suffices.
    on_fill = next(text for text in (WHITE, INK, BLACK) if contrast(text, fill) >= TEXT_CONTRAST)
    fill_hover = _mix(fill, BLACK if on_fill == WHITE else WHITE, 0.14)
    text = _until(accent, towards, (*surfaces, soft), LINK_CONTRAST[scheme])
    line = _until(accent, towards, surfaces, SHAPE_CONTRAST)
    return Accent(*(_written(shade) for shade in (fill, on_fill, fill_hover, text, soft, line)))


def contrast(one: Channels, other: Channels) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def contrast_of(one: str, other: str) -> float:
    return contrast(_parse(one), _parse(other))


def channels_of(colour: str) -> str:
    """Write « #1f4e79 » as « 31, 78, 121 », the form that translucent colours need."""
    return ", ".join(str(channel) for channel in _parse(colour))


def _until(colour: Channels, towards: Channels, surfaces: tuple[Channels, ...], wanted: float) -> Channels:
    """Mix ``colour`` with ``towards``, a hundredth at a time, until it stands out on all ``surfaces``."""
    for hundredths in range(101):
        shade = _mix(colour, towards, hundredths / 100)
        if all(contrast(shade, surface) >= wanted for surface in surfaces):
            return shade
    return towards


def _mix(colour: Channels, other: Channels, part: float) -> Channels:
    """Return ``colour`` with ``part`` of ``other`` in it."""
    red, green, blue = (
        round(mine + (theirs - mine) * part) for mine, theirs in zip(colour, other, strict=True)
    )
    return red, green, blue


def _luminance(colour: Channels) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _parse(colour: str) -> Channels:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _written(colour: Channels) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
