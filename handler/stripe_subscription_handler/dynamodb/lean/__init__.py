"""A lean way to DynamoDB, for the environment that an ordinary Lambda function has.

Importing botocore's clients and making one is most of a cold start, and its layers are most of a warm event.
What an event needs of them is little: JSON, a signature, a kept connection. So this room sends the same
requests and reads the same answers with the parts of botocore that are about those: its signer, its TLS
settings, its parser of errors and its rules of when to try again. `clients.py` beside it chooses.
"""

from stripe_subscription_handler.lazy_imports import import_without

# botocore reads dates with it; no answer of DynamoDB holds one.
import_without("botocore.utils", left_out=("dateutil.parser",))
