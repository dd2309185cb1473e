"""Elements of an SVG, escaped. Pure."""

from markupsafe import Markup, escape

Value = str | float


def element(name: str, *children: Markup | str, **attributes: Value) -> Markup:
    """One element; `class_` is its class, and an underscore in another attribute's name is a hyphen."""
    told = Markup("").join(
        Markup(' {}="{}"').format(_name(key), _number(value)) for key, value in attributes.items()
    )
    inner = Markup("").join(escape(one) for one in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), told, inner)  # noqa: S704 - names are ours


def _name(key: str) -> str:
    kept = {"class_": "class", "viewBox": "viewBox"}
    return kept.get(key, key.replace("_", "-"))


def _number(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
