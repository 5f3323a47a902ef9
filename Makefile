.PHONY: help
help: ## List the targets
	@grep -hE "^[a-z-]+:.*##" Makefile | sed "s/:.*## /\t/"
