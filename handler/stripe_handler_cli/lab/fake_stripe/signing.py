"""Signs a webhook as Stripe does: the other side of `webhook_bridge.signature`. Pure."""

import hashlib
import hmac


def signature_header(payload: bytes, secrets: list[str], at: int) -> str:
    """The header `Stripe-Signature` of a payload: while a secret is rolled, one `v1` for each.

    Args:
        payload: The request's body, byte for byte.
        secrets: The endpoint's signing secrets, `whsec_…`.
        at: When, Unix seconds.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    signed = f"{at}.".encode() + payload
    digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])
