"""One module per box of the diagram: its facts, its checks, and what is right. Pure, every one of them."""
