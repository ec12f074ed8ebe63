"""An SMTP sink for measurements, which stores no email: `python -m tests.bench.smtp_sink PORT [SECONDS]`.

Each reply is delayed by this many seconds, as from a distant server.
"""

import asyncio
import sys
from functools import partial

REPLIES = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


async def handle_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Speak enough SMTP (RFC 5321) for a client to send emails."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        await asyncio.sleep(seconds)
        writer.write(REPLIES.get(verb, b"250 sink\r\n"))
        if verb == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(seconds)
            writer.write(b"250 accepted\r\n")
        await writer.drain()
        if verb == b"QUIT":
            break
    writer.close()


async def serve(port: int, seconds: float) -> None:
    server = await asyncio.start_server(partial(handle_client, seconds=seconds), "127.0.0.1", port, limit=2**24)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float((*sys.argv[2:], "0")[0])))
