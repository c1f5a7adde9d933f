"""A mailbox on this machine: as much of IMAP as reading one takes."""

import socketserver
import threading


class ImapServer(socketserver.ThreadingTCPServer):
    """Holds ``letters``; ``seen`` are the places of those that were marked as read, counted from 1."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.letters = []
        self.seen = set()
        self.password = "secret"

    @property
    def url(self):
        return f"imap://bot%40exemple.example:secret@127.0.0.1:{self.server_address[1]}/INBOX"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.strip().partition(b" ")
            command = rest.upper()
            if command.startswith(b"LOGOUT"):
                self.say(b"* BYE")
                self.say(tag + b" OK done")
                return
            self.say(tag + self.answer(command, rest))

    def answer(self, command, rest):
        words = command.split()
        if words[0] == b"LOGIN" and rest.split()[-1].strip(b'"') != self.server.password.encode():
            return b" NO wrong password"
        if words[0] == b"SELECT" and b"INBOX" not in rest:
            return b" NO no such folder"
        if words[0] == b"UID":
            getattr(self, words[1].decode().lower())(words)
        else:
            self.say({b"CAPABILITY": b"* CAPABILITY IMAP4rev1"}.get(words[0], b"* OK"))
        return b" OK done"

    def search(self, _words):
        unread = [n for n in range(1, len(self.server.letters) + 1) if n not in self.server.seen]
        self.say(b"* SEARCH " + b" ".join(b"%d" % n for n in unread))

    def fetch(self, words):
        number = int(words[2])
        letter = self.server.letters[number - 1]
        self.say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)" % (number, number, len(letter), letter))

    def store(self, words):
        self.server.seen.add(int(words[2]))

    def say(self, line):
        self.wfile.write(line + b"\r\n")
