"""The whole application in the foreground of one terminal: web server, worker and beat.

Standard library only and no Django: this process waits beside theirs, small, and is gone at once when they are.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

# docker-compose.yml gives its containers the same two commands; a test holds them together. The web server's
# options are in gunicorn.conf.py.
WEB = ("gunicorn", "config.wsgi")
WORKER = (
    *("celery", "--app", "config", "--quiet", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--hostname", "celery@%h"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
)
#: Everything is gone within five seconds: three for the processes to end by themselves, then they are killed.
PATIENCE_SECONDS = 3.0
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def main(port: int) -> int:
    try:
        # bin/start looked at the port before it set anything up. Held from here on, it is ours when it answers.
        door = _open(port)
    except OSError:
        sys.stderr.write(
            f"Le port {port} ne s’ouvre plus : arrêtez le programme qui le tient ou choisissez un autre PORT.\n"
        )
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    _adopt_orphans()
    processes = {
        "serveur web": _spawn(*WEB, "--bind", f"fd://{door.fileno()}", keeping=door),
        # A container's only user is often root, and the warning about it hides the lines that matter.
        "travail de fond": _spawn(*WORKER, EMBED_BEAT="1", PYTHONWARNINGS="ignore:You're running the worker"),
    }
    door.close()  # the web server's alone: with it, whoever waits at the door is sent away
    threading.Thread(target=_announce, args=(port, stop), daemon=True).start()
    try:
        ended = _watch(processes, stop)
    finally:
        stop.set()
        _end(list(processes.values()))
    if ended is None:
        return 0
    status = processes[ended].returncode
    sys.stderr.write(f"Arrêt : le {ended} s’est interrompu (état {status}).\n")
    return 1


def _open(port: int) -> socket.socket:
    """Listen on the port, in which one whose last connections are only fading away counts as free."""
    return socket.create_server(("127.0.0.1", port), backlog=2048)


def _announce(port: int, stop: threading.Event) -> None:
    """Say when the site answers."""
    while not stop.wait(0.1):
        if _answers(port) and not stop.is_set():
            sys.stdout.write(f"Ready: http://127.0.0.1:{port}\n")
            sys.stdout.flush()
            return


def _watch(processes: dict[str, subprocess.Popen[bytes]], stop: threading.Event) -> str | None:
    """Return the name of the first process that ends unasked, None after a stop."""
    while not stop.wait(0.1):
        ended = [name for name, process in processes.items() if process.poll() is not None]
        # Ctrl-C reaches every process: one that it ended was asked to.
        if ended and not stop.wait(0.1):
            return ended[0]
    return None


def _spawn(
    module: str, *arguments: str, keeping: socket.socket | None = None, **environment: str
) -> subprocess.Popen[bytes]:
    """Run a program of the environment; ``keeping`` is the one open file of ours that it takes over."""
    parent = os.getpid()

    def die_with_parent() -> None:
        # A launcher killed outright cannot stop anything: the kernel does it in its place.
        if sys.platform == "linux":
            _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 -- the words are ours
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        pass_fds=() if keeping is None else (keeping.fileno(),),
        preexec_fn=die_with_parent,  # noqa: PLW1509 -- this process runs no other thread yet
    )


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.request("GET", "/sante/")
        return asked.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to finish, then kill what is left, down to the children of the children."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # Children whose parent has gone are ours now, and killing one may bring us its own.
    while orphans := _children():
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _adopt_orphans() -> None:
    """Become the parent of every process below whose own parent ends first (a PDF being drawn, say)."""
    if sys.platform == "linux":
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state ppid …: a name may hold spaces and brackets.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
