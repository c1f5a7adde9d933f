"""Does a web address still answer? Asked from the server, which must never be led to a machine of its own network.

Every name is resolved here, once, and the connection goes to the address that was judged: a name that resolves
otherwise a moment later leads nowhere else. Each redirect is judged anew.
"""

import socket
import ssl
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as HTTPTimeoutError

_PORTS = {"http": 80, "https": 443}
_MAX_REDIRECTS = 5
#: Of a name with several, so many are tried: where IPv6 leads nowhere, IPv4 may.
_MAX_ADDRESSES = 3
_SECONDS_TO_ANSWER = 8.0
#: For one address with all its redirects: a server that answers letter by letter is left there.
_SECONDS_IN_ALL = 25.0
_HEADERS = {
    "User-Agent": "Candidacy (link check)",
    "Accept": "*/*",
    "Accept-Language": "fr, en;q=0.5",
    "Connection": "close",
}
#: IPv4 addresses that IPv6-only networks write in this range.
_NAT64 = IPv6Network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Answers that say nothing about the page: the server is busy, broken, or does not talk to programs.
_UNDECIDED = frozenset({403, 408, 425, 429, 451})


class LinkState(StrEnum):
    ALIVE = "alive"
    DEAD = "dead"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class LinkAnswer:
    state: LinkState
    #: In French, for whoever mends the link; empty when there is nothing to mend.
    reason: str = ""


class _Refused(Exception):  # noqa: N818 -- an answer that comes from below, not an error
    def __init__(self, reason: str, state: LinkState = LinkState.DEAD) -> None:
        super().__init__(reason)
        self.answer = LinkAnswer(state, reason)


def without_fragment(address: str) -> str:
    """Return ``address`` as it is asked of a server: ASCII, and without the place inside the page."""
    return iri_to_uri(address.strip()).partition("#")[0]


def ask_link(address: str, *, private_hosts: Collection[str] = ()) -> LinkAnswer:
    """Ask the server of ``address`` whether the page is there; its body is never read.

    ``private_hosts`` are names that may be of a private network and on any port.
    """
    deadline = monotonic() + _SECONDS_IN_ALL
    asked = without_fragment(address)
    try:
        for _redirect in range(_MAX_REDIRECTS + 1):
            status, location = _ask(asked, private_hosts, deadline)
            if status not in _REDIRECTS or not location:
                return _judge(status)
            asked = without_fragment(urljoin(asked, location))
    except _Refused as refused:
        return refused.answer
    return LinkAnswer(
        LinkState.DEAD,
        _("plus de %(count)d redirections à la suite") % {"count": _MAX_REDIRECTS},
    )


def _judge(status: int) -> LinkAnswer:
    if status < HTTPStatus.BAD_REQUEST:
        return LinkAnswer(LinkState.ALIVE)
    if status == HTTPStatus.UNAUTHORIZED:
        return LinkAnswer(LinkState.DEAD, _("page réservée à qui a un compte (401)"))
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return LinkAnswer(LinkState.DEAD, _("page introuvable (%(status)d)") % {"status": status})
    if status in _UNDECIDED:
        return LinkAnswer(
            LinkState.UNREACHABLE,
            _("le site ne répond pas aux vérifications (%(status)d) : ouvrez-le vous-même")
            % {"status": status},
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return LinkAnswer(LinkState.UNREACHABLE, _("le site est en panne (%(status)d)") % {"status": status})
    return LinkAnswer(LinkState.DEAD, _("le site refuse la page (%(status)d)") % {"status": status})


def _ask(address: str, private_hosts: Collection[str], deadline: float) -> tuple[int, str]:
    """Return the status and, of a redirect, where it leads. HEAD first; what is refused to it is asked by GET."""
    split, host, port = _read(address, private_hosts)
    reachable = _resolve(host, port, may_be_private=host in private_hosts)
    status, location = _first_answer("HEAD", split, host, port, reachable, deadline)
    if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.TOO_MANY_REQUESTS:
        return _first_answer("GET", split, host, port, reachable, deadline)
    return status, location


def _read(address: str, private_hosts: Collection[str]) -> tuple[SplitResult, str, int]:
    try:
        split = urlsplit(address)
        host, port = unquote(split.hostname or ""), split.port
        # What a resolver would be asked: a name it cannot be given is refused here.
        host = host if ":" in host else host.encode("idna").decode("ascii").rstrip(".")
    except ValueError:
        host, port = "", None
    if not host or split.scheme not in _PORTS:
        raise _Refused(_("ce n’est pas une adresse du web"))
    if split.username is not None or split.password is not None:
        raise _Refused(_("l’adresse contient un nom ou un mot de passe"))
    port = port or _PORTS[split.scheme]
    if port not in _PORTS.values() and host not in private_hosts:
        raise _Refused(
            _("port %(port)d : seuls les ports 80 et 443 sont ouverts à tout le monde") % {"port": port}
        )
    return split, host, port


def _resolve(host: str, port: int, *, may_be_private: bool) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
            raise _Refused(_("le site %(host)s n’existe pas") % {"host": host}) from error
        raise _Refused(
            _("le nom %(host)s n’a pas pu être cherché") % {"host": host}, LinkState.UNREACHABLE
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not may_be_private and not all(map(is_public, addresses)):
        raise _Refused(_("%(host)s est sur un réseau privé : le jury ne peut pas l’ouvrir") % {"host": host})
    return addresses[:_MAX_ADDRESSES]


def is_public(address: str) -> bool:
    """Whether ``address`` belongs to the public Internet, whatever it is written in."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip.teredo is not None:
            return False
        inside = _embedded(ip)
        if inside is not None:
            return is_public(str(inside))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _first_answer(
    method: str, split: SplitResult, host: str, port: int, addresses: list[str], deadline: float
) -> tuple[int, str]:
    """Ask each address until one answers; a name that none stands for is not reachable now."""
    for number, address in enumerate(addresses, 1):
        try:
            return _exchange(method, split, host, port, address, deadline)
        except ssl.SSLCertVerificationError as error:
            raise _Refused(_("le certificat du site n’est pas valable")) from error
        except (OSError, HTTPException, HTTPError) as error:
            if number == len(addresses) or monotonic() >= deadline:
                raise _Refused(_told(error, deadline), LinkState.UNREACHABLE) from error
    raise _Refused(_("le site ne répond pas"), LinkState.UNREACHABLE)


def _told(error: Exception, deadline: float) -> str:
    # The library has a refused connection descend from its time-outs.
    is_slow = isinstance(error, TimeoutError | HTTPTimeoutError) and not isinstance(error, NewConnectionError)
    if is_slow or monotonic() >= deadline:
        return _("le site est trop lent à répondre")
    return _("le site ne répond pas")


def _exchange(
    method: str, split: SplitResult, host: str, port: int, address: str, deadline: float
) -> tuple[int, str]:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    connection = _connection(split.scheme, host, port, address, min(left, _SECONDS_TO_ANSWER))
    # A time limit of sockets counts from one byte to the next; this one counts for the whole answer.
    watch = threading.Timer(left, _hang_up, [connection])
    watch.start()
    try:
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        connection.request(
            method,
            target,
            headers={"Host": _host_header(split, host, port), **_HEADERS},
            preload_content=False,
        )
        response = connection.getresponse()
        response.close()
        if monotonic() >= deadline:
            # Hung up on, a server seems to have said all it had to say.
            raise TimeoutError
        return response.status, response.headers.get("Location", "")
    finally:
        watch.cancel()
        connection.close()


def _connection(scheme: str, host: str, port: int, address: str, seconds: float) -> HTTPConnection:
    """Return a connection to ``address`` that speaks, and has itself certified, as ``host``."""
    if scheme == "http":
        return HTTPConnection(address, port, timeout=seconds)
    return HTTPSConnection(address, port, timeout=seconds, server_hostname=host)


def _hang_up(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _host_header(split: SplitResult, host: str, port: int) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _PORTS[split.scheme] else f"{name}:{port}"
