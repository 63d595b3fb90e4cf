"""A receiver that takes every POST at once: `python sink.py PORT`."""

import asyncio
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Sink(asyncio.Protocol):
    """Reads requests with a Content-Length, one after the other."""

    def __init__(self) -> None:
        self._text = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._text += data
        while (end := self._end()) is not None and len(self._text) >= end:
            self._text = self._text[end:]
            self._transport.write(ANSWER)  # type: ignore[attr-defined]  # of a connection it can

    def _end(self) -> int | None:
        head, found, _ = self._text.partition(b"\r\n\r\n")
        if not found:
            return None
        lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
        length = next((int(value) for name, _, value in lines if name == b"content-length"), 0)
        return len(head) + 4 + length


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
