"""Fetching: hostile addresses are refused before a packet is sent, hostile answers before they do harm."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.web import fetching
from funding.web.addresses import AddressRefused, is_public, read_address
from funding.web.fetching import FetchError, charset_of, fetch

PAGE = "<html><body><p>Une levée de fonds</p></body></html>"


@pytest.fixture
def trap(settings, monkeypatch) -> Iterator[list[tuple]]:
    """Every connection anybody tries to make, none of which is made; a listening socket proves that none was."""
    settings.FETCH_ALLOWED_HOSTS = []
    tried: list[tuple] = []
    real_connect = socket.socket.connect
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)

        def connect(self, address):
            tried.append(address)
            return real_connect(self, listening.getsockname())

        monkeypatch.setattr(socket.socket, "connect", connect)
        yield tried
        with pytest.raises(BlockingIOError):
            listening.accept()


def lying(monkeypatch, *answers: list[str]) -> None:
    """A name server that gives these answers one after the other, the last one for ever."""
    left = list(answers)
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host.replace(".", "").isdigit() or ":" in host:
            return real(host, port, *args, **kwargs)
        ips = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


# An IPv4 address in the spellings that one parser or another takes for it.
SPELLINGS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://１２７.0.0.1/",
    "http://10.0.0.5/",
    "http://169.254.169.254/latest/meta-data/",
]
V6_LITERALS = [
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/",
]
SPLITS = [
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http://example.com#@127.0.0.1:80@evil.test/\n",
    "http://example.com\t.evil.test/",
    "http://exa mple.com/",
    "http://[::1].example.com/",
    "http://example.com%2f@127.0.0.1/",
    "http://example.com%00.evil.test/",
    "http://[example.com/",
    "http://\u200b127.0.0.1/",
    "http:///127.0.0.1/",
    "http://.example.com/",
]
FORBIDDEN = [
    "file:///etc/passwd",
    "ftp://example.com/a",
    "gopher://example.com:70/_GET",
    "data:text/html,<p>a</p>",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
    "http://user:word@example.com/",
    "http://user@example.com/",
    "http://example.com:22/",
    "http://example.com:6379/",
    "https://example.com:8443/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://localhost/",
    "http://metadata/",
    "",
    "http://example.com/" + "a" * 2000,
    "http://example.com/" + "é" * 400,
    "http://example.com/\ud800",
    "http://ex\ud800ample.com/",
]
# A public name whose name server points inside.
INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("url", SPELLINGS + V6_LITERALS + SPLITS + FORBIDDEN)
def test_an_address_of_hostile_form_is_refused_unasked(trap, url):
    with pytest.raises(FetchError) as refused:
        fetch(url)
    assert not refused.value.is_temporary
    assert str(refused.value).endswith(".")
    assert trap == []


@pytest.mark.parametrize("ip", INSIDE)
def test_a_name_that_leads_inside_is_refused_unasked(trap, monkeypatch, ip):
    lying(monkeypatch, [ip])
    with pytest.raises(FetchError, match="private or reserved network"):
        fetch("http://news.example.com/")
    assert trap == []


def test_the_hostile_addresses_are_as_many_as_promised():
    assert len({*SPELLINGS, *V6_LITERALS, *SPLITS, *FORBIDDEN, *INSIDE}) >= 60


@pytest.mark.parametrize("ips", [["93.184.216.34", "127.0.0.1"], ["10.0.0.1", "2606:2800:220:1::1"]])
def test_one_private_address_among_public_ones_refuses_the_name(trap, monkeypatch, ips):
    lying(monkeypatch, ips)
    with pytest.raises(FetchError, match="private or reserved network"):
        fetch("http://news.example.com/")
    assert trap == []


@pytest.mark.parametrize("later", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1", "fd00::1"])
def test_a_name_server_that_answers_otherwise_the_second_time_gains_nothing(monkeypatch, settings, later):
    settings.FETCH_ALLOWED_HOSTS = []
    lying(monkeypatch, ["93.184.216.34"], [later])
    tried = []

    def connect(self, address):
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(FetchError, match="could not be reached"):
        fetch("http://news.example.com/")
    assert tried == ["93.184.216.34"]


@pytest.mark.parametrize("ip", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize("word", ["", "localhost", "1.2.3", "fe80::1%eth0", "127.0.0.1/8"])
def test_what_is_no_ip_address_is_not_public(word):
    assert not is_public(word)


def test_a_foreign_name_is_asked_for_in_ascii():
    assert (
        read_address("https://bücher.example/straße?q=à").url == "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%A0"
    )


def test_the_owners_exception_holds_for_one_port_only(site):
    site.put("/", PAGE)
    assert fetch(site.url()).status == 200
    with pytest.raises(FetchError):
        fetch(f"http://127.0.0.1:{site.server_port + 1}/")


def test_a_page_is_fetched_with_nothing_of_the_environment(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    site.put("/news?id=1", PAGE, ETag='"a"', Last_Modified="Thu, 24 Aug 2023 10:00:00 GMT", Set_Cookie="a=b")
    found = fetch(site.url("/news?id=1"))
    assert (found.text, found.status, found.content_type) == (PAGE, 200, "text/html")
    assert (found.etag, found.last_modified) == ('"a"', "Thu, 24 Aug 2023 10:00:00 GMT")
    fetch(site.url("/news?id=1"))
    for _, headers in site.asked:
        assert not {"cookie", "authorization", "referer"} & set(headers)
        assert headers["host"] == site.name
        assert headers["accept-encoding"] == "gzip, identity"


def test_an_unchanged_page_is_told_by_its_status(site):
    site.put("/", b"", 304)
    found = fetch(site.url(), etag='"a"', last_modified="Thu, 24 Aug 2023 10:00:00 GMT")
    assert (found.status, found.body) == (304, b"")
    asked = site.asked[0][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"a"', "Thu, 24 Aug 2023 10:00:00 GMT")


@pytest.mark.parametrize("etag", ['"é"', '"' + "a" * 300 + '"', '"a\tb"'])
def test_an_etag_that_could_not_be_sent_back_is_not_kept(site, etag):
    site.put("/", PAGE, ETag=etag)
    assert fetch(site.url()).etag == ""


def test_redirects_are_followed_three_times(site):
    site.put("/3", PAGE)
    for step in range(3):
        site.put(f"/{step}", b"", 302, Location=f"/{step + 1}")
    assert fetch(site.url("/0")).url == site.url("/3")


def test_the_fourth_redirect_is_not_followed(site):
    for step in range(5):
        site.put(f"/{step}", b"", 302, Location=f"/{step + 1}")
    with pytest.raises(FetchError, match="more than 3 times"):
        fetch(site.url("/0"))
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:6379/",
        "http://[::1]/",
        "//169.254.169.254/latest/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user:word@127.0.0.1/",
        "\\\\127.0.0.1\\",
        "http://2130706433/",
        "",
    ],
)
def test_a_redirect_that_leads_inside_is_refused(site, location):
    site.put("/", b"", 302, Location=location)
    with pytest.raises(FetchError) as refused:
        fetch(site.url())
    assert not refused.value.is_temporary
    assert len(site.asked) == 1


def test_a_redirect_to_a_name_that_leads_inside_is_refused(site, monkeypatch):
    site.put("/", b"", 301, Location="http://intranet.example.com/")
    lying(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    with pytest.raises(FetchError, match=r"intranet\.example\.com resolves to a private"):
        fetch(site.url())


def test_a_redirect_from_https_to_http_is_refused(monkeypatch):
    address = read_address("https://example.com/a")
    answer = fetching.httpcore.Response(302, headers=[(b"Location", b"http://example.com/b")])
    with pytest.raises(FetchError, match="plain http"):
        fetching._next(address, answer)
    assert fetching._next(read_address("http://example.com/a"), answer).url == "http://example.com/b"


@pytest.mark.parametrize(
    ("status", "words", "is_temporary"),
    [
        (404, "has no such page", False),
        (403, "refuses to be read", False),
        (410, "removed the page", False),
        (418, "did not give the page", False),
        (429, "come back later", True),
        (503, "out of order", True),
    ],
)
def test_a_refusal_says_why_and_whether_to_try_again(site, status, words, is_temporary):
    site.put("/", b"no", status)
    with pytest.raises(FetchError, match=words) as refused:
        fetch(site.url())
    assert refused.value.is_temporary is is_temporary


def test_a_site_that_is_not_there_may_be_tried_again(site):
    site.shutdown()
    site.server_close()
    with pytest.raises(FetchError, match="could not be reached") as refused:
        fetch(site.url())
    assert refused.value.is_temporary


def test_a_name_that_nobody_has_may_be_tried_again(monkeypatch):
    def nobody(*args, **kwargs):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(FetchError, match="There is no site") as refused:
        fetch("http://nobody.example.com/")
    assert refused.value.is_temporary


def test_a_packed_page_is_unpacked(site):
    site.put("/", gzip.compress(PAGE.encode()), Content_Encoding="gzip")
    assert fetch(site.url()).text == PAGE


def test_a_page_packed_in_two_members_is_unpacked(site):
    raw = PAGE.encode()
    site.put("/", gzip.compress(raw[:20]) + gzip.compress(raw[20:]), Content_Encoding="gzip")
    assert fetch(site.url()).text == PAGE


@pytest.mark.parametrize("size", [50_000_000, 2_000_000])
def test_a_bomb_is_refused(site, size):
    site.put("/", gzip.compress(b"a" * size), Content_Encoding="gzip")
    with pytest.raises(FetchError, match="blows up"):
        fetch(site.url())


def test_a_bomb_of_many_members_is_refused(site):
    site.put("/", gzip.compress(b"a" * 100_000) * 60, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="blows up"):
        fetch(site.url())


def test_what_is_larger_than_allowed_is_refused(site):
    site.put("/", b"<p>" + b"a" * 2_100_000)
    with pytest.raises(FetchError, match="larger than 2 MB"):
        fetch(site.url())


@pytest.mark.parametrize("packing", ["br", "deflate", "zstd", "gzip, gzip"])
def test_a_packing_that_was_not_asked_for_is_refused(site, packing):
    site.put("/", PAGE, Content_Encoding=packing)
    with pytest.raises(FetchError, match="not asked for"):
        fetch(site.url())


# Named, for gzip writes the time into its header and parallel workers must agree on the names of tests.
@pytest.mark.parametrize(
    "body", [b"\x1f\x8bnot gzip at all", gzip.compress(PAGE.encode())[:-12]], ids=["damaged", "cut off"]
)
def test_a_damaged_packing_is_refused(site, body):
    site.put("/", body, Content_Encoding="gzip")
    with pytest.raises(FetchError, match="damaged|broke off"):
        fetch(site.url())


def test_an_answer_that_drips_ends_at_the_deadline(site, monkeypatch):
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as slow:
        name = f"127.0.0.1:{slow.getsockname()[1]}"
        fetching.settings.FETCH_ALLOWED_HOSTS = [name]

        def drip():
            connection, _ = slow.accept()
            with connection:
                try:
                    for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 1000:
                        connection.send(bytes([letter]))
                        time.sleep(0.02)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(FetchError, match="did not answer in time") as refused:
            fetch(f"http://{name}/")
    assert refused.value.is_temporary


def test_no_step_is_given_more_time_than_is_left():
    class Recording:
        def __init__(self):
            self.given = []

        def read(self, max_bytes, timeout):
            self.given.append(timeout)
            return b""

    recording = Recording()
    backend = fetching.GuardedBackend(read_address("http://example.com/"), time.monotonic() + 4)
    fetching.DeadlineStream(recording, backend._left).read(10, 10.0)
    fetching.DeadlineStream(recording, backend._left).read(10, 1.0)
    assert recording.given[0] <= 4
    assert recording.given[1] == 1.0


def test_what_does_not_speak_http_is_refused(site, settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        name = f"127.0.0.1:{other.getsockname()[1]}"
        settings.FETCH_ALLOWED_HOSTS = [name]

        def greet():
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.send(b"-ERR unknown command\r\n")

        threading.Thread(target=greet, daemon=True).start()
        with pytest.raises(FetchError, match="did not speak HTTP"):
            fetch(f"http://{name}/")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream", "video/mp4"])
def test_other_media_types_are_refused(site, kind):
    site.put("/", PAGE, Content_Type=kind)
    with pytest.raises(FetchError, match=kind):
        fetch(site.url())


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"PK\x03\x04...", b"<p>\x00\x00\x00</p>"])
def test_a_file_that_calls_itself_a_page_is_refused(site, body):
    site.put("/", body)
    with pytest.raises(FetchError, match="no text"):
        fetch(site.url())


@pytest.mark.parametrize(
    ("body", "declared", "codec"),
    [
        (b"abc", "", "utf-8"),
        ("levée".encode(), "", "utf-8"),
        ("levée".encode("cp1252"), "", "cp1252"),
        ("levée".encode("cp1252"), "ISO-8859-1", "cp1252"),
        (b"abc", "no-such-charset", "utf-8"),
        (b"abc", "utf-7", "utf-8"),
        (b"abc", "rot13", "utf-8"),
        (b'<meta charset="windows-1251">', "", "cp1251"),
        (b"<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>", "", "shift_jis"),
        (b'<meta charset="windows-1251">', "utf-8", "utf-8"),
        (b"\xef\xbb\xbfabc", "iso-8859-1", "utf-8-sig"),
        ("abc".encode("utf-16"), "", "utf-16"),
    ],
)
def test_the_charset_is_found(body, declared, codec):
    assert charset_of(body, declared) == codec


def test_bytes_that_are_not_of_their_charset_become_replacements(site):
    site.put("/", b"<p>lev\xe9e</p>", Content_Type="text/html; charset=utf-8")
    assert fetch(site.url()).text == "<p>lev\ufffde</p>"


def test_without_the_rule_the_trap_would_see_them(monkeypatch, settings):
    """The control of the tests above: it is the rule that stops them, not this machine's network."""
    settings.FETCH_ALLOWED_HOSTS = []
    monkeypatch.setattr(fetching, "is_public", lambda ip: True)
    tried = []

    def connect(self, address):
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    lying(monkeypatch, ["127.0.0.1"])
    with pytest.raises(FetchError, match="could not be reached"):
        fetch("http://news.example.com/")
    assert tried == ["127.0.0.1"]


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,30}(:\d{0,6})?(/.{0,20})?", fullmatch=True))
def test_any_text_is_an_address_or_is_refused_in_words(url):
    try:
        address = read_address(url)
    except AddressRefused as refused:
        assert str(refused).endswith(".")
        return
    assert address.url.isascii()
    assert read_address(address.url) == address


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_can_be_decoded(body, declared):
    body.decode(charset_of(body, declared), errors="replace")
