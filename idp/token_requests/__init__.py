"""Steps that the grant types share."""
