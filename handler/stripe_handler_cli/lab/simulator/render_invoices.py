"""An invoice as each API version shows it. Pure.

Where it names its subscription and the user depends on the version: `parent.subscription_details`,
`subscription` with `subscription_details`, or `subscription` with the metadata on its lines only.
"""

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.people import person
from stripe_handler_cli.lab.simulator.render_parts import assembled, listed, only_if, plan, price_object
from stripe_handler_cli.lab.simulator.render_quiet import automatic_tax, quiet
from stripe_handler_cli.lab.simulator.state import Invoice, Json, Line


def invoice_object(invoice: Invoice, version: ApiVersion) -> Json:
    """The invoice object, with references as ids."""
    subscription_id = invoice.subscription.id if invoice.subscription else None
    details = {"metadata": dict(invoice.metadata)} if subscription_id else None
    is_paid = invoice.status == "paid"
    paid = invoice.amount_due if is_paid else 0
    return assembled(
        {"id": invoice.id, "object": "invoice"},
        quiet("invoice", version),
        {
            "amount_due": invoice.amount_due,
            "attempt_count": invoice.attempt_count,
            "attempted": invoice.attempt_count > 0 or is_paid,
            "currency": "usd",
            "customer": invoice.customer.id,
            "description": None,
            "ending_balance": 0,
            "lines": listed(
                [_line(line, invoice, version) for line in invoice.lines], f"/v1/invoices/{invoice.id}/lines"
            ),
            "livemode": invoice.customer.livemode,
            "metadata": {},
            "next_payment_attempt": invoice.next_attempt,
            "period_end": invoice.created,
            "period_start": invoice.created,
            "receipt_number": None,
            "starting_balance": 0,
            "subtotal": invoice.total,
            "total": invoice.total,
            "webhooks_delivered_at": invoice.created,
        },
        only_if(
            version.has_amount_paid,
            amount_paid=paid,
            amount_remaining=invoice.amount_due - paid,
            billing_reason=invoice.reason,
            number=f"SIM{invoice.customer.number:05d}-{invoice.number:04d}",
        ),
        only_if(not version.has_parents, discount=None, paid=is_paid, subscription=subscription_id),
        only_if(version.has_modern_subscriptions, **_since_2019(invoice)),
        only_if(not version.has_modern_subscriptions, closed=is_paid, date=invoice.created, forgiven=False),
        only_if(version.has_prices, **_since_2020(invoice, version)),
        only_if(version.has_subscription_details, effective_at=invoice.created),
        only_if(
            version.has_subscription_details and not version.has_parents,
            subscription_details=details,
        ),
        only_if(version.has_prices and not version.has_parents, paid_out_of_band=invoice.out_of_band),
        only_if(version.has_parents, amount_overpaid=0, parent=_parent(invoice)),
    )


def _since_2020(invoice: Invoice, version: ApiVersion) -> Json:
    tax = automatic_tax(version)
    return {
        "account_country": "US",
        "account_name": "Simulated",
        "automatic_tax": {**tax, "disabled_reason": None} if version.has_parents else tax,
        "customer_tax_exempt": "none",
        "test_clock": invoice.customer.test_clock,
        "payment_settings": {
            **only_if(version.has_paused, default_mandate=None),
            "payment_method_options": None,
            "payment_method_types": None,
        },
        **only_if(
            version.has_paused, subtotal_excluding_tax=invoice.total, total_excluding_tax=invoice.total
        ),
    }


def _since_2019(invoice: Invoice) -> Json:
    return {
        "auto_advance": invoice.status == "open",
        "collection_method": "charge_automatically",
        "created": invoice.created,
        **{f"customer_{name}": value for name, value in person(invoice.customer).contact.items()},
        "customer_shipping": None,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/acct_Simulated/{invoice.id}",
        "invoice_pdf": f"https://pay.stripe.com/invoice/acct_Simulated/{invoice.id}/pdf",
        "status": invoice.status,
        "status_transitions": {
            "finalized_at": invoice.created,
            "marked_uncollectible_at": invoice.uncollectible_at,
            "paid_at": invoice.paid_at,
            "voided_at": invoice.voided_at,
        },
    }


def _parent(invoice: Invoice) -> Json | None:
    if invoice.subscription is None:
        return None
    return {
        "quote_details": None,
        "subscription_details": {"metadata": dict(invoice.metadata), "subscription": invoice.subscription.id},
        "type": "subscription_details",
    }


def _line(line: Line, invoice: Invoice, version: ApiVersion) -> Json:
    bills_item = invoice.subscription is not None and not line.proration
    fields: Json = {
        "id": line.id,
        "object": "line_item",
        "amount": line.amount,
        "currency": "usd",
        "description": line.price.name,
        "discountable": not line.proration,
        "livemode": invoice.customer.livemode,
        "metadata": dict(invoice.metadata) if bills_item and version.has_items else {},
        "period": {"end": line.end, "start": line.start},
        "quantity": line.quantity,
    }
    if version.has_prices:
        fields |= quiet("line_item", version) | only_if(version.has_subscription_details, invoice=invoice.id)
    if not version.has_own_plan:
        decimal = None if line.quantity is None else str(line.quantity)
        fields |= {"quantity_decimal": decimal, "subtotal": line.amount}
    if version.has_parents:
        return fields | {
            "parent": _line_parent(line, bills_item=bills_item),
            "pricing": {
                "price_details": {"price": line.price.id, "product": line.price.product_id},
                "type": "price_details",
                "unit_amount_decimal": str(line.price.amount),
            },
            "subscription": line.subscription_id,
        }
    if bills_item and not version.has_modern_subscriptions and line.subscription_id:
        # A subscription's line had the subscription's own id.
        fields["id"] = line.subscription_id
    if version.has_prices:
        fields["price"] = price_object(line.price, version, livemode=invoice.customer.livemode)
    if version.has_items and line.item_id:
        fields["subscription_item"] = line.item_id
    if version.has_prices:
        fields["proration_details"] = {"credited_items": None}
    if version.has_paused:
        fields |= {
            "amount_excluding_tax": line.amount,
            "unit_amount_excluding_tax": str(line.price.amount),
        }
    return fields | {
        "plan": plan(line.price, version, livemode=invoice.customer.livemode),
        "proration": line.proration,
        "subscription": line.subscription_id if version.has_items or not bills_item else None,
        "type": "subscription" if bills_item else "invoiceitem",
    }


def _line_parent(line: Line, *, bills_item: bool) -> Json:
    common = {"proration": line.proration, "proration_details": {"credited_items": None}}
    if bills_item:
        return {
            "invoice_item_details": None,
            "subscription_item_details": common
            | {"invoice_item": None, "subscription": line.subscription_id, "subscription_item": line.item_id},
            "type": "subscription_item_details",
        }
    return {
        "invoice_item_details": common
        | {"invoice_item": f"ii_{line.id.removeprefix('il_')}", "subscription": line.subscription_id},
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
