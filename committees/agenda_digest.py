"""Whether an agenda still is what people were told: a digest of all that it says."""

import hashlib
import json
from collections.abc import Iterable

from committees.models import AgendaItem, AgendaPaper


def agenda_digest(items: Iterable[tuple[AgendaItem, Iterable[AgendaPaper]]]) -> str:
    """Name an agenda as it stands, each item with its papers; the same agenda has the same name."""
    values = [
        [
            item.title,
            item.kind,
            item.minutes,
            item.rapporteur,
            item.details,
            item.is_confidential,
            [[paper.title, paper.sha256, paper.is_confidential] for paper in papers],
        ]
        for item, papers in items
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]
