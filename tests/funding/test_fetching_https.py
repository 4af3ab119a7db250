"""Over https the certificate must be valid for the name that was asked for, although we connect to a tested IP."""

import shutil
import socket
import ssl
import subprocess
import threading

import pytest
from local_site import Site

from funding.web.fetching import FetchError, fetch


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for news.example.com that nobody signed but itself."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed, which makes the certificate")
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=news.example.com",
    ]
    command += ["-addext", "subjectAltName=DNS:news.example.com", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def secure_site(certificate, settings, monkeypatch):
    """A site whose every name leads to the loopback, and the names its visitors asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    asked_for = []
    context.sni_callback = lambda connection, name, context: asked_for.append(name)
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *a, **k: real("127.0.0.1", port, *a, **k))
    with Site() as site:
        site.socket = context.wrap_socket(site.socket, server_side=True)
        threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
        names = [f"{name}.example.com:{site.server_port}" for name in ("news", "other")]
        settings.FETCH_ALLOWED_HOSTS = names
        yield site, names, asked_for
        site.shutdown()


def test_a_valid_certificate_is_taken_for_the_name_asked_for(secure_site, certificate, monkeypatch):
    site, (news, _), asked_for = secure_site
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr("httpcore._ssl.certifi.where", lambda: str(certificate[0]))
    site.put("/", "<p>news</p>")
    assert fetch(f"https://{news}/").text == "<p>news</p>"
    assert asked_for == ["news.example.com"]
    assert site.asked[0][1]["host"] == news


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_site):
    site, (news, _), _ = secure_site
    with pytest.raises(FetchError, match=r"certificate of news\.example\.com is not valid") as refused:
        fetch(f"https://{news}/")
    assert not refused.value.is_temporary
    assert site.asked == []


def test_a_certificate_of_another_name_is_refused(secure_site, certificate, monkeypatch):
    site, (_, other), _ = secure_site
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr("httpcore._ssl.certifi.where", lambda: str(certificate[0]))
    with pytest.raises(FetchError, match=r"certificate of other\.example\.com is not valid"):
        fetch(f"https://{other}/")
    assert site.asked == []
