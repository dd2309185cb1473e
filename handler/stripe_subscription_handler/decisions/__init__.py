"""What an event changes: the rules of docs/semantics.md, as pure functions of event, item and policy."""
