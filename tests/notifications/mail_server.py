"""A real SMTP server on the loopback interface that keeps what it accepts and refuses what it is told to."""

import asyncio
import logging
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.WARNING)

ACCEPTED = "250 2.0.0 accepted"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class MailServer:
    """``on_sender(address)``, ``on_recipient(address)`` and ``on_message(message)`` may return another answer than "accepted".

    ``on_accepted(message)`` runs when the server has the message and the sender does not know it yet.
    """

    on_sender: object = None
    on_recipient: object = None
    on_message: object = None
    on_accepted: object = None
    messages: list = field(default_factory=list)
    connections: int = 0
    arrived: threading.Condition = field(default_factory=threading.Condition)
    port: int = field(default_factory=free_port)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self):
        if self._controller is not None:
            self._controller.stop(no_assert=True)
        self._controller = None

    @property
    def counted(self):
        """How many times each Message-ID was accepted."""
        return Counter(message["Message-ID"] for message in self.messages)

    def wait_for(self, count, seconds=30):
        """Wait until ``count`` messages have been accepted; return whether they have."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.messages) >= count, seconds)

    # --- aiosmtpd calls these ---

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.on_sender(address) if self.on_sender else None
        if answer is None or answer.startswith("2"):
            envelope.mail_from = address
        return answer or ACCEPTED

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.on_recipient(address) if self.on_recipient else None
        if answer is None or answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer or ACCEPTED

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        message.raw = envelope.content
        answer = await asyncio.to_thread(self.on_message, message) if self.on_message else None
        if answer is None or answer.startswith("2"):
            with self.arrived:
                self.messages.append(message)
                self.arrived.notify_all()
            if self.on_accepted:
                await asyncio.to_thread(self.on_accepted, message)
        return answer or ACCEPTED
