"""Asks a process of its own to read a Word document, and says in French what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.word.gate import Refusal, look_at

WALL_SECONDS = 60
CPU_SECONDS = 30
MEMORY_BYTES = 1024 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
#: Nothing else of the environment reaches the process: no password, no address.
_INHERITED = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
)


@dataclass(frozen=True)
class WordPicture:
    content: bytes
    alternative: str
    credit: str


@dataclass(frozen=True)
class WordEntry:
    """A text under its title; depth 1 for a part, 2 for a section, 0 where there is only one text.

    A picture stands in it as ``picture:N``, N being its place among those of the document, from 1.
    """

    title: str
    depth: int
    html: str


@dataclass(frozen=True)
class WordText:
    entries: tuple[WordEntry, ...]
    pictures: tuple[WordPicture, ...]
    #: What was changed or left out, in sentences.
    notices: tuple[str, ...]


def check_is_word(file: IO[bytes]) -> None:
    """Refuse, from the first bytes, what is plainly something else."""
    try:
        look_at(file)
    except Refusal as refusal:
        raise DomainError(_reason(refusal.code)) from refusal


def read_word(source: Path, *, outline: bool) -> WordText:
    """Read a Word document in a process of its own; whatever it holds, the answer is a text or a DomainError."""
    with TemporaryDirectory(prefix="word-") as folder:
        result = _ask(source, Path(folder), outline=outline)
        credits_of: dict[str, str] = result["credits"]
        return WordText(
            entries=tuple(WordEntry(**entry) for entry in result["entries"]),
            pictures=tuple(
                WordPicture(
                    content=(Path(folder) / picture["file"]).read_bytes(),
                    alternative=picture["alternative"],
                    credit=credits_of.get(str(number), ""),
                )
                for number, picture in enumerate(result["pictures"], start=1)
            ),
            notices=tuple(_notices(result["facts"], result["quoted"])),
        )


def _ask(source: Path, folder: Path, *, outline: bool) -> dict[str, Any]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    job = {"outline": outline, "cpu_seconds": CPU_SECONDS, "memory_bytes": MEMORY_BYTES}
    try:
        ended = subprocess.run(  # noqa: S603 -- the words are ours
            [sys.executable, "-m", "core.word.reader", str(source), str(folder)],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            cwd=_ROOT,
            env={**environment, "PYTHONUTF8": "1", "TMPDIR": str(folder)},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DomainError(_reason("too_slow")) from error
    if ended.returncode:
        raise DomainError(
            _reason(_CODES.get(ended.returncode, "too_slow" if ended.returncode < 0 else "broken"))
        )
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if "refused" in result:
        raise DomainError(_reason(result["refused"]))
    return result


#: Exit statuses of core.word.reader, which is not imported here: it sets limits on whoever runs it.
_CODES = {3: "too_large_unpacked", 4: "too_deep", 5: "broken"}


def _reason(code: str) -> str:
    reasons = {
        "empty": _("Ce fichier est vide."),
        "old_word": _(
            "Ce fichier est à l’ancien format de Word (.doc) : ouvrez-le et enregistrez-le au format .docx."
        ),
        "encrypted": _(
            "Ce document est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
        ),
        "pdf": _("Ce fichier est un PDF : déposez le document Word (.docx) dont il est tiré."),
        "html": _("Ce fichier est une page web, pas un document Word : enregistrez-le au format .docx."),
        "rtf": _("Ce fichier est au format RTF : ouvrez-le et enregistrez-le au format .docx."),
        "not_word": _("Ce fichier n’est pas un document Word (.docx)."),
        "broken": _(
            "Ce document Word est abîmé ou incomplet : ouvrez-le dans Word ou LibreOffice, enregistrez-le de nouveau, "
            "puis recommencez."
        ),
        "too_many_parts": _("Ce document contient trop de fichiers pour être un document Word ordinaire."),
        "too_large_unpacked": _(
            "Une fois ouvert, ce document est trop volumineux : allégez-le ou découpez-le."
        ),
        "entities": _("Ce document contient des définitions qui n’ont pas leur place dans un document Word."),
        "too_deep": _(
            "Ce document imbrique trop de tableaux ou de listes les uns dans les autres : simplifiez-le, puis "
            "recommencez."
        ),
        "too_slow": _("La lecture de ce document demande trop de temps : découpez-le ou simplifiez-le."),
        "too_long": _("Ce document est trop long pour être repris en une fois : découpez-le."),
    }
    return reasons[code]


def _notices(facts: Mapping[str, int], quoted: Mapping[str, str]) -> list[str]:
    """Say what was dropped or changed, what matters most first."""
    found = [sentence for code, sentence in _counted(facts).items() if facts.get(code)]
    if "title" in facts:
        found.insert(
            0, _("Le titre du document, « %(title)s », n’est pas repris : la section garde le sien.") % quoted
        )
    if "preamble" in facts:
        found.insert(
            0,
            _("Le texte placé avant le premier titre n’est pas repris : « %(preamble)s »") % quoted,
        )
    if facts.get("insertions") or facts.get("deletions"):
        found.insert(
            0,
            _(
                "Le document contient des modifications suivies : le texte est repris comme si elles étaient toutes "
                "acceptées."
            ),
        )
    return found


def _counted(facts: Mapping[str, int]) -> dict[str, str]:
    def say(code: str, one: str, many: str) -> str:
        count = facts.get(code, 0)
        return ngettext(one, many, count) % {"count": count}

    return {
        "comments": say(
            "comments",
            "%(count)d commentaire n’est pas repris.",
            "%(count)d commentaires ne sont pas repris.",
        ),
        "levels": say(
            "levels",
            "%(count)d titre change de niveau : un texte a trois niveaux de titre.",
            "%(count)d titres changent de niveau : un texte a trois niveaux de titre.",
        ),
        "numbers": say(
            "numbers",
            "Le numéro écrit dans %(count)d titre est retiré : le plan numérote lui-même.",
            "Les numéros écrits dans %(count)d titres sont retirés : le plan numérote lui-même.",
        ),
        "long_titles": say(
            "long_titles",
            "%(count)d titre de plus de 200 signes est coupé.",
            "%(count)d titres de plus de 200 signes sont coupés.",
        ),
        "headless_tables": say(
            "headless_tables",
            "%(count)d tableau n’avait pas de ligne d’en-tête déclarée : sa première ligne en tient lieu, à vérifier.",
            "%(count)d tableaux n’avaient pas de ligne d’en-tête déclarée : leur première ligne en tient lieu, "
            "à vérifier.",
        ),
        "nested_tables": say(
            "nested_tables",
            "%(count)d tableau placé dans un autre devient des lignes de texte.",
            "%(count)d tableaux placés dans un autre deviennent des lignes de texte.",
        ),
        "picture_metafile": say(
            "picture_metafile",
            "%(count)d dessin au format EMF ou WMF n’est pas repris : enregistrez-le en PNG, puis ajoutez-le.",
            "%(count)d dessins aux formats EMF ou WMF ne sont pas repris : enregistrez-les en PNG, puis ajoutez-les.",
        ),
        "picture_svg": say(
            "picture_svg",
            "%(count)d dessin SVG n’est pas repris : enregistrez-le en PNG, puis ajoutez-le.",
            "%(count)d dessins SVG ne sont pas repris : enregistrez-les en PNG, puis ajoutez-les.",
        ),
        "picture_format": say(
            "picture_format",
            "%(count)d image n’est pas reprise : seuls JPEG, PNG et WebP le sont.",
            "%(count)d images ne sont pas reprises : seuls JPEG, PNG et WebP le sont.",
        ),
        "picture_too_heavy": say(
            "picture_too_heavy",
            "%(count)d image de plus de 25 Mo n’est pas reprise.",
            "%(count)d images de plus de 25 Mo ne sont pas reprises.",
        ),
        "picture_too_many": say(
            "picture_too_many",
            "%(count)d image n’est pas reprise : un import en prend 100 au plus.",
            "%(count)d images ne sont pas reprises : un import en prend 100 au plus.",
        ),
        "external_pictures": say(
            "external_pictures",
            "%(count)d image liée à une autre adresse n’est pas reprise : rien n’est jamais cherché hors du document.",
            "%(count)d images liées à une autre adresse ne sont pas reprises : rien n’est jamais cherché hors du "
            "document.",
        ),
        "external_parts": say(
            "external_parts",
            "%(count)d lien vers un modèle ou un objet extérieur est ignoré.",
            "%(count)d liens vers des modèles ou des objets extérieurs sont ignorés.",
        ),
        "links": say(
            "links",
            "%(count)d lien interne ou d’un genre inconnu devient du texte simple.",
            "%(count)d liens internes ou d’un genre inconnu deviennent du texte simple.",
        ),
        "macros": say(
            "macros",
            "Les macros du document sont ignorées.",
            "Les macros du document sont ignorées.",
        ),
        "objects": say(
            "objects",
            "%(count)d graphique ou objet incorporé n’est pas repris.",
            "%(count)d graphiques ou objets incorporés ne sont pas repris.",
        ),
        "equations": say(
            "equations",
            "%(count)d équation n’est pas reprise.",
            "%(count)d équations ne sont pas reprises.",
        ),
        "text_boxes": say(
            "text_boxes",
            "%(count)d zone de texte passe dans le fil du texte, à vérifier.",
            "%(count)d zones de texte passent dans le fil du texte, à vérifier.",
        ),
        "struck": say(
            "struck",
            "%(count)d passage barré est repris sans être barré.",
            "%(count)d passages barrés sont repris sans être barrés.",
        ),
        "boxes": say(
            "boxes",
            "%(count)d case à cocher n’est pas reprise.",
            "%(count)d cases à cocher ne sont pas reprises.",
        ),
        "edges": _("Les en-têtes et pieds de page ne sont pas repris."),
        "contents": _("La table des matières du document n’est pas reprise : le dossier fait la sienne."),
        "live": _(
            "Les tableaux que l’application tire de ses données (plan de financement, partenaires, instances, "
            "calendrier) ne sont pas repris."
        ),
    }
