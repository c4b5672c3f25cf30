# The estate to work on: the name of a folder below environments/, or a path.
ESTATE ?= piksel
# Where the Terraform JSON goes.
CDKTF_OUTDIR ?= cdktf.out
# More arguments for prove, diff, deploy, destroy and bench, such as --auto-approve.
ARGS ?=
# The stacks that diff, deploy and destroy are of: STACK and STACKS are one thing, so
# that neither of them is taken for no stack at all, which means every stack. A list with a
# name a line, as `estate stacks` prints it, becomes one line.
chosen = $(strip $(STACKS) $(STACK))

# What synthesis says at its end, unless something that is made of it follows.
next = next: make prove, make validate, make diff STACK=…; make help has the rest

export ESTATE CDKTF_OUTDIR
export CHECKPOINT_DISABLE := 1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

folders := $(wildcard *.go) cmd constructs estate internal proof stacks test

terraform_test = ^TestTerraformAcceptsEveryStack$$

.PHONY: help
help: ## Say what there is to make
	@echo 'make <target> [ESTATE=piksel] [CDKTF_OUTDIR=cdktf.out] [ARGS=…]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
	@echo
	@echo 'More, with more options: go run ./cmd/estate'

.PHONY: check
check: ## Say everything that is wrong with the estate, with file and line
	@go run ./cmd/estate check

.PHONY: synth
synth: ## Write the Terraform JSON of the estate, and the manifests of its clusters
	@go run .
	@$(if $(filter synth,$(lastword $(MAKECMDGOALS))),echo '$(next)' >&2)

.PHONY: compare
compare: synth ## Say what a change would lose or replace, and its order, against BEFORE=folder, an earlier cdktf.out
	@go run ./cmd/estate check --against $(or $(BEFORE),$(error against what? make compare BEFORE=folder, a copy of an earlier cdktf.out))

.PHONY: review
review: ## Say what a change does, for who reviews it, against BASE=origin/main
	@go run ./cmd/estate review --base $(or $(BASE),$(error against what? make review BASE=origin/main)) $(ARGS)

.PHONY: prove
prove: synth ## Prove what the estate promises about its network
	@go run ./cmd/estate prove $(ARGS)

.PHONY: validate
validate: synth ## Run `terraform validate` over every stack
	@go run ./cmd/estate validate

.PHONY: cost
cost: synth ## Say what the estate costs a month in fixed charges
	@go run ./cmd/estate cost $(ARGS)

.PHONY: scan
scan: synth ## Have trivy, if it is on the PATH, judge every stack: fails on anything new
	@go run ./cmd/estate scan

.PHONY: diff
diff: synth ## Show the plans of the stacks of STACKS="…", or of all but bootstrap
	@go run ./cmd/estate deploy --plan-only $(ARGS) $(chosen)

.PHONY: deploy
deploy: synth ## Plan, show, ask, and apply: every stack but bootstrap, or those of STACKS="…"
	@go run ./cmd/estate deploy $(ARGS) $(chosen)

.PHONY: destroy
destroy: synth ## Plan, show, ask, and destroy the stacks of STACKS="…"
	@go run ./cmd/estate destroy $(ARGS) $(or $(chosen),$(error which stacks? make destroy STACKS="dev-link dev-network"))

.PHONY: emulate
emulate: synth ## Deploy the estate, or STACKS="…" and what they read, on an emulator of AWS on this machine; ARGS=--keep leaves it running
	@go run ./cmd/estate emulate $(ARGS) $(chosen)

# Three at a time, since an emulator waits more than it works. An estate that is not named is among the others.
emulated = go test -count=1 -timeout 180m -v ./test/emulator
first_estates = ^TestEstates$$/^(piksel|artos|innovate)$$
emulate-all emulate-first emulate-others emulate-small: export EMULATE_ALL := 1
emulate-all emulate-first emulate-others emulate-small: export REQUIRE_TERRAFORM := 1

.PHONY: emulate-all emulate-first emulate-others emulate-small
emulate-all: ## Deploy every estate on the emulator, change it, break it and destroy it: 40 minutes
	@$(MAKE) --no-print-directory -j3 emulate-first emulate-others emulate-small
emulate-first:
	$(emulated) -run '$(first_estates)'
emulate-others:
	$(emulated) -run '^TestEstates$$' -skip '$(first_estates)'
emulate-small:
	$(emulated) -skip '^TestEstates$$'

# Tests make much that is thrown away: to collect it less often takes a quarter of their time off.
test: export GOGC := $(or $(GOGC),400)

.PHONY: test
test: ## Check the format, vet, and run every test
	@unformatted=$$(gofmt -l $(folders)); \
	if [ -n "$$unformatted" ]; then echo "run gofmt -w on: $$unformatted"; exit 1; fi
	go vet ./...
	@$(MAKE) --no-print-directory -j4 test-emulator test-stacks test-programs test-packages test-terraform test-changes

# Side by side, the longest first. Four look at the estates' stacks: Terraform, changes of the estates, what is called "the …",
# command lines and kernels among it, and all else. The emulator's waits more than it works.
.PHONY: test-emulator test-packages test-terraform test-changes test-programs test-stacks
test-emulator:
	go test -timeout 60m ./test/emulator
test-packages:
	go test -timeout 60m $$(go list ./... | grep -v -e '/test$$' -e '/test/emulator$$')
test-terraform:
	go test -timeout 60m ./test -run '$(terraform_test)'
test-changes:
	go test -timeout 60m ./test -run '^TestWhat'
test-programs:
	go test -timeout 60m ./test -run '^TestThe[A-Z]'
test-stacks:
	go test -timeout 60m ./test -skip '$(terraform_test)|^TestWhat|^TestThe[A-Z]'

.PHONY: bench
bench: deps ## Measure synthesis with the stock kernel and the fast one
	go run ./test/bench $(ARGS)

.PHONY: update
update: ## Rewrite the golden files, to be reviewed in version control
	go test ./test -run 'TestStacksAreAsReviewed|TestPicturesAreOf' -update
	go test ./internal/pipeline -run AsReviewed -update

.PHONY: schema
schema: ## Write the JSON Schema of the estate files and the table of findings anew
	go generate ./estate ./proof

# Only `npx cdktf` needs it, the test that compares it with `make synth`, and bench.
.PHONY: deps
deps: node_modules/.package-lock.json ## Install the CDKTF command line, as package-lock.json pins it

# The one install script among the packages builds an optional terminal module,
# which the command line does without. The override in package.json pins what a
# package wants as `typescript@next`, a moving tag that no lock file can hold.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# What a release is built for, and the program that lists what is in it.
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
sbom = go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

# The same commit gives the same archives: no paths, no times but the commit's, no names of users.
.PHONY: release
release: ## Build archives of both programs into dist, with checksums and an SBOM, for PLATFORMS="…" or all
	@rm -rf dist && mkdir dist
	@set -e; version=$$(git describe --tags --always --dirty); time=$$(git log -1 --format=%ct); \
	for platform in $(PLATFORMS); do \
		os=$${platform%/*}; arch=$${platform#*/}; name=hubspoke-$$version-$$os-$$arch; mkdir dist/$$name; \
		CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "-X main.release=$$version" -o dist/$$name/ . ./cmd/estate; \
		cp -R LICENSE README.md environments/schema dist/$$name/; \
		tar -C dist --sort=name --mtime=@$$time --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw -cf - $$name | gzip -n > dist/$$name.tar.gz; \
		rm -r dist/$$name; \
	done; \
	$(sbom) mod -type application -json -noserial -output dist/hubspoke-$$version.cdx.json .; \
	sed -i "s/\"timestamp\": \".*\"/\"timestamp\": \"$$(date -u -d @$$time +%Y-%m-%dT%H:%M:%SZ)\"/" dist/hubspoke-$$version.cdx.json; \
	cd dist && sha256sum *.tar.gz *.cdx.json > SHA256SUMS

.PHONY: clean
clean: ## Remove what make made, but not Terraform's local state
	rm -rf cdktf.out node_modules dist
