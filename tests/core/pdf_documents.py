"""Small documents for the tests of the PDF door."""

from datetime import UTC, datetime
from pathlib import Path

from core.pdf import Document, Part, render

ROOT = Path(__file__).resolve().parents[2]
STYLE = (ROOT / "static" / "pdf" / "dossier.css").read_text(encoding="utf-8")
FONTS = ROOT / "node_modules"
COVER = '<div class="cover-page"><div class="cover-text"><p class="cover-title">Un dossier</p></div></div>'


def make_part(key="a", body="<p>Du texte.</p>", *, number="1", title=None):
    title = title or f"Partie {key}"
    heading = f'<h1 id="{key}"><span class="number">{number}</span> {title}</h1>'
    return Part(key=key, title=title, html=heading + body, number=number, anchor=key)


def make_document(*parts, **fields):
    fields.setdefault("lang", "fr")
    fields.setdefault("title", "Un dossier")
    fields.setdefault("author", "Ville d’essai")
    fields.setdefault("identifier", "urn:uuid:6f6e1f0c-52a5-4a0e-9d0e-2f0a3c1c2b11")
    fields.setdefault("dated", datetime(2026, 3, 14, 9, 30, tzinfo=UTC))
    fields.setdefault("style", STYLE)
    fields.setdefault("cover", COVER)
    fields.setdefault("header", "Un dossier")
    fields.setdefault("footer", "Ville d’essai")
    return Document(parts=parts or (make_part(),), **fields)


def render_parts(directory, *parts, **fields):
    return render(make_document(*parts, **fields), directory=directory, font_sources=FONTS)
