# METADATA
# title: What the provider told this bundle
# description: |
#   `data.scopeward.provider` comes with the bundle and changes with it. It may be relied on for a
#   while only: who cannot hear from the provider cannot hear what it took back either.
package scopeward.told

import data.scopeward.provider

# Seconds that clocks may differ.
leeway := 5

now := time.now_ns() / 1000000000

# True as long as the bundle is complete and not too old.
is_current if {
	is_string(provider.issuer)
	is_string(provider.audience)
	is_object(provider.keys)
	is_object(provider.deny_list.tokens)
	is_object(provider.deny_list.families)
	is_object(provider.deny_list.grants)
	now < provider.valid_until
}
