"""What is known of an organisation beside its own fields, most of it by applications that this one does not know.

An application registers, when Django starts, a function from the reader and the organisation to plain values. The
function keeps to what the reader may see: it starts from ``visible_to``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import User
from partners.models import Organisation


@dataclass(frozen=True, kw_only=True)
class PanelRow:
    """One line: what it is, where it leads, and how it stands."""

    title: str
    url: str = ""
    hint: str = ""
    badge: str | Promise = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class PanelDeed:
    """A button at the head of a panel: what can be added there."""

    label: str | Promise
    url: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    title: str | Promise
    empty_text: str | Promise
    rows: tuple[PanelRow, ...] = ()
    #: What this reader may add.
    deeds: tuple[PanelDeed, ...] = ()
    #: Where the rows that do not fit are read, and what that link says; empty when all are shown.
    more_url: str = ""
    more_label: str | Promise = ""


PanelBuilder = Callable[[User, Organisation], Panel | None]

_builders: dict[str, tuple[int, PanelBuilder]] = {}


def register(name: str, build: PanelBuilder, *, place: int) -> None:
    """Let ``build`` add a panel at ``place``; where it returns None there is nothing for this reader."""
    _builders[name] = (place, build)


def panels_for(user: User, organisation: Organisation) -> list[Panel]:
    in_order = (build for _place, build in sorted(_builders.values(), key=lambda entry: entry[0]))
    return [panel for build in in_order if (panel := build(user, organisation)) is not None]
