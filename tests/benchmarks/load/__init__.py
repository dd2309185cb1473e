"""Events through the real stack on local AWS: how fast, how late, at what effort, in how much memory."""
