// Package proof proves what people promise about a network from the Terraform that
// would make it, before there is anything in AWS.
//
// It knows nothing of who wrote the Terraform. What goes in is an [Input]: stacks, the
// names of accounts, and the promises; what comes out is a [Report].
//
//	plans, states ── planjson ┐
//	Terraform JSON ─ stackjson ─ config ─ network ─┬─ reach ─┬─ invariant ─┐
//	                                               └─ dns ───┴─────────────┼─ proof ─ Report
//	intents.yaml ──── intent ──────────────────────────────────────────────┘
//
// A reader who wants to know all of it takes the packages in this order:
//
//   - [hubspoke/proof/stackjson] reads the Terraform JSON of each stack, as plain data.
//   - [hubspoke/proof/planjson] reads plans and states of anybody's Terraform as such stacks.
//   - [hubspoke/proof/config] makes one configuration of all stacks: it follows
//     references to the resource that they name, from stack to stack too.
//   - [hubspoke/proof/network] makes a model of what the resources mean: VPCs, subnets,
//     routes, gateways, groups, zones.
//   - [hubspoke/proof/packet] is sets of packets, which rules and routes cut.
//   - [hubspoke/proof/reach] says which packets get from one place to another, over which
//     way, and whether the answers come back.
//   - [hubspoke/proof/dns] says what a name resolves to, and what is wrong with names.
//   - [hubspoke/proof/invariant] checks what must hold in any network.
//   - [hubspoke/proof/guardrails] evaluates the policies of an organisation.
//   - [hubspoke/proof/intent] is the language in which people promise.
//   - [hubspoke/proof/finding] is what the proof has to say beside its answers, each kind
//     with its explanation.
//
// This package puts them together: it finds the places that the parties of an intent
// stand for (parties.go, except.go, vpcs.go), asks about each pair of them (flows.go,
// separated.go, egress.go) and each name (names.go), finds what no intent speaks of
// (coverage.go), adds what holds in any network (findings.go), and reports (report.go,
// explain.go). [Proof.Ask] answers one question (query.go), [Proof.Matrix] who reaches whom
// (matrix.go).
//
// What the model cannot express is never guessed: it makes what depends on it unproven.
// docs/network-proof.md says what is modelled, and what is not.
package proof
