"""The process that opens one Word document, under hard limits: `python -m core.word.reader SOURCE FOLDER`.

The job comes as JSON on the standard input; what was read, or the reason why nothing was, is left in the folder. No
Django here: the process starts quickly and holds nothing of the application.
"""

import ctypes
import json
import os
import re
import resource
import signal
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import mammoth

from core.word import marks
from core.word.gate import Refusal, check_archive
from core.word.shaping import Shaped, shape

MAX_PICTURE_BYTES = 25 * 1024 * 1024
MAX_PICTURES = 100
MAX_HTML_CHARACTERS = 20_000_000
PICTURE_TYPES = {"image/png", "image/jpeg", "image/jpg", "image/webp"}
#: Exit statuses, besides 0; a process that the kernel ends has the number of a signal.
MEMORY_STATUS, DEPTH_STATUS, ERROR_STATUS = 3, 4, 5

_STYLES = f"""
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Titre 1'] => h1:fresh
p[style-name='Titre 2'] => h2:fresh
p[style-name='Titre 3'] => h3:fresh
p[style-name='Titre 4'] => h4:fresh
p[style-name='heading 7'] => h6:fresh
p[style-name='heading 8'] => h6:fresh
p[style-name='heading 9'] => h6:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Citation'] => blockquote > p:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='Illustration'] => p.caption:fresh
p[style-name^='toc'] => p.toc:fresh
p[style-name^='Contents '] => p.toc:fresh
p[style-name^='table of'] => p.toc:fresh
p[style-name='{marks.LIVE_HEADING}'] => p.live:fresh
p[style-name='{marks.LIVE_TEXT}'] => p.live:fresh
p[style-name='{marks.LIVE_CAPTION}'] => p.live:fresh
table[style-name='{marks.LIVE_TABLE}'] => table.live:fresh
p[style-name='{marks.ROW_HEADER}'] => p.row-header:fresh
p[style-name='{marks.RULE}'] => hr:fresh
r[style-name='{marks.CREDIT}'] => span.credit
r[style-name='{marks.LABEL}'] => span.label
r[style-name='Emphasis'] => em
"""
_IN_DOCUMENT = {
    "insertions": re.compile(rb"<w:(?:ins|moveTo) "),
    "deletions": re.compile(rb"<w:(?:del|moveFrom) "),
    "equations": re.compile(rb"<m:oMath[ >]"),
    "text_boxes": re.compile(rb"<w:txbxContent[ >]"),
}
_COMMENT = re.compile(rb"<w:comment ")
_TEXT = re.compile(rb"<w:t[ >]")
_EXTERNAL_PICTURE = re.compile(
    rb"<Relationship\b(?=[^>]*/image[\"'])(?=[^>]*TargetMode=[\"']External[\"'])[^>]*>"
)
_EXTERNAL_TEMPLATE = re.compile(
    rb"<Relationship\b(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument)[\"'])"
    rb"(?=[^>]*TargetMode=[\"']External[\"'])[^>]*>"
)


class Album:
    """The pictures of the document, written beside the result as they are met."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: list[dict[str, str]] = []
        self.dropped: dict[str, int] = {}

    def take(self, picture: Any) -> dict[str, str]:
        """Return the attributes of the place where the picture stood."""
        # A picture from elsewhere is refused by the library as it is opened, whatever its type.
        with picture.open() as source:
            if picture.content_type not in PICTURE_TYPES:
                return self._drop(_kind(picture.content_type or ""))
            if len(self.kept) >= MAX_PICTURES:
                return self._drop("too_many")
            content = source.read(MAX_PICTURE_BYTES + 1)
        if len(content) > MAX_PICTURE_BYTES:
            return self._drop("too_heavy")
        number = len(self.kept) + 1
        (self.folder / f"{number}.picture").write_bytes(content)
        self.kept.append({"file": f"{number}.picture", "alternative": picture.alt_text or ""})
        return {"src": f"picture:{number}"}

    def _drop(self, kind: str) -> dict[str, str]:
        self.dropped[kind] = self.dropped.get(kind, 0) + 1
        return {"src": ""}


def read(source: Path, folder: Path, *, outline: bool) -> dict[str, Any]:
    """Return what the document says, as plain values."""
    check_archive(source)
    album = Album(folder)
    with source.open("rb") as file:
        converted = mammoth.convert_to_html(
            file,
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(album.take),
            include_embedded_style_map=False,
            external_file_access=False,
        )
    if len(converted.value) > MAX_HTML_CHARACTERS:
        raise Refusal("too_long")
    shaped: Shaped = shape(converted.value, outline=outline)
    facts = {**_survey(source), **shaped.facts}
    facts |= {f"picture_{kind}": count for kind, count in album.dropped.items()}
    return {
        "entries": [
            {"title": entry.title, "depth": entry.depth, "html": entry.html} for entry in shaped.entries
        ],
        "pictures": album.kept,
        "credits": shaped.credits,
        "facts": {code: count for code, count in facts.items() if count},
        "quoted": shaped.quoted,
    }


def _kind(content_type: str) -> str:
    kind = content_type.rpartition("/")[2].lower()
    return "metafile" if kind.removeprefix("x-") in {"emf", "wmf"} else "svg" if "svg" in kind else "format"


def _survey(source: Path) -> dict[str, int]:
    """Count what the text does not show: changes not accepted, comments, and what is left where it was."""
    with zipfile.ZipFile(source) as archive:
        names = archive.namelist()
        document = archive.read("word/document.xml") if "word/document.xml" in names else b""
        facts = {code: len(pattern.findall(document)) for code, pattern in _IN_DOCUMENT.items()}
        comments = [archive.read(name) for name in names if re.fullmatch(r"word/comments\d*\.xml", name)]
        facts["comments"] = sum(len(_COMMENT.findall(part)) for part in comments)
        edges = [name for name in names if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name)]
        facts["edges"] = sum(1 for name in edges if _TEXT.search(archive.read(name)))
        facts["macros"] = sum(name.endswith("vbaProject.bin") for name in names)
        facts["objects"] = sum(name.startswith(("word/embeddings/", "word/charts/chart")) for name in names)
        relations = [archive.read(name) for name in names if re.fullmatch(r"word/_rels/[^/]+\.rels", name)]
        facts["external_pictures"] = sum(len(_EXTERNAL_PICTURE.findall(part)) for part in relations)
        facts["external_parts"] = sum(len(_EXTERNAL_TEMPLATE.findall(part)) for part in relations)
    return facts


def _set_limits(cpu_seconds: int, memory_bytes: int) -> None:
    wanted = {
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 5),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (256 << 20, 256 << 20),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, pair in wanted.items():
        # macOS refuses a limit on address space; the limits on time still hold there.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, pair)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # ended with the worker that asked


def _refuse_network(event: str, _arguments: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system")):
        raise PermissionError(event)


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    job = json.load(sys.stdin)
    _set_limits(job["cpu_seconds"], job["memory_bytes"])
    sys.addaudithook(_refuse_network)
    status = ERROR_STATUS
    try:
        result = read(source, folder, outline=job["outline"])
        (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
        status = 0
    except Refusal as refusal:
        (folder / "result.json").write_text(json.dumps({"refused": refusal.code}), encoding="utf-8")
        status = 0
    except MemoryError:
        status = MEMORY_STATUS
    except RecursionError:
        status = DEPTH_STATUS
    except Exception as error:  # noqa: BLE001 -- whatever a hostile file makes of the library, the answer is a status
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
