"""The storage beside the API: where apps put the files for bulk operations, and these their results.

It speaks as Google Cloud Storage does, on which the service keeps both.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterator
from hmac import compare_digest
from itertools import islice
from tempfile import TemporaryFile
from typing import IO
from xml.sax.saxutils import escape

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.faults.fault import Fault
from sandbox.service import Service
from sandbox.shop.uploads import UPLOADS
from sandbox.state.files import PIECE, ResultFile, StagedUpload

XML = "application/xml; charset=UTF-8"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>"
DOWNLOAD = "download"
"""What faults call the fetching of a result."""
PUBLIC = f"https://storage.googleapis.com/{UPLOADS}"


class Storage:
    def __init__(self, service: Service) -> None:
        self.service = service

    async def take_form(self, request: Request) -> Response:
        """A file behind the fields that its target was given with; what comes behind the file is not looked at."""
        async with request.form() as form:
            fields: dict[str, str] = {}
            file: UploadFile | None = None
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    file = value if name == "file" else None
                    break
                fields[name] = value
            if file is None:
                return refused(400, "InvalidArgument", "POST object expects a file field, behind all others.")
            upload = self._target("POST", fields.get("key", ""))
            if upload is None or any(fields.get(one["name"]) != one["value"] for one in upload.parameters):
                return refused(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed.")
            size = file.size or 0
            if size > upload.longest:
                return refused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.")
            if size < 1:
                return refused(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum object size.")
            kept = TemporaryFile()  # noqa: SIM115 (the upload's)
            digest = await run_in_threadpool(_copy, file.file, kept)
            upload.file, upload.size = kept, size
        place = f"{PUBLIC}/{upload.key}"
        parts = {"Location": place, "Bucket": UPLOADS, "Key": upload.key, "ETag": f'"{digest}"'}
        body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items())
        return Response(f"{DECLARATION}<PostResponse>{body}</PostResponse>", 201, media_type=XML)

    async def take_file(self, request: Request) -> Response:
        """A file alone, at a signed address; nobody looks at its length."""
        upload = self._target("PUT", request.path_params["key"])
        if upload is None or not compare_digest(request.query_params.get("X-Goog-Signature", ""), upload.signature):
            return refused(403, "SignatureDoesNotMatch", "Access denied.")
        kept, size = TemporaryFile(), 0  # noqa: SIM115 (the upload's)
        async for piece in request.stream():
            kept.write(piece)
            size += len(piece)
        kept.flush()
        upload.file, upload.size = kept, size
        return Response(status_code=200)

    def _target(self, method: str, key: str) -> StagedUpload | None:
        found = self.service.store.uploads.get(key)
        valid = found is not None and found.method == method and found.expires_at > self.service.clock.now()
        return found if valid else None

    async def download(self, request: Request) -> Response:
        """A result, for whoever has its address, until that expires."""
        service, name = self.service, request.path_params["name"]
        known = ((one, one.result) for one in service.store.bulk_operations.values() if one.result)
        operation, result = next(((one, file) for one, file in known if file.name == name), (None, None))
        if operation is None or result is None:
            return refused(404, "NoSuchKey", "The specified key does not exist.")
        names = (DOWNLOAD, operation.root)
        if fault := service.faults.strikes("delay", names):
            await asyncio.sleep(fault.seconds if fault.seconds is not None else 1.0)
        if fault := service.faults.strikes("http_5xx", names):
            return refused(fault.status or 503, "ServiceUnavailable", "We encountered an internal error.")
        if service.faults.strikes("bulk_expired", names):
            result.expires_at = service.clock.now()
        if not compare_digest(request.query_params.get("Signature", ""), result.signature):
            return refused(403, "SignatureDoesNotMatch", "Access denied.")
        if result.expires_at <= service.clock.now():
            return refused(403, "ExpiredToken", "The provided token has expired.")
        cut = service.faults.strikes("bulk_cut", names)
        length = cut_at(result, operation.objects // 2 if cut.lines is None else cut.lines, cut) if cut else result.size
        told = length if cut and cut.short else result.size
        disposition = request.query_params.get("response-content-disposition", "attachment")
        headers = {"Content-Length": str(told), "Content-Disposition": disposition}
        return StreamingResponse(_pieces(request, result, length, cut), 200, headers, "application/jsonl")


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """The digest of what was copied."""
    digest = hashlib.md5(usedforsecurity=False)
    while piece := source.read(PIECE):
        target.write(piece)
        digest.update(piece)
    target.flush()
    return digest.hexdigest()


def cut_at(result: ResultFile, lines: int, cut: Fault) -> int:
    """Where a download ends that is cut off behind so many lines, or in the middle of the next one."""
    ends = _ends(result)
    at = next(islice(ends, lines - 1, None), result.size) if lines else 0
    return (at + next(ends, result.size)) // 2 if cut.middle else at


def _ends(result: ResultFile) -> Iterator[int]:
    """Where the lines end."""
    offset = 0
    while piece := os.pread(result.file.fileno(), PIECE, offset):
        yield from (offset + match.end() for match in re.finditer(b"\n", piece))
        offset += len(piece)


async def _pieces(request: Request, result: ResultFile, length: int, cut: Fault | None) -> AsyncIterator[bytes]:
    offset = 0
    while piece := os.pread(result.file.fileno(), min(PIECE, length - offset), offset):
        offset += len(piece)
        yield piece
    if cut and not cut.short:
        request.scope["state"]["transport"].close()
        while (await request.receive())["type"] != "http.disconnect":
            pass


def refused(status: int, code: str, message: str) -> Response:
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return Response(f"{DECLARATION}{error}", status, media_type=XML)
