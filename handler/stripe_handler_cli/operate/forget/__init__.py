"""The command `forget`: everything that is stored of a user goes, but for marks that name nobody."""
