"""What somebody edits in Shopify's admin is neither trampled silently nor lost: every field has an owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.house.catalog.shop import add, change, products, waits_for
from tests.house.house import House

MAPPING = Path(__file__).parents[3] / "warehouses" / "reference" / "warehouse.toml"
UPDATE = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { userErrors { message } } }"


def edit(shop: House, title: str, **fields: Any) -> None:
    """Somebody edits a product in the admin, in another second than that of our last write: times have no fractions."""
    updated = datetime.fromisoformat(products(shop)[title]["updatedAt"])
    shop.wait_until(lambda: datetime.now(UTC) >= updated + timedelta(seconds=1), "another second")
    shop.sandbox.data(UPDATE, {"product": {"id": products(shop)[title]["id"], **fields}})


def looked(shop: House) -> None:
    """A runner has looked for what people have changed."""
    done = shop.shelfwire("catalog", "look")
    assert done.returncode == 0, done
    shop.wait_quiet()


def conflicts(shop: House, key: int) -> list[tuple[Any, ...]]:
    query = "select field, base, ours, theirs, outcome, decided_by from sync.field_conflicts where key = %s order by id"
    return [tuple(r.values()) for r in shop.rows(query, str(key))]


def rule(shop: House, field: str, name: str) -> None:
    done = shop.shelfwire("rules", "set", "product", field, name)
    assert done.returncode == 0, done


def test_a_rule_of_a_field_that_is_not_there_is_refused(shop: House) -> None:
    done = shop.shelfwire("rules", "set", "variant", "colour", "theirs")
    assert done.returncode == 2 and "no field 'colour'" in done.stderr and "price" in done.stderr
    assert shop.shelfwire("rules", "set", "product", "seo.title", "theirs").returncode == 0
    assert shop.shelfwire("rules", "set", "product", "seo.title", "ours").returncode == 0
    shop.do("delete from sync.field_rules")


def test_by_default_the_warehouse_wins_and_the_edit_is_logged(shop: House) -> None:
    key = add(shop, "OURS", "Ours", "5", product_type="Thing")
    waits_for(shop, "Ours")
    shop.wait_quiet()
    edit(shop, "Ours", productType="Edited")
    looked(shop)
    waits_for(shop, "Ours", productType="Thing")
    logged = ("productType", "Thing", "Thing", "Edited", "ours", "rule")
    assert conflicts(shop, key) == [logged]
    shop.wait_quiet()
    edit(shop, "Ours", productType="Edited")
    looked(shop)
    waits_for(shop, "Ours", productType="Thing")
    assert conflicts(shop, key) == [logged, logged]


def test_an_edit_is_found_by_the_push_that_would_write_over_it(shop: House) -> None:
    key = add(shop, "OVER", "Over", "5", product_type="Thing")
    waits_for(shop, "Over")
    shop.wait_quiet()
    edit(shop, "Over", productType="Edited")
    change(shop, "OVER", product_type="Other")
    waits_for(shop, "Over", productType="Other")
    shop.wait_quiet()
    assert conflicts(shop, key) == [("productType", "Thing", "Other", "Edited", "ours", "rule")]


def test_our_own_echo_and_edits_of_other_fields_are_no_conflicts(shop: House) -> None:
    key = add(shop, "ECHO", "Echo", "5", description="<p>one</p>", tags=["b", "A"])
    waits_for(shop, "Echo")
    shop.wait_quiet()
    edit(shop, "Echo", vendor="Somebody else")
    change(shop, "ECHO", description="<p>two</p>")
    waits_for(shop, "Echo", descriptionHtml="<p>two</p>", vendor="Somebody else")
    looked(shop)
    assert conflicts(shop, key) == []


def test_a_field_left_to_the_shop_stays_as_it_is_there(shop: House) -> None:
    rule(shop, "descriptionHtml", "theirs")
    key = add(shop, "THEIRS", "Theirs", "5", description="<p>first</p>")
    waits_for(shop, "Theirs", descriptionHtml="<p>first</p>")
    shop.wait_quiet()
    edit(shop, "Theirs", descriptionHtml="<p>better</p>")
    looked(shop)
    change(shop, "THEIRS", description="<p>second</p>", product_type="Thing")
    shown = waits_for(shop, "Theirs", productType="Thing")
    shop.wait_quiet()
    assert shown["descriptionHtml"] == "<p>better</p>"
    assert [c[0::4] for c in conflicts(shop, key)] == [("descriptionHtml", "theirs")]
    rule(shop, "descriptionHtml", "ours")


def test_sets_are_united(shop: House) -> None:
    rule(shop, "tags", "merge")
    key = add(shop, "MERGE", "Merge", "5", tags=["a"])
    waits_for(shop, "Merge", tags=["a"])
    shop.wait_quiet()
    edit(shop, "Merge", tags=["a", "sale"])
    change(shop, "MERGE", tags=["a", "b"])
    waits_for(shop, "Merge", tags=["a", "b", "sale"])
    shop.wait_quiet()
    assert [c[0::4] for c in conflicts(shop, key)] == [("tags", "merged")]
    rule(shop, "tags", "ours")


def test_a_person_decides_and_it_does_not_come_back(shop: House) -> None:
    rule(shop, "productType", "manual")
    for decision, expected in (("ours", "Thing"), ("theirs", "Edited"), ("Third", "Third")):
        name = f"Manual {decision}"
        key = add(shop, f"MANUAL-{decision}", name, "5", product_type="Thing")
        waits_for(shop, name)
        shop.wait_quiet()
        edit(shop, name, productType="Edited")
        looked(shop)
        assert conflicts(shop, key) == [("productType", "Thing", "Thing", "Edited", None, None)]
        assert products(shop)[name]["productType"] == "Edited"
        number = shop.value("select id from sync.field_conflicts where key = %s", str(key))
        done = shop.shelfwire("conflicts", "resolve", decision, str(number), "--by", "Ada")
        assert "1 conflicts are decided" in done.stdout, done
        waits_for(shop, name, productType=expected)
        shop.wait_quiet()
        change(shop, f"MANUAL-{decision}", price="6")
        shop.wait_quiet()
        looked(shop)
        assert products(shop)[name]["productType"] == expected
        assert [c[5] for c in conflicts(shop, key)] == ["Ada"]
    rule(shop, "productType", "ours")


def test_the_template_leaves_marketing_to_the_shop(shop: House) -> None:
    assert "Left to the shop" in shop.shelfwire("rules", "template", "marketing").stdout
    listed = shop.shelfwire("rules", "list", "--json").stdout
    assert all(field in listed for field in ("descriptionHtml", "seo", "media", "tags"))
    for field in ("descriptionHtml", "seo", "media", "tags"):
        rule(shop, field, "ours")
    assert "the warehouse's" in shop.shelfwire("rules", "list").stdout


def test_a_value_that_could_not_be_sent_decides_nothing(shop: House) -> None:
    rule(shop, "productType", "manual")
    key = add(shop, "VALUE", "Value", "5", product_type="Thing")
    waits_for(shop, "Value")
    shop.wait_quiet()
    edit(shop, "Value", productType="Edited")
    looked(shop)
    number = str(shop.value("select id from sync.field_conflicts where key = %s", str(key)))
    done = shop.shelfwire("conflicts", "resolve", "x" * 256, number)
    assert done.returncode == 2 and "Shopify takes 255" in done.stderr, done
    assert conflicts(shop, key)[0][4] is None
    # What looks like a number is a text where the field is one.
    assert shop.shelfwire("conflicts", "resolve", "123", number).returncode == 0
    waits_for(shop, "Value", productType="123")
    shop.wait_quiet()
    assert shop.rows("select from sync.circuits where state <> 'closed'") == []
    rule(shop, "productType", "ours")


def test_a_field_that_the_mapping_has_no_more_is_nobodys_conflict(shop: House, tmp_path: Path) -> None:
    add(shop, "GONE", "Gone field", "5", product_type="Thing")
    node = waits_for(shop, "Gone field")
    shop.wait_quiet()
    mapping = MAPPING.read_text()
    path = tmp_path / "warehouse.toml"
    path.write_text(mapping.replace('product_type = "product_type"\n', ""))
    assert shop.shelfwire("attach", "--map", str(path)).returncode == 0
    edit(shop, "Gone field", productType="Edited")
    looked(shop)
    calls = shop.value("select count(*) from sync.calls where document = 'Products'")
    looked(shop)
    looked(shop)
    assert shop.value("select count(*) from sync.calls where document = 'Products'") == calls
    assert shop.rows("select from sync.field_conflicts where theirs = '\"Edited\"' and outcome = 'ours' and key = %s",
                     shop.value("select id::text from warehouse.products where sku = 'GONE'")) == []  # fmt: skip
    assert products(shop)["Gone field"]["productType"] == "Edited" and node["productType"] == "Thing"
    path.write_text(mapping)
    assert shop.shelfwire("attach", "--map", str(path)).returncode == 0
    shop.wait_quiet()


def test_what_the_shop_has_added_to_a_set_stays_when_the_warehouse_changes_it(shop: House) -> None:
    rule(shop, "tags", "merge")
    add(shop, "STAYS", "Stays", "5", tags=["a"])
    waits_for(shop, "Stays", tags=["a"])
    shop.wait_quiet()
    edit(shop, "Stays", tags=["a", "sale"])
    looked(shop)
    change(shop, "STAYS", tags=["b"])
    waits_for(shop, "Stays", tags=["b", "sale"])
    shop.wait_quiet()
    assert shop.shelfwire("rules", "set", "product", "title", "merge").returncode == 2
    rule(shop, "tags", "ours")


def test_a_conflict_that_nobody_has_any_more_ends(shop: House) -> None:
    rule(shop, "productType", "manual")
    key = add(shop, "ENDS", "Ends", "5", product_type="Thing")
    waits_for(shop, "Ends")
    shop.wait_quiet()
    edit(shop, "Ends", productType="Edited")
    looked(shop)
    assert conflicts(shop, key)[0][4] is None
    change(shop, "ENDS", product_type="Edited")
    shop.wait_until(lambda: conflicts(shop, key)[0][4] is not None, "the end of it")
    assert conflicts(shop, key)[0][5] == "both sides, which agree"
    shop.wait_quiet()
    assert products(shop)["Ends"]["productType"] == "Edited"
    rule(shop, "productType", "ours")
