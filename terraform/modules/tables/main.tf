# The profile table (created here, or the app's own) and the sync table (always ours).

locals {
  profile_table_arn = var.create_profile_table ? (
    one(aws_dynamodb_table.profile[*].arn)
  ) : one(data.aws_dynamodb_table.existing_profile[*].arn)

  # The name comes from the table, not from the variable, so that whoever uses it waits for the table.
  profile_table_name = var.create_profile_table ? (
    one(aws_dynamodb_table.profile[*].name)
  ) : one(data.aws_dynamodb_table.existing_profile[*].name)

  profile_stream_arn = var.create_profile_table ? (
    one(aws_dynamodb_table.profile[*].stream_arn)
  ) : one(data.aws_dynamodb_table.existing_profile[*].stream_arn)

  stream_view_type = "NEW_AND_OLD_IMAGES"

  profile_key_names = compact([var.partition_key_name, var.sort_key_name])
}

resource "aws_dynamodb_table" "profile" {
  #checkov:skip=CKV_AWS_119:Optional, kms_key_arn. Without it the table is encrypted with the account's AWS-managed key of DynamoDB.
  count = var.create_profile_table ? 1 : 0

  name                        = var.profile_table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = var.partition_key_name
  range_key                   = var.sort_key_name
  deletion_protection_enabled = var.deletion_protection_enabled

  # For the profile events, which need both sides of a change.
  stream_enabled   = var.needs_stream
  stream_view_type = var.needs_stream ? local.stream_view_type : null

  dynamic "attribute" {
    for_each = toset(local.profile_key_names)

    content {
      name = attribute.value
      type = "S"
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}

data "aws_dynamodb_table" "existing_profile" {
  count = var.create_profile_table ? 0 : 1

  name = var.profile_table_name

  lifecycle {
    postcondition {
      condition = (
        self.hash_key == var.partition_key_name
        && (self.range_key == null ? "" : self.range_key) == (var.sort_key_name == null ? "" : var.sort_key_name)
      )
      error_message = join(" ", [
        "The table \"${var.profile_table_name}\" has the partition key \"${self.hash_key}\" and the sort key",
        "\"${self.range_key == null ? "" : self.range_key}\"; partition_key_name and sort_key_name must say",
        "the same (sort_key_name = null for a table without one).",
      ])
    }

    postcondition {
      condition = alltrue([
        for attribute in self.attribute : attribute.type == "S"
        if contains(local.profile_key_names, attribute.name)
      ])
      error_message = "The keys of the table \"${var.profile_table_name}\" must be strings (type S)."
    }

    postcondition {
      condition     = !var.needs_stream || self.stream_enabled
      error_message = <<-EOT
        create_profile_events reads the stream of the table "${var.profile_table_name}",
        which has none. Switch it on where the table is made, or by
        aws dynamodb update-table --table-name ${var.profile_table_name} \
          --stream-specification StreamEnabled=true,StreamViewType=${local.stream_view_type}
      EOT
    }

    postcondition {
      condition     = !var.needs_stream || !self.stream_enabled || self.stream_view_type == local.stream_view_type
      error_message = <<-EOT
        create_profile_events needs a stream with both sides of a change: one of
        the view type ${local.stream_view_type}. That of the table
        "${var.profile_table_name}" has the view type ${self.stream_view_type}.
        AWS changes no stream's view type: switch the stream off and on again, once
        nobody else reads it, for its readers then have a new stream.
      EOT
    }
  }
}

# Who owns which subscription, and events that wait for an owner. Items with expiresAt go away by themselves.
resource "aws_dynamodb_table" "sync" {
  #checkov:skip=CKV_AWS_119:Optional, kms_key_arn. Without it the table is encrypted with the account's AWS-managed key of DynamoDB.
  name                        = var.sync_table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "PK"
  range_key                   = "SK"
  deletion_protection_enabled = var.deletion_protection_enabled

  attribute {
    name = "PK"
    type = "S"
  }

  attribute {
    name = "SK"
    type = "S"
  }

  attribute {
    name = "waitingFor"
    type = "S"
  }

  attribute {
    name = "expiresAt"
    type = "N"
  }

  # The parked events and nothing else, in the order in which they expire: no other item has waitingFor.
  global_secondary_index {
    name            = "parked-by-expiry"
    hash_key        = "waitingFor"
    range_key       = "expiresAt"
    projection_type = "KEYS_ONLY"
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
