"""Orders as visitors place them, and what becomes of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BadForm, missing, read_form
from sandbox.control.levels import level_meant
from sandbox.orders.orders import Order
from sandbox.service import Service


class OrderControl:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def orders(self, _: Request) -> Response:
        return JSONResponse({"orders": [one.line() for one in self.service.orders.by_id.values()]})

    async def place(self, request: Request) -> Response:
        form = await read_form(request, {"lines": list})
        if not form.get("lines"):
            raise BadForm("lines: an order needs at least one")
        lines = []
        for n, line in enumerate(form["lines"]):
            where = f"lines[{n}]"
            if not isinstance(line, dict):
                raise BadForm(f"{where}: not an object")
            quantity = line.get("quantity")
            if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
                raise BadForm(f"{where}.quantity: {quantity!r} is not a number of at least 1")
            lines.append((level_meant(self.service, line, where), quantity))
        return JSONResponse(self.service.orders.place(lines).line(), 201)

    async def fulfill(self, request: Request) -> Response:
        order = self._order(request)
        if isinstance(order, Order):
            self.service.orders.fulfill(order)
            return JSONResponse(order.line())
        return order

    async def cancel(self, request: Request) -> Response:
        order = self._order(request)
        if isinstance(order, Order):
            self.service.orders.cancel(order)
            return JSONResponse(order.line())
        return order

    def _order(self, request: Request) -> Order | Response:
        order = self.service.orders.by_id.get(request.path_params["id"])
        if order is None:
            return missing("no such order")
        if order.state != "open":
            return JSONResponse({"error": f"the order is {order.state} already"}, 409)
        return order
