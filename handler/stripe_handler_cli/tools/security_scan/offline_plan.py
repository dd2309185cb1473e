"""Plans a stack that does not exist yet without reaching AWS, as JSON with every value resolved.

Nothing is read from AWS in such a plan: there is no state, and the custom bus and the tables are still to be
created. Only the provider itself would ask who it is, and `place.tf` whose the credentials are; an override
file in the working copy tells them not to.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

_OVERRIDE = """\
provider "aws" {
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

data "aws_caller_identity" "current" {
  count = 0
}

locals {
  place_now = "nowhere"
}
"""
_BINARY = "offline.tfplan"


def prepare(copy: WorkingCopy) -> None:
    """Copy the root and make it ready to be planned without AWS."""
    copy.refresh()
    (copy.directory / "offline_override.tf").write_text(_OVERRIDE, encoding="utf-8")
    copy.init(backend=False)


def write_plan(copy: WorkingCopy, out: Path, *, var_file: str, variables: Mapping[str, Any]) -> None:
    """Plan with a tfvars file and values on top of it, and write the plan as JSON."""
    arguments = ["plan", "-refresh=false", "-input=false", "-no-color", f"-out={_BINARY}"]
    values = [f"-var={name}={value}" for name, value in variables.items()]
    copy.require("terraform plan", [*arguments, f"-var-file={var_file}", *values])
    shown = copy.capture("terraform show", ["show", "-json", _BINARY])
    if not json.loads(shown).get("resource_changes"):
        raise CliError("terraform plan would create nothing, so there is nothing to scan")
    out.write_text(shown, encoding="utf-8")
