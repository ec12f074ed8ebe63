"""An SMTP sink for measurements, which stores no mail: `python -m portal.newsletter.sending.sink PORT [SECONDS]`.

Each answer comes after so many seconds, as from a server that is far away.
"""

import asyncio
import sys


class SinkCounter:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.mails = 0
        self.octets = 0


async def handle_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: SinkCounter) -> None:
    """Speak as much SMTP (RFC 5321) as a client needs that sends; VRFY returns the counts of mails and bytes."""
    await asyncio.sleep(counter.seconds)
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        await asyncio.sleep(counter.seconds)
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            text = await reader.readuntil(b"\r\n.\r\n")
            await asyncio.sleep(counter.seconds)
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


async def serve(port: int, seconds: float) -> None:
    counter = SinkCounter(seconds)
    server = await asyncio.start_server(lambda r, w: handle_client(r, w, counter), "127.0.0.1", port, limit=2**24)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float((*sys.argv[2:], "0")[0])))
