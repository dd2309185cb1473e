"""The command `show`: what is stored of a user or a customer, drawn for people or as JSON."""
