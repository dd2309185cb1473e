"""The console's pages, one module each: a request in, a page out. What they show is gathered elsewhere."""
