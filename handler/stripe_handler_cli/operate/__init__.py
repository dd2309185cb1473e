"""The operator's commands, one folder each, named as the command."""
