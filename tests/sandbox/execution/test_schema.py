"""The schema that is served is a cut of the real one, and the runner's documents fit it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from sandbox.execution.prune import prune
from sandbox.execution.schema import schema_text
from tests.sandbox.recording import FOLDER

FULL = FOLDER.parent / "admin-2026-10.graphql.gz"
DOCUMENTS = sorted((Path(__file__).parents[3] / "runner/graphql").glob("*.graphql"))


@pytest.mark.skipif(not FULL.is_file(), reason=f"the full schema is not at {FULL}")
def test_the_served_schema_is_what_pruning_the_full_one_gives() -> None:
    assert prune(gzip.decompress(FULL.read_bytes()).decode()) == schema_text()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_runners_documents_are_valid_by_the_specification_too(path: Path) -> None:
    assert validate(build_schema(schema_text()), parse(path.read_text())) == []
