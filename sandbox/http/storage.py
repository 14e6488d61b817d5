"""The storage beside the API: where bulk operations put their results, and apps the files for them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from hmac import compare_digest
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.service import Service
from sandbox.state.files import PIECE, ResultFile

XML = "application/xml; charset=UTF-8"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"


class Storage:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def download(self, request: Request) -> Response:
        """A result, for whoever has its address, until that expires."""
        result = self._result(request.path_params["name"])
        if result is None:
            return refused(404, "NoSuchKey", "The specified key does not exist.")
        if not compare_digest(request.query_params.get("Signature", ""), result.signature):
            return refused(403, "SignatureDoesNotMatch", "Access denied.")
        if result.expires_at <= self.service.clock.now():
            return refused(403, "ExpiredToken", "The provided token has expired.")
        disposition = request.query_params.get("response-content-disposition", "attachment")
        headers = {"Content-Length": str(result.size), "Content-Disposition": disposition}
        return StreamingResponse(_pieces(result), 200, headers, "application/jsonl")

    def _result(self, name: str) -> ResultFile | None:
        known = (one.result for one in self.service.store.bulk_operations.values())
        return next((one for one in known if one is not None and one.name == name), None)


async def _pieces(result: ResultFile) -> AsyncIterator[bytes]:
    offset = 0
    while piece := os.pread(result.file.fileno(), PIECE, offset):
        offset += len(piece)
        yield piece


def refused(status: int, code: str, message: str) -> Response:
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return Response(f"{DECLARATION}{error}", status, media_type=XML)
