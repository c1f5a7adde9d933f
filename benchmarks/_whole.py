"""The same document given to WeasyPrint in one go: what the door is measured against."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from core.pdf import Document
from core.pdf.document import HOST, MEDIA_URL
from core.pdf.fonts import font_face_rules, prepare_fonts

_ROOT = Path(__file__).resolve().parents[1]
_HEADING = re.compile(r'<h([12])\b[^>]*\bid="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_NUMBER = re.compile(r'<span class="number">(.*?)</span>')
#: What the parts get from the frame that the door draws, said in CSS.
_RUNNING = """
@page { @top-left { content: "%s"; font: 8.4pt "Source Sans 3" } @top-right { content: string(chapter); font: 8.4pt "Source Sans 3" }
        @bottom-left { content: "%s"; font: 8.4pt "Source Sans 3" } @bottom-right { content: counter(page); font: 8.4pt "Source Sans 3" } }
@page cover { @top-left { content: none } @top-right { content: none } @bottom-left { content: none } @bottom-right { content: none } }
h1 { string-set: chapter content() }
section.part { break-before: page }
.contents .folio::after { content: target-counter(attr(data-target), page) }
"""


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    pages: int


def whole_html(document: Document) -> str:
    """Return one page of HTML with the cover, the contents and every part, as a single render needs it."""
    entries = []
    texts = [part.text for part in document.parts]
    for whole in texts:
        for level, anchor, inner in _HEADING.findall(whole):
            number = _NUMBER.search(inner)
            text = re.sub(r"<[^>]+>", "", _NUMBER.sub("", inner)).strip()
            entries.append(
                f'<li class="level-{level}"><a href="#{anchor}"><span class="number">{number[1] if number else ""}</span> '
                f'<span class="text">{text}</span> <span class="dots"></span>'
                f'<span class="folio" data-target="#{anchor}"></span></a></li>'
            )
    contents = f'<h1>{document.wording.contents}</h1><ul class="contents">{"".join(entries)}</ul>'
    parts = "".join(f'<section class="part">{text}</section>' for text in texts)
    return (
        f'<!doctype html><html lang="{document.lang}"><head><title>{escape(document.title)}</title></head>'
        f'<body>{document.cover}<section class="part">{contents}</section>{parts}</body></html>'
    )


def whole_style(document: Document, font_rules: str) -> str:
    running = _RUNNING % (document.header.replace('"', "”"), document.footer.replace('"', "”"))
    return f"{font_rules}:root{{--accent:{document.accent}}}\n{document.style}{running}"


def render_whole(document: Document, *, font_sources: Path) -> Measured:
    """Render ``document`` with raw WeasyPrint in a warm process of its own."""
    with TemporaryDirectory() as directory:
        faces = prepare_fonts(sources=font_sources, directory=Path(directory))
        job = {
            "html": whole_html(document),
            "style": whole_style(document, font_face_rules(faces, f"https://{HOST}/font/")),
            "files": {
                **{f"https://{HOST}/font/{face.path.name}": str(face.path) for face in faces},
                **{f"{MEDIA_URL}{name}": str(media.path) for name, media in document.media.items()},
            },
            "roots": [str(root) for root in document.static_roots],
        }
        answer = subprocess.run(
            [sys.executable, "-m", "benchmarks._raw"],
            input=json.dumps(job),
            text=True,
            capture_output=True,
            check=True,
            cwd=_ROOT,
        )
    return Measured(**json.loads(answer.stdout))
