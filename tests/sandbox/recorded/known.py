"""Which recorded calls cannot be judged, and which are answered differently: each with its reason."""

from __future__ import annotations

from typing import Final

BY_MEDIA: Final = "reads what productCreateMedia and productVariantAppendMedia wrote, which are not served"

BY_THEN: Final = "how far the work is by then, nobody can tell: it is judged before and after"
OF_ORDERS: Final = "the query in its variables asks for orders, which are not served"

UNJUDGED: dict[tuple[str, str], str] = {
    **{("bulk-operation-cancel-preserves-fields", f"lifecycle.progressPolls[{n}]"): BY_THEN for n in range(1, 19)},
    ("bulk-operation-run-query-validators", "validations.connectionWithinList"): OF_ORDERS,
    ("bulk-operation-run-query-validators", "validations.ordersNodesInsteadOfEdges"): OF_ORDERS,
    ("bulk-operation-run-query-validators", "validations.sixConnections"): "the sixth is of selling plans, not served",
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

LONGER_IDS: Final = "most recorded ids have a digit less than ours, and so the file a byte"

DIFFERENT: dict[tuple[str, str], str] = {
    ("bulk-operation-run-query-group-objects", "runs.runQueryGroupObjectsDefault.statusPolls[1]"): LONGER_IDS,
    ("bulk-operation-run-query-group-objects", "runs.runQueryGroupObjectsTrue.statusPolls[1]"): LONGER_IDS,
    ("media-staged-uploads-create-validation", "cases[4]"): "models of things go to a storage of their own",
    ("metafield-definition-lifecycle-mutations", "captures[6]"): "what a definition that is not there costs",
    ("product-set-parity", "preExistingUpdate.id.hydrate"): "its collection was made by a mutation that is not served",
}
