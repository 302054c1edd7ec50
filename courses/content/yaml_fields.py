"""The fields of a file, written in YAML, as plain values with the line of each; and what the parser says, in an author's words."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from courses.content.sources import Location

DEEPEST = 50
QUOTES = 'a text that contains ": " or " #", or begins with a special character, stands in quotes'
BELOW = "fields and entries that belong together begin straight below each other"
# What the parser says; whether the mistake is where it began to read, and not where it stopped; and the same for an author.
YAML_IN_WORDS = (
    (r"quoted scalar, found unexpected end", True, "a quotation mark is opened here and not closed"),
    (r"unknown escape", False, r"inside double quotes a backslash is written twice: \\"),
    (r"'\\t'", False, "a tab stands here; indent with spaces"),
    (r"could not find expected ':'", True, 'a field is written "name: value", with a space behind the colon'),
    (
        r"mapping values are not allowed",
        False,
        f'": " stands here where no field can begin. A text that contains ": " stands in quotes; {BELOW}',
    ),
    (
        r"expected <block end>",
        False,
        f"this does not fit the lines above it; {BELOW}. A text that contains quotation marks, or begins with a special character,"
        " stands in quotes itself",
    ),
    (r"a single document", False, "a line --- begins a second set of fields; remove it"),
)
BRACKET = re.compile(r"[\[\]{}]")


class YamlProblem(Exception):
    """Everything that is wrong with a text, each with its line: `found`."""

    def __init__(self, line: int, message: str) -> None:
        self.found = [(line, message)]


def parse(text: str, first_line: int) -> tuple[dict[str, Any], dict[Location, int]]:
    """Plain data and the line of each key and item. Raises YamlProblem.

    Built from nodes, not by a constructor: so every duplicate key is found with its line, nothing is constructed but plain values,
    and an alias cannot make a small file large.
    """
    _check_depth(text, first_line)
    try:
        # Typed as Any: ruamel annotates no return value here.
        root: Any = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line, what = _in_words(error)
        raise YamlProblem(first_line + line, f"YAML: {what}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise YamlProblem(first_line, "YAML: cannot be understood; it may be nested too deep") from error
    if root is None:
        return {}, {}
    if not isinstance(root, MappingNode):
        line = first_line + root.start_mark.line
        raise YamlProblem(line, 'YAML: there must be fields here, each on its line as "name: value"')
    builder = _PlainData(first_line)
    data = builder.mapping(root, ())
    if builder.found:
        problem = YamlProblem(*builder.found[0])
        problem.found = builder.found
        raise problem
    return data, builder.lines


def _in_words(error: MarkedYAMLError) -> tuple[int, str]:
    """Where the parser stumbled, counted from 0, and what an author may have meant otherwise."""
    said = f"{error.context or ''}, {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    for pattern, began_before, words in YAML_IN_WORDS:
        if re.search(pattern, said):
            mark = (began_before and error.context_mark) or mark
            return mark.line if mark else 0, words
    what = said if str(error.problem).startswith("but ") else error.problem or error.context
    return mark.line if mark else 0, f"{what}; {QUOTES}"


def _check_depth(text: str, first_line: int) -> None:
    """The parser's work grows with the square of open brackets; nobody needs many."""
    depth = 0
    for bracket in BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(depth - 1, 0)
        if depth > DEEPEST:
            line = first_line + text.count("\n", 0, bracket.start())
            raise YamlProblem(line, f"YAML: more than {DEEPEST} brackets are open inside each other")


class _PlainData:
    """Turns YAML nodes into dicts, lists and scalars, and remembers the lines."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.lines: dict[Location, int] = {}
        self.found: list[tuple[int, str]] = []
        self.seen: set[int] = set()

    def mapping(self, node: MappingNode, location: Location) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = self.line(key_node)
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            if key in values:
                first = self.lines[(*location, key)]
                self.found.append((line, f'"{key}" stands here a second time, first on line {first}; remove one'))
                continue
            self.lines[(*location, key)] = line
            values[key] = self.value(value_node, (*location, key), line)
        return values

    def value(self, node: Node, location: Location, line: int) -> Any:
        if node.anchor and id(node) not in self.seen:
            words = (
                f"YAML: names for values (&{node.anchor}) are not used here; a text that begins with & stands in quotes"
            )
            self.found.append((line, words))
        if id(node) in self.seen:  # the value again, by its name
            return None
        self.seen.add(id(node))
        if isinstance(node, MappingNode):
            return self.mapping(node, location)
        if isinstance(node, SequenceNode):
            items = []
            for index, item in enumerate(node.value):
                self.lines[(*location, index)] = self.line(item)
                items.append(self.value(item, (*location, index), self.line(item)))
            return items
        return self.scalar(node, line)

    def scalar(self, node: Any, line: int) -> Any:
        kind = str(node.tag).removeprefix("tag:yaml.org,2002:")
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        try:
            if kind == "int":
                return int(node.value.replace("_", ""), 0 if node.value.lstrip("+-")[:2] in ("0x", "0o") else 10)
            if kind == "float":
                return float(node.value)
        except ValueError:
            return node.value
        if kind in ("str", "timestamp", "value"):
            return node.value
        self.found.append((line, f"YAML: the tag {node.tag} is not used here; leave it out"))
        return None

    def line(self, node: Node) -> int:
        return self.first_line + int(node.start_mark.line)
