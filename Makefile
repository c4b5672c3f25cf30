# The estate to work on: the name of a folder below environments/, or a path.
ESTATE ?= piksel
# Where the Terraform JSON goes.
CDKTF_OUTDIR ?= cdktf.out
# More arguments for diff, deploy and destroy, such as --auto-approve, and for bench.
ARGS ?=

export ESTATE CDKTF_OUTDIR
export CHECKPOINT_DISABLE := 1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

cdktf := node_modules/.bin/cdktf
folders := main.go cmd constructs estate internal proof stacks test

.PHONY: help
help: ## Say what there is to make
	@echo 'make <target> [ESTATE=piksel] [CDKTF_OUTDIR=cdktf.out]'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

.PHONY: deps
deps: node_modules/.package-lock.json ## Install the CDKTF command line, as package-lock.json pins it
	@go mod download

# The one install script among the packages builds an optional terminal module,
# which the command line does without. The override in package.json pins what a
# package wants as `typescript@next`, a moving tag that no lock file can hold.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: synth
synth: deps ## Write the Terraform JSON of the estate
	$(cdktf) synth --output "$(CDKTF_OUTDIR)"

.PHONY: validate
validate: synth ## Run `terraform validate` over every stack of the estate
	go run ./cmd/estate validate "$(CDKTF_OUTDIR)"

# The CDKTF command line synthesizes anew before each of its commands. Going
# through make, it does so with the same estate and folder as `make synth`.
.PHONY: diff
diff: deps ## Show the plan of one stack, STACK=dev-network
	$(cdktf) diff --output "$(CDKTF_OUTDIR)" $(ARGS) $(or $(STACK),$(error which stack? make diff STACK=dev-network))

.PHONY: deploy
deploy: deps ## Deploy every stack but bootstrap, or those of STACKS="…" one by one
ifdef STACKS
	@for stack in $(STACKS); do \
	$(cdktf) deploy --output "$(CDKTF_OUTDIR)" $(ARGS) --ignore-missing-stack-dependencies $$stack || exit 1; done
else
	$(cdktf) deploy --output "$(CDKTF_OUTDIR)" $(ARGS) $$(go run ./cmd/estate stacks)
endif

.PHONY: destroy
destroy: deps ## Destroy the stacks of STACKS="…", one by one
	@for stack in $(or $(STACKS),$(error which stacks? make destroy STACKS="dev-link dev-network")); do \
	$(cdktf) destroy --output "$(CDKTF_OUTDIR)" $(ARGS) --ignore-missing-stack-dependencies $$stack || exit 1; done

.PHONY: test
test: deps ## Check the format, vet, and run every test
	@unformatted=$$(gofmt -l $(folders)); \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on: $$unformatted"; exit 1; fi
	go vet ./...
	go test -timeout 60m ./...

.PHONY: bench
bench: deps ## Measure synthesis with the stock kernel and the fast one
	go run ./test/bench $(ARGS)

.PHONY: update
update: ## Rewrite the golden files, to be reviewed in version control
	go test ./test -run TestStacksAreAsReviewed -update

.PHONY: schema
schema: ## Write the JSON Schema of the estate files anew
	go generate ./estate

.PHONY: clean
clean: ## Remove what make made, but not Terraform's local state
	rm -rf cdktf.out node_modules
