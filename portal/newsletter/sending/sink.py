"""A mail server to measure against, which keeps nothing: `python -m portal.newsletter.sending.sink`."""

import asyncio
import sys


class Counter:
    def __init__(self) -> None:
        self.mails = 0
        self.octets = 0


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: Counter) -> None:
    """The part of SMTP (RFC 5321) that a sender of mails needs."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            text = await reader.readuntil(b"\r\n.\r\n")
            counter.mails += 1
            counter.octets += len(text)
            writer.write(b"250 taken\r\n")
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        elif verb == b"VRFY":
            writer.write(f"250 {counter.mails} {counter.octets}\r\n".encode())
        else:
            writer.write(b"250 sink\r\n")
        await writer.drain()
    writer.close()


async def listen(port: int) -> None:
    counter = Counter()
    server = await asyncio.start_server(lambda r, w: converse(r, w, counter), "127.0.0.1", port, limit=2**24)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(listen(int(sys.argv[1])))
