"""`stripe-handler demo`: one subscription's life through the real stack on local AWS, shown as a table.

`life` tells the story (pure), `show` runs and draws it.
"""
