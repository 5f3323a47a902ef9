"""One query from request to report: admitted, run once, reported."""
