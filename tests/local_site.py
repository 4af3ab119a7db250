"""A web server on the loopback whose answers a test writes."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site(ThreadingHTTPServer):
    """The server: `put` an answer, and it remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.name}{path}"

    def put(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        raw = body.encode() if isinstance(body, str) else body
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": "text/html"} | named, raw)
        return self.url(path)


class Answering(BaseHTTPRequestHandler):
    server: Site

    def do_POST(self) -> None:
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.server.posted.append((self.path, headers, self.rfile.read(int(headers["content-length"]))))
        self.answer()

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        self.answer()

    def answer(self) -> None:
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for key, value in headers.items():
            if value:
                self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass
