"""Third-party tools, driven: Terraform, the local AWS, the packaging of the zip, the security scan."""
