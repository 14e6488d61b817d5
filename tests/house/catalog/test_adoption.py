"""A shop that has products already: they are known by SKU, barcode or handle, as it was chosen, and never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from house.sandbox import running
from tests.house.catalog.shop import change, products
from tests.house.house import House

SET = """
mutation($input: ProductSetInput!) { productSet(input: $input) { product { id } userErrors { message } } }
"""
MADE = (
    # title, handle, variants as (option, SKU, barcode)
    ("Mug", "mug", [("Default Title", None, "4006381333931")]),
    ("Tee", "tee", [("S", "TEE-S-OLD", "4006381333948"), ("M", "TEE-M-OLD", "4006381333955")]),
    ("Twin one", "twin-1", [("Default Title", None, "4006381333962")]),
    ("Twin two", "twin-2", [("Default Title", None, "4006381333962")]),
)
KEPT = (
    # SKU, name, barcode, handle, style, size
    ("MUG-1", "Mug of ours", "4006381333931", "mug", None, None),
    ("TEE-S", "Tee of ours", "4006381333948", "tee", "tee", "S"),
    ("TEE-M", "Tee of ours", "4006381333955", "tee", "tee", "M"),
    ("TWIN", "Twin of ours", "4006381333962", "nobody", None, None),
)


@pytest.fixture
def stocked(warehouse: str) -> Iterator[Callable[[str], House]]:
    with running("--products", "1", "--variants-per-product", "1", "--unlimited") as sandbox:
        house = House(warehouse, sandbox)

        def make(adopt_by: str) -> House:
            house.furnish()
            for title, handle, variants in MADE:
                option = "Title" if len(variants) == 1 else "Size"
                made = sandbox.data(SET, {"input": {
                    "title": title, "handle": handle,
                    "productOptions": [{"name": option, "values": [{"name": name} for name, *_ in variants]}],
                    "variants": [
                        {
                            "optionValues": [{"optionName": option, "name": name}], "barcode": barcode, "price": "5",
                            "inventoryItem": {"tracked": True, "sku": sku},
                        }
                        for name, sku, barcode in variants
                    ],
                }})["productSet"]  # fmt: skip
                assert made["userErrors"] == []
            for sku, name, barcode, handle, style, size in KEPT:
                house.do(
                    "insert into warehouse.products "
                    "(sku, name, price, barcode, handle, style, option_name, option_value) "
                    "values (%s, %s, 6, %s, %s, %s, %s, %s)",
                    sku, name, barcode, handle, style, size and "Size", size,
                )  # fmt: skip
            house.do("update sync.guards set loss_share = 1, change_share = 1")
            assert house.shelfwire("link").returncode == 0
            writes = sandbox.stats()["mutations"]
            done = house.shelfwire("catalog", "follow", sandbox.shop, "--adopt-by", adopt_by)
            assert done.returncode == 0, done
            # Adopting writes nothing.
            assert sandbox.stats()["mutations"] == writes
            return house

        yield make
        house.close()


def states(house: House) -> dict[str, str]:
    return {r["group_key"]: r["state"] for r in house.rows("select group_key, state from sync.product_links")}


@pytest.mark.parametrize(("adopt_by", "twin"), [("barcode", "ambiguous"), ("handle", "new")])
def test_products_are_adopted_with_their_variants_and_stock(
    stocked: Callable[[str], House], adopt_by: str, twin: str
) -> None:
    house = stocked(adopt_by)
    key_of = {
        r["sku"]: str(r["id"]) for r in house.rows("select id, sku from warehouse.products where sku is not null")
    }
    adopted = {key: state for key, state in states(house).items() if key in (*key_of.values(), "group:tee")}
    assert adopted == {key_of["MUG-1"]: "ok", "group:tee": "ok"} | (
        {key_of["TWIN"]: "ambiguous"} if twin == "ambiguous" else {}
    )
    ids = {title: [v["inventoryItem"]["id"] for v in node["variants"]] for title, node in products(house).items()}
    house.receive("MUG-1", 2)
    house.receive("TEE-M", 3)
    with house.runner():
        house.wait_until(lambda: house.offered().get("TEE-M") == 3 and house.offered().get("MUG-1") == 2, "their stock")
        house.wait_quiet()
        shown = products(house)
        # The same products and variants, as the warehouse has them.
        assert [v["inventoryItem"]["id"] for v in shown["Tee of ours"]["variants"]] == ids["Tee"]
        assert [v["inventoryItem"]["id"] for v in shown["Mug of ours"]["variants"]] == ids["Mug"]
        assert [(v["sku"], v["price"]) for v in shown["Tee of ours"]["variants"]] == [
            ("TEE-S", "6.00"),
            ("TEE-M", "6.00"),
        ]
        assert ("Twin of ours" in shown) is (twin == "new")
        if twin == "ambiguous":
            assert "barcode" in house.value("select reason from sync.product_links where state = 'ambiguous'")
            # Told apart, it is made.
            change(house, "TWIN", barcode="4006381333979")
            house.wait_until(lambda: "Twin of ours" in products(house), "the product of its own")


def test_a_handle_whose_variants_are_others_is_not_guessed(stocked: Callable[[str], House]) -> None:
    house = stocked("handle")
    # One variant in the warehouse, two in the shop, and nothing that tells which.
    house.do("delete from warehouse.products where sku = 'TEE-M'")
    house.do("update warehouse.products set style = null, option_name = null, option_value = null where sku = 'TEE-S'")
    key = house.value("select id::text from warehouse.products where sku = 'TEE-S'")
    assert house.shelfwire("catalog", "leave", house.sandbox.shop).returncode == 0
    assert house.shelfwire("catalog", "follow", house.sandbox.shop, "--adopt-by", "handle").returncode == 0
    (found,) = house.rows("select state, reason from sync.product_links where group_key = %s", key)
    assert found["state"] == "ambiguous" and "which variant" in found["reason"]


def test_a_barcode_of_two_in_the_warehouse_is_not_guessed_by_a_runner_either(stocked: Callable[[str], House]) -> None:
    house = stocked("barcode")
    for n in range(6):
        house.do(
            "insert into warehouse.products (sku, name, price, barcode) values (%s, %s, 6, '4006381333931')",
            f"SAME-{n}", f"Same {n}",
        )  # fmt: skip
    house.do("update warehouse.products set barcode = null where sku = 'MUG-1'")
    assert house.shelfwire("catalog", "leave", house.sandbox.shop).returncode == 0
    assert house.shelfwire("catalog", "follow", house.sandbox.shop, "--adopt-by", "barcode").returncode == 0
    with house.runner():
        house.wait_quiet()
        house.do("update warehouse.products set price = 7 where sku like 'SAME-%%'")
        house.wait_quiet()
        assert "Mug" in products(house)
    found = house.rows("select distinct state from sync.product_links where reason like '%%barcode%%'")
    assert found == [{"state": "ambiguous"}]
