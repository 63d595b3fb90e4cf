"""What the servers of these tests share."""

import socketserver
import threading
from typing import Self


class Serving(socketserver.TCPServer):
    """One that serves in a thread of its own, for as long as it is entered."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.shutdown()
        self.server_close()
