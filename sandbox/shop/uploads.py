"""stagedUploadsCreate: places in the shop's storage, each with what proves that one may write there.

https://shopify.dev/docs/api/usage/bulk-operations/imports#generate-the-uploaded-url-and-parameters
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.calls.call import Call, Info
from sandbox.calls.errors import user_error
from sandbox.calls.resolvers import resolves
from sandbox.clock import iso
from sandbox.state.files import DAY, StagedUpload

Args = dict[str, Any]

UPLOADS = "shopify-staged-uploads"
"""Where files are taken, and the bucket that they go to."""
SHOP = 1
MOST_KEPT = 300
"""Files that are on this machine's disk; older ones are forgotten, but by what works on them."""
MB = 1024 * 1024
FOLDERS = {"BULK_MUTATION_VARIABLES": ("bulk", 100 * MB), "IMAGE": ("products", 20 * MB)}
"""By resource: the folder, and how many bytes a form may bring there."""
OTHERS = ("files", 20 * MB)
SIZED = {"MODEL_3D": "3D model", "VIDEO": "video"}
"""What is called how where its size is missing."""
SIGNER = "merchant-assets@shopify-tiers.iam.gserviceaccount.com"
ALGORITHM = "GOOG4-RSA-SHA256"
NOWHERE: Args = {"url": None, "resourceUrl": None, "parameters": []}


@resolves("Mutation", "stagedUploadsCreate")
def create(_: Any, info: Info, input: list[Args]) -> Args:
    targets, errors = [], []
    for n, given in enumerate(input):
        problem = _problem(given)
        targets.append(NOWHERE if problem else _target(info.context, given))
        if problem:
            errors.append(user_error(["input", str(n), problem[0]], problem[1]))
    return {"stagedTargets": targets, "userErrors": errors}


def _problem(given: Args) -> tuple[str, str] | None:
    kind, mime = given["resource"], given["mimeType"]
    if kind in SIZED and given.get("fileSize") is None:
        return "fileSize", f"file size is required for {SIZED[kind]} resources"
    if kind.endswith("IMAGE") and not mime.startswith("image/"):
        return "mimeType", f"{given['filename']}: ({mime}) is not a recognized format"
    return None


def _target(call: Call, given: Args) -> Args:
    kind = given["resource"]
    folder, longest = FOLDERS["IMAGE"] if kind.endswith("IMAGE") else FOLDERS.get(kind, OTHERS)
    key = f"tmp/{SHOP}/{folder}/{uuid.uuid4()}/{given['filename']}"
    by_form = given["httpMethod"] == "POST"
    url = f"{call.address}/{UPLOADS}/"
    if by_form:
        parameters = _form(call.now, key, given["mimeType"], longest)
        resource = url if kind == "BULK_MUTATION_VARIABLES" else url + quote(key)
        signature = parameters[7]["value"]
    else:
        parameters = _named(content_type=given["mimeType"], acl="private")
        signature = secrets.token_hex(256)
        resource = url = f"{url}{quote(key)}?{urlencode(_signed(call.now, signature))}"
    expires_at = call.now + (DAY if by_form else 7 * DAY)
    uploads = call.store.uploads
    uploads[key] = StagedUpload(key, given["httpMethod"], parameters, signature, longest, expires_at)
    if len(uploads) > MOST_KEPT:
        del uploads[next(iter(uploads))]
    return {"url": url, "resourceUrl": resource, "parameters": parameters}


def _form(now: float, key: str, mime: str, longest: int) -> list[Args]:
    moment = datetime.fromtimestamp(now, UTC)
    signed = {
        "x-goog-date": moment.strftime("%Y%m%dT%H%M%SZ"),
        "x-goog-credential": f"{SIGNER}/{moment:%Y%m%d}/auto/storage/goog4_request",
        "x-goog-algorithm": ALGORITHM,
    }
    first = {"Content-Type": mime, "success_action_status": "201", "acl": "private"}
    conditions: list[Any] = [{name: value} for name, value in first.items()]
    conditions += [["content-length-range", 1, longest], {"bucket": UPLOADS}, {"key": key}]
    conditions += [{name: value} for name, value in signed.items()]
    policy = json.dumps({"conditions": conditions, "expiration": iso(now + DAY)}, separators=(",", ":"))
    policy = base64.b64encode(policy.replace("/", "\\/").encode()).decode()
    return _named(**first, key=key, **signed, **{"x-goog-signature": secrets.token_hex(256)}, policy=policy)


def _signed(now: float, signature: str) -> Args:
    moment = datetime.fromtimestamp(now, UTC)
    return {
        "X-Goog-Algorithm": ALGORITHM,
        "X-Goog-Credential": f"{SIGNER}/{moment:%Y%m%d}/auto/storage/goog4_request",
        "X-Goog-Date": moment.strftime("%Y%m%dT%H%M%SZ"),
        "X-Goog-Expires": 7 * DAY,
        "X-Goog-SignedHeaders": "host",
        "X-Goog-Signature": signature,
    }


def _named(**parameters: str) -> list[Args]:
    return [{"name": name, "value": value} for name, value in parameters.items()]
