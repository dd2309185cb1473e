"""What the function can be asked besides handling an event, which loads `names` and `dispatch` only."""
