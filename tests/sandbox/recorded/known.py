"""Which recorded calls cannot be judged, and which are answered differently: each with its reason."""

from __future__ import annotations

from typing import Final

BY_MEDIA: Final = "reads what productCreateMedia and productVariantAppendMedia wrote, which are not served"

UNJUDGED: dict[tuple[str, str], str] = {
    ("bulk-operation-run-mutation-created-status", "success.resultRows[0]"): "a line of a bulk operation's result",
    ("customer-merge-parity", "accessScopes"): "the scopes of another app",
    ("product-set-parity", "handleParity.productSetCreateCollision.firstCreate"): "the recording's first call, again",
    ("product-variant-media-validation", "operations.baseReadyMediaRead"): BY_MEDIA,
    ("product-variant-media-validation", "operations.baseSecondReadyMediaRead"): BY_MEDIA,
    ("product-variant-media-validation", "operations.otherReadyMediaRead"): BY_MEDIA,
    ("product-variant-media-validation", "operations.readAfterAppend"): BY_MEDIA,
    ("product-variant-media-validation", "operations.readAfterDetach"): BY_MEDIA,
}
"""Beside those for which neither a document nor variables were kept, and none can be told from the answer."""

DIFFERENT: dict[tuple[str, str], str] = {
    ("metafield-definition-lifecycle-mutations", "captures[6]"): "what a definition that is not there costs",
    ("product-set-parity", "preExistingUpdate.id.hydrate"): "its collection was made by a mutation that is not served",
}
