"""What a page says, and what its forms hold."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

VOID = {"input", "img", "meta"}


class Shown(HTMLParser):
    """Words, links, and the values of forms; what is wrong with a page for those who do not see it."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__()
        assert answer.headers["content-type"].startswith("text/html")
        self.status = answer.status_code
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.form: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.frames: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.faults: list[str] = []
        self._labels: set[str] = set()
        self._inputs: set[str] = set()
        self._open: dict[str, str | None] = {}
        self.feed(answer.text)
        self.close()
        self.faults += [f"no label: {name}" for name in self._inputs - self._labels]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self._open = {"tag": tag, **given}
        if tag == "th" and "scope" not in given:
            self.faults.append("a header without a scope")
        if tag == "img" and "alt" not in given:
            self.faults.append("an image without an alternative")
        if tag == "iframe":
            self.frames.append(given)
        if tag == "label" and given.get("for"):
            self._labels.add(str(given["for"]))
        if tag in ("input", "select", "textarea") and given.get("name"):
            value, hidden = given.get("value") or "", given.get("type") == "hidden"
            # As in a browser: one line has no line breaks.
            self.form[str(given["name"])] = value if hidden else value.replace("\n", "")
            if not hidden and given.get("id"):
                self._inputs.add(str(given["id"]))
        if tag == "option" and "selected" in given:
            self._open["selected"] = "yes"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        tag = self._open.get("tag")
        if tag == "a":
            self.links[data.strip()] = self._open.get("href") or ""
        elif tag == "textarea":
            self.form[str(self._open["name"])] += data if self.form[str(self._open["name"])] else data[1:]
        elif tag == "option" and "selected" in self._open:
            self.form["status"] = data
        elif tag == "span" and str(self._open.get("id") or "").endswith("-error"):
            self.errors[str(self._open["id"]).removesuffix("-error")] = data

    def handle_endtag(self, tag: str) -> None:
        self._open = {}
