"""Has pieces painted by one engine, and watches over time and cancellation meanwhile."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.pdf.document import MEDIA_URL, PdfCancelledError, PdfError, PdfOverdueError
from core.pdf.engine import Deadline, Engine
from core.pdf.flow import Beginning, Step, kept_pieces, next_beginning
from core.pdf.store import Piece, PieceStore, read_knowledge

_log = logging.getLogger(__name__)

#: How much laying out a picture weighs, in characters of text.
_PICTURE_WEIGHT = 20_000
_SECONDS_BETWEEN_LOOKS = 0.25


@dataclass(frozen=True, slots=True)
class Request:
    """Pieces to paint, each where the one before it ends."""

    key: str
    kind: str
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(" ".join(step.digest for step in self.steps).encode()).hexdigest()

    def weight_from(self, first: int) -> int:
        return sum(
            len(step.html) + _PICTURE_WEIGHT * step.html.count(MEDIA_URL) for step in self.steps[first:]
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be painted of a request: its pieces from this one on."""

    request: Request
    first: int

    @property
    def weight(self) -> int:
        return self.request.weight_from(self.first)


@dataclass(slots=True)
class Cost:
    painted: int = 0
    reused: int = 0
    #: Size of what was painted.
    added: int = 0
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
    ) -> tuple[dict[str, list[Piece]], dict[str, str]]:
        """Return the pieces of each request by its key, from the store or freshly painted, and by key of a piece why it failed.

        What follows a piece that failed is not painted: where it begins is not known. A request of which a kept piece was
        damaged is neither done nor failed, and wants to be made again. ``tell`` is called with how many requests are done
        and how many there are.
        """
        done: dict[str, list[Piece]] = {}
        failed: dict[str, str] = {}
        painted = self.cost.painted
        orders = [Order(request, len(self._kept(request))) for request in requests]
        asked = self._ask_for(order for order in orders if order.first < len(order.request.steps))
        self._look_up(asked)
        # What is kept is checked while the rest is being painted; what turns out to be damaged is not done.
        for order in orders:
            if len(sound := self._kept(order.request, checked=True)) == len(order.request.steps):
                done[order.request.key] = sound
        tell(len(done), len(requests))
        for order, reason in self._outcomes(asked):
            request, pieces = order.request, self._kept(order.request)
            if len(pieces) == len(request.steps):
                done[request.key] = pieces
            elif reason and len(pieces) == order.first:
                failed[request.steps[order.first].key] = reason
            else:
                # It was full, or what ended it may be what it had done before: what comes next begins afresh.
                asked |= self._ask_for([Order(request, len(pieces))])
            tell(len(done) + len(failed), len(requests))
        self.cost.reused += max(0, sum(map(len, done.values())) - self.cost.painted + painted)
        return done, failed

    def join(self, plan: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
        """Return where the document that ``plan`` describes now is, and what the joining found out about it."""
        target = self.work / "joined.pdf"
        task = self._ask(do="join", plan=plan, target=str(target))
        for _, reason in self._outcomes({task: None}):
            if reason:
                raise PdfError(f"Les parties du document n’ont pas pu être réunies ({reason}).")
        return target, read_knowledge(target)["facts"]

    def _kept(self, request: Request, *, checked: bool = False) -> list[Piece]:
        return list(kept_pieces(self.store, request.steps, checked=checked))

    def _ask_for(self, orders: Iterable[Order]) -> dict[int, Order | None]:
        """Have pieces painted; return the orders by task."""
        asked: dict[int, Order | None] = {}
        # The heaviest first: the last one to end decides when all have ended.
        for order in sorted(orders, key=lambda order: order.weight, reverse=True):
            before = self._kept(order.request)[: order.first]
            task = self._ask(
                do=order.request.kind,
                store=str(self.store.directory),
                steps=[asdict(step) for step in order.request.steps[order.first :]],
                beginning=asdict(next_beginning(before[-1].facts) if before else Beginning()),
            )
            asked[task] = order
        return asked

    def _ask(self, **request: Any) -> int:
        if self._tasks == 0:
            self.engine.ask(**self.opening)
        self._tasks += 1
        self.engine.ask(task=self._tasks, **request)
        return self._tasks

    def _outcomes(self, asked: dict[int, Order | None]) -> Iterator[tuple[Any, str]]:
        """Yield each order of ``asked`` when it has ended, with the reason why if it had to; more may be asked meanwhile."""
        while asked:
            self._look_up(asked)
            for answer in self.engine.answers(_SECONDS_BETWEEN_LOOKS):
                if answer["event"] == "painted":
                    self.cost.painted += 1
                    self.cost.added += answer["bytes"]
                elif answer["event"] == "done" and answer["task"] in asked:
                    self._count(answer)
                    yield asked.pop(answer["task"]), answer["reason"]

    def _look_up(self, asked: Mapping[int, Order | None]) -> None:
        """Stop if nobody waits any more, or not so long."""
        if self.is_cancelled():
            raise PdfCancelledError("La mise en page a été arrêtée.")
        if self.deadline.is_over():
            raise PdfOverdueError(self._under_way(filter(None, asked.values())))

    def _under_way(self, orders: Iterable[Order]) -> Iterator[str]:
        """Yield the keys of the pieces that come next."""
        for order in orders:
            yield from (step.key for step in order.request.steps[len(self._kept(order.request)) :][:1])

    def _count(self, answer: Mapping[str, Any]) -> None:
        self.cost.cpu += answer["cpu"]
        self.cost.peak = max(self.cost.peak, answer["peak"])
        if answer["reason"]:
            _log.warning("a piece failed (%s): %s", answer["reason"], self.engine.last_words())
