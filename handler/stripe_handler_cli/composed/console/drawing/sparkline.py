"""A figure's last hours as a small line. Pure."""

from collections.abc import Sequence

from markupsafe import Markup

from stripe_handler_cli.composed.console.drawing.svg import element

_WIDTH, _HEIGHT = 120.0, 28.0


def sparkline(values: Sequence[float], told: str) -> Markup:
    """Draw it; `told` is what it shows, for whoever does not see it."""
    most = max(values, default=0.0)
    step = _WIDTH / max(len(values) - 1, 1)
    points = [(number * step, _y(value, most)) for number, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = f"0,{_HEIGHT:.0f} {line} {_WIDTH:.0f},{_HEIGHT:.0f}"
    return element(
        "svg",
        element("title", f"{told}: at most {most:,.0f} in five minutes"),
        element("polygon", points=area, class_="spark-area"),
        element("polyline", points=line, class_="spark-line"),
        viewBox=f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}",
        class_="spark",
        role="img",
        preserveAspectRatio="none",
    )


def _y(value: float, most: float) -> float:
    room = _HEIGHT - 3
    return _HEIGHT - 1.5 - (room * value / most if most else 0)
