"""A web site of the tests, which answers what its paths say and remembers what it was asked."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class WebSite:
    """Answers ``/<status>``, ``/ici?<address>`` with a redirect, ``/boucle`` with one to itself.

    ``/goutte`` sends its answer letter by letter, ``/muet`` none, ``/sans-head/<status>`` has nothing for HEAD.
    """

    def __init__(self):
        self.asked = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.asked = self.asked
        self._server.stop = threading.Event()
        self.port = self._server.server_port
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self):
        self._server.stop.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        path, _sign, query = self.path.partition("?")
        kind, _slash, status = path[1:].partition("/")
        if kind == "muet":
            self.server.stop.wait(10)
        elif kind == "goutte":
            self._drip()
        elif kind == "bavard":
            self.wfile.write(b"BONJOUR\r\n\r\n")
        elif kind in {"ici", "boucle"}:
            self._answer(302, query or self.path)
        elif kind == "sans-head":
            self._answer(405 if self.command == "HEAD" else int(status))
        else:
            self._answer(int(kind))

    do_GET = do_HEAD  # noqa: N815 -- named by the method of HTTP

    def _answer(self, status, location=""):
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self):
        with suppress(OSError):
            for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000:
                self.wfile.write(bytes([letter]))
                if self.server.stop.wait(0.02):
                    return

    def log_message(self, *arguments):
        pass


def free_port():
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
