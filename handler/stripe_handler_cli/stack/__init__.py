"""A deployed stack, seen from outside: put events on its bus, follow them, read what they did.

Works on local AWS and on AWS alike; resource names come from Terraform's outputs.
"""
