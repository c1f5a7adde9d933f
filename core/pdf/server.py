"""The process that paints: it loads WeasyPrint once, then gives what is to be painted in a row a child of its own.

Started as `python -m core.pdf.server`, it reads one JSON object a line and answers likewise. A child is under hard limits
on memory and, for each of its pieces, on time, so whatever a text makes it do ends with that child. The process itself
ends when the other side closes, and takes its children with it.
"""

import ctypes
import gc
import json
import math
import os
import resource
import select
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

from core.pdf.document import Limits, MediaFile, Wording
from core.pdf.fetcher import Shelf
from core.pdf.flow import Beginning, Step, next_beginning
from core.pdf.joining import Volume, join
from core.pdf.markup import TooDeepError
from core.pdf.painting import Press, make_press, paint
from core.pdf.store import PieceStore, write_knowledge

_IDLE_SECONDS = 300
#: As much as a pipe holds: no message is read in two.
_PIPE_BYTES = 1 << 16
#: Exit statuses of a child, with the reason they stand for.
_REASONS = {3: "memory", 4: "depth", 5: "error"}
#: A child that took this share of its memory makes no further piece: nothing of what it took comes back before it ends.
_FULL = 1 / 3


@dataclass(slots=True)
class Child:
    task: int
    pid: int
    deadline: float
    overdue: bool = False
    #: Whether what it was for is made and was said to be: nobody need wait for its end.
    is_done: bool = False


@dataclass(slots=True)
class Server:
    inlet: int
    outlet: int
    press: Press | None = None
    limits: Limits = field(default_factory=Limits)
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    #: Children by the read end of a pipe whose other end only they hold: they write to it, and it closes when they end.
    children: dict[int, Child] = field(default_factory=dict)
    buffer: bytes = b""
    #: What the press was made for.
    looks: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        self.say(event="ready")
        while True:
            ready, _, _ = select.select([self.inlet, *self.children], [], [], self.patience())
            for descriptor in ready:
                if descriptor != self.inlet:
                    self.hear(descriptor)
            if self.inlet in ready:
                self.listen()
            elif not ready and not self.children and not self.waiting:
                return
            self.end_overdue()
            self.start_waiting()

    def patience(self) -> float:
        if not self.children:
            return _IDLE_SECONDS
        next_end = min(child.deadline for child in self.children.values()) - time.monotonic()
        return min(max(0.01, next_end), _IDLE_SECONDS)

    def say(self, **answer: Any) -> None:
        os.write(self.outlet, json.dumps(answer).encode() + b"\n")

    def listen(self) -> None:
        block = os.read(self.inlet, 1 << 20)
        if not block:
            self.leave()
        *lines, self.buffer = (self.buffer + block).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request["do"] == "open":
                self.open(request)
            else:
                self.waiting.append(request)

    def open(self, request: dict[str, Any]) -> None:
        """Make ready for a document; one that looks like the last shares its press, whatever it shows."""
        self.limits = Limits(**request["limits"])
        shelf = Shelf(
            media={
                name: MediaFile(Path(path), content_type)
                for name, (path, content_type) in request["media"].items()
            },
            static_roots=tuple(Path(root) for root in request["static_roots"]),
            fonts={name: Path(path) for name, path in request["fonts"].items()},
            limits=self.limits,
        )
        looks = {name: request[name] for name in ("lang", "wording", "style", "static_roots", "fonts")}
        if self.press is None or looks != self.looks:
            gc.enable()
            self.press = make_press(
                lang=request["lang"],
                wording=Wording(**request["wording"]),
                style=request["style"],
                shelf=shelf,
            )
            self.looks = looks
            # Children share these pages of memory for as long as nobody touches them, the collector included.
            gc.collect()
            gc.disable()
            gc.freeze()
        self.press = replace(self.press, shelf=shelf)
        self.say(event="opened")

    def start_waiting(self) -> None:
        while self.waiting and len(self.children) < self.limits.processes:
            request = self.waiting.popleft()
            inner, outer = os.pipe()
            pid = os.fork()
            if pid == 0:
                self.become_child(request, inner, outer)
            os.close(outer)
            self.children[inner] = Child(request["task"], pid, self.next_deadline())

    def next_deadline(self) -> float:
        return time.monotonic() + self.limits.part_wall_seconds

    def become_child(self, request: dict[str, Any], inner: int, outer: int) -> NoReturn:
        status = 5
        try:
            os.close(inner)
            os.close(self.inlet)
            os.close(self.outlet)
            _die_with_parent()
            _set_limits(self.limits)
            sys.addaudithook(_refuse_network)
            # What was joined is held until the end, which gives it back faster than letting go of it object by object.
            _held = self.work(request, outer)
            _tell(outer, **_taken(resource.getrusage(resource.RUSAGE_SELF)))
            status = 0
        except (MemoryError, SystemError):  # C code refused memory may fail without saying of what
            status = 3
        except (RecursionError, TooDeepError):
            status = 4
        except Exception as error:  # noqa: BLE001 -- whatever it is, the answer is a status
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        finally:
            os._exit(status)

    def end_overdue(self) -> None:
        for child in self.children.values():
            if child.deadline <= time.monotonic() and not child.overdue:
                child.overdue = True
                child.deadline = float("inf")
                os.kill(child.pid, signal.SIGKILL)

    def hear(self, descriptor: int) -> None:
        """A child says of each piece how large it is, and at last what all took; the pipe closes when it ends."""
        told = os.read(descriptor, _PIPE_BYTES)
        if not told:
            self.bury(descriptor)
            return
        child = self.children[descriptor]
        for message in map(json.loads, told.splitlines()):
            if "bytes" in message:
                child.deadline = self.next_deadline()
                self.say(event="painted", task=child.task, **message)
            else:
                child.is_done = True
                self.say(event="done", task=child.task, reason="", **message)

    def work(self, request: dict[str, Any], outer: int) -> Volume | None:
        """Make what is asked for; return the document that was joined, if it was that."""
        _allow_processor(self.limits)
        if request["do"] == "join":
            target = Path(request["target"])
            volume, facts = join(request["plan"], target)
            write_knowledge(target, facts)
            return volume
        if self.press is None:
            raise RuntimeError("nothing was opened")
        store = PieceStore(Path(request["store"]))
        beginning = Beginning(**request["beginning"])
        for step in (Step(**step) for step in request["steps"]):
            piece = store.get(step.digest_at(beginning))
            if piece is None:
                _allow_processor(self.limits)
                content, facts = paint(
                    self.press, key=step.key, kind=request["do"], html=step.html, beginning=beginning
                )
                store.keep(step.digest_at(beginning), content, facts)
                _tell(outer, bytes=len(content))
            else:
                facts = piece.facts
            beginning = next_beginning(facts)
            if _taken(resource.getrusage(resource.RUSAGE_SELF))["peak"] > self.limits.memory_bytes * _FULL:
                break
        return None

    def bury(self, descriptor: int) -> None:
        child = self.children.pop(descriptor)
        os.close(descriptor)
        _, status, usage = os.wait4(child.pid, 0)
        if child.is_done:
            return
        taken = _taken(usage)
        reason = self.reason(os.waitstatus_to_exitcode(status), child, taken["peak"])
        self.say(event="done", task=child.task, reason=reason, **taken)

    def reason(self, status: int, child: Child, peak: float) -> str:
        if child.overdue:
            return "wall"
        if status == -signal.SIGXCPU:
            return "cpu"
        if status < 0:
            # Libraries written in C do not raise when memory is refused to them, they stop.
            return "memory" if peak > self.limits.memory_bytes // 2 else "crash"
        return _REASONS.get(status, "error") if status else ""

    def leave(self) -> NoReturn:
        for child in self.children.values():
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        sys.exit(0)


def _tell(outer: int, **message: float) -> None:
    """Write a message at once: it is shorter than what a pipe takes without cutting it."""
    os.write(outer, json.dumps(message).encode() + b"\n")


def _taken(usage: resource.struct_rusage) -> dict[str, float]:
    """Return the seconds of processor and the bytes of memory that a process took."""
    # Linux counts kilobytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return {"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * unit}


def _set_limits(limits: Limits) -> None:
    wanted = {
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_FSIZE: (1 << 30, 1 << 30),
        resource.RLIMIT_CORE: (0, 0),
    }
    for kind, pair in wanted.items():
        # macOS refuses a limit on address space; the limits on time still hold there.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, pair)


def _allow_processor(limits: Limits) -> None:
    """Give the next piece its share of the processor; the signal that ends it tells this from any other end."""
    taken = math.ceil(_taken(resource.getrusage(resource.RUSAGE_SELF))["cpu"])
    # Whoever runs us may have set a limit of its own, which nobody but root can raise.
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = taken + limits.part_cpu_seconds
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _die_with_parent() -> None:
    """Ask Linux to end this child when the server is killed and cannot do it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _refuse_network(event: str, _arguments: object) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system")):
        raise PermissionError(event)


def main() -> None:
    # The interactive Ctrl-C reaches the whole group: the side that asked decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    outlet = os.dup(1)
    os.dup2(2, 1)
    Server(inlet=0, outlet=outlet).run()


if __name__ == "__main__":
    main()
