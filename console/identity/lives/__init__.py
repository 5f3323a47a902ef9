"""How people come and go: ends of access, and everything that ends with somebody."""
