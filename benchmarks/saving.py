"""Ten people who save sections at once: no text lost, no server error; their pace against the same saves in turn."""

import http.client
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from benchmarks._pairs import compare
from benchmarks._web import output_of, scratch_environment, served

PEOPLE = 10
SAVES = 5
CONFLICT = 409
_FIELD = re.compile(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?')
_TEXT = re.compile(r'<textarea\b[^>]*name="body"[^>]*>(.*?)</textarea>', re.DOTALL)
_serial = count(1)


def measure() -> Iterator[dict[str, Any]]:
    """Time everybody in a section of their own; then have all of them write in the same one, and count."""
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        environment = scratch_environment(scratch, "config.settings.local")
        site = json.loads(output_of(environment, "-m", "benchmarks._saving_site", "fill", str(PEOPLE)))
        log = scratch / "server.log"
        with served(environment, log=log) as port:
            people = [Writer(port, person["session"], person["address"]) for person in site["writers"]]
            _at_once(people)  # each process loads the pages
            result = compare(
                name="saving", limit=1.0, ours=lambda: _at_once(people), theirs=lambda: _in_turn(people)
            )
            for person in people:
                person.address = site["shared"]
            _at_once(people)
        texts = [text for person in people for text in person.sent]
        lost = int(output_of(environment, "-m", "benchmarks._saving_site", "missing", told="\n".join(texts)))
        errors = sum(status >= 500 for person in people for status in person.statuses)
        if errors:
            print(log.read_text(), file=sys.stderr)
        yield {**result, "people": PEOPLE}
        yield {
            "name": "saving-lost",
            "ratio": (lost + errors) / len(texts),
            "limit": 0,
            "texts": len(texts),
            "lost": lost,
            "server_errors": errors,
            "conflicts": sum(status == CONFLICT for person in people for status in person.statuses),
        }


@dataclass
class Writer:
    """One person at one browser."""

    port: int
    session: str
    #: Of the editor of the section being written.
    address: str
    sent: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    secret: str = ""

    def write(self) -> None:
        for _ in range(SAVES):
            self._save()

    def _save(self) -> None:
        """Open the editor and save a text that was never sent before.

        Where somebody was quicker, save what the page brings together, as a person does, until it is saved.
        """
        page = self._ask("GET")
        text = f"texte-{next(_serial)}-"
        body = f"<p>Un paragraphe relu, {text}.</p>"
        self.sent.append(text)
        while True:
            page = self._ask("POST", urlencode(dict(_FIELD.findall(page)) | {"body": body}))
            if self.statuses[-1] != CONFLICT:
                return
            body = unescape(_TEXT.search(page)[1])

    def _ask(self, method: str, body: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"sessionid={self.session}; {self.secret}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, self.address, body, headers)
        response = connection.getresponse()
        content = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            if cookie.startswith("csrftoken="):
                self.secret = cookie.partition(";")[0]
        connection.close()
        self.statuses.append(response.status)
        return content


def _at_once(people: list[Writer]) -> float:
    with ThreadPoolExecutor(len(people)) as pool:
        return _seconds(lambda: list(pool.map(Writer.write, people)))


def _in_turn(people: list[Writer]) -> float:
    return _seconds(lambda: [person.write() for person in people])


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
