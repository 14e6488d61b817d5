"""What is taken for a bulk operation: its text, and of a mutation its file, refused in the service's words."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind, parse

from sandbox.bulk.selections import Selections
from sandbox.bulk.shape import query_problems, shape_of
from sandbox.calls.errors import user_error
from sandbox.execution.documents import Operation
from sandbox.execution.execution import Execution
from sandbox.execution.variables import variable_errors
from sandbox.state.files import StagedUpload

LONGEST_TEXT = 65_535
"""Bytes that are kept of a query or mutation."""
LONGEST_FILE = 100 * 1024 * 1024
CLIENT = (10, 255)
"""Fewest and most characters of a client's identifier."""
FORBIDDEN = ("bulkOperationRunMutation", "bulkOperationRunQuery")

NO_SUCH_FILE = (
    "The JSONL file could not be found. Try uploading the file again, and check that you've entered the URL correctly "
    "for the stagedUploadPath mutation argument."
)

Errors = list[dict[str, Any]]


def query_errors(execution: Execution, text: str) -> tuple[Operation | None, Errors]:
    """The operation of a bulk query, or everything that is wrong with its text."""

    def wrong(*messages: str) -> tuple[None, Errors]:
        return None, [user_error(["query"], message, "INVALID") for message in messages]

    if problem := syntax_problem(text):
        return wrong(f"Invalid bulk query: {problem}")
    operation = execution.operation(text, None)
    if isinstance(operation, dict):
        return wrong(*(f"Invalid bulk query: {error['message']}" for error in operation["errors"]))
    if operation.is_mutation:
        return wrong("Invalid operation type. Only `query` operations are supported.")
    if errors := variable_errors(execution.schema, operation.node, {}):
        return wrong(*(f"Invalid bulk query: {error['message']}" for error in errors))
    shape = shape_of(Selections(execution.schema, operation.document), operation.node)
    if problems := list(query_problems(shape)):
        return wrong(*problems)
    if (size := len(text.encode())) > LONGEST_TEXT:
        return wrong(f"Query is too large ({size} bytes; maximum is {LONGEST_TEXT} bytes)")
    return operation, []


def mutation_errors(execution: Execution, text: str) -> tuple[Operation | None, Errors]:
    """The operation of a bulk mutation, or what is wrong with its text."""

    def wrong(field: str | None, message: str, code: str | None = "INVALID_MUTATION") -> tuple[None, Errors]:
        return None, [user_error([field] if field else None, message, code)]

    if problem := syntax_problem(text):
        return wrong(None, f"Failed to parse the mutation - {problem}")
    operation = execution.operation(text, None)
    if isinstance(operation, dict):
        return wrong(None, f"Failed to parse the mutation - {operation['errors'][0]['message']}")
    if not operation.is_mutation:
        return wrong(None, "Invalid operation type. Only `mutation` operations are supported.")
    if len(operation.roots) != 1:
        return wrong("mutation", "You must specify a single top level mutation.", None)
    if operation.names[0] in FORBIDDEN:
        return wrong("mutation", "You must use an allowed mutation name.", None)
    if shape_of(Selections(execution.schema, operation.document), operation.node).connections > 1:
        return wrong("mutation", "Bulk mutations cannot contain more than 1 connection.", None)
    if (size := len(text.encode())) > LONGEST_TEXT:
        return wrong("query", f"is too large ({size} bytes; maximum is {LONGEST_TEXT} bytes)")
    return operation, []


def client_errors(client: str | None) -> Errors:
    fewest, most = CLIENT
    if client is None or fewest <= len(client) <= most:
        return []
    limit = f"short (minimum is {fewest}" if len(client) < fewest else f"long (maximum is {most}"
    return [user_error(["clientIdentifier"], f"is too {limit} characters)", "INVALID_MUTATION")]


def file_errors(upload: StagedUpload | None) -> Errors:
    if upload is None or upload.file is None:
        return [user_error(None, NO_SUCH_FILE, "NO_SUCH_FILE")]
    if not upload.size:
        return [user_error(None, "The input file is empty.", "INVALID_STAGED_UPLOAD_FILE")]
    if upload.size > LONGEST_FILE:
        message = f"The input file size exceeds the maximum allowed size of {LONGEST_FILE >> 20} MB."
        return [user_error(None, message, "INVALID_STAGED_UPLOAD_FILE")]
    return []


def syntax_problem(text: str) -> str | None:
    """Where a text stops to be GraphQL, as the service says it: at a token, or at the last one before the end."""
    try:
        parse(text, no_location=True)
    except GraphQLSyntaxError as error:
        at = next(iter(error.positions or (0,)))
        lexer, last = Lexer(Source(text)), None
        try:
            while (token := lexer.advance()).kind is not TokenKind.EOF and token.start < at:
                last = token
        except GraphQLSyntaxError as unread:
            return unread.message
        if token.kind is TokenKind.EOF:
            place = f" at [{last.line}, {last.column}]" if last else ""
            return f"syntax error, unexpected end of file{place}"
        word = f"{token.kind.name} ({token.value or token.kind.value!r})"
        return f"syntax error, unexpected {word} at [{token.line}, {token.column}]"
    return None
