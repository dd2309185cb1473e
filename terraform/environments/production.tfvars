# terraform workspace select -or-create production
# terraform apply -var-file=environments/production.tfvars
#
# Everything not named here has its default: ../README.md, "Inputs".

prefix = "bayon"

# The zip made by "make zip", seen from terraform/.
lambda_package_path = "../dist/handler.zip"

# Your app's profile table. true creates it; false uses the one that exists.
profile_table_name   = "BayonCoAgent-production"
create_profile_table = true

# terraform destroy then refuses to take the profiles with it.
deletion_protection_enabled = true

# Test events never reach a real user's profile.
livemode = "live"

# From Stripe's event destination, once you have made it. Until then the bus is a custom bus.
# stripe_event_source_name = "aws.partner/stripe.com/ed_..."

# Who gets the alarms; AWS sends each address a link to confirm.
# alarm_email_addresses = ["ops@example.com"]

# An alarm when nothing came for so many hours: the destination, its event source or the rule is off. Choose hours in
# which your account always has events; fewer tell sooner.
alarm_silence_hours = 24

# Compare Stripe with the profiles once a day, and raise an alarm on drift. Needs a Stripe key:
# stripe_secret_arn  = "arn:aws:secretsmanager:..."
# create_drift_check = true

# Stripe may leave a subscription past_due for ever: this ends the access. And your plans, the most important first,
# if a subscription has several items. ../docs/what-a-profile-shows.md.
# access_past_due_days = 14
# plan_product_ids     = ["prod_..."]

log_retention_days     = 90
archive_retention_days = 90
