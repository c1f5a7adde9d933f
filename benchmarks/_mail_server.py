"""An SMTP server in a process of its own that takes everything and writes down each Message-ID.

`python -m benchmarks._mail_server PORT FILE`
"""

import asyncio
import re
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Ledger:
    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 -- the name aiosmtpd calls
        self._file.write(f"{_MESSAGE_ID.search(envelope.content)[1].decode()}\n")
        return "250 2.0.0 accepted"


async def serve(port: int, path: Path) -> None:
    ledger = Ledger(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(ledger, enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
