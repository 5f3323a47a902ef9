"""My access: what each application may do, receipts, history, refusals; and taking it back."""
