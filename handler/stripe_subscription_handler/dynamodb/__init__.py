"""The edge to DynamoDB: carries out what a conversation asks for."""
