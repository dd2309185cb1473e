# terraform workspace select -or-create development
# terraform apply -var-file=environments/development.tfvars
#
# Everything not named here has its default: ../README.md, "Inputs".

prefix = "bayon"

# The zip made by "make zip", seen from terraform/.
lambda_package_path = "../dist/handler.zip"

# Your app's profile table. true creates it; false uses the one that exists.
profile_table_name   = "BayonCoAgent-development"
create_profile_table = true

# Events of a Stripe sandbox only. Silence is no alarm then: nothing happens there by itself (alarm_silence_hours).
livemode = "test"

# From Stripe's event destination, once you have made it. Until then the bus is a custom bus.
# stripe_event_source_name = "aws.partner/stripe.com/ed_test_..."

# Take webhooks at a URL, instead of the event source or beside it: docs/migrate-from-webhooks.md.
# webhook_bridge = { signing_secret_arn = "arn:aws:secretsmanager:..." }

# Admit what a webhook bridge puts on the custom bus.
# bridge_event_source = "stripe-webhook-bridge"

log_level              = "DEBUG"
log_retention_days     = 7
archive_retention_days = 7
