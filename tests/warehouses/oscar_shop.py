"""A shop of django-oscar, for an environment that has it: does one thing by Oscar's own classes, says what is to buy.

Arguments: the database as a DSN, and the name of a function below. Prints JSON: number by UPC and partner's name.
"""

from __future__ import annotations

import json
import sys

import django
import oscar
from django.conf import settings
from oscar import defaults
from psycopg.conninfo import conninfo_to_dict


def configure(dsn: str) -> None:
    """Settings as Oscar's guide for a shop of one's own has them, as far as they matter without a web server."""
    names = conninfo_to_dict(dsn)
    own = {name: value for name, value in vars(defaults).items() if name.isupper()}
    settings.configure(
        **own,
        SECRET_KEY="secret",
        SITE_ID=1,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": names["dbname"],
                "USER": names["user"],
                "PASSWORD": names.get("password") or "",
                "HOST": names["host"],
                "PORT": names["port"],
            }
        },
        INSTALLED_APPS=oscar.INSTALLED_APPS,
    )
    django.setup()


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def furnish() -> None:
    """Products of each structure with stock at two partners, an order for two mugs and one teapot among them."""
    from oscar.apps.catalogue.models import Product, ProductClass
    from oscar.apps.partner.models import Partner, StockRecord

    goods = ProductClass.objects.create(name="Goods")
    downloads = ProductClass.objects.create(name="Downloads", track_stock=False, requires_shipping=False)
    main, outlet = (Partner.objects.create(name=name) for name in ("Main store", "Outlet"))

    def product(upc: str | None, **fields: object) -> Product:
        return Product.objects.create(upc=upc, **({"title": upc or "Towel", "product_class": goods} | fields))

    def stock(product: Product, partner: Partner, number: int | None) -> None:
        StockRecord.objects.create(
            product=product, partner=partner, partner_sku=product.upc, price=10, num_in_stock=number
        )

    stock(mug := product("MUG"), main, 14)
    stock(mug, outlet, 3)
    stock(product("TEAPOT"), main, 5)
    stock(product("KETTLE"), main, 30)
    stock(product("AUDIO", product_class=downloads), main, None)
    product("SIEVE")
    towel = product(None, structure=Product.PARENT)
    stock(product("TOWEL", structure=Product.CHILD, parent=towel, product_class=None, title=""), main, 6)


def order() -> None:
    """Customers buy: two orders that allocate."""
    from oscar.apps.basket.models import Basket
    from oscar.apps.catalogue.models import Product
    from oscar.apps.checkout.calculators import OrderTotalCalculator
    from oscar.apps.order.utils import OrderCreator
    from oscar.apps.partner.strategy import Selector
    from oscar.apps.shipping.methods import Free

    for number, lines in {"1": {"MUG": 2, "TEAPOT": 1}, "2": {"MUG": 3}}.items():
        basket = Basket.objects.create()
        basket.strategy = Selector().strategy()
        for upc, quantity in lines.items():
            basket.add_product(Product.objects.get(upc=upc), quantity)
        charge = Free().calculate(basket)
        OrderCreator().place_order(
            basket=basket,
            total=OrderTotalCalculator().calculate(basket, charge),
            shipping_method=Free(),
            shipping_charge=charge,
            order_number=number,
        )


def ship() -> None:
    """The first order leaves the house, and its allocations are consumed."""
    from oscar.apps.order.models import Order
    from oscar.apps.order.processing import EventHandler

    EventHandler().consume_stock_allocations(Order.objects.get(number="1"))


def cancel() -> None:
    """The second order is cancelled, and its allocations with it."""
    from oscar.apps.order.models import Order
    from oscar.apps.order.processing import EventHandler

    EventHandler().cancel_stock_allocations(Order.objects.get(number="2"))


def receive() -> None:
    from oscar.apps.partner.models import StockRecord

    record = StockRecord.objects.get(product__upc="MUG", partner__name="Outlet")
    record.num_in_stock += 4
    record.save()


def move() -> None:
    """Three towels go to the other partner."""
    from oscar.apps.partner.models import Partner, StockRecord

    record = StockRecord.objects.get(product__upc="TOWEL")
    record.num_in_stock -= 3
    record.save()
    outlet = Partner.objects.get(name="Outlet")
    StockRecord.objects.create(product=record.product, partner=outlet, partner_sku="T", price=9, num_in_stock=3)


def hide() -> None:
    """A product and a parent leave the catalogue."""
    from oscar.apps.catalogue.models import Product

    for product in (Product.objects.get(upc="KETTLE"), Product.objects.get(structure=Product.PARENT)):
        product.is_public = False
        product.save()


def delete() -> None:
    from oscar.apps.catalogue.models import Product

    Product.objects.get(upc="TEAPOT").delete()


def told() -> dict[str, dict[str, int]]:
    """What a customer can buy, by the availability policy of Oscar's strategy; 0 on a page that nobody sees."""
    from oscar.apps.catalogue.models import Product
    from oscar.apps.partner.strategy import Selector

    strategy = Selector().strategy()
    numbers: dict[str, dict[str, int]] = {}
    for product in Product.objects.exclude(structure=Product.PARENT):
        shown = product.is_public and (product.parent is None or product.parent.is_public)
        for record in product.stockrecords.all():
            policy = strategy.fetch_for_product(product, record).availability
            # A policy without a number sells without end: stock is not tracked.
            number = getattr(policy, "num_available", record.net_stock_level)
            numbers.setdefault(product.upc, {})[record.partner.name] = number if shown else 0
        numbers.setdefault(product.upc, {})
    return numbers


if __name__ == "__main__":
    configure(sys.argv[1])
    globals()[sys.argv[2]]()
    print(json.dumps(told()))
