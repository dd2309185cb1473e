"""The edge to Stripe: the API's answers as typed objects, and where the key is kept."""
