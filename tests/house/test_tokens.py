"""Access tokens: renewed in time, once, by one process; a refused one is said to be."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from house.sandbox import Sandbox
from runner.db import Database
from runner.db import shops as db_shops
from runner.errors import ShopRefused
from runner.shopify.documents import document
from runner.shopify.shops import Credentials, Shops
from runner.shopify.vault import Vault
from tests.house.house import House

CLIENT = Credentials(client_id="id", client_secret="secret")
LEASED = "select count(*) from sync.shops where renewal is not null"


@pytest.fixture
def grant_house(warehouse: str) -> Iterator[House]:
    """A house whose shop gives tokens by the client credentials grant."""
    sandbox = Sandbox.start(
        "--products", "1", "--client-id", "id", "--client-secret", "secret", "--token-lifetime", "3600"
    )
    house = House(warehouse, sandbox)
    yield house
    house.close()
    sandbox.stop()


@asynccontextmanager
async def opened(house: House, size: int = 8) -> AsyncIterator[Shops]:
    """The shops as a process of its own would have them."""
    async with Database.open(house.dsn, size=size) as database, Shops.open(database, house.settings) as shops:
        yield shops


def test_a_token_is_fetched_shared_and_renewed_before_it_ends(grant_house: House) -> None:
    house = grant_house

    async def stored_token() -> str:
        """What a process of its own, calling the shop, leaves in the database."""
        async with opened(house) as shops:
            (shop,) = await db_shops.shops(shops.db)
            await (await shops.client(shop.id)).execute(document("Shop"), {}, attempts=1)
            return str((await db_shops.shops(shops.db))[0].access_token)

    async def work() -> None:
        async with opened(house) as shops:
            await shops.add(house.sandbox.shop, house.sandbox.url, CLIENT)
        house.do("update sync.shops set access_token_expires_at = now() + interval '1 hour'")
        first = await stored_token()
        assert await stored_token() == first
        house.do("update sync.shops set access_token_expires_at = now() + interval '1 minute'")
        assert await stored_token() != first

    asyncio.run(work())
    assert house.value("select count(*) from sync.calls where http_status = 401") == 0


def test_a_token_that_ends_early_is_renewed_once_and_the_call_repeated(grant_house: House) -> None:
    house = grant_house

    async def work() -> None:
        async with opened(house) as shops:
            await shops.add(house.sandbox.shop, house.sandbox.url, CLIENT)
            (shop,) = await db_shops.shops(shops.db)
            house.sandbox.fault(fault="expired_token", times=1)
            await (await shops.client(shop.id)).execute(document("Shop"), {}, attempts=1)

    asyncio.run(work())
    statuses = [r["http_status"] for r in house.rows("select http_status from sync.calls order by id")]
    assert statuses[-2:] == [401, 200]


def test_a_denied_grant_is_said_with_the_remedy_and_the_shop_is_not_kept(grant_house: House) -> None:
    house = grant_house

    async def work() -> None:
        async with opened(house) as shops:
            await shops.add(house.sandbox.shop, house.sandbox.url, Credentials(client_id="id", client_secret="wrong"))

    with pytest.raises(ShopRefused, match="gives no access token") as caught:
        asyncio.run(work())
    assert caught.value.remedy is not None and "wrong" not in str(caught.value)
    assert house.value("select count(*) from sync.shops") == 0


def test_a_refused_static_token_holds_the_changes_until_another_is_given(house: House) -> None:
    house.sandbox.fault(fault="expired_token")
    house.receive("SKU-000001", 5)
    with house.runner():
        house.wait_until(lambda: bool(house.rows("select from sync.circuits where probes > 0")), "a second attempt")
        assert house.offered()["SKU-000001"] == 0
        failed = house.shelfwire("shop", "token", house.sandbox.shop, "--token", house.sandbox.token)
        assert failed.returncode == 4 and "does not take the access token" in failed.stderr
        house.sandbox.clear_faults()
        given = house.shelfwire("shop", "token", house.sandbox.shop, "--token", house.sandbox.token)
        assert given.returncode == 0
        house.wait_until(lambda: house.offered()["SKU-000001"] == 5, "the push")
        house.wait_quiet()


def test_no_token_is_stored_or_logged_in_the_clear(house: House) -> None:
    stored = house.rows("select s::text from sync.shops as s")
    assert house.sandbox.token not in str(stored)
    for table in ("calls", "requests", "runs"):
        assert house.sandbox.token not in str(house.rows(f"select t::text from sync.{table} as t"))
    done = house.shelfwire("shop", "verify", house.sandbox.shop)
    assert house.sandbox.token not in done.stdout + done.stderr


@contextmanager
def silent() -> Iterator[str]:
    """The address of a server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_shops_that_do_not_answer_leave_the_others_and_the_brake_alone(grant_house: House) -> None:
    house = grant_house
    vault = Vault(house.settings.secret_key)

    async def renewing() -> None:
        while house.value(LEASED) < 2:
            await asyncio.sleep(0.05)

    async def work(address: str) -> None:
        async with opened(house, size=4) as shops:
            await shops.add(house.sandbox.shop, house.sandbox.url, CLIENT)
            (good,) = await db_shops.shops(shops.db)
            silents = [
                await db_shops.add_shop(
                    shops.db, domain, address, "client_credentials", "id", vault.seal("secret", domain, address)
                )
                for domain in ("one.myshopify.com", "other.myshopify.com")
            ]
            clients = [await shops.client(shop) for shop in silents * 10]
            stuck = [asyncio.create_task(one.execute(document("Shop"), {}, attempts=1)) for one in clients]
            await asyncio.wait_for(renewing(), 20)
            await asyncio.wait_for((await shops.client(good.id)).execute(document("Shop"), {}), 20)
            off = asyncio.to_thread(house.shelfwire, "shop", "mode", "one.myshopify.com", "off")
            assert (await asyncio.wait_for(off, 20)).returncode == 0
            assert not any(task.done() for task in stuck)
            for task in stuck:
                task.cancel()
            await asyncio.wait(stuck)

    with silent() as address:
        asyncio.run(work(address))
    assert house.value("select mode from sync.shops where domain = 'one.myshopify.com'") == "off"
    assert house.value(LEASED) == 0


def test_a_process_that_is_frozen_while_it_renews_is_not_waited_for(grant_house: House) -> None:
    house = grant_house

    async def work() -> None:
        async with opened(house) as shops:
            await shops.add(house.sandbox.shop, house.sandbox.url, CLIENT)
            (shop,) = await db_shops.shops(shops.db)
        house.do("update sync.shops set access_token_expires_at = now()")
        async with opened(house) as shops:
            assert await db_shops.lease_renewal(shops.db, shop.id, 300)  # by one that will not be heard of again
            call = asyncio.create_task((await shops.client(shop.id)).execute(document("Shop"), {}, attempts=1))
            await asyncio.sleep(0.5)
            assert not call.done()
            house.do("update sync.shops set renewal_ends_at = clock_timestamp()")
            await asyncio.wait_for(call, 20)

    asyncio.run(work())


def test_a_token_is_not_sent_to_an_address_it_was_not_given_for(house: House) -> None:
    with silent() as address:
        house.do("update sync.shops set url = %s", address)
        house.receive("SKU-000001", 5)
        with house.runner():
            house.wait_until(lambda: bool(house.rows("select from sync.open_alerts")), "the alert")
        (alert,) = house.rows("select rule, message from sync.open_alerts")
        assert alert["rule"] == "circuit_open" and f"not for {address}: it is not sent there" in alert["message"]
        assert house.rows("select from sync.calls where error_class = 'LOST_ANSWER'") == []
        house.do("update sync.shops set url = %s", house.sandbox.url)


def test_one_shop_whose_token_cannot_be_opened_holds_back_no_other(house: House) -> None:
    house.do(
        "insert into sync.shops (domain, url, grant_type, secret) "
        "values ('other.myshopify.com', 'http://127.0.0.1:9', 'token', 'sealed with another key')"
    )
    house.receive("SKU-000001", 5)
    with house.runner():
        house.wait_until(lambda: house.offered()["SKU-000001"] == 5, "the push")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://shop.example.com", "unencrypted"),
        ("http://10.0.0.1:8080", "--plain-http"),
        ("ftp://127.0.0.1", "no address"),
        ("https://user:secret@shop.example.com", "no address"),
    ],
)
def test_a_token_is_sent_in_the_clear_only_to_this_machine(house: House, address: str, words: str) -> None:
    done = house.shelfwire("shop", "add", "new.myshopify.com", "--url", address, "--token", "shpat_secret")
    assert done.returncode == 2 and words in done.stderr and "shpat_secret" not in done.stderr
    assert house.value("select count(*) from sync.shops") == 1
