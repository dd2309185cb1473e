"""Says what a Terraform process inherits. Pure, but for reading the process's environment by default."""

import os
from collections.abc import Mapping
from pathlib import Path

# A person's settings that would change what our commands do: another workspace, extra arguments, another
# data directory.
_DROPPED = frozenset({"TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS"})
_DROPPED_PREFIXES = ("TF_CLI_ARGS_", "TF_VAR_")
# Against local AWS, a person's own profile or session would be taken before the dummy keys, or with them.
_DROPPED_WITH_AN_ENDPOINT = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"})
_ENDPOINT_PREFIX = "AWS_ENDPOINT_URL"


def child_environment(own: Mapping[str, str], *, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment of a Terraform process.

    Args:
        own: What the caller sets, AWS settings among them; wins over everything inherited.
        inherited: What the process would get otherwise.
    """
    drop_aws = _ENDPOINT_PREFIX in own
    kept = {
        name: value
        for name, value in inherited.items()
        if name not in _DROPPED
        and not name.startswith(_DROPPED_PREFIXES)
        and not (drop_aws and (name in _DROPPED_WITH_AN_ENDPOINT or name.startswith(_ENDPOINT_PREFIX)))
    }
    # Terraform warns on every command about a configuration file that is named but missing.
    configuration = kept.get("TF_CLI_CONFIG_FILE")
    if configuration is not None and not Path(configuration).is_file():
        del kept["TF_CLI_CONFIG_FILE"]
    settings = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    if drop_aws:
        settings["AWS_EC2_METADATA_DISABLED"] = "true"
    return kept | settings | dict(own)
