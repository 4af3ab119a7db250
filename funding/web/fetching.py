"""Fetching an address that somebody else chose, as if it were hostile.

The name is resolved here, every address it has must be public, and the connection goes to the one that was tested, so
a name server that answers otherwise a moment later gains nothing. Redirects are followed by hand and tested alike.
No proxy, cookie or password of the environment is used. `settings.FETCH_ALLOWED_HOSTS` is the owner's exception.
"""

import codecs
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin

import httpcore
from django.conf import settings

from funding.web.addresses import Address, AddressRefused, is_public, read_address

PAGE_KINDS: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
FEED_KINDS: Final = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
        # Sent so by careless servers; the parser decides.
        "text/html",
        "text/plain",
    }
)
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
TOTAL_SECONDS: Final = 30.0
MAX_REDIRECTS: Final = 3
MAX_WIRE: Final = 2_000_000
MAX_DECODED: Final = 5_000_000
MAX_RATIO: Final = 100
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
USER_AGENT: Final = "Roundbook/0.1 (reads articles about funding rounds)"
# What files that are no text begin with, whatever their header says.
BINARY: Final = (b"%PDF", b"PK\x03\x04", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x7fELF", b"\x1f\x8b", b"RIFF")
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,40})", re.IGNORECASE)


class FetchError(Exception):
    """An address that could not be fetched; the text is for people. `is_temporary` where trying later may help."""

    def __init__(self, reason: str, *, is_temporary: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_temporary = is_temporary


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered, decoded. `url` is where the redirects ended; at status 304 the body is empty."""

    url: str
    status: int
    body: bytes
    content_type: str
    charset: str
    etag: str
    last_modified: str

    @property
    def text(self) -> str:
        """The body as text; what cannot be decoded becomes U+FFFD."""
        return self.body.decode(self.charset, errors="replace")


def fetch(url: str, *, etag: str = "", last_modified: str = "", kinds: Collection[str] = PAGE_KINDS) -> Fetched:
    """Fetch an address within 30 seconds and 5 MB, following at most three redirects.

    `etag` and `last_modified` are what it answered last time: unchanged, it answers with status 304. Only the media
    types in `kinds` are taken. Raises FetchError.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    headers = {"Accept": ", ".join(sorted(kinds)), "Accept-Encoding": "gzip, identity", "User-Agent": USER_AGENT}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    address = read(url)
    for _ in range(MAX_REDIRECTS + 1):
        with ask(address, headers, deadline) as response:
            if response.status not in REDIRECTS:
                return _take(address, response, kinds, deadline)
            address = _next(address, response)
    raise FetchError(f"The address redirects more than {MAX_REDIRECTS} times.")


def read(url: str) -> Address:
    """An address that may be asked. Raises FetchError."""
    try:
        return read_address(url, settings.FETCH_ALLOWED_HOSTS)
    except AddressRefused as error:
        raise FetchError(str(error)) from error


def _next(address: Address, response: httpcore.Response) -> Address:
    """Where a redirect leads, tested like the first address."""
    location = _header(response, b"location")
    if not location:
        raise FetchError("The address redirects without saying where to.")
    followed = read(urljoin(address.url, quote(location, safe="%/:=&?~#+!$,;'@()*[]\\")))
    if address.scheme == "https" and followed.scheme == "http":
        raise FetchError("The address redirects from https to plain http, which is not followed.")
    return followed


@contextmanager
def ask(
    address: Address, headers: dict[str, str], deadline: float, method: str = "GET", body: bytes | None = None
) -> Iterator[httpcore.Response]:
    """The answer of an address, its body unread. What httpcore raises leaves as FetchError."""
    timeout = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": CONNECT_SECONDS}
    where = httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    try:
        with httpcore.ConnectionPool(network_backend=GuardedBackend(address, deadline)) as pool:
            asked = {"Host": address.netloc, **headers}
            with pool.stream(method, where, headers=asked, content=body, extensions={"timeout": timeout}) as response:
                yield response
    except httpcore.TimeoutException as error:
        raise FetchError(f"{address.host} did not answer in time.", is_temporary=True) from error
    except httpcore.ConnectError as error:
        if isinstance(error.__context__, ssl.SSLCertVerificationError) or "CERTIFICATE" in str(error):
            raise FetchError(f"The certificate of {address.host} is not valid.") from error
        raise FetchError(f"{address.host} could not be reached.", is_temporary=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(f"{address.host} broke off or did not speak HTTP.", is_temporary=True) from error


def _take(address: Address, response: httpcore.Response, kinds: Collection[str], deadline: float) -> Fetched:
    """The answer as it is given back, after its status, media type and size have been looked at."""
    etag, last_modified = _validator(response, b"etag", 300), _validator(response, b"last-modified", 100)
    if response.status == 304:
        return Fetched(address.url, 304, b"", "", "utf-8", etag, last_modified)
    if response.status != 200:
        raise _refusal(address, response.status)
    content_type, charset = _media_type(_header(response, b"content-type"))
    if content_type and content_type not in kinds:
        raise FetchError(f"The address holds {content_type}, not an article or a feed.")
    encoding = _header(response, b"content-encoding").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError(f"The answer is packed as “{encoding[:40]}”, which was not asked for.")
    wire = _limited(response.iter_stream(), deadline)
    body = _unpacked(wire) if encoding.endswith("gzip") else b"".join(wire)
    if body.startswith(BINARY) or (b"\x00" in body[:1000] and not body.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise FetchError("The address holds a file that is no text.")
    return Fetched(address.url, 200, body, content_type, charset_of(body, charset), etag, last_modified)


def _refusal(address: Address, status: int) -> FetchError:
    known = {401: "asks for a password", 403: "refuses to be read", 404: "has no such page", 410: "removed the page"}
    known |= {429: "asks to come back later", 451: "may not show the page"}
    words = known.get(status, "is out of order" if status >= 500 else "did not give the page")
    return FetchError(f"{address.host} {words} (status {status}).", is_temporary=status == 429 or status >= 500)


def _limited(chunks: Iterable[bytes], deadline: float) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_WIRE:
            raise FetchError(f"The answer is larger than {MAX_WIRE // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise FetchError(f"The answer took longer than {TOTAL_SECONDS:.0f} seconds.", is_temporary=True)
        yield chunk


def _unpacked(chunks: Iterable[bytes]) -> bytes:
    """Gunzip no more than is allowed: a bomb is told by its size and by how far it blows up."""
    unpacker = zlib.decompressobj(wbits=31)
    body = bytearray()
    wire = 0
    try:
        for chunk in chunks:
            wire += len(chunk)
            while chunk:
                body += unpacker.decompress(chunk, MAX_DECODED + 1 - len(body))
                if len(body) > MAX_DECODED or len(body) > MAX_RATIO * max(wire, 1000):
                    raise FetchError("The answer blows up when unpacked, as no article does.")
                if not unpacker.eof:
                    chunk = unpacker.unconsumed_tail
                    continue
                # Another member may follow; anything else after the end is left.
                chunk = unpacker.unused_data if unpacker.unused_data.startswith(b"\x1f\x8b") else b""
                unpacker = zlib.decompressobj(wbits=31) if chunk else unpacker
    except zlib.error as error:
        raise FetchError("The answer is damaged and cannot be unpacked.", is_temporary=True) from error
    if not unpacker.eof and wire:
        raise FetchError("The answer broke off before its end.", is_temporary=True)
    return bytes(body)


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("utf-8", errors="replace")
    return ""


def _validator(response: httpcore.Response, name: bytes, longest: int) -> str:
    """A header to be sent back as it is next time, empty where that cannot be."""
    value = _header(response, name)
    return value if len(value) <= longest and value.isascii() and value.isprintable() else ""


def _media_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, each empty where it names none."""
    kind, _, rest = header.partition(";")
    found = re.search(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", rest)
    return kind.strip().lower()[:100], found[1] if found else ""


def charset_of(body: bytes, declared: str = "") -> str:
    """The Python codec to decode a body with: by its byte order mark, `declared`, its own `meta`, or a guess."""
    if body.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    meta = META_CHARSET.search(body[:4096])
    for name in (declared, meta[1].decode("ascii") if meta else ""):
        if known := _text_codec(name):
            return known
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _text_codec(name: str) -> str:
    """Python's name of a charset, empty for what is none, cannot be told from ASCII tags or hides them (UTF-7)."""
    # What calls itself Latin-1 on the web is Windows' superset of it.
    if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):
        return "cp1252"
    try:
        codec = codecs.lookup(name)
        is_text = codec.name.startswith("utf-16") or codecs.encode("<!a+A-", codec.name) == b"<!a+A-"
    except (LookupError, ValueError, TypeError):
        return ""
    return codec.name if is_text else ""


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to one address only, by an IP that was tested, and lets nothing outlast the deadline."""

    def __init__(self, address: Address, deadline: float) -> None:
        self.address = address
        self.deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a tested IP of the host; raises FetchError where any of its addresses is not public."""
        addresses = resolve(host, port)
        if not self.address.is_among(settings.FETCH_ALLOWED_HOSTS) and not all(map(is_public, addresses)):
            raise FetchError(f"{host} resolves to a private or reserved network address and is not fetched.")
        # IPv4 first: a machine without IPv6 would wait for it in vain.
        for at, ip in enumerate(sorted(set(addresses), key=lambda ip: ":" in ip)[:3]):
            try:
                backend = httpcore.SyncBackend()
                stream = backend.connect_tcp(ip, port, self._left(timeout), local_address, socket_options)
                return DeadlineStream(stream, self._left)
            except httpcore.ConnectError:
                if at == min(len(set(addresses)), 3) - 1:
                    raise
        raise FetchError(f"{host} has no address.", is_temporary=True)

    def _left(self, timeout: float | None) -> float:
        """Seconds until the deadline, at most `timeout`."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole took too long")
        return left if timeout is None else min(left, timeout)


class DeadlineStream(httpcore.NetworkStream):
    """A stream whose every step ends by the deadline, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[float | None], float]) -> None:
        self.stream = stream
        self.left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return DeadlineStream(self.stream.start_tls(ssl_context, server_hostname, self.left(timeout)), self.left)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def resolve(host: str, port: int) -> list[str]:
    """All IP addresses of a host. Raises FetchError where it has none or the name server does not answer in time."""
    found: list[str] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(answer[4][0]) for answer in answers)

    # The resolver of the C library cannot be given a time limit, so it is left behind in a thread.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if not found:
        raise FetchError(f"There is no site {host}, or its name server does not answer.", is_temporary=True)
    return list(found)
