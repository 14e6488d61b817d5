"""Cut the full Admin API schema down to what the sandbox serves.

    python -m sandbox.execution.prune FULL.graphql[.gz] > sandbox/execution/schema.graphql

The output depends on the input and the lists below only. Kept types keep every field whose own type is kept,
with all its arguments; enums and input objects stay whole. Descriptions go, deprecations and directives stay.
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from pathlib import Path

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)
from graphql.language import Visitor, visit

QUERIES = """
    bulkOperation bulkOperations collection collectionByIdentifier collections currentAppInstallation
    currentBulkOperation inventoryItem inventoryItems inventoryLevel inventoryProperties location locations
    locationsCount metafieldDefinition metafieldDefinitions node nodes product productByIdentifier
    productOperation productVariant productVariants productVariantsCount products productsCount
    publicApiVersions publications shop
"""

MUTATIONS = """
    bulkOperationCancel bulkOperationRunMutation bulkOperationRunQuery inventoryActivate
    inventoryAdjustQuantities inventoryBulkToggleActivation inventoryDeactivate inventoryItemUpdate
    inventoryMoveQuantities inventorySetOnHandQuantities inventorySetQuantities locationActivate locationAdd
    locationDeactivate locationDelete metafieldDefinitionCreate metafieldDefinitionDelete metafieldsDelete
    metafieldsSet productCreate productDelete productOptionsCreate productSet productUpdate
    productVariantsBulkCreate productVariantsBulkDelete productVariantsBulkUpdate publishablePublish
    publishableUnpublish stagedUploadsCreate
"""

TYPES = """
    AccessScope ApiVersion App AppCatalog AppInstallation BulkMutationUserError BulkOperation
    BulkOperationCancelPayload BulkOperationConnection BulkOperationEdge BulkOperationRunMutationPayload
    BulkOperationRunQueryPayload BulkOperationUserError Catalog Collection CollectionConnection
    CollectionEdge CollectionRule CollectionRuleSet Count CountryHarmonizedSystemCode
    CountryHarmonizedSystemCodeConnection CountryHarmonizedSystemCodeEdge DisplayableError Domain
    EditableProperty FileError FulfillmentService Image
    InventoryActivatePayload InventoryAdjustQuantitiesPayload InventoryAdjustQuantitiesUserError
    InventoryAdjustmentGroup InventoryBulkToggleActivationPayload InventoryBulkToggleActivationUserError
    InventoryChange InventoryDeactivatePayload InventoryItem InventoryItemConnection InventoryItemEdge
    InventoryItemMeasurement InventoryItemUpdatePayload InventoryLevel InventoryLevelConnection
    InventoryLevelEdge InventoryMoveQuantitiesPayload InventoryMoveQuantitiesUserError InventoryProperties
    InventoryQuantity InventoryQuantityName InventorySetOnHandQuantitiesPayload
    InventorySetOnHandQuantitiesUserError InventorySetQuantitiesPayload InventorySetQuantitiesUserError
    LegacyInteroperability Location LocationActivatePayload LocationActivateUserError LocationAddPayload
    LocationAddUserError LocationAddress LocationConnection LocationDeactivatePayload
    LocationDeactivateUserError LocationDeletePayload LocationDeleteUserError LocationEdge
    LocationSuggestedAddress Media MediaConnection MediaEdge MediaError MediaImage MediaPreviewImage Metafield
    MetafieldCapabilities MetafieldCapabilityUniqueValues MetafieldDefinition MetafieldDefinitionConnection
    MetafieldDefinitionCreatePayload MetafieldDefinitionCreateUserError MetafieldDefinitionDeletePayload
    MetafieldDefinitionDeleteUserError MetafieldDefinitionEdge MetafieldDefinitionIdentifier
    MetafieldDefinitionType MetafieldDefinitionValidation MetafieldConnection MetafieldEdge
    MetafieldIdentifier MetafieldsDeletePayload MetafieldsSetPayload MetafieldsSetUserError MoneyV2 Node
    PageInfo Product ProductCompareAtPriceRange ProductConnection ProductCreatePayload
    ProductDeleteOperation ProductDeletePayload ProductEdge ProductOperation ProductOption
    ProductOptionValue ProductOptionsCreatePayload ProductOptionsCreateUserError ProductPriceRange
    ProductPriceRangeV2 ProductSetOperation ProductSetPayload ProductSetUserError ProductUpdatePayload
    ProductVariant ProductVariantConnection ProductVariantEdge
    ResourcePublicationV2 ResourcePublicationV2Connection ResourcePublicationV2Edge ProductVariantsBulkCreatePayload
    ProductVariantsBulkCreateUserError ProductVariantsBulkDeletePayload ProductVariantsBulkDeleteUserError
    ProductVariantsBulkUpdatePayload ProductVariantsBulkUpdateUserError Publication PublicationConnection
    PublicationEdge Publishable PublishablePublishPayload PublishableUnpublishPayload SEO SelectedOption
    Shop ShopPlan ShopResourceLimits StagedMediaUploadTarget StagedUploadParameter StagedUploadsCreatePayload
    TaxonomyCategory UnitPriceMeasurement UserError Weight
"""

WITHOUT = """
    App.banner App.icon App.screenshots Image.transformedSrc Product.productParents
    Product.variantsInCollection Product.variantsInCollectionCount ProductVariant.productParents
    TaxonomyCategory.ancestorIds TaxonomyCategory.childrenIds TaxonomyCategory.fullName
    TaxonomyCategory.isArchived TaxonomyCategory.isLeaf TaxonomyCategory.isRoot TaxonomyCategory.level
    TaxonomyCategory.name TaxonomyCategory.parentId
"""

Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
DESCRIBED = (
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
)


def prune(full: str) -> str:
    """The schema language text of the sandbox's part of `full`, definitions in their original order."""
    document = parse(full, no_location=True)
    definitions = {_name(node): node for node in document.definitions}
    objects = set(TYPES.split())
    roots = {"QueryRoot": set(QUERIES.split()), "Mutation": set(MUTATIONS.split())}
    kept: dict[str, DefinitionNode] = {}
    wanted = ["schema", "QueryRoot", "Mutation", *objects]
    wanted += [name for name, node in definitions.items() if isinstance(node, DirectiveDefinitionNode)]
    missing = [name for name in wanted if name not in definitions]
    if missing:
        raise ValueError(f"not in the full schema: {', '.join(missing)}")
    while wanted:
        name = wanted.pop()
        if name in kept or name not in definitions:
            continue
        node = definitions[name]
        if isinstance(node, Composite):
            node = _cut(node, objects, roots.get(name), definitions)
        elif isinstance(node, UnionTypeDefinitionNode):
            raise ValueError(f"the union {name} is not supported")
        kept[name] = node
        wanted += [used for used in _names_used(node) if not isinstance(definitions.get(used), Composite)]
    ordered = tuple(kept[name] for name in definitions if name in kept)
    text = print_ast(visit(DocumentNode(definitions=ordered), _Undescribed()))
    return text.rstrip() + "\n"


def _cut(
    node: Composite, objects: set[str], only: set[str] | None, definitions: dict[str, DefinitionNode]
) -> Composite:
    name = node.name.value
    without = {field.split(".")[1] for field in WITHOUT.split() if field.split(".")[0] == name}

    def keeps(field: FieldDefinitionNode) -> bool:
        if only is not None:
            return field.name.value in only
        returned = _named(field.type)
        composite = isinstance(definitions.get(returned), Composite | UnionTypeDefinitionNode)
        return field.name.value not in without and (not composite or returned in objects)

    fields = tuple(field for field in node.fields or () if keeps(field))
    absent = (only or set()) - {field.name.value for field in fields}
    if absent:
        raise ValueError(f"not in {name}: {', '.join(sorted(absent))}")
    interfaces = tuple(one for one in node.interfaces or () if one.name.value in objects)
    return replace(node, fields=fields, interfaces=interfaces)


def _names_used(node: DefinitionNode) -> list[str]:
    names: list[str] = []

    class Collect(Visitor):
        def enter_named_type(self, named: NamedTypeNode, *_: object) -> None:
            names.append(named.name.value)

    visit(node, Collect())
    return names


def _named(node: TypeNode) -> str:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    return node.name.value if isinstance(node, NamedTypeNode) else ""


def _name(node: DefinitionNode) -> str:
    name = getattr(node, "name", None)
    return name.value if name else "schema"


class _Undescribed(Visitor):
    def enter(self, node: Node, *_: object) -> Node | None:
        if isinstance(node, DESCRIBED) and node.description:
            return replace(node, description=None)
        return None


def main() -> None:
    path = Path(sys.argv[1])
    raw = path.read_bytes()
    sys.stdout.write(prune((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()))


if __name__ == "__main__":
    main()
