"""Has pieces painted by one engine, and watches over time and cancellation meanwhile."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.pdf.document import MEDIA_URL, PdfCancelledError, PdfError, PdfOverdueError
from core.pdf.engine import Deadline, Engine
from core.pdf.store import Piece, PieceStore, read_knowledge

_log = logging.getLogger(__name__)

#: How much laying out a picture weighs, in characters of text.
_PICTURE_WEIGHT = 20_000
_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, slots=True)
class Request:
    """A piece to paint, with the digest of all that it prints."""

    key: str
    kind: str
    html: str
    digest: str

    @property
    def weight(self) -> int:
        return len(self.html) + _PICTURE_WEIGHT * self.html.count(MEDIA_URL)


@dataclass(slots=True)
class Cost:
    painted: int = 0
    reused: int = 0
    cpu: float = 0.0
    peak: int = 0


@dataclass(slots=True)
class Pressroom:
    engine: Engine
    store: PieceStore
    work: Path
    #: What the engine is told before its first task: style sheet, fonts, what may be opened.
    opening: Mapping[str, Any]
    deadline: Deadline
    is_cancelled: Callable[[], bool]
    cost: Cost = field(default_factory=Cost)
    _tasks: int = 0

    def paint(
        self, requests: Sequence[Request], tell: Callable[[int, int], None]
    ) -> tuple[dict[str, Piece], dict[str, str]]:
        """Return the pieces by key, from the store or freshly painted, and why the missing ones failed.

        ``tell`` is called with how many are done and how many there are.
        """
        pieces: dict[str, Piece] = {}
        missing = [request for request in requests if not self.store.holds(request.digest)]
        asked = self._ask_for(missing)
        damaged: list[Request] = []
        # What is kept is checked while the rest is being painted.
        for request in requests:
            if request in missing:
                continue
            kept = self.store.get(request.digest)
            if kept is None:
                damaged.append(request)
            else:
                pieces[request.key] = kept
                self.cost.reused += 1
        tell(len(pieces), len(requests))
        asked |= self._ask_for(damaged)
        failed: dict[str, str] = {}
        for request, piece, reason in self._painted(asked):
            if piece is None:
                failed[request.key] = reason
            else:
                pieces[request.key] = piece
                self.cost.painted += 1
            tell(len(pieces) + len(failed), len(requests))
        return pieces, failed

    def join(self, plan: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
        """Return where the document that ``plan`` describes now is, and what the joining found out about it."""
        task, target = self._ask(do="join", plan=plan)
        for _, reason in self._outcomes({task: ""}):
            if reason:
                raise PdfError(f"Les parties du document n’ont pas pu être réunies ({reason}).")
        return target, read_knowledge(target)["facts"]

    def _ask_for(self, requests: Iterable[Request]) -> dict[int, tuple[Request, Path]]:
        """Have pieces painted; return by task where each will be."""
        asked: dict[int, tuple[Request, Path]] = {}
        # The heaviest first: the last one to end decides when all have ended.
        for request in sorted(requests, key=lambda request: request.weight, reverse=True):
            task, target = self._ask(do=request.kind, key=request.key, html=request.html)
            asked[task] = (request, target)
        return asked

    def _painted(
        self, asked: Mapping[int, tuple[Request, Path]]
    ) -> Iterator[tuple[Request, Piece | None, str]]:
        keys = {task: request.key for task, (request, _target) in asked.items()}
        for task, reason in self._outcomes(keys):
            request, target = asked[task]
            if reason:
                yield request, None, reason
            else:
                path = self.store.keep(request.digest, target)
                yield request, Piece(path, read_knowledge(path)["facts"]), ""

    def _ask(self, **request: Any) -> tuple[int, Path]:
        if self._tasks == 0:
            self.engine.ask(**self.opening)
        self._tasks += 1
        target = self.work / f"{self._tasks}.piece"
        self.engine.ask(task=self._tasks, target=str(target), **request)
        return self._tasks, target

    def _outcomes(self, keys: Mapping[int, str]) -> Iterator[tuple[int, str]]:
        tasks = dict(keys)
        while tasks:
            if self.is_cancelled():
                raise PdfCancelledError("La mise en page a été arrêtée.")
            if self.deadline.is_over():
                raise PdfOverdueError(filter(None, tasks.values()))
            for answer in self.engine.answers(_SECONDS_BETWEEN_LOOKS):
                if answer["event"] == "done" and answer["task"] in tasks:
                    del tasks[answer["task"]]
                    self._count(answer)
                    yield answer["task"], answer["reason"]

    def _count(self, answer: Mapping[str, Any]) -> None:
        self.cost.cpu += answer["cpu"]
        self.cost.peak = max(self.cost.peak, answer["peak"])
        if answer["reason"]:
            _log.warning("a piece failed (%s): %s", answer["reason"], self.engine.last_words())
