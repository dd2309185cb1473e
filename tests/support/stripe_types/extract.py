"""A maintainers' tool: reads facts about Stripe's objects from the types in the npm package `stripe`.

`python -m support.stripe_types.extract DIRECTORY…` in `tests/` writes `facts.txt`. Each directory is an
unpacked package (`npm pack stripe@23.1.0`), one for each API version that is played, the oldest first. Only
facts are taken: names, kinds, whether null is allowed, whether a field may be missing, enumerations.

Last written from 8.222.0, 11.18.0, 14.25.0, 16.12.0, 18.0.0, 18.4.0, 19.1.0, 23.0.0 and 23.1.0.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

from support.stripe_types.facts import FACTS, ROOTS, Field, written

_NOISE = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_BLOCK = re.compile(
    r"(?:namespace|interface|module|class) +(?P<block>[\w']+)[^{;]*\{|type (?P<alias>\w+) ?=(?P<type>[^;]*);"
)
_FIELD = re.compile(r"(?P<name>\w+)(?P<optional>\??):\s+(?P<type>(?:[^;{]|\{[^{}]*\})+);")
_GENERIC = re.compile(r"(?P<of>Array|ApiList)<(?P<one>.*)>", re.DOTALL)
_LEFT_OUT = frozenset(
    {
        *("after_expiration", "breakdown", "cash_balance", "consent", "consent_collection", "custom_fields"),
        *("currency_conversion", "customer_shipping", "default_tax_rates", "discount", "invoice_creation"),
        *("last_finalization_error", "payment_method_options", "payments", "pending_update", "shipping"),
        *("shipping_address_collection", "shipping_cost", "shipping_details", "collected_information"),
        *("sources", "tax_ids", "tax_rates"),
    }
)
"""Fields whose inside nothing here makes."""
_PLAIN = {
    **{word: f"-{word}" for word in ("null", "string", "number", "boolean")},
    **dict.fromkeys(("true", "false"), "-boolean"),
    "Decimal": "-string",
}
_LONGEST_ENUMERATION = 20
"""A longer one says any string: event types, countries, kinds of tax ids."""

Symbols = dict[str, str]
"""Qualified name → the body of an interface, or what an alias stands for (it begins with `=`)."""


def _end(text: str, start: int) -> int:
    """Where the block ends whose brace was opened just before."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    raise ValueError("a block never ends")


def _declared(text: str, scope: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    at = 0
    while found := _BLOCK.search(text, at):
        if found["alias"]:
            yield ".".join((*scope, found["alias"])), "=" + found["type"].strip()
            at = found.end()
            continue
        at = _end(text, found.end())
        body, kind = text[found.end() : at], found[0].split()[0]
        name = () if found["block"] in {"Stripe", "'stripe'"} else (found["block"],)
        if kind == "interface":
            yield ".".join((*scope, *name)), body
        elif kind != "class":
            yield from _declared(body, (*scope, *name))


def symbols(package: Path) -> Symbols:
    """Everything that an unpacked package declares."""
    found: Symbols = {}
    root = next(one for one in (package / "types", package / "esm/resources") if one.is_dir())
    # The newer packages have modules, and one for all; before, each file says its whole namespace.
    for path in (*sorted(root.rglob("*.d.ts")), *(package / "esm").glob("shared.d.ts")):
        inside = root.name == "resources" and path.is_relative_to(root)
        scope = path.relative_to(root).parts[:-1] if inside else ()
        found.update(_declared(_NOISE.sub("", path.read_text("utf-8")), scope))
    return found


def _shortened(words: set[str]) -> set[str]:
    enumerated = {word for word in words if word[0] not in "-@" and "<" not in word}
    return words - enumerated | {"-string"} if len(enumerated) > _LONGEST_ENUMERATION else words


@attrs.frozen
class _Reader:
    symbols: Symbols

    def resolved(self, name: str, scope: str) -> str | None:
        """The qualified name, as it is meant in a scope."""
        name = name.removeprefix("Stripe.")
        outer = scope.split(".")
        candidates = [".".join((*outer[:depth], name)) for depth in range(len(outer), -1, -1)]
        return next((one for one in candidates if one in self.symbols), None)

    def kinds(self, text: str, scope: str) -> Iterator[tuple[str, str | None]]:
        """What a type allows: words, each with the interface that it comes from."""
        for part in (one.strip() for one in re.split(r"\|(?![^<]*>)", text)):
            generic = _GENERIC.fullmatch(part)
            if part in {"", "OtherString", "void"}:
                continue
            name = None if generic else self.resolved(part, scope)
            if generic:
                inner = list(self.kinds(generic["one"], scope))
                words = "/".join(sorted(_shortened({word for word, _ in inner})))
                yield f"{generic['of'].lower()}<{words}>", next((of for _, of in inner if of), None)
            elif part.startswith("'"):
                yield part.strip("'"), None
            elif part.removeprefix("Stripe.") in _PLAIN:
                yield _PLAIN[part.removeprefix("Stripe.")], None
            elif part.endswith("Metadata") or part.startswith("{"):
                yield "-map", None
            elif name is not None and self.symbols[name].startswith("="):
                yield from self.kinds(self.symbols[name][1:], name)
            elif name is not None:
                yield ("-object", name) if _FIELD.search(self.symbols[name]) else ("-map", None)
            else:
                yield "-map", None

    def fields(self, interface: str, path: str) -> Iterator[tuple[str, Field]]:
        for found in _FIELD.finditer(self.symbols[interface]):
            kinds = list(self.kinds(found["type"], interface))
            if not kinds:
                continue
            inside = f"{path}.{found['name']}"
            named = next((ROOTS[of] for _, of in kinds if of in ROOTS), None)
            # What may be an id as well stands for an object of its own.
            if named is None and any("-string" in word for word, _ in kinds):
                named = "other"
            words = {word.replace("-object", f"@{named}") if named else word for word, _ in kinds}
            yield inside, Field(frozenset(_shortened(words)), is_optional=bool(found["optional"]))
            for _, of in kinds:
                if named is None and of is not None and found["name"] not in _LEFT_OUT:
                    yield from self.fields(of, inside)


def main(packages: list[Path]) -> None:
    """Write the facts of these packages."""
    versions: dict[str, dict[str, Field]] = {}
    for package in packages:
        places = (package / "cjs/apiVersion.js", package / "types/lib.d.ts")
        told = next(path for path in places if path.is_file()).read_text("utf-8")
        version = re.findall(r"ApiVersion = '([^']+)'", told)[0]
        reader = _Reader(symbols(package))
        versions[version] = {
            path: field
            for interface, root in ROOTS.items()
            if interface in reader.symbols
            for path, field in reader.fields(interface, root)
        }
    FACTS.write_text(written(versions), "utf-8")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
