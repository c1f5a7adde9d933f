"""What somebody has typed of a candidacy that is not founded yet, kept in their session step by step.

Kept as typed, right or wrong: going back, or away for a while, loses nothing.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib.sessions.backends.base import SessionBase
from django.utils.datastructures import MultiValueDict

_KEY = "foundings"
#: More would be forgotten attempts: the oldest leaves first.
MAX_DRAFTS = 5
#: What a browser sends along that nobody typed.
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "to"})


class Draft:
    def __init__(self, session: SessionBase, key: UUID) -> None:
        self.key = key
        self._session = session

    @classmethod
    def begin(cls, session: SessionBase) -> "Draft":
        key = uuid4()
        drafts = session.setdefault(_KEY, {})
        while len(drafts) >= MAX_DRAFTS:
            del drafts[next(iter(drafts))]
        drafts[str(key)] = {"steps": {}, "communes": []}
        session.modified = True
        return cls(session, key)

    @classmethod
    def find(cls, session: SessionBase, key: UUID) -> "Draft | None":
        return cls(session, key) if str(key) in session.get(_KEY, {}) else None

    @classmethod
    def all(cls, session: SessionBase) -> "list[Draft]":
        return [cls(session, UUID(key)) for key in session.get(_KEY, {})]

    def typed(self, step: str) -> MultiValueDict[str, Any] | None:
        """Return what was last typed at ``step``, or None where nobody has been there yet."""
        lists = self._content["steps"].get(step)
        return None if lists is None else MultiValueDict(lists)

    def keep(self, step: str, typed: MultiValueDict[str, Any]) -> None:
        self._content["steps"][step] = {
            name: list(values) for name, values in typed.lists() if name not in _NOT_TYPED
        }
        self._session.modified = True

    @property
    def communes(self) -> list[dict[str, Any]]:
        """The territories accepted so far."""
        return [dict(row) for row in self._content["communes"]]

    def keep_communes(self, rows: list[dict[str, Any]]) -> None:
        self._content["communes"] = rows
        self._session.modified = True

    def forget(self) -> None:
        self._session[_KEY].pop(str(self.key), None)
        self._session.modified = True

    @property
    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = self._session[_KEY][str(self.key)]
        return content

    @property
    def steps(self) -> Mapping[str, Any]:
        steps: Mapping[str, Any] = self._content["steps"]
        return steps
