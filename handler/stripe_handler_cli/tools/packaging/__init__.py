"""Builds the Lambda zip from the library's sources and a hashed list of pure wheels.

The order of work is the order of the modules: `lock` (maintainers) writes the list, `locked` reads it,
`wheels` fetches it, `contents` says which files go in and `reachable` which of those nothing can import,
`trial` tries the rest, `bytecode` compiles it, `archive` writes the zip, `build` ties them together. Nothing
here knows about AWS.
"""

from stripe_handler_cli.tools.packaging.build import BuiltZip, build_zip
from stripe_handler_cli.tools.packaging.contents import find_project_root

__all__ = ["BuiltZip", "build_zip", "find_project_root"]
