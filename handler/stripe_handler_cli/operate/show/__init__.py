"""What is stored of a user: profile, ledger, the customers' links, parked events. Read, never written."""
