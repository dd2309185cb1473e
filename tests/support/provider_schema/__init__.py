"""What the newest AWS provider knows of the resource types that terraform/ uses, and what terraform/ uses."""
