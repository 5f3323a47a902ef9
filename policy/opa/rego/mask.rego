# METADATA
# title: What never leaves in a decision log
# description: |
#   OPA asks `data.system.log.mask` before it sends a decision. Tokens are credentials, and the
#   parameters of a query are data.
package system.log

mask contains pointer if {
	some pointer in {"/input/token", "/input/query/parameters", "/input/context/approval/parameters"}
}
