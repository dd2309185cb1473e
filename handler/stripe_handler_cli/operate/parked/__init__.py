"""Events that wait for a user, across all customers: who waits, until when, and how many."""
