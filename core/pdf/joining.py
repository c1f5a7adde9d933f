"""Make one tagged, linked and bookmarked PDF out of pieces that were laid out apart."""

import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, String

from core.pdf.archive import ARCHIVE_CLAIM, make_archive
from core.pdf.document import HOST
from core.pdf.overlaying import lay_over
from core.pdf.store import read_knowledge

_ELSEWHERE = f"https://{HOST}/#"
#: What qpdf writes, twice and near the end, where it is asked for no identifier of its own.
_NO_IDENTIFIER = b"31415926535897932384626433832795"
_TAIL = 1 << 20
#: What in a plan says where files lie on this machine, rather than what the document says.
_PLACES = frozenset({"parts", "frame", "digits", "attachments"})


@dataclass(slots=True)
class Notes:
    """Footnotes on a sheet of their own."""

    sheet: Any
    page: Any
    #: What tells the resources of the sheet from those of the page, if they are not the same.
    suffix: str
    #: The destinations that may be on it.
    places: dict[bytes, Any]
    #: How far up they go, in points.
    up: float = 0.0


@dataclass(slots=True)
class Volume:
    """The document being put together."""

    pdf: pikepdf.Pdf
    structure: Any
    #: The number tree that leads from marked content to its element.
    numbers: dict[int, Any] = field(default_factory=dict)
    next_number: int = 0
    #: Footnotes of the last page, which wait for what comes next on it.
    notes: list[Notes] = field(default_factory=list)
    headers: list[tuple[bytes, Any]] = field(default_factory=list)
    destinations: dict[bytes, Any] = field(default_factory=dict)
    #: Where a link from another piece leads: by identifier, and by key and identifier.
    homes: dict[str, str] = field(default_factory=dict)
    sources: list[pikepdf.Pdf] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


def join(plan: dict[str, Any], target: Path) -> tuple[Volume, dict[str, Any]]:
    """Write the document that ``plan`` describes to ``target``; return it, its page count and the links without target."""
    pdf = pikepdf.new()
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, K=Array()))
    volume = Volume(pdf, document)
    pieces = [piece for part in plan["parts"] for piece in part]
    knowledge = {piece["key"]: read_knowledge(Path(piece["path"])) for piece in pieces}
    facts = {key: known["facts"] for key, known in knowledge.items()}
    for key, piece_facts in facts.items():
        for anchor in piece_facts["anchors"]:
            volume.homes.setdefault(anchor, f"{key}/{anchor}")
            volume.homes[f"{key}/{anchor}"] = f"{key}/{anchor}"
    for part in plan["parts"]:
        _add_part(volume, [(piece["key"], Path(piece["path"]), facts[piece["key"]]) for piece in part])
    _close_structure(volume)
    _add_frames(volume, plan)
    _add_outline(
        volume, [[facts[piece["key"]] for piece in part] for part in plan["parts"]], plan["outline_depth"]
    )
    _describe(volume.pdf, plan)
    if plan["is_archive"]:
        make_archive(volume.pdf, plan["attachments"], dated=_pdf_date(datetime.fromisoformat(plan["dated"])))
    pdf.save(
        target,
        min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        static_id=True,
    )
    _identify(target, plan, [known["sha256"] for known in knowledge.values()])
    return volume, {"pages": len(pdf.pages), "missing": volume.missing}


def _identify(target: Path, plan: dict[str, Any], digests: list[str]) -> None:
    """Write the identifier of the file, drawn from what it is made of.

    It could be drawn from every byte that is written, for half of the time of the writing.
    """
    described = {name: value for name, value in plan.items() if name not in _PLACES}
    # The name of an attachment's place holds the digest of its content.
    attached = [[attachment["name"], Path(attachment["path"]).name] for attachment in plan["attachments"]]
    known = json.dumps([described, digests, attached], sort_keys=True)
    identifier = hashlib.sha256(known.encode()).hexdigest()[: len(_NO_IDENTIFIER)].encode()
    with target.open("r+b") as file:
        place = max(0, file.seek(0, os.SEEK_END) - _TAIL)
        file.seek(place)
        tail = file.read()
        if tail.count(_NO_IDENTIFIER) != 2:
            raise ValueError("the identifier is not where it is written")
        file.seek(place)
        file.write(tail.replace(_NO_IDENTIFIER, identifier))


def _open(volume: Volume, path: Path) -> pikepdf.Pdf:
    """Open a piece as long as the document lasts: its streams are read when the document is written."""
    source = pikepdf.open(path, access_mode=pikepdf.AccessMode.stream)
    volume.sources.append(source)
    return source


def _add_part(volume: Volume, pieces: list[tuple[str, Path, dict[str, Any]]]) -> None:
    part = volume.pdf.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.Part, K=Array(), P=volume.structure)
    )
    volume.structure.K.append(part)
    for key, path, facts in pieces:
        _add(volume, key, path, facts, part)
    _put_notes(volume)


def _add(volume: Volume, key: str, path: Path, facts: dict[str, Any], part: Any) -> None:
    source = _open(volume, path)
    first = len(volume.pdf.pages)
    # Pages first: the structure that is copied next refers to them, and finds them copied already.
    with warnings.catch_warnings():
        # The named destinations that are said to be left behind follow, under the key of the piece.
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        volume.pdf.pages.extend(source.pages)
    tree = volume.pdf.copy_foreign(source.Root.StructTreeRoot)
    section = tree.K[0]
    section.S = Name.Sect
    section.P = part
    part.K.append(section)
    shift = volume.next_number
    entries = {int(number): value for number, value in _pairs(tree.ParentTree.Nums)}
    added = [page.obj for page in volume.pdf.pages[first:]]
    for page in added:
        page.StructParents = int(page.StructParents) + shift
        _mend_links(volume, key, page, entries, shift)
    volume.numbers.update((number + shift, value) for number, value in entries.items())
    volume.next_number = shift + max(entries) + 1
    if "/IDTree" in tree:
        volume.headers += [(bytes(name), element) for name, element in _pairs(tree.IDTree.Names)]
    places: dict[bytes, Any] = {}
    if "/Names" in source.Root and "/Dests" in source.Root.Names:
        names = volume.pdf.copy_foreign(source.make_indirect(source.Root.Names.Dests.Names))
        places = {bytes(name): place for name, place in _pairs(names)}
        volume.destinations.update(places)
    _share(volume, added, facts, first, places)


def _share(
    volume: Volume, added: list[Any], facts: dict[str, Any], first: int, places: dict[bytes, Any]
) -> None:
    """Take out of the pages the sheets that go onto others: the first one, if its page was begun before, and the notes."""
    pages = volume.pdf.pages
    notes = added.pop() if facts["notes"] else None
    if notes is not None:
        del pages[first + len(added)]
    suffix = f".{len(volume.sources)}" if facts["joins"] else ""
    if facts["joins"]:
        sheet, page = added[0], pages[first - 1].obj
        del pages[first]
        lay_over(volume.pdf, page, sheet, volume.numbers, suffix=suffix)
        _redirect(places, sheet, page)
        added[0] = page
        for waiting in volume.notes:
            waiting.up += facts["lift"]
    if len(added) > 1 or not facts["joins"]:
        _put_notes(volume)
    if notes is not None:
        volume.notes.append(Notes(notes, added[-1], suffix if len(added) == 1 else "", places))


def _redirect(places: dict[bytes, Any], sheet: Any, page: Any, *, up: float = 0.0) -> None:
    for place in places.values():
        if place[0].objgen == sheet.objgen:
            place[0] = page
            place[3] = float(place[3]) + up


def _put_notes(volume: Volume) -> None:
    """Draw the footnotes that waited: nothing more comes on their page."""
    for notes in volume.notes:
        lay_over(volume.pdf, notes.page, notes.sheet, volume.numbers, up=notes.up, suffix=notes.suffix)
        _redirect(notes.places, notes.sheet, notes.page, up=notes.up)
    volume.notes.clear()


def _pairs(flat: Any) -> Iterator[tuple[Any, Any]]:
    items = iter(flat)
    return zip(items, items, strict=True)


def _mend_links(volume: Volume, key: str, page: Any, entries: dict[int, Any], shift: int) -> None:
    if "/Annots" not in page:
        return
    kept = []
    for annotation in page.Annots:
        number = int(annotation.StructParent)
        target = _target_elsewhere(annotation)
        if target is not None:
            home = volume.homes.get(target)
            if home is None:
                volume.missing.append((key, target))
                _unlink(entries.pop(number))
                continue
            del annotation["/A"]
            annotation.Dest = String(home)
        annotation.StructParent = number + shift
        kept.append(annotation)
    page.Annots = Array(kept)


def _target_elsewhere(annotation: Any) -> str | None:
    if "/A" not in annotation or "/URI" not in annotation.A:
        return None
    address = str(annotation.A.URI)
    return unquote(address.removeprefix(_ELSEWHERE)) if address.startswith(_ELSEWHERE) else None


def _unlink(element: Any) -> None:
    """Leave the words of a link that leads nowhere, and nothing to activate."""
    element.S = Name.Span
    element.K = Array(
        [kid for kid in element.K if not (isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR)]
    )


def _close_structure(volume: Volume) -> None:
    pdf = volume.pdf
    numbers = [item for pair in sorted(volume.numbers.items(), key=lambda pair: pair[0]) for item in pair]
    root = pdf.make_indirect(
        Dictionary(
            Type=Name.StructTreeRoot,
            K=Array([volume.structure]),
            ParentTree=pdf.make_indirect(Dictionary(Nums=Array(numbers))),
            ParentTreeNextKey=volume.next_number,
        )
    )
    if volume.headers:
        names = [
            item
            for name, element in sorted(volume.headers, key=lambda pair: pair[0])
            for item in (String(name), element)
        ]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(names)))
    volume.structure.P = root
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    places = [
        item for name in sorted(volume.destinations) for item in (String(name), volume.destinations[name])
    ]
    pdf.Root.Names = Dictionary(Dests=pdf.make_indirect(Dictionary(Names=Array(places))))


def _add_frames(volume: Volume, plan: dict[str, Any]) -> None:
    """Draw running header, footer and number on each page, as decoration that no screen reader reads out."""
    path = Path(plan["frame"])
    source = _open(volume, path)
    folios = read_knowledge(path)["facts"]["folios"]
    forms = [volume.pdf.copy_foreign(sheet.as_form_xobject()) for sheet in source.pages]
    digits = _digits(volume, plan["digits"])
    for place, sheet in enumerate(plan["sheets"]):
        index = plan["first_framed"] + place
        page = volume.pdf.pages[index]
        resources = page.obj.Resources
        resources.XObject[f"/Frame{sheet}"] = forms[sheet]
        resources.Font["/Folio"] = digits.font
        drawn = f"/Frame{sheet} Do {digits.write(index + 1, folios[sheet])}"
        page.contents_add(f"/Artifact <</Type /Pagination>> BDC q {drawn} Q EMC\n".encode(), prepend=True)


@dataclass(frozen=True, slots=True)
class _Digits:
    font: Any
    glyphs: dict[str, tuple[int, float]]

    def write(self, number: int, place: dict[str, Any]) -> str:
        """Return the operators that write ``number`` so that it ends at ``place``."""
        glyphs = [self.glyphs[digit] for digit in str(number)]
        left = place["right"] - sum(width for _, width in glyphs) * place["size"] / 1000
        colour = " ".join(f"{channel:.4f}" for channel in place["colour"])
        codes = "".join(f"{glyph:04x}" for glyph, _ in glyphs)
        return f"{colour} rg BT /Folio {place['size']:.3f} Tf 1 0 0 1 {left:.3f} {place['baseline']:.3f} Tm <{codes}> Tj ET"


def _digits(volume: Volume, path: str) -> _Digits:
    source = _open(volume, Path(path))
    digits = read_knowledge(Path(path))["facts"]["digits"]
    font = source.pages[0].obj.Resources.Font[f"/{digits['font']}"]
    return _Digits(volume.pdf.copy_foreign(source.make_indirect(font)), digits["glyphs"])


def _add_outline(volume: Volume, parts: list[list[dict[str, Any]]], depth: int) -> None:
    with volume.pdf.open_outline() as outline:
        first = 0
        for pieces in parts:
            open_items: list[tuple[int, list[OutlineItem]]] = [(0, outline.root)]
            for facts in pieces:
                first -= facts["joins"]
                for heading in facts["headings"]:
                    if heading["level"] <= depth:
                        _add_item(open_items, heading, first)
                first += len(facts["pages"])


def _add_item(open_items: list[tuple[int, list[OutlineItem]]], heading: dict[str, Any], first: int) -> None:
    title = f"{heading['number']} {heading['text']}".strip()
    item = OutlineItem(title, first + heading["page"], "XYZ", left=0, top=heading["top"], zoom=0)
    while open_items[-1][0] >= heading["level"]:
        open_items.pop()
    open_items[-1][1].append(item)
    item.is_closed = True
    open_items.append((heading["level"], item.children))


def _describe(pdf: pikepdf.Pdf, plan: dict[str, Any]) -> None:
    root = pdf.Root
    root.Lang = String(plan["lang"])
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    if plan["cover_label"]:
        root.PageLabels = Dictionary(
            Nums=Array([0, Dictionary(P=String(plan["cover_label"])), 1, Dictionary(S=Name.D, St=2)])
        )
    dated = datetime.fromisoformat(plan["dated"])
    metadata = pdf.make_stream(_xmp(plan, dated).encode())
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = metadata
    pdf.docinfo = pdf.make_indirect(
        Dictionary(
            Title=String(plan["title"]),
            Author=String(plan["author"]),
            Subject=String(plan["subject"]),
            Producer=String(plan["producer"]),
            CreationDate=String(_pdf_date(dated)),
            ModDate=String(_pdf_date(dated)),
        )
    )


def _pdf_date(moment: datetime) -> str:
    offset = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}'"


def _xmp(plan: dict[str, Any], dated: datetime) -> str:
    value = {
        key: escape(str(plan[key]))
        for key in ("lang", "title", "author", "subject", "identifier", "producer")
    }
    moment = escape(dated.isoformat())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">'
        "<pdfuaid:part>1</pdfuaid:part>"
        f"{ARCHIVE_CLAIM if plan['is_archive'] else ''}"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{value["title"]}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{value['author']}</rdf:li></rdf:Seq></dc:creator>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{value["subject"]}</rdf:li></rdf:Alt></dc:description>'
        f"<dc:language><rdf:Bag><rdf:li>{value['lang']}</rdf:li></rdf:Bag></dc:language>"
        f"<dc:identifier>{value['identifier']}</dc:identifier>"
        f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
        f"<pdf:Producer>{value['producer']}</pdf:Producer>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    )
