"""Page sizes are chosen from what calls cost: by the rules, until an answer says otherwise."""

from __future__ import annotations

import pytest

from runner.shopify.costs import Costs
from runner.shopify.documents import document, names

VARIANTS = document("Variants")
LEVELS = document("InventoryLevels")
STANDARD, ADVANCED, PLUS = 2_000, 4_000, 20_000


def taught(costs: Costs, name: str, sizes: dict[str, int], requested: int) -> Costs:
    asked = document(name)
    costs.learn(asked, asked.cost(sizes), requested, sizes)
    return costs


def test_until_an_answer_came_a_call_is_expected_to_cost_what_is_predicted() -> None:
    assert Costs().expected(VARIANTS, 90) == 90


def test_what_was_asked_for_the_last_time_is_expected_again() -> None:
    costs = taught(Costs(), "Variants", {"first": 250, "levels": 1}, 133)
    assert costs.expected(VARIANTS, VARIANTS.cost({"first": 250, "levels": 1})) == 133
    taught(costs, "Variants", {"first": 250, "levels": 1}, 71)
    assert costs.expected(VARIANTS, VARIANTS.cost({"first": 250, "levels": 1})) == 71


def test_other_sizes_cost_in_proportion_and_between_two_that_are_known_what_lies_between() -> None:
    costs = Costs()
    costs.learn(VARIANTS, 100, 150, {})
    assert [costs.expected(VARIANTS, n) for n in (1, 50, 100, 200)] == [2, 75, 150, 300]
    costs.learn(VARIANTS, 200, 210, {})
    assert [costs.expected(VARIANTS, n) for n in (50, 100, 150, 200, 400)] == [75, 150, 180, 210, 420]
    assert costs.expected(LEVELS, 50) == 50, "what is learned of one document says nothing of another"


def test_a_dearer_answer_makes_pages_smaller_and_a_cheaper_one_larger() -> None:
    sizes = {"ids": 55, "levels": 3}
    assert Costs(STANDARD).best(LEVELS, {"levels": 3}).items == 55
    assert taught(Costs(STANDARD), "InventoryLevels", sizes, 990).best(LEVELS, {"levels": 3}).items == 27
    assert taught(Costs(STANDARD), "InventoryLevels", sizes, 250).best(LEVELS, {"levels": 3}).items == 110


def test_a_page_takes_a_quarter_of_the_bucket_and_never_more_than_shopify_allows() -> None:
    sizes = [Costs(capacity).best(LEVELS, {"levels": 3}) for capacity in (STANDARD, ADVANCED, PLUS)]
    assert [size.items for size in sizes] == [55, 111, 111]
    assert [size.points for size in sizes] == [495, 999, 999]


@pytest.mark.parametrize("name", sorted(name for name in names() if document(name).page))
@pytest.mark.parametrize("capacity", [100, STANDARD, PLUS])
@pytest.mark.parametrize("factor", [0.3, 1, 4])
def test_the_best_size_is_the_greatest_that_is_allowed(name: str, capacity: int, factor: float) -> None:
    asked = document(name)
    assert asked.page
    costs, rest = Costs(capacity), dict.fromkeys(asked.sizes, 3)
    for items in (1, 20, 250):
        sizes = {**rest, asked.page.variable: items}
        costs.learn(asked, asked.cost(sizes), max(1, round(factor * asked.cost(sizes))), sizes)
    found = costs.best(asked, rest)

    def points(items: int) -> int:
        return costs.expected(asked, asked.cost({**rest, asked.page.variable: items}))  # type: ignore[union-attr]

    assert found.points == points(found.items)
    assert found.items == 1 or found.points <= min(1_000, capacity / 4)
    assert found.items == 250 or points(found.items + 1) > min(1_000, capacity / 4)


def test_what_costs_the_same_whatever_it_carries_carries_as_much_as_shopify_takes() -> None:
    assert Costs(STANDARD).best(document("InventorySetQuantities")) == (250, 10)


def test_only_what_was_not_known_is_to_be_kept() -> None:
    costs = Costs()
    learned = costs.learn(VARIANTS, 90, 91, {"first": 250, "levels": 1})
    assert learned and (learned.document, learned.predicted, learned.requested) == ("Variants", 90, 91)
    assert costs.learn(VARIANTS, 90, 91, {"first": 250, "levels": 1}) is None
    assert costs.learn(VARIANTS, 90, 92, {"first": 250, "levels": 1})


def test_items_are_the_nodes_of_the_one_list_that_a_query_is_about() -> None:
    node = {"id": "gid://shopify/InventoryItem/1"}
    assert LEVELS.items_in({"nodes": [node, None, node]}) == 2
    assert VARIANTS.items_in({"productVariants": {"nodes": [node]}}) == 1
    assert document("ProductVariants").items_in({"product": {"variants": {"nodes": [node] * 3}}}) == 3
    assert document("ProductVariants").items_in({"product": None}) == 0
    assert document("Shop").items_in({"shop": {}}) is None
    assert document("ProductOperation").page is None, "it is about two lists"
