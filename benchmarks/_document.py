"""A document of any length, made up from nothing: text, tables, footnotes, drawings and one photograph a page."""

import random
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageFilter

from core.pdf import MEDIA_URL, Document, MediaFile, Part

_ROOT = Path(__file__).resolve().parents[1]
_TEXT = (
    "la candidature le territoire une mémoire partagée les habitantes et habitants un projet artistique la création "
    "des équipements culturels avec les associations pour la transmission du patrimoine minier vers la jeunesse sur "
    "trois années dans chaque commune par la coopération européenne entre le musée et les quartiers sans rupture une "
    "programmation exigeante accessible à toutes et à tous, en particulier aux personnes éloignées de l’offre"
)
_WORDS = _TEXT.split()


def _sentences(source: random.Random, count: int) -> str:
    return " ".join(
        " ".join(source.choices(_WORDS, k=source.randint(12, 26))).capitalize() + "." for _ in range(count)
    )


def _photograph(path: Path, seed: int) -> None:
    if not path.exists():
        noise = Image.effect_noise((340, 226), 90).filter(ImageFilter.GaussianBlur(1.2))
        tint = Image.new("RGB", noise.size, ((seed * 53) % 255, (seed * 97) % 255, (seed * 31) % 255))
        blended = Image.blend(noise.convert("RGB"), tint, 0.35).resize((1700, 1130))
        blended.save(path, "JPEG", quality=82)


def _page(source: random.Random, chapter: int, section: int, picture: str) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{' '.join(source.choices(_WORDS, k=4))}</th><td>{source.randint(1, 99)}</td>"
        f"<td class='amount'>{source.randint(1000, 90000)},00 €</td></tr>"
        for _ in range(4)
    )
    drawing = "".join(
        f"<rect x='{index * 30}' y='{60 - height}' width='22' height='{height}'/>"
        for index, height in enumerate(source.choices(range(10, 60), k=8))
    )
    return (
        f'<h2 id="c{chapter}-{section}"><span class="number">{chapter}.{section}</span> Une section du dossier</h2>'
        f"<p>{_sentences(source, 4)}<span class='footnote'>{_sentences(source, 1)}</span></p>"
        f'<figure><img src="{MEDIA_URL}{picture}" alt="Une photographie du bassin minier">'
        f"<figcaption>Une légende <span class='credit'>© Candidacy</span></figcaption></figure>"
        f"<p>{_sentences(source, 3)} Voir <a href='#c1-1'>la première section</a>.</p>"
        f"<table><thead><tr><th>Action</th><th>Nombre</th><th>Montant</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<svg viewBox='0 0 240 60' role='img' aria-label='Un graphique'><title>Un graphique</title>{drawing}</svg>"
        f"<ul><li>{_sentences(source, 1)}</li><li>{_sentences(source, 1)}</li></ul><p>{_sentences(source, 2)}</p>"
    )


def make_document(directory: Path, *, pages: int, changed: bool = False) -> Document:
    """Return a document of about ``pages`` pages; ``changed`` alters one paragraph of its last chapter."""
    directory.mkdir(parents=True, exist_ok=True)
    source = random.Random(pages)  # the same text every time
    chapters = max(4, pages // 8)
    sections = max(1, round((pages - 3) / chapters / 1.02))
    media: dict[str, MediaFile] = {}
    parts: list[Part] = []
    for chapter in range(1, chapters + 1):
        html = f'<h1 id="c{chapter}"><span class="number">{chapter}</span> Chapitre du projet culturel</h1>'
        for section in range(1, sections + 1):
            name = f"photo-{chapter}-{section}.jpg"
            _photograph(directory / name, chapter * 100 + section)
            media[name] = MediaFile(directory / name, "image/jpeg")
            html += _page(source, chapter, section, name)
        if changed and chapter == chapters:
            html += "<p>Un paragraphe ajouté par la relecture.</p>"
        parts.append(Part(f"c{chapter}", "Chapitre du projet culturel", html, str(chapter), f"c{chapter}"))
    return Document(
        lang="fr",
        title="Dossier de mesure",
        author="Candidacy",
        identifier="urn:uuid:00000000-0000-4000-8000-000000000001",
        dated=datetime(2026, 1, 1, tzinfo=UTC),
        style=(_ROOT / "static" / "pdf" / "dossier.css").read_text(encoding="utf-8"),
        cover='<div class="cover-page"><div class="cover-text"><p class="cover-title">Dossier de mesure</p></div></div>',
        parts=tuple(parts),
        header="Dossier de mesure",
        footer="Candidacy",
        media=media,
    )
