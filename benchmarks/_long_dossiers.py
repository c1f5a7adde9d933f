"""Fill a scratch database with dossiers of a given length for `pdf`: one section and one photograph a page."""

import hashlib
import random
import sys
from io import BytesIO

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402 -- the applications must be ready
from django.db import transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from PIL import Image, ImageEnhance, ImageFilter  # noqa: E402

from candidacy.models import Candidacy  # noqa: E402
from dossier.models import Picture  # noqa: E402
from dossier.pictures import prepare_picture  # noqa: E402
from tests import factories  # noqa: E402

#: What a camera of today gives, before it is taken in.
_CAMERA = (2400, 1600)
_SECTIONS_A_CHAPTER = 8
_TEXT = (
    "la candidature le territoire une mémoire partagée les habitantes et habitants un projet artistique la création "
    "des équipements culturels avec les associations pour la transmission du patrimoine minier vers la jeunesse sur "
    "trois années dans chaque commune par la coopération européenne entre le musée et les quartiers sans rupture une "
    "programmation exigeante accessible à toutes et à tous, en particulier aux personnes éloignées de l’offre"
)
_WORDS = _TEXT.split()


def fill(sizes: list[int]) -> None:
    """Make one candidacy for each size; the shorter ones show the first photographs of the longest."""
    photographs = [_photograph(number) for number in range(max(sizes))]
    for pages in sizes:
        with transaction.atomic():
            _fill_dossier(pages, photographs)


def _fill_dossier(pages: int, photographs: list[bytes]) -> None:
    source = random.Random(pages)  # the same text every time
    candidacy = factories.make_candidacy(slug=f"pages-{pages}", title=f"Dossier de {pages} pages")
    # Contents, table of the figures and the openings of the chapters take pages of their own.
    for number in range(pages - 3 - pages // 40):
        chapter, place = divmod(number, _SECTIONS_A_CHAPTER)
        if place == 0:
            parent = factories.make_section(
                candidacy=candidacy,
                key=f"chapitre-{chapter}",
                position=chapter,
                title="Le projet culturel de l’année",
            )
        picture = _keep(candidacy, number, photographs[number])
        factories.make_section(
            candidacy=candidacy,
            parent=parent,
            key=f"section-{number}",
            position=place,
            title="Une section du dossier",
            body=_page(source, candidacy, picture),
        )


def _keep(candidacy: Candidacy, number: int, content: bytes) -> Picture:
    return factories.make_picture(
        candidacy=candidacy,
        key=f"photographie-{number}",
        alternative_text="Une photographie du bassin minier.",
        caption=f"Le bassin minier, vue {number + 1}",
        digest=hashlib.sha256(content).hexdigest(),
        file=ContentFile(content, name=f"photographie-{number}.jpg"),
    )


def _photograph(seed: int) -> bytes:
    """Return a JPEG file as the intake keeps it: no two alike, and as heavy as what people photograph."""
    source = random.Random(seed)
    colours = Image.new("RGB", (6, 4))
    colours.putdata([tuple(source.choices(range(256), k=3)) for _ in range(24)])
    scene = colours.resize(_CAMERA, Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", (600, 400), source.randbytes(240_000)).resize(
        _CAMERA, Image.Resampling.BICUBIC
    )
    scene = Image.blend(scene, grain.filter(ImageFilter.GaussianBlur(2)).convert("RGB"), 0.4)
    taken = ImageEnhance.Contrast(scene).enhance(1.3)
    content, _suffix = prepare_picture(_as_camera_file(taken))
    return content


def _as_camera_file(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=93)
    return out.getvalue()


def _page(source: random.Random, candidacy: Candidacy, picture: Picture) -> str:
    """Return the rich text of one printed page."""
    rows = "".join(
        f"<tr><td>{' '.join(source.choices(_WORDS, k=4))}</td><td>{source.randint(1, 99)}</td>"
        f"<td>{source.randint(1000, 90000)} €</td></tr>"
        for _ in range(2)
    )
    address = reverse("dossier:picture", args=[candidacy.slug, picture.public_id])
    return (
        f"<p>{_sentences(source, 2)}<span class='footnote'>{_sentences(source, 1)}</span></p>"
        f'<figure><img src="{address}" alt="{picture.alternative_text}"><figcaption>{picture.caption}</figcaption></figure>'
        f"<p>{_sentences(source, 1)}</p>"
        f"<table><thead><tr><th>Action</th><th>Nombre</th><th>Montant</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _sentences(source: random.Random, count: int) -> str:
    return " ".join(
        " ".join(source.choices(_WORDS, k=source.randint(12, 22))).capitalize() + "." for _ in range(count)
    )


if __name__ == "__main__":
    fill([int(size) for size in sys.argv[1:]])
