"""What WeasyPrint's tagged output still needs before parts can be joined into one accessible document.

Called while the part is still a tree of Python objects, where a change costs nothing: after joining there would be
tens of thousands of elements to walk.
"""

from hashlib import sha256
from typing import Any

import pydyf

from core.pdf.document import Wording
from core.pdf.markup import plain_text

#: What may hold text itself, without an element for each line of it.
_HOLDERS = frozenset(
    {
        "/P",
        "/Span",
        "/Link",
        "/TD",
        "/TH",
        "/Caption",
        "/LBody",
        "/Lbl",
        *(f"/H{level}" for level in range(1, 7)),
    }
)


def finish(document: Any, pdf: Any, *, key: str, wording: Wording, is_contents: bool) -> None:
    """Make names unique across parts, give links a spoken text, hide decoration, leave out what means nothing, mark a
    table of contents as one.
    """
    _describe_links(document, wording)
    elements = [
        item
        for item in pdf.objects
        if isinstance(item, pydyf.Dictionary) and item.get("Type") == "/StructElem"
    ]
    _scope_names(pdf, key)
    _scope_fonts(pdf, key)
    _scope_headers(pdf, elements, key)
    _hide_decoration(pdf, elements)
    _lift_lines(pdf, elements)
    _name_pages_where_marked(elements)
    if is_contents:
        _mark_contents(elements)


def _describe_links(document: Any, wording: Wording) -> None:
    for page in document.pages:
        for kind, target, _, box in page.links:
            annotation = getattr(box, "link_annotation", None)
            if annotation is not None and box.element is not None:
                text = plain_text(box.element) or f"{wording.new_window} {target}"
                annotation["Contents"] = pydyf.String(text)
                if kind == "external":
                    annotation["F"] = 4  # printed with the page, as PDF/UA wants of every annotation


def _scope_names(pdf: Any, key: str) -> None:
    """Put the part's key in front of its destinations, so that two parts may use the same identifier."""
    names = pdf.catalog.get("Names", {}).get("Dests", {}).get("Names", [])
    for index in range(0, len(names), 2):
        names[index] = pydyf.String(f"{key}/{names[index].string}")
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("Subtype") == "/Link" and "Dest" in item:
            item["Dest"] = pydyf.String(f"{key}/{item['Dest'].string}")


def _scope_fonts(pdf: Any, key: str) -> None:
    """Give each subset of a font a tag of its own: the same one on two different subsets may confuse a reader."""
    for item in pdf.objects:
        for entry in ("BaseFont", "FontName"):
            if isinstance(item, pydyf.Dictionary) and entry in item:
                name = item[entry].decode().lstrip("/")
                digest = sha256(f"{key}/{name}".encode()).digest()
                tag = "".join(chr(65 + byte % 26) for byte in digest[:6])
                item[entry] = f"/{tag}+{name.partition('+')[2]}".encode()


def _scope_headers(pdf: Any, elements: list[Any], key: str) -> None:
    """Make the identifiers of table headers unique, and list them in the tree that the format asks for."""
    listed: list[tuple[str, bytes]] = []
    for element in elements:
        if "ID" in element:
            element["ID"] = pydyf.String(f"{key}/{element['ID'].string}")
            listed.append((element["ID"].string, element.reference))
        attributes = element.get("A")
        if attributes is not None and "Headers" in attributes:
            attributes["Headers"] = pydyf.Array(
                pydyf.String(f"{key}/{name.string}") for name in attributes["Headers"]
            )
    if listed:
        tree = pydyf.Dictionary({"Names": pydyf.Array()})
        for name, reference in sorted(listed):
            tree["Names"].extend((pydyf.String(name), reference))
        root = next(
            item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/StructTreeRoot"
        )
        root["IDTree"] = tree


def _hide_decoration(pdf: Any, elements: list[Any]) -> None:
    """Turn a picture with an empty alternative text into an artefact: it is drawn, and never spoken of."""
    hidden = [element for element in elements if element["S"] == "/Figure" and not element.get("Alt")]
    if not hidden:
        return
    by_reference = {item.reference: item for item in pdf.objects}
    nums = next(item["Nums"] for item in pdf.objects if isinstance(item, dict) and "Nums" in item)
    for element in hidden:
        page = by_reference[element["Pg"]]
        marks = nums[nums.index(page["StructParents"]) + 1]
        if all(_is_released(by_reference[page["Contents"]], mark) for mark in element["K"]):
            for mark in element["K"]:
                marks[mark] = "null"
            by_reference[element["P"]]["K"].remove(element.reference)
        else:
            element["S"] = (
                "/NonStruct"  # drawn within a transparent group: out of reach, so left without a meaning
            )


def _is_released(stream: Any, mark: int) -> bool:
    """Declare the content under ``mark`` an artefact; say whether it was found."""
    operators = stream.stream
    for index in range(len(operators) - 1):
        if operators[index] == "/Figure" and operators[index + 1].get("MCID") == mark:
            operators[index : index + 3] = [b"/Artifact", b"BMC"]
            return True
    return False


def _lift_lines(pdf: Any, elements: list[Any]) -> None:
    """Take the lines of a text out of elements of their own, which mean nothing and are half of all there are."""
    by_reference = {element.reference: element for element in elements}
    home: dict[bytes, bytes] = {}
    # An element is made before those within it: from the innermost outwards.
    for element in reversed(elements):
        parent = by_reference.get(element["P"])
        if parent is not None and parent["S"] in _HOLDERS and _means_nothing(element):
            place = parent["K"].index(element.reference)
            parent["K"][place : place + 1] = element["K"]
            home[element.reference] = parent.reference
            element.free = "f"
    # Outermost first: what a parent was lifted to is known when those within it are looked up.
    for reference in reversed(home):
        home[reference] = home.get(home[reference], home[reference])
    numbers = next(item["Nums"] for item in pdf.objects if isinstance(item, dict) and "Nums" in item)
    for marks in numbers[1::2]:
        if isinstance(marks, list):
            marks[:] = [home.get(reference, reference) for reference in marks]


def _means_nothing(element: Any) -> bool:
    return (
        element["S"] == "/Span"
        and element.keys() <= {"Type", "S", "K", "P", "Pg"}
        and all(isinstance(kid, int) for kid in element["K"])
    )


def _name_pages_where_marked(elements: list[Any]) -> None:
    """Leave its page to what is drawn on it alone: pages that two parts share change place when they are joined."""
    for element in elements:
        if not any(isinstance(kid, int) for kid in element["K"]):
            element.pop("Pg", None)


def _mark_contents(elements: list[Any]) -> None:
    for element in elements:
        if element["S"] == "/L":
            element["S"] = "/TOC"
        elif element["S"] == "/LI":
            element["S"] = "/TOCI"
        elif element["S"] == "/LBody":
            element["S"] = "/Reference"
