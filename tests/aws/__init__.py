"""Session tags at AWS: our ID token, the documented IAM policies, DynamoDB."""
