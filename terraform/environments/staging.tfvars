# terraform workspace select -or-create staging
# terraform apply -var-file=environments/staging.tfvars
#
# Everything not named here has its default: ../README.md, "Inputs".

prefix = "bayon"

# The zip made by "make zip", seen from terraform/.
lambda_package_path = "../dist/handler.zip"

# Your app's profile table. true creates it; false uses the one that exists.
profile_table_name   = "BayonCoAgent-staging"
create_profile_table = true

# Events of a Stripe sandbox only. Silence is no alarm then: nothing happens there by itself (alarm_silence_hours).
livemode = "test"

# From Stripe's event destination, once you have made it. Until then the bus is a custom bus.
# stripe_event_source_name = "aws.partner/stripe.com/ed_test_..."

# Who gets the alarms; AWS sends each address a link to confirm.
# alarm_email_addresses = ["ops@example.com"]
