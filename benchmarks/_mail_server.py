"""An SMTP server in a process of its own that writes down each Message-ID, and refuses one message in so many.

`python -m benchmarks._mail_server PORT FILE [ONE_IN]`
"""

import asyncio
import re
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Ledger:
    """One line a message: whether it was accepted, its Message-ID, the connection it came by."""

    def __init__(self, path: Path, refused_one_in: int) -> None:
        self._file = path.open("a", buffering=1)
        self._refused_one_in = refused_one_in
        self._count = 0

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- the name aiosmtpd calls
        self._count += 1
        is_refused = self._refused_one_in and self._count % self._refused_one_in == 0
        message_id = _MESSAGE_ID.search(envelope.content)[1].decode()
        self._file.write(f"{'refused' if is_refused else 'accepted'} {message_id} {session.peer[1]}\n")
        return "451 4.3.0 try again later" if is_refused else "250 2.0.0 accepted"


async def serve(port: int, ledger: Ledger) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(ledger, enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    port, path, *one_in = sys.argv[1:]
    asyncio.run(serve(int(port), Ledger(Path(path), int(*one_in))))
