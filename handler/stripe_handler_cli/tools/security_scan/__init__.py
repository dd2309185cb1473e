"""What `make security` does: checkov on the Terraform code, as it is written and as it would be applied.

May start processes: checkov in a venv of its own, and Terraform. Reaches neither AWS nor checkov's makers.
"""
