"""A DynamoDB of bytes on the loopback, and the clients that are tried on it: botocore's, and the lean one."""
