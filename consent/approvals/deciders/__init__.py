"""Who has to agree, who may, and what they said."""
