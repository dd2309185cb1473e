"""What the function can be asked besides handling an event, which loads only `names` and `dispatch`."""
