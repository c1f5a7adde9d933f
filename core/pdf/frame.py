"""The pages and marks that the door adds by itself: contents, running header and footer, notices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from core.pdf.document import Section, Wording

#: One page for each sheet, whatever the style sheet of the document says elsewhere; it only dresses them.
FRAME_STYLE = """
@page { size: A4 }
@page frame { margin: 0 }
@page frame-wide { size: A4 landscape; margin: 0 }
.frame { page: frame; position: relative; height: 296mm; overflow: hidden; break-after: page }
.frame-wide { page: frame-wide; height: 209mm }
.frame:last-child { break-after: auto }
.frame .place { visibility: hidden }
"""
#: What holds the place of what stands on a page already: see core.pdf.leads.
LEAD_STYLE = """
.lead-in { font-size: 0; line-height: 0 }
.lead-in-top + * { margin-top: 0 }
.lead-in-notes { float: footnote; padding: 0 }
.lead-in-notes::footnote-call, .lead-in-notes::footnote-marker { content: none }
"""
#: Page numbers are set digit by digit when the pieces are joined: laying out a page for each would cost as much as a
#: page of text. This piece is where the joining finds the digits, drawn as the style sheet wants them.
DIGITS = "0123456789"
DIGITS_HTML = f'<section class="frame"><p class="foot"><span class="folio">{DIGITS}</span></p></section>'


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents."""

    level: int
    number: str
    text: str
    #: The key of the part and the identifier of the heading, with a slash between them.
    target: str
    page: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header and footer that some pages have in common."""

    running: str
    is_wide: bool


def contents_html(entries: Iterable[Entry], wording: Wording) -> str:
    lines = "".join(
        f'<li class="level-{entry.level}"><a href="#{escape(entry.target)}">'
        + (f'<span class="number">{escape(entry.number)} </span>' if entry.number else "")
        + f'<span class="text">{escape(entry.text)}</span> '
        f'<span class="folio">{entry.page}</span></a></li>'
        for entry in entries
    )
    return f'<h1 id="sommaire" class="contents-title">{escape(wording.contents)}</h1><ul class="contents">{lines}</ul>'


def frame_html(sheets: Sequence[Sheet], *, header: str, footer: str) -> str:
    """Return a page for each sheet; something unseen stands where the number of the page goes."""
    return "".join(
        f'<section class="frame{" frame-wide" if sheet.is_wide else ""}">'
        f'<p class="head"><span class="left">{escape(header)}</span>'
        f'<span class="right">{escape(sheet.running)}</span></p>'
        f'<p class="foot"><span class="left">{escape(footer)}</span><span class="folio place">0</span></p>'
        "</section>"
        for sheet in sheets
    )


def failure_html(section: Section, wording: Wording, code: str, *, level: int) -> str:
    """Return what stands for a section that could not be laid out, under the same heading."""
    number = f'<span class="number">{escape(section.number)}</span> ' if section.number else ""
    identifier = f' id="{escape(section.anchor)}"' if section.anchor else ""
    told = wording.part_absent if level == 1 else wording.section_absent
    reason = escape(wording.reasons.get(code, code))
    return (
        f"<h{level}{identifier}>{number}{escape(section.title)}</h{level}>"
        f'<div class="missing"><p><strong>{escape(told)}</strong> ({reason})</p>'
        f"<p>{escape(wording.part_kept)}</p></div>"
    )
