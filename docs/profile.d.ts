// The profile item as @aws-sdk/lib-dynamodb gives it. Generated: `make contract`.

/** ISO-8601 UTC with whole seconds, as in 2026-11-30T18:00:00Z; text order is time order. */
export type IsoTime = string;

/** What an app reads off the item. Add its own attributes: `SubscriptionProfile & Mine`. */
export interface SubscriptionProfile {
  /** Until when the user has access, grace included. Absent: no access. In the past: no access any more. */
  subscriptionAccessUntil?: IsoTime;
  /** Every product that gives access, by its id. Absent when there is none. */
  subscriptionProducts?: Record<string, SubscriptionProduct | undefined>;
  /** The subscription shown, the best one where the user has several. */
  subscriptionId?: string;
  /** Stripe's own word: `trialing`, `active`, `past_due`, `incomplete`, `incomplete_expired`, `unpaid`, `paused`, `canceled`, or one that Stripe may invent. It does not say whether the user has access. */
  subscriptionStatus?: string;
  /** The Stripe customer who pays the subscription shown. */
  stripeCustomerId?: string;
  /** Price of the plan, the subscription's leading item. */
  subscriptionPriceId?: string;
  /** Product of the plan. */
  subscriptionProductId?: string;
  /** Seats of the plan. Absent where the price is metered. */
  subscriptionQuantity?: number;
  /** When the current period began; with several items, that of the period that ends last. */
  subscriptionCurrentPeriodStart?: IsoTime;
  /** When the current period ends; with several items, the one that ends last. */
  subscriptionCurrentPeriodEnd?: IsoTime;
  /** When the trial ends or ended. Absent where there was none. */
  subscriptionTrialEnd?: IsoTime;
  /** When Stripe will cancel. Absent where no such time is set. */
  subscriptionCancelAt?: IsoTime;
  /** When the cancellation was asked for, not when it takes effect. */
  subscriptionCanceledAt?: IsoTime;
  /** Whether the subscription ends with its current period. */
  subscriptionCancelAtPeriodEnd?: boolean;
  /** Present while Stripe does not collect payments; Stripe's word for what becomes of the invoices: `keep_as_draft`, `mark_uncollectible` or `void`. The customer keeps the service. */
  subscriptionPauseCollection?: string;
  /** When collecting begins again. Absent where Stripe has no such time. */
  subscriptionPauseResumesAt?: IsoTime;
  /** State of the newest invoice of the subscription shown: paid, failed, or no longer owed. */
  lastPaymentStatus?: "succeeded" | "failed" | "voided" | "uncollectible";
  /** When that state came about: paid, attempted, or given up. */
  lastPaymentAt?: IsoTime;
  /** That invoice. */
  lastPaymentInvoiceId?: string;
  /** What was paid, or what was due, in the currency's minor units (cents, say). */
  lastPaymentAmount?: number;
  /** Three-letter code in lower case. */
  lastPaymentCurrency?: string;
  /** How often Stripe has tried so far. */
  lastPaymentAttemptCount?: number;
  /** When Stripe will try again. Absent where it will not, or need not. */
  nextPaymentAttemptAt?: IsoTime;
  /** Lookup keys of the features that Stripe's Entitlements give the user. Absent when none. */
  entitlements?: Set<string>;
}

/** One of `subscriptionProducts`. */
export interface SubscriptionProduct {
  /** Until when, the latest over all items with this product. */
  accessUntil: IsoTime;
  /** Status of the subscription that gives it. */
  status: string;
  /** That subscription, the best one where several give the product. */
  subscriptionId: string;
  /** Price of its item with this product. */
  priceId: string;
  /** Lookup key of that price. */
  lookupKey?: string;
  /** Seats. Absent where the price is metered. */
  quantity?: number;
}
