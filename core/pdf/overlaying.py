"""Put what was drawn on one page of a document onto another of its pages, with what its structure knows of it."""

import re
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

_MARK = re.compile(rb"(?<=/MCID )\d+")


def lay_over(
    pdf: pikepdf.Pdf, page: Any, sheet: Any, numbers: dict[int, Any], *, up: float = 0.0, suffix: str = ""
) -> None:
    """Draw ``sheet`` on ``page``, ``up`` points higher; nothing must refer to it afterwards.

    ``numbers`` leads from marked content to its elements. Where the two have other resources than each other, a
    ``suffix`` tells them apart. What is drawn must be of WeasyPrint: its texts are in hexadecimal, so that whatever looks
    like a name in its operators is one; and text must not be drawn through a group (CSS ``opacity``), whose marks would
    be out of reach.
    """
    marked, known = numbers[int(page.StructParents)], numbers.pop(int(sheet.StructParents))
    shift = len(marked)
    _take_marks(page, sheet, known, shift)
    marked.extend(known)
    drawn = _MARK.sub(lambda mark: b"%d" % (int(mark[0]) + shift), sheet.Contents.read_bytes())
    if suffix:
        drawn = _with_resources(page, sheet, drawn, suffix)
    moved = b"1 0 0 1 0 %.4f cm\n" % up if up else b""
    page.Contents = Array(
        [
            *_begun(pdf, page.Contents),
            pdf.make_stream(b"q\n" + moved + drawn + b"\nQ\n"),
        ]
    )
    _move_annotations(page, sheet, numbers, up)


def _begun(pdf: pikepdf.Pdf, contents: Any) -> list[Any]:
    """Return the streams of a page so that what follows starts where they started."""
    if isinstance(contents, Array):
        return list(contents)
    return [pdf.make_stream(b"q\n"), contents, pdf.make_stream(b"\nQ\n")]


def _take_marks(page: Any, sheet: Any, known: Any, shift: int) -> None:
    for element in {element.objgen: element for element in known if element is not None}.values():
        if element.get(Name.Pg) is None or element.Pg.objgen != sheet.objgen:
            continue
        element.Pg = page
        element.K = Array([kid + shift if isinstance(kid, int) else kid for kid in element.K])


def _with_resources(page: Any, sheet: Any, drawn: bytes, suffix: str) -> bytes:
    """Give ``page`` what ``sheet`` draws with, under names of their own."""
    names: set[str] = set()
    for kind, things in sheet.Resources.items():
        if not isinstance(things, Dictionary):
            continue
        if kind not in page.Resources:
            page.Resources[kind] = Dictionary()
        for name, thing in things.items():
            names.add(str(name))
            page.Resources[kind][f"{name}{suffix}"] = thing
    if not names:
        return drawn
    ours = b"|".join(re.escape(name.encode()) for name in sorted(names))
    return re.sub(rb"(?:" + ours + rb")(?=\s)", lambda name: name[0] + suffix.encode(), drawn)


def _move_annotations(page: Any, sheet: Any, numbers: dict[int, Any], up: float) -> None:
    moved = list(sheet.get(Name.Annots, []))
    if not moved:
        return
    for annotation in moved:
        left, bottom, right, top = (float(side) for side in annotation.Rect)
        annotation.Rect = Array([left, bottom + up, right, top + up])
        element = numbers[int(annotation.StructParent)]
        for kid in element.K:
            if isinstance(kid, Dictionary) and kid.get(Name.Type) == Name.OBJR:
                kid.Pg = page
    page.Annots = Array([*page.get(Name.Annots, []), *moved])
