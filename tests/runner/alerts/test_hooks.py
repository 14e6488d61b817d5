"""Webhooks are not sent to what trusts this machine."""

from __future__ import annotations

import asyncio

import pytest

from runner.alerts.hooks import Unfit, place_of


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "0.0.0.0", "[::1]", "[::]", "224.0.0.1",
        "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "255.255.255.255",
    ],
)  # fmt: skip
def test_this_machine_and_what_is_link_local_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(Unfit, match="SHELFWIRE_ALERT_LOCAL_WEBHOOKS=1"):
        asyncio.run(place_of(f"http://{host}:8080/hook", local=False))
    assert asyncio.run(place_of(f"http://{host}:8080/hook?a=b", local=True)).url.path == "/hook"


def test_what_is_connected_to_is_what_was_judged() -> None:
    place = asyncio.run(place_of("https://192.0.2.1:8443/hook?a=b", local=False))
    assert (str(place.url), place.host, place.server) == (
        "https://192.0.2.1:8443/hook?a=b", "192.0.2.1:8443", "192.0.2.1",
    )  # fmt: skip
    with pytest.raises(Unfit, match="not known"):
        asyncio.run(place_of("https://no-such-host.invalid/", local=False))
