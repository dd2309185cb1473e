"""The command `stripe-handler console`: what the other commands know, as pages on the loopback.

`security` lets in whoever has the token, `desk` asks the stack, `boxes` and `metrics` are the pipeline's
picture, `lanes` and `drawing` the user's timeline (pure), `jobs` what runs longer than a page. The pages
are in `pages`. What they show is gathered by the commands' own rooms: there is no second truth.
"""
