"""The two queues of events that were given up: their messages, and who takes them."""
