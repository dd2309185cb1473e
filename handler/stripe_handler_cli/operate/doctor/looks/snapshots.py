"""Asks Lambda which published versions keep a snapshot."""

from stripe_handler_cli.operate.doctor.areas.snapshots import SnapshotFacts
from stripe_handler_cli.operate.doctor.looks.functions import look_at_settings
from stripe_handler_cli.operate.doctor.site import Site


def look_at_snapshots(site: Site) -> SnapshotFacts:
    """ListVersionsByFunction, and the version that the settings are of."""
    pages = (
        site.client("lambda")
        .get_paginator("list_versions_by_function")
        .paginate(FunctionName=site.output("function_name"))
    )
    kept = [
        version["Version"]
        for page in pages
        for version in page["Versions"]
        if version.get("SnapStart", {}).get("OptimizationStatus") == "On"
    ]
    invoked = (site.see(look_at_settings) or {}).get("Version")
    return SnapshotFacts(tuple(sorted((one for one in kept if one != invoked), key=int)))
