"""All that a piece prints, and the digest of it: what is the same is never laid out twice, and what differs always is."""

import hashlib
import json
import re
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from core.pdf.document import STATIC_URL, Document, Limits, MediaFile
from core.pdf.flow import Step
from core.pdf.fonts import FontFace, font_face_rules
from core.pdf.frame import FRAME_STYLE, LEAD_STYLE
from core.pdf.pressroom import Request

_FONT_URL = STATIC_URL.replace("/static/", "/font/")
_ROOT = re.compile(r":root\s*\{([^}]*)\}")
_PROPERTY = re.compile(r"(--[\w-]+)\s*:\s*([^;}]+)")
_USE = re.compile(r"var\((--[\w-]+)\)")
_MENTION = re.compile(r"https://dossier\.invalid/(media|static)/([^\"'\s()<>]+)")


class Ingredients:
    """What every piece of one document depends on."""

    def __init__(self, document: Document, limits: Limits, faces: tuple[FontFace, ...]) -> None:
        self.faces = faces
        self.style = _with_values(
            font_face_rules(faces, _FONT_URL)
            + FRAME_STYLE
            + LEAD_STYLE
            + f":root{{--accent:{document.accent}}}\n"
            + document.style
        )
        self._document = document
        #: By path, of the files that came without one.
        self._digests: dict[str, str] = {}
        self._common = self._common_digest(limits)

    def request(self, key: str, kind: str, html: str) -> Request:
        """Return the request for a piece that stands alone."""
        return Request(key, kind, (self.step(key, kind, html),))

    def step(self, key: str, kind: str, html: str) -> Step:
        known = json.dumps([self._common, key, kind, html, self._mentioned(html)])
        return Step(key, html, hashlib.sha256(known.encode()).hexdigest())

    def _common_digest(self, limits: Limits) -> str:
        """Return the digest of what every piece depends on."""
        known = [
            _program_digest(),
            self.style,
            [(face.path.name, face.sha256) for face in self.faces],
            self._document.lang,
            asdict(self._document.wording),
            [
                limits.picture_bytes,
                limits.picture_pixels,
                limits.part_pictures,
                limits.part_bytes,
            ],
            self._mentioned(self._document.style),
        ]
        return hashlib.sha256(json.dumps(known, default=dict).encode()).hexdigest()

    def _mentioned(self, text: str) -> list[tuple[str, str, str]]:
        """Return the name, type and digest of each file that ``text`` shows."""
        found: list[tuple[str, str, str]] = []
        for shelf, name in sorted(set(_MENTION.findall(text))):
            media = self._document.media.get(name)
            if shelf == "media" and media is not None:
                found.append((name, media.content_type, self._digest(media)))
            elif shelf == "static":
                paths = [root / name for root in self._document.static_roots if (root / name).is_file()]
                found.append((name, "", self._digest(MediaFile(paths[0], "")) if paths else ""))
        return found

    def _digest(self, media: MediaFile) -> str:
        if media.sha256:
            return media.sha256
        name = str(media.path)
        if name not in self._digests:
            try:
                with media.path.open("rb") as file:
                    self._digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                self._digests[name] = ""
        return self._digests[name]


def _with_values(style: str) -> str:
    """Put the custom properties of the root where they are used: the library would look each up for each element."""
    values = dict(_PROPERTY.findall(";".join(_ROOT.findall(style))))
    return _USE.sub(lambda use: values.get(use[1], use[0]).strip(), style)


@cache
def _program_digest() -> str:
    """Return the digest of what lays out a piece: our own code and the libraries it leans on."""
    digest = hashlib.sha256()
    for module in (
        "document",
        "drawings",
        "fetcher",
        "flow",
        "frame",
        "leads",
        "margins",
        "glyph_arrays",
        "markup",
        "painting",
        "tagging",
    ):
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    for library in (
        "weasyprint",
        "pydyf",
        "fonttools",
        "pyphen",
        "tinyhtml5",
        "tinycss2",
        "cssselect2",
        "pillow",
    ):
        digest.update(version(library).encode())
    return digest.hexdigest()
