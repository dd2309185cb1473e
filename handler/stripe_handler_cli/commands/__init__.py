"""One module per command group; each is thin and calls the module that does the work."""
