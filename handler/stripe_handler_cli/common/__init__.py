"""What every command may use. Imports nothing else of this package."""
