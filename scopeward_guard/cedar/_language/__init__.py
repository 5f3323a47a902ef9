"""The text of policies, from characters to rules that can be asked."""
