"""The tables of the texts: the identity that references name them by, their titles and their numbers.

A table with a title has a number; one without is part of the sentence around it, and nothing refers to it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from core.richtext import TABLE_OPENING, to_plain_text
from core.templatetags.formats import NBSP

_TABLE_TAG = re.compile(r"<table\b[^>]*>")


@dataclass(frozen=True)
class TitledTable:
    title: str
    #: What a table has that was saved in a section.
    identity: UUID | None = None


def titled_tables(body: str) -> Iterator[TitledTable]:
    """Yield the tables of a cleaned text that have a title, in their order."""
    for opening in TABLE_OPENING.finditer(body):
        if title := title_of(opening):
            yield TitledTable(title, identity_of(opening))


def title_of(opening: re.Match[str]) -> str:
    return unescape(to_plain_text(opening["title"] or ""))


def identity_of(opening: re.Match[str]) -> UUID | None:
    return UUID(opening["id"]) if opening["id"] else None


def identities(body: str) -> set[UUID]:
    """Return the identities that the tables of a cleaned text have, titled or not."""
    return {UUID(opening["id"]) for opening in TABLE_OPENING.finditer(body) if opening["id"]}


def with_identities(body: str, *, former: str, space: UUID, taken: Collection[UUID] = ()) -> str:
    """Return a cleaned text where each titled table has an identity of its own, none of which is among ``taken``.

    A table without one, such as Word brings, gets that of the table with its title in the ``former`` text, as far as
    that is gone; else a new one is drawn from ``space``. The same text gets the same ones each time.
    """
    present = identities(body)
    left = defaultdict[str, list[UUID]](list)
    for table in titled_tables(former):
        if table.identity and table.identity not in present:
            left[table.title].append(table.identity)
    given: set[UUID] = set()

    def identified(opening: re.Match[str]) -> str:
        identity, title = identity_of(opening), title_of(opening)
        if not title:
            return _TABLE_TAG.sub("<table>", opening[0], count=1)
        if identity is None or identity in given or identity in taken:
            inherited = [] if identity else [known for known in left[title] if known not in {*given, *taken}]
            identity = inherited[0] if inherited else _new_identity(space, title, {*given, *present, *taken})
        given.add(identity)
        return _TABLE_TAG.sub(f'<table data-identity="{identity}">', opening[0], count=1)

    return TABLE_OPENING.sub(identified, body)


def _new_identity(space: UUID, title: str, used: Collection[UUID]) -> UUID:
    return next(made for n in count() if (made := uuid5(space, f"{n} {title}")) not in used)


@dataclass(frozen=True)
class NumberedTable:
    number: int
    title: str

    @property
    def anchor(self) -> str:
        """Where references to it lead within one document."""
        return f"tableau-{self.number}"


@dataclass
class TableNumbers:
    """Counts the titled tables of texts that are gone through in the order of the dossier."""

    rows: list[NumberedTable] = field(default_factory=list)
    #: Of two tables under one identity the first counts.
    by_identity: dict[UUID, NumberedTable] = field(default_factory=dict)

    def count(self, table: TitledTable) -> NumberedTable:
        row = NumberedTable(len(self.rows) + 1, table.title)
        self.rows.append(row)
        if table.identity:
            self.by_identity.setdefault(table.identity, row)
        return row


def table_label(number: int) -> str:
    """Return what stands before the title of a table."""
    return (_("Tableau %(number)d –") % {"number": number}).replace(" ", NBSP)


def table_number(number: int) -> str:
    """Name a table within a sentence."""
    return escape((_("tableau %(number)d") % {"number": number}).replace(" ", NBSP))


def named_table(title: str) -> str:
    """Name a table where its number is not known, without its title where that is not the reader’s to know."""
    return _("tableau «\u00a0%(title)s\u00a0»") % {"title": title} if title else _("un tableau du dossier")


def lost_table() -> str:
    return _("renvoi à un tableau qui n’est plus là")
