"""What our requests to AWS call themselves, in CloudTrail say.

botocore's own `User-Agent` is put together anew for every request, an eighth of its CPU time.
"""

import botocore

USER_AGENT = f"stripe-subscription-handler Botocore/{botocore.__version__}"
