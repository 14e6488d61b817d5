"""The `query:` argument: Shopify's search syntax, as far as the searchable fields go.

Terms are joined by AND (or nothing), OR, NOT and parentheses. A term is `field:value`, with `>`, `>=`,
`<` or `<=` before the value, or a word on its own; the value is bare, or quoted and then a phrase, `*` at its end
makes it a prefix. A bare value ends at a colon: that is why an unquoted time stamp falls apart, here as at Shopify.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.lists.timespan import Timespan, printed, timespan
from sandbox.state.searchable import FIELDS, Searchable

TOKEN = re.compile(
    r"""\s*(?: (?P<open>\() | (?P<close>\))
    | (?P<minus>-)?(?:(?P<field>[\w.]+):(?P<sign>>=|<=|>|<)?\s*)?
      (?: '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<bare>[^\s:()'"]+):? ) )""",
    re.VERBOSE,
)
RANGES = {"": "match_all", ">": "range_gt", ">=": "range_gte", "<": "range_lt", "<=": "range_lte"}

Read = Callable[[str], Any]
"""An entity's value by field name; an old one while the index lags."""

Matcher = Callable[[Any], bool]


@dataclass(slots=True)
class Search:
    """A compiled query. `accepts` is None where a term was ignored: it filters nothing."""

    accepts: Callable[[Read], bool] | None
    parsed: dict[str, Any]
    warnings: list[dict[str, str]] = field(default_factory=list)
    exact: list[tuple[str, str]] | None = None
    """If every match has one of these (field, lower-case value): the way to find them without a scan."""


def compile_search(text: str, kind: type, now: float, here: ZoneInfo) -> Search:
    """Terms on fields unknown to `kind`, and values of a wrong form, are ignored with a warning."""
    parser = _Parser(text, FIELDS[kind], now, here)
    search = parser.alternatives()
    search.warnings = parser.warnings
    return search


class _Parser:
    def __init__(self, text: str, fields: dict[str, Searchable], now: float, here: ZoneInfo) -> None:
        self.fields = fields
        self.now, self.here = now, here
        self.warnings: list[dict[str, str]] = []
        self.tokens: list[re.Match[str]] = []
        position = 0
        while match := TOKEN.match(text, position):
            self.tokens.append(match)
            position = match.end()

    def alternatives(self) -> Search:
        found = [self.conjunction()]
        while self.word() == "OR":
            self.tokens.pop(0)
            found.append(self.conjunction())
        if len(found) == 1:
            return found[0]
        filters = [one.accepts for one in found if one.accepts]
        exact = [one.exact or [] for one in found if one.accepts]
        return Search(
            (lambda read: any(accepts(read) for accepts in filters)) if filters else None,
            {"or": [one.parsed for one in found]},
            exact=[pair for pairs in exact for pair in pairs] if all(exact) else None,
        )

    def conjunction(self) -> Search:
        found: list[Search] = []
        while self.tokens and not self.tokens[0]["close"] and self.word() != "OR":
            if self.word() == "AND":
                self.tokens.pop(0)
            else:
                found.append(self.term())
        if len(found) == 1:
            return found[0]
        filters = [one.accepts for one in found if one.accepts]
        return Search(
            (lambda read: all(accepts(read) for accepts in filters)) if filters else None,
            {"and": [one.parsed for one in found]} if found else {},
            exact=next((one.exact for one in found if one.exact), None),
        )

    def word(self) -> str | None:
        """The next token if it is a bare word, maybe a connective."""
        token = self.tokens[0] if self.tokens else None
        return token["bare"] if token and not token["field"] and not token["minus"] else None

    def term(self) -> Search:
        negative = self.word() == "NOT" and len(self.tokens) > 1
        if negative:
            self.tokens.pop(0)
        token = self.tokens.pop(0)
        if token["open"]:
            search = self.alternatives()
            if self.tokens:
                self.tokens.pop(0)
        else:
            search = self.comparison(token)
        if not negative and not token["minus"]:
            return search
        accepts = search.accepts
        return Search(accepts and (lambda read: not accepts(read)), {"not": search.parsed})

    def comparison(self, token: re.Match[str]) -> Search:
        name, sign = token["field"] or "", token["sign"] or ""
        quoted = token["single"] if token["single"] is not None else token["double"]
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token["bare"] or ""
        parsed: dict[str, Any] = {"field": name or "default", RANGES[sign]: value}
        searchable = self.fields.get(name)
        if searchable is None:
            self.warn(name, "Invalid search field for this query.", "invalid_field")
            return Search(None, parsed)
        exact = None
        matches: Matcher | None
        if searchable.kind == "time":
            span = timespan(value, self.now, self.here)
            if span:
                parsed[RANGES[sign]] = printed(span.start, self.here)
            matches = span and _in_span(span, sign)
        elif searchable.kind in ("id", "number"):
            matches = _by_number(value, sign)
            exact = [(name, value)] if searchable.kind == "id" and not sign else None
        elif searchable.kind == "flag":
            matches = {"true": bool, "false": lambda found: not found}.get(value.lower())
        else:
            values = [value.lower()] if quoted is not None else value.lower().split(",")
            by_word = searchable.kind == "text"
            matches = _by_words(values, phrase=quoted is not None) if by_word else _by_text(values)
            if not by_word and not any(one.endswith("*") for one in values):
                exact = [(name, one) for one in values]
        if matches is None:
            self.warn(name, f"Input `{value}` is not an accepted value.", "invalid_value")
            return Search(None, parsed)
        test = matches
        if searchable.kind == "list":
            return Search(lambda read: any(test(one) for one in read(name)), parsed, exact=exact)
        return Search(lambda read: test(read(name)), parsed, exact=exact)

    def warn(self, name: str, message: str, code: str) -> None:
        self.warnings.append({"field": name, "message": message, "code": code})


def _in_span(span: Timespan, sign: str) -> Matcher:
    """Both ends of a span belong to it: since 2026-10 `>` leaves out the whole second."""
    tests: dict[str, Callable[[float], bool]] = {
        "": lambda moment: span.start <= moment < span.end,
        ">": lambda moment: moment >= span.end,
        ">=": lambda moment: moment >= span.start,
        "<": lambda moment: moment < span.start,
        "<=": lambda moment: moment < span.end,
    }
    test = tests[sign]
    return lambda moment: moment is not None and test(moment)


def _by_number(value: str, sign: str) -> Matcher | None:
    try:
        wanted = float(value) if "." in value else int(value)
    except ValueError:
        return None
    tests: dict[str, Callable[[float], bool]] = {
        "": lambda found: found == wanted,
        ">": lambda found: found > wanted,
        ">=": lambda found: found >= wanted,
        "<": lambda found: found < wanted,
        "<=": lambda found: found <= wanted,
    }
    test = tests[sign]
    return lambda found: found is not None and test(found)


def _equal(found: str, wanted: str) -> bool:
    return found.startswith(wanted[:-1]) if wanted.endswith("*") else found == wanted


def _by_text(values: list[str]) -> Matcher:
    """Any of the values, which are in lower case."""
    return lambda found: any(_equal(str(found or "").lower(), wanted) for wanted in values)


def _by_words(values: list[str], phrase: bool) -> Matcher:
    """All words of one of the values, which are in lower case; in a phrase side by side and in this order."""
    wanted = [re.findall(r"[\w.*-]+", value) for value in values]

    def matches(found: object) -> bool:
        words = re.findall(r"[\w.-]+", str(found or "").lower())
        if not phrase:
            return any(all(any(_equal(word, part) for word in words) for part in parts) for parts in wanted)
        return any(
            all(map(_equal, words[at : at + len(parts)], parts))
            for parts in wanted
            for at in range(len(words) - len(parts) + 1)
        )

    return matches
