"""Trying a web address: what its server says, and what is never asked of anybody."""

import socket
import ssl
import subprocess
import threading
from contextlib import suppress

import pytest

from core import weblinks
from core.weblinks import LinkState, ask_link, is_public, without_fragment
from tests.web_site import WebSite, free_port

ALIVE, DEAD, UNREACHABLE = LinkState.ALIVE, LinkState.DEAD, LinkState.UNREACHABLE
OURS = ["127.0.0.1"]


@pytest.fixture
def site():
    site = WebSite()
    yield site
    site.close()


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("/200", ALIVE, ""),
        ("/204", ALIVE, ""),
        ("/404", DEAD, "page introuvable (404)"),
        ("/410", DEAD, "page introuvable (410)"),
        ("/401", DEAD, "un compte (401)"),
        ("/400", DEAD, "refuse la page (400)"),
        ("/403", UNREACHABLE, "(403)\u00a0: ouvrez-le vous-même"),
        ("/429", UNREACHABLE, "(429)"),
        ("/503", UNREACHABLE, "en panne (503)"),
        ("/sans-head/200", ALIVE, ""),
        ("/sans-head/404", DEAD, "introuvable"),
        ("/bavard", UNREACHABLE, "ne répond pas"),
        ("/boucle", DEAD, "plus de 5 redirections"),
        ("/ici", DEAD, "plus de 5 redirections"),
        ("/ici?/404", DEAD, "introuvable"),
        ("/ici?/200#place", ALIVE, ""),
    ],
)
def test_what_the_server_says_is_what_is_found(site, path, state, reason):
    answer = ask_link(site.url(path), private_hosts=OURS)

    assert answer.state == state
    assert reason in answer.reason
    assert bool(answer.reason) == (state != ALIVE)


def test_the_body_is_asked_for_only_when_head_is_refused(site):
    ask_link(site.url("/200?a=é b#place"), private_hosts=OURS)
    ask_link(site.url("/403"), private_hosts=OURS)

    host = f"127.0.0.1:{site.port}"
    assert site.asked == [
        ("HEAD", "/200?a=%C3%A9%20b", host),
        ("HEAD", "/403", host),
        ("GET", "/403", host),
    ]


@pytest.mark.parametrize("path", ["/muet", "/goutte"])
def test_a_server_that_takes_its_time_is_left_there(site, path, monkeypatch):
    monkeypatch.setattr(weblinks, "_SECONDS_TO_ANSWER", 0.3)
    monkeypatch.setattr(weblinks, "_SECONDS_IN_ALL", 0.6)

    answer = ask_link(site.url(path), private_hosts=OURS)

    assert (answer.state, answer.reason) == (UNREACHABLE, "le site est trop lent à répondre")


def test_nobody_listens():
    answer = ask_link(f"http://127.0.0.1:{free_port()}/", private_hosts=OURS)

    assert (answer.state, answer.reason) == (UNREACHABLE, "le site ne répond pas")


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "http://localhost/", "//10.0.0.1/x", "http://[::1]/"],
)
def test_a_redirect_to_another_private_address_is_not_followed(site, target):
    answer = ask_link(site.url(f"/ici?{target}"), private_hosts=OURS)

    assert answer.state == DEAD
    assert "est sur un réseau privé" in answer.reason
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "%31%32%37.0.0.1", "[::ffff:127.0.0.1]", "①27.0.0.1"],
)
def test_a_private_address_is_never_asked_however_it_is_written(site, host, monkeypatch):
    monkeypatch.setitem(weblinks._PORTS, "http", site.port)

    answer = ask_link(f"http://{host}/200")

    assert answer.state == DEAD
    assert "est sur un réseau privé" in answer.reason
    assert site.asked == []


def test_a_name_is_resolved_once_and_asked_where_it_was_judged(site, monkeypatch):
    """A name that leads elsewhere a moment later, to a machine of the network, is not followed there."""
    places = iter(["127.0.0.1"])
    real = socket.getaddrinfo

    def resolve(host, *arguments, **options):
        return real(next(places) if host == "rebond.example" else host, *arguments, **options)

    monkeypatch.setattr(weblinks.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(weblinks, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setitem(weblinks._PORTS, "http", site.port)

    assert ask_link("http://rebond.example/403").state == UNREACHABLE
    assert site.asked == [("HEAD", "/403", "rebond.example"), ("GET", "/403", "rebond.example")]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://exemple.example:8080/", "port 8080"),
        ("https://exemple.example:22/", "port 22"),
        ("http://moi:secret@exemple.example/", "un nom ou un mot de passe"),
        ("ftp://exemple.example/", "pas une adresse du web"),
        ("file:///etc/passwd", "pas une adresse du web"),
        ("http://", "pas une adresse du web"),
        ("http://exemple.example:99999/", "pas une adresse du web"),
        ("http://[oups/", "pas une adresse du web"),
        ("http://" + "a" * 80 + ".example/", "pas une adresse du web"),
    ],
)
def test_what_is_no_public_web_address_is_refused_before_any_connection(address, reason):
    answer = ask_link(address)

    assert answer.state == DEAD
    assert reason in answer.reason


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [(socket.EAI_NONAME, DEAD, "n’existe pas"), (socket.EAI_AGAIN, UNREACHABLE, "n’a pas pu être cherché")],
)
def test_a_name_that_is_not_found(monkeypatch, code, state, reason):
    def fail(*arguments, **options):
        raise socket.gaierror(code, "x")

    monkeypatch.setattr(weblinks.socket, "getaddrinfo", fail)

    answer = ask_link("http://exemple.example/")

    assert answer.state == state
    assert reason in answer.reason


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake_hands():
            with listening.accept()[0] as accepted, suppress(OSError):
                context.wrap_socket(accepted, server_side=True).close()

        threading.Thread(target=shake_hands, daemon=True).start()
        answer = ask_link(f"https://127.0.0.1:{listening.getsockname()[1]}/", private_hosts=OURS)

    assert (answer.state, answer.reason) == (DEAD, "le certificat du site n’est pas valable")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_only_addresses_of_the_internet_are_public(address, expected):
    assert is_public(address) is expected


def test_two_places_of_one_page_are_one_address():
    assert without_fragment(" https://exemple.example/é#a ") == "https://exemple.example/%C3%A9"
