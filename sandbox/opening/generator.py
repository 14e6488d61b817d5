"""Made-up products, as many as wanted: the same options give the same ones, whatever the machine."""

from __future__ import annotations

import random
from itertools import count, islice, product

from sandbox.products.handles import normalised
from sandbox.state.entities import Product, ProductOptionValue
from sandbox.state.store import Store

ADJECTIVES = (
    "Alpine",
    "Brushed",
    "Classic",
    "Coastal",
    "Everyday",
    "Field",
    "Graphite",
    "Harbour",
    "Heavy",
    "Linen",
    "Merino",
    "Northern",
    "Organic",
    "Pocket",
    "Quilted",
    "Ribbed",
    "Slim",
    "Studio",
    "Textured",
    "Weekend",
)
THINGS = (
    ("Apron", "Kitchen"),
    ("Backpack", "Bags"),
    ("Beanie", "Accessories"),
    ("Candle", "Home"),
    ("Cardigan", "Knitwear"),
    ("Cup", "Kitchen"),
    ("Hoodie", "Tops"),
    ("Jacket", "Outerwear"),
    ("Notebook", "Stationery"),
    ("Planter", "Garden"),
    ("Scarf", "Accessories"),
    ("Shirt", "Tops"),
    ("Sneaker", "Shoes"),
    ("Tote", "Bags"),
    ("Trousers", "Bottoms"),
    ("Wallet", "Accessories"),
)
VENDORS = ("Ashford & Lane", "Brightwell", "Fjordhaus", "Kestrel Goods", "Loom Street", "Orchard Mill")
SIZES = ("S", "M", "L", "XL", "XXL", "3XL")
COLORS = ("Black", "Sand", "Forest", "Navy", "Rust", "White", "Slate", "Plum", "Ochre", "Teal")
FITS = tuple(f"Fit {n}" for n in range(1, 36))
VARIANTS_LIMIT = 2048
"""Of one product, at Shopify."""


def generate(store: Store, products: int, variants_per_product: int, seed: int, stock: int) -> None:
    """Products whose variants all have a SKU, are tracked and stocked at every location."""
    dice = random.Random(seed)
    skus = count(1)
    for n in range(1, products + 1):
        thing, kind = dice.choice(THINGS)
        title = f"{dice.choice(ADJECTIVES)} {thing} {n}"
        one = store.add_product(title, normalised(title), dice.choice(VENDORS))
        one.product_type = kind
        one.description_html = f"<p>{title}, made to last.</p>"
        one.published_at = one.created_at
        price = f"{dice.randrange(500, 20_000, 50) / 100:.2f}"
        for values in _option_values(store, one, variants_per_product):
            variant = store.add_variant(one, values, f"SKU-{next(skus):06d}")
            variant.price = price
            variant.item.tracked = True
            for location in store.locations.values():
                store.add_level(variant.item, location, stock)


def _option_values(store: Store, one: Product, variants: int) -> list[list[ProductOptionValue]]:
    """As many combinations as variants are wanted, with as few options and values as that needs."""
    options: list[tuple[str, tuple[str, ...]]]
    options = [("Title", ("Default Title",))] if variants == 1 else [("Size", SIZES)]
    size = len(SIZES)
    for name, values in (("Color", COLORS), ("Fit", FITS)):
        if variants > size:
            options.append((name, values[: -(-variants // size)]))
            size *= len(options[-1][1])
    wanted = list(islice(product(*(values for _, values in options)), variants))
    made = [
        store.add_option(one, name, list(dict.fromkeys(values[at] for values in wanted)))
        for at, (name, _) in enumerate(options)
    ]
    known = [{value.name: value for value in option.values} for option in made]
    return [[known[at][name] for at, name in enumerate(values)] for values in wanted]
