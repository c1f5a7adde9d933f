"""Processes that paint, seen from the side that asks. Each serves one document at a time, and is kept for the next."""

import atexit
import json
import logging
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from core.pdf.document import PdfError

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
#: Nothing else of the environment reaches the process that reads what people wrote: no password, no address.
INHERITED = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT"),
    *("FONTCONFIG_FILE", "FONTCONFIG_PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
)
#: After so many documents a process is replaced, whatever it may have gathered.
_DOCUMENTS_EACH = 50


class EngineStoppedError(PdfError):
    """The process that paints ended by itself."""


class Engine:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.documents = 0
        self._temporary = TemporaryDirectory(prefix="pdf-")
        self._log = TemporaryFile()  # noqa: SIM115 -- lives as long as the process that writes to it
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.pdf.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=_ROOT,
            env=self._environment(),
            bufsize=0,
        )
        self._buffer = b""

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {
            **kept,
            # The order of a set must not decide the order of objects in a file.
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            # A child takes much memory at once: in large pages, where the C library knows of them, that costs less.
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
            "TMPDIR": self._temporary.name,
        }

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_usable(self) -> bool:
        return self.owner == os.getpid() and self._process.poll() is None and self.documents < _DOCUMENTS_EACH

    def ask(self, **request: Any) -> None:
        inlet = self._process.stdin
        content = memoryview(json.dumps(request).encode() + b"\n")
        try:
            while inlet is not None and content:
                content = content[inlet.write(content) or 0 :]
        except BrokenPipeError as error:
            raise self._stopped() from error

    def answers(self, seconds: float) -> list[dict[str, Any]]:
        """Return what was answered, after at most ``seconds``; an empty list when nothing was."""
        outlet = self._process.stdout
        if outlet is None:
            return []
        with selectors.DefaultSelector() as selector:
            selector.register(outlet, selectors.EVENT_READ)
            if not selector.select(seconds):
                return []
        block = os.read(outlet.fileno(), 1 << 16)
        if not block:
            raise self._stopped()
        *lines, self._buffer = (self._buffer + block).split(b"\n")
        return [json.loads(line) for line in lines]

    def stop(self) -> None:
        """End the process and its children, and remove what they left."""
        if self.owner == os.getpid():
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
            # It leaves by itself when its inlet closes, after ending its children; it is only forced if it does not.
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._log.close()
            self._temporary.cleanup()

    def last_words(self) -> str:
        """Return the end of what the process and its children wrote to their standard error."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 2000))
        return self._log.read().decode(errors="replace").strip()

    def _stopped(self) -> EngineStoppedError:
        _log.warning("the engine stopped: %s", self.last_words())
        return EngineStoppedError("Le moteur de mise en page s’est arrêté.")


_idle: list[Engine] = []
_lock = threading.Lock()


def warm_up() -> None:
    """Start a process ahead of need, so that it loads while the caller gathers what to print."""
    with _lock:
        if not any(engine.is_usable() for engine in _idle):
            _idle.append(Engine())


@contextmanager
def leased_engine() -> Iterator[Engine]:
    """Lend a process for one document; it is thrown away when the document failed or was given up."""
    engine = _take()
    try:
        yield engine
    except BaseException:
        engine.stop()
        raise
    engine.documents += 1
    with _lock:
        # One is kept: more would hold memory for a crowd that seldom comes.
        if engine.is_usable() and not _idle:
            _idle.append(engine)
            return
    engine.stop()


def _take() -> Engine:
    with _lock:
        while _idle:
            engine = _idle.pop()
            if engine.is_usable():
                return engine
            engine.stop()
    return Engine()


@atexit.register
def stop_idle_engines() -> None:
    with _lock:
        while _idle:
            _idle.pop().stop()


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def is_over(self) -> bool:
        return time.monotonic() >= self._end
