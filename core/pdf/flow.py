"""How sections that are laid out apart follow one another on the pages of their part.

Each begins where the one before it ends, often in the middle of a page. Where that is belongs to what it prints, so it is
part of the digest that it is kept under: a section is laid out again when it changes, or when what stands before it moves
it, and not otherwise.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.pdf.store import Piece, PieceStore


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a section finds on its first page. Lengths are in CSS pixels."""

    #: How far the text of that page reaches, from the top of its text area; None for a page that is still to come.
    top: float | None = None
    #: Height of the footnotes that stand on it already.
    notes: float = 0.0
    #: How many footnotes there are before it in its part: the next one has the number after.
    count: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of a flow, with the digest of all that it prints but the place where it begins."""

    key: str
    html: str
    digest: str

    def digest_at(self, beginning: Beginning) -> str:
        return hashlib.sha256(f"{self.digest} {json.dumps(asdict(beginning))}".encode()).hexdigest()


def next_beginning(facts: dict[str, Any]) -> Beginning:
    """Return what the piece of which ``facts`` are known leaves to the next one."""
    return Beginning(**facts["leaves"])


def kept_pieces(store: PieceStore, steps: Sequence[Step], *, checked: bool) -> Iterator[Piece]:
    """Yield the pieces of a flow for as long as they are kept; each tells where the next one begins.

    One that was not ``checked`` may turn out to be damaged.
    """
    beginning = Beginning()
    for step in steps:
        digest = step.digest_at(beginning)
        piece = store.get(digest) if checked else store.glance(digest)
        if piece is None:
            return
        yield piece
        beginning = next_beginning(piece.facts)
