"""The stack's own root, as far as it only passes on: written from modules/pipeline.

    python -m support.terraform_root

A root has to declare every variable that it passes to a module, and every output that it passes on. So that
nobody keeps them twice, these files are made: the variables byte for byte, with their rules, so that a wrong
value is refused where it was given; the call; and the outputs. By hand the root has what is its own alone.
"""

from pathlib import Path

from support.terraform import PIPELINE, ROOT
from support.terraform_tables import WRITTEN, Declaration, declarations

_ORIGIN = f"{WRITTEN} from modules/pipeline/{{}}: change it there.\n\n"
_CALL = f"""\
{WRITTEN} from the variables of modules/pipeline, each of which the root has too.

module "pipeline" {{{{
  source = "./modules/pipeline"

  environment = local.environment

{{}}
}}}}
"""


def written() -> dict[Path, str]:
    """File of the root → its text."""
    copies = {
        ROOT / path.name: _ORIGIN.format(path.name) + path.read_text(encoding="utf-8")
        for path in sorted(PIPELINE.glob("variables_*.tf"))
    }
    return {**copies, ROOT / "pipeline.tf": _call(), ROOT / "outputs.tf": _outputs()}


def _call() -> str:
    names = [one.name for one in declarations(PIPELINE, "variable") if one.name != "environment"]
    width = max(map(len, names))
    return _CALL.format("\n".join(f"  {name:<{width}} = var.{name}" for name in names))


def _outputs() -> str:
    blocks = [_output(one) for one in declarations(PIPELINE, "output") if one.name != "environment"]
    return _ORIGIN.format("outputs.tf") + "\n".join(blocks)


def _output(one: Declaration) -> str:
    description = one.description.replace('"', '\\"')
    return "\n".join(
        (
            f'output "{one.name}" {{',
            f'  description = "{description}"',
            f"  value       = module.pipeline.{one.name}",
            "}\n",
        )
    )


def main() -> None:
    """Write them all; a file of variables that the module has no more goes."""
    made = written()
    for path in ROOT.glob("variables_*.tf"):
        if path not in made:
            path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
