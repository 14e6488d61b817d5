"""Our documents against another version of Shopify's schema: what will break, and what is deprecated.

    python -m runner.shopify.check SCHEMA.graphql[.gz]

Exits with 1 if something breaks, with 2 if the file is no schema.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    parse,
    validate,
)
from graphql.validation import NoDeprecatedCustomRule

from runner.errors import InvalidInput, ShelfwireError
from runner.plain import plain
from runner.shopify.documents import document, names
from runner.shopify.shape import SCHEMA


class Finding(NamedTuple):
    """What a schema makes of a place of ours.

    Attributes:
        file: the document, or ``schema.graphql``, which says what we use of inputs, enums and answers.
        field: as ``Type.field``, or the name in the document.
    """

    breaks: bool
    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        kind = "breaks" if self.breaks else "deprecated"
        return f"{kind:<10}  {self.file}:{self.line}  {self.field}: {self.message}"


def read_schema(path: Path) -> GraphQLSchema:
    """A schema in SDL, plain or gzipped.

    Raises:
        InvalidInput: the file is not there, or is none.
    """
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode()
        schema = build_schema(text, assume_valid=True)
    except (OSError, EOFError, ValueError, TypeError, GraphQLError) as error:
        words = next(iter(str(error).splitlines()), "")
        raise InvalidInput(
            f"{path} is no GraphQL schema: {words}", remedy="Give the SDL of a version, plain or gzipped."
        ) from error
    if schema.query_type is None or schema.mutation_type is None:
        raise InvalidInput(f"{path} has no queries or no mutations.", remedy="Give the SDL of the whole Admin API.")
    return schema


def check(theirs: GraphQLSchema) -> list[Finding]:
    """What breaks, by document and line, then what is deprecated."""
    ours = build_schema(SCHEMA.read_text(), assume_valid=True)
    found = [*_of_documents(theirs), *_of_types(ours, theirs)]
    return sorted(set(found), key=lambda one: (not one.breaks, one.file, one.line, one.field, one.message))


def _of_documents(theirs: GraphQLSchema) -> Iterator[Finding]:
    for name in sorted(names()):
        parsed = parse(document(name).text)
        for breaks, rules in ((True, None), (False, [NoDeprecatedCustomRule])):
            for error in validate(theirs, parsed, rules, max_errors=None):
                line = error.locations[0].line if error.locations else 1
                yield Finding(breaks, f"{name}.graphql", line, _named(error), error.message)


def _named(error: GraphQLError) -> str:
    node = error.nodes[0] if error.nodes else None
    return str(getattr(getattr(node, "name", node), "value", ""))


def _of_types(ours: GraphQLSchema, theirs: GraphQLSchema) -> Iterator[Finding]:
    for name, used in ours.type_map.items():
        there = theirs.type_map.get(name)
        if name.startswith("__"):
            continue
        if isinstance(used, GraphQLInputObjectType):
            yield from _of_input(used, there)
        elif isinstance(used, GraphQLEnumType):
            yield from _of_enum(used, there)
        elif isinstance(used, GraphQLObjectType | GraphQLInterfaceType) and there is not None:
            yield from _of_answers(used, there)


def _of_input(used: GraphQLInputObjectType, there: object) -> Iterator[Finding]:
    if not isinstance(there, GraphQLInputObjectType):
        yield _ours(True, used, used.name, "There is no such input any more.")
        return
    for key, field in used.fields.items():
        place = f"{used.name}.{key}"
        if key not in there.fields:
            yield _ours(True, field, place, "There is no such field any more.")
        elif not _fits(field.type, there.fields[key].type):
            yield _ours(True, field, place, f"It takes {there.fields[key].type}; we send {field.type}.")
        elif reason := there.fields[key].deprecation_reason:
            yield _ours(False, field, place, reason)
    for key, field in there.fields.items():
        if key not in used.fields and is_required_input_field(field):
            yield _ours(True, used, f"{used.name}.{key}", f"It is required, as {field.type}; we do not send it.")


def _of_enum(used: GraphQLEnumType, there: object) -> Iterator[Finding]:
    values = there.values if isinstance(there, GraphQLEnumType) else {}
    for key, value in used.values.items():
        line = value.ast_node.loc.start_token.line if value.ast_node and value.ast_node.loc else 1
        if key not in values:
            yield Finding(True, SCHEMA.name, line, f"{used.name}.{key}", "There is no such value any more.")
        elif reason := values[key].deprecation_reason:
            yield Finding(False, SCHEMA.name, line, f"{used.name}.{key}", reason)


def _of_answers(used: GraphQLObjectType | GraphQLInterfaceType, there: object) -> Iterator[Finding]:
    """Fields that are gone are found where a document asks for them."""
    fields = there.fields if isinstance(there, GraphQLObjectType | GraphQLInterfaceType) else {}
    for key, field in used.fields.items():
        if key in fields and not _fits(fields[key].type, field.type):
            words = f"It is answered as {fields[key].type}; we read {field.type}."
            yield _ours(True, field, f"{used.name}.{key}", words)


def _fits(given: GraphQLType, taken: GraphQLType) -> bool:
    """Whether each value of one type is one of another, which may be of another version."""
    if is_non_null_type(taken):
        return is_non_null_type(given) and _fits(given.of_type, taken.of_type)
    if is_non_null_type(given):
        return _fits(given.of_type, taken)
    if is_list_type(taken):
        return is_list_type(given) and _fits(given.of_type, taken.of_type)
    if is_list_type(given):
        return False
    # Of an object, the fields that are asked for count.
    return get_named_type(given).name == get_named_type(taken).name or not (is_leaf_type(given) or is_leaf_type(taken))


def _ours(
    breaks: bool, where: GraphQLInputObjectType | GraphQLInputField | GraphQLField, field: str, message: str
) -> Finding:
    line = where.ast_node.loc.start_token.line if where.ast_node and where.ast_node.loc else 1
    return Finding(breaks, SCHEMA.name, line, field, message)


def main(arguments: list[str]) -> int:
    """Print what a schema makes of our documents; the exit code."""
    try:
        if len(arguments) != 1:
            raise InvalidInput("Give one file.", remedy="Run: make schema-check FILE=schema.graphql.gz")
        found = check(read_schema(Path(arguments[0])))
    except ShelfwireError as error:
        print(f"schema-check: {plain(str(error))}", file=sys.stderr)
        return error.exit_code
    for one in found:
        print(plain(str(one)))
    breaking = sum(one.breaks for one in found)
    print(f"{len(names())} documents: {breaking} places break, {len(found) - breaking} are deprecated.")
    return 1 if breaking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
