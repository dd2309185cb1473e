"""Drawings as SVG: of the user's lanes (`timeline`), and of a figure's last hours (`sparkline`). Pure.

A drawing has classes and no styles: its colours are the stylesheet's, light and dark.
"""
