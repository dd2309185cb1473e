"""The command `init`: writes an environment's variable file, which git does not track.

`answers` are what a person chose and what follows from it, `filling` puts them into the example file (both
pure), `command` asks, has Terraform check, and writes.
"""
