"""What was asked and what came of it."""

from __future__ import annotations

from itertools import islice

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.control.forms import BadForm
from sandbox.service import Service


class JournalControl:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def requests(self, request: Request) -> Response:
        """The last ones, newest first."""
        text = request.query_params.get("limit", "100")
        if not text.isdecimal():
            raise BadForm(f"limit: {text!r} is not a number")
        last = islice(reversed(self.service.journal.requests), int(text))
        return JSONResponse({"requests": [one.line() for one in last]})

    async def stats(self, _: Request) -> Response:
        totals = self.service.journal.stats.totals()
        totals["faults_fired"] = dict(self.service.faults.fired)
        totals["bucket"] = self.service.bucket(self.service.last_app).status()
        totals["buckets"] = {app: bucket.status() for app, bucket in self.service.buckets.items()}
        return JSONResponse(totals)

    async def reset(self, _: Request) -> Response:
        self.service.journal.reset()
        self.service.faults.fired.clear()
        return Response(status_code=204)
