"""What an independent checker says of a PDF."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from page import ValidationProfile, validate_pdf_bytes

_STREAM_LENGTH = "PDFA3A-STREAM-LENGTH-001"
#: Operators that name a resource, and where it is looked for.
_RESOURCES = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState", "sh": "/Shading"}


def pdf_failures(content: bytes, profile: ValidationProfile = ValidationProfile.PDF_UA_1) -> list[str]:
    """Return what fails of a profile, the accessible PDF (PDF/UA-1) unless told otherwise."""
    report = validate_pdf_bytes(content, profile=profile)
    failures = [str(failure) for failure in report.failures]
    if report.is_compliant == bool(failures):
        raise AssertionError(f"the checker contradicts itself: {report}")
    # Where the data of a stream happens to end with CR (one time in 256), the checker takes it for the beginning of
    # the end of line that follows, and finds one byte too few. So the lengths are looked at here.
    if any(_STREAM_LENGTH in failure for failure in failures) and _lengths_are_right(content):
        failures = [failure for failure in failures if _STREAM_LENGTH not in failure]
    return failures


def _lengths_are_right(content: bytes) -> bool:
    streams = list(re.finditer(rb"/Length (\d+)[^\n]*>>\nstream\n", content))
    if len(streams) != content.count(b"\nendstream\n"):
        return False
    return all(content[stream.end() + int(stream[1]) :].startswith(b"\nendstream\n") for stream in streams)


def structure_failures(content: bytes) -> list[str]:
    """Return what the checker does not look at: whether pages, marks, links and places agree with each other."""
    with pikepdf.open(BytesIO(content)) as pdf:
        numbers = dict(_pairs(pdf.Root.StructTreeRoot.ParentTree.Nums))
        pages = {page.obj.objgen for page in pdf.pages}
        return [
            *(failure for page in pdf.pages for failure in _mark_failures(page, numbers)),
            *(failure for page in pdf.pages for failure in _link_failures(page, numbers)),
            *(
                f"{element.S} is on no page"
                for element in _elements(pdf.Root.StructTreeRoot.K[0])
                for thing in (element, *_dictionaries(element.K))
                if "/Pg" in thing and thing.Pg.objgen not in pages
            ),
            *(
                f"{name} is nowhere"
                for name, place in _pairs(pdf.Root.Names.Dests.Names)
                if place[0].objgen not in pages
            ),
        ]


def _mark_failures(page: pikepdf.Page, numbers: dict[int, Any]) -> Iterator[str]:
    elements = numbers[int(page.obj.StructParents)]
    drawn: list[int] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), instruction.operands
        if operator == "BDC" and "/MCID" in operands[1]:
            drawn.append(int(operands[1].MCID))
        elif operator in _RESOURCES and str(operands[0]) not in page.obj.Resources[_RESOURCES[operator]]:
            yield f"{operands[0]} is not there"
    if sorted(drawn) != [mark for mark, element in enumerate(elements) if element is not None]:
        yield f"marks {drawn} for {len(elements)} elements"
    for mark, element in enumerate(elements):
        if element is not None and (mark not in list(element.K) or element.Pg.objgen != page.obj.objgen):
            yield f"mark {mark} is not of {element.S}"


def _link_failures(page: pikepdf.Page, numbers: dict[int, Any]) -> Iterator[str]:
    for annotation in page.obj.get("/Annots", []):
        kids = _dictionaries(numbers[int(annotation.StructParent)].K)
        homes = [kid.Pg.objgen for kid in kids if "/Obj" in kid and kid.Obj.objgen == annotation.objgen]
        if homes != [page.obj.objgen]:
            yield f"the link {annotation.Contents} is not of this page"


def _dictionaries(kids: Any) -> list[Any]:
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)]


def _elements(element: Any) -> Iterator[Any]:
    yield element
    for kid in _dictionaries(element.K):
        if kid.get("/Type") == pikepdf.Name.StructElem:
            yield from _elements(kid)


def _pairs(flat: Any) -> Iterator[tuple[Any, Any]]:
    items = list(flat)
    return (
        (int(key) if isinstance(key, int) else str(key), value)
        for key, value in zip(items[::2], items[1::2], strict=True)
    )
