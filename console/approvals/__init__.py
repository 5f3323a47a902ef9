"""Rules, owners of data, labels, webhooks, and who stands in for whom."""
