"""Where a webhook may be: not on this machine, nor where its network keeps what is nobody else's business."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import NamedTuple

import httpx

LOCAL = "SHELFWIRE_ALERT_LOCAL_WEBHOOKS"


class Unfit(Exception):
    """A message may not be sent there; the words name no address."""


class Local(Unfit):
    """The host is this machine, or link-local, and that is not meant."""


class Place(NamedTuple):
    """Where a message is sent, and what its request must say for it to arrive there."""

    url: httpx.URL
    host: str
    server: str


async def place_of(address: str, *, local: bool) -> Place:
    """The address with its host looked up, so that what is connected to is what was judged.

    Args:
        local: loopback and link-local hosts are meant.

    Raises:
        Unfit: the host is not known.
        Local: it is such a one, and not meant.
    """
    url = httpx.URL(address)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise Unfit("The webhook's host is not known.") from error
    addresses = [str(info[4][0]).partition("%")[0] for info in found]
    if not local and any(map(is_local, addresses)):
        raise Local(f"The webhook's host is this machine, or link-local. If that is meant, set {LOCAL}=1.")
    return Place(url.copy_with(host=addresses[0]), url.netloc.decode("ascii"), url.host)


def is_local(text: str) -> bool:
    """Whether an IP address is loopback, link-local, unspecified, multicast or reserved, written as IPv6 or not."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address.is_reserved
    )
