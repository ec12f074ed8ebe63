"""A small IMAP server (RFC 3501) with one mailbox, for the client of the standard library."""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class ImapServer(socketserver.ThreadingTCPServer):
    """`mails` are those in the inbox by UID, `flags` their flags, `moved` those in the other folder."""

    daemon_threads = True

    def __init__(self, mails: list[bytes], capabilities: str):
        super().__init__(("127.0.0.1", 0), Session)
        self.mails = dict(enumerate(mails, 1))
        self.flags: dict[int, set[str]] = {key: set() for key in self.mails}
        self.moved: list[bytes] = []
        self.capabilities = capabilities
        self.password = "word"
        # The connection ends instead of the response to this command.
        self.breaks_at = ""
        # Commands that get no response, and that are refused.
        self.silent_at = ""
        self.refused = ""


class Session(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode():
            tag, command = line.strip().split(" ", 1)
            if self.server.breaks_at and self.server.breaks_at in command:
                return
            if self.server.silent_at and self.server.silent_at in command:
                continue
            if self.server.refused and self.server.refused in command:
                self.wfile.write(f"{tag} NO not this one\r\n".encode())
                continue
            self.wfile.write(self._respond(command) + f"{tag} {self._status(command)}\r\n".encode())
            if command == "LOGOUT":
                return

    def _status(self, command: str) -> str:
        if command.startswith("LOGIN") and f'"{self.server.password}"' not in command:
            return "NO wrong password"
        if command.startswith("SELECT") and '"INBOX"' not in command:
            return "NO no such folder"
        return "NO it exists" if command.startswith("CREATE") else "OK done"

    def _respond(self, command: str) -> bytes:
        mails, flags = self.server.mails, self.server.flags
        if command == "CAPABILITY":
            return f"* CAPABILITY {self.server.capabilities}\r\n".encode()
        if command.startswith("UID SEARCH"):
            unwanted = {r"\Deleted"} | ({r"\Seen"} if "UNSEEN" in command else set())
            return f"* SEARCH {' '.join(str(key) for key in mails if not flags[key] & unwanted)}\r\n".encode()
        if not (found := re.match(r"UID (FETCH|STORE|MOVE|COPY) (\d+) (.*)", command)):
            return b""
        verb, key, rest = found[1], int(found[2]), found[3]
        if verb == "FETCH":
            head = f"* {key} FETCH (UID {key} BODY[]<0> {{{len(mails[key])}}}\r\n".encode()
            return head + mails[key] + b")\r\n"
        if verb == "STORE":
            flags[key] |= set(re.findall(r"\\\w+", rest))
        else:
            self.server.moved.append(mails[key])
        if verb == "MOVE":
            del mails[key]
        return b""


@contextmanager
def imap_server(mails: list[bytes], capabilities: str = "IMAP4rev1 MOVE") -> Iterator[ImapServer]:
    with ImapServer(mails, capabilities) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
