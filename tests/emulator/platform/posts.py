"""What is posted to others, and a good answer."""

from shared.platform.outbound import Answer, Outbound

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def post(client: Outbound, url: str, seconds: float = 5.0) -> Answer:
    return client.post(url, b"{}", {"Content-Type": "application/json"}, seconds)
