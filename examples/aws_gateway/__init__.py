"""Orders gateway: DynamoDB for people who hold no credentials of AWS."""
