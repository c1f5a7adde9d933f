"""Source Serif 4 and Source Sans 3 for print, made once from the web fonts.

TrueType files cost WeasyPrint less than compressed ones, and the narrow no-break space that French typography puts in
front of `; ! ?` is missing from the web fonts: without it each of those spaces would pull in a whole fallback font.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from fontTools.ttLib import TTFont

#: Bumped whenever the files made here change, so that kept ones are made again.
_VERSION = "3"
_FAMILIES = (
    (
        "Source Serif 4",
        "source-serif-4",
        ((400, "normal"), (400, "italic"), (600, "normal"), (600, "italic")),
    ),
    ("Source Sans 3", "source-sans-3", ((400, "normal"), (400, "italic"), (600, "normal"), (700, "normal"))),
)
#: A subset is a family of its own: the style sheet names both, and the second one is used for what the first lacks.
_SUBSETS = (("latin", ""), ("latin-ext", " Ext"))
#: What print text holds and the web subset lacks, with the characters that may lend their glyph.
_LENT = {
    0x202F: (0x2009, 0xA0),  # narrow no-break space
    0x2010: (0x2D,),  # the hyphen that ends a line
    0x2011: (0x2D,),  # no-break hyphen
    0xAD: (0x2D,),
    0x2060: (0x200B,),  # word joiner
}


@dataclass(frozen=True, slots=True)
class FontFace:
    family: str
    weight: int
    style: str
    path: Path
    sha256: str


def prepare_fonts(*, sources: Path, directory: Path) -> tuple[FontFace, ...]:
    """Return the faces for print, made from the packages below ``sources`` unless ``directory`` holds them already.

    A missing package gives no face: the style sheet then falls back to the fonts of the system.
    """
    faces: list[FontFace] = []
    for family, package, styles in _FAMILIES:
        for subset, suffix in _SUBSETS:
            for weight, style in styles:
                name = f"{package}-{subset}-{weight}-{style}"
                source = sources / "@fontsource" / package / "files" / f"{name}.woff"
                if not source.is_file():
                    source = source.with_suffix(".woff2")
                if source.is_file():
                    path, digest = _converted(source, directory)
                    faces.append(FontFace(f"{family}{suffix}", weight, style, path, digest))
    return tuple(faces)


def _converted(source: Path, directory: Path) -> tuple[Path, str]:
    key = hashlib.sha256(_VERSION.encode() + source.read_bytes()).hexdigest()
    target = directory / f"{source.stem}-{key[:16]}.ttf"
    if not target.is_file():
        directory.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=directory, suffix=".part", delete=False) as file:
            file.write(_true_type(source.read_bytes()))
        Path(file.name).replace(target)
    return target, key


def _true_type(content: bytes) -> bytes:
    font = TTFont(BytesIO(content), recalcTimestamp=False)
    font.flavor = None
    known = font.getBestCmap()
    for missing, lenders in _LENT.items():
        glyph = next((known[lender] for lender in lenders if lender in known), None)
        if missing not in known and glyph is not None:
            for table in font["cmap"].tables:
                if table.isUnicode():
                    table.cmap[missing] = glyph
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def font_face_rules(faces: tuple[FontFace, ...], address: str) -> str:
    """Return the `@font-face` rules that name each face below ``address``."""
    return "".join(
        f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};font-style:{face.style};'
        f'src:url("{address}{face.path.name}")}}\n'
        for face in faces
    )
