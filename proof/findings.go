package proof

import (
	"maps"
	"net/netip"
	"slices"

	"hubspoke/internal/words"
	"hubspoke/proof/config"
	"hubspoke/proof/dns"
	"hubspoke/proof/finding"
	"hubspoke/proof/guardrails"
	"hubspoke/proof/invariant"
	"hubspoke/proof/network"
)

//go:generate go run ./internal/genfindings

// What is found here.
var (
	nothingPromised = catalogue.Add("nothing-promised",
		"There are no intents: nobody has said what the network is for, so that there is nothing to prove but what holds "+
			"in any network.",
		"Write `intents.yaml`: begin with what must never be reached (`deny`), then what must be (`allow`).")
	notUnderstood = catalogue.Add("not-understood",
		"Something in the stacks is beyond the model: a type of resource that it does not know and that touches the "+
			"network, or that is of a provider which may work in AWS; an argument or a block that is not read, a `dynamic` "+
			"block; an expression that is not evaluated, a reference that leads nowhere; what Terraform forgets, imports or "+
			"runs. Since it may change any answer, every intent that would be proven is unproven.",
		"Look at what is named. Correct a broken reference; write a `count`, a `for_each`, a `dynamic` block or a module "+
			"out; take a provisioner, or an `import` that is done, out of the stack; supply the stack that is missing. What "+
			"the model cannot know is checked by hand ([what is modelled](network-proof.md#what-is-modelled)).")
	stackNotSynthesized = catalogue.Add("stack-not-synthesized",
		"The estate has a stack that is not in the folder: what is there is of another day, or of another estate. What is "+
			"proven is not about this estate.",
		"Run `make synth`, and prove again.")
	staleSynthesis = catalogue.Add("stale-synthesis",
		"A VPC has another range in the estate than in the stacks: the estate has changed since they were written.",
		"Run `make synth`, and prove again.")
	foreignStack = catalogue.Add("foreign-stack",
		"The folder holds a stack that the estate does not have. It is left over from before, or the folder is another "+
			"estate's; it is in the model, and may change answers.",
		"Run `make synth`, which removes it; or name the estate's own folder with `--outdir`. If the stack was deployed, "+
			"destroy it before its folder goes.")
	vpcLookedUp = catalogue.Add("vpc-looked-up",
		"A stack puts resources into a VPC that it looks up. The VPC's subnets, routes and network ACLs are in no stack "+
			"here, so that nothing is proven about it; intents that name it are unproven.",
		"Nothing, if the VPC is somebody else's. To prove something about it, let a stack here make it.")
	vpcNotFound = catalogue.Add("vpc-not-found",
		"A VPC was given a name, by its account and its range or address, and no stack here makes such a VPC.",
		"Correct the range or the address under which the name is given, or supply the stack that makes the VPC.")
)

// Kinds are the kinds of findings that a report can have.
func Kinds() []finding.Kind {
	return slices.Concat(catalogue.Kinds(), invariant.Kinds(), dns.Kinds(), guardrails.Kinds())
}

var catalogue finding.Catalogue

// findings are what the parts of the proof find without any intent: violations, what
// is not understood, and notes.
func (p *Proof) findings() []finding.Finding {
	var own finding.List
	p.compareStacks(&own)
	p.findUnnamed(&own)
	p.noteLookedUp(&own)
	p.findResidents(&own)
	for _, u := range p.network.Unknown {
		own.Doubt(notUnderstood, nil, "%s", u)
	}
	var guarded []finding.Finding
	if p.organization != nil {
		guarded = p.organization.Findings(p.input.ManagedByCI)
	}
	return finding.ByStatus(slices.Concat(
		guarded,
		invariant.Check(p.network, p.config, p.analysis, slices.Collect(maps.Values(p.input.Accounts))...),
		dns.Problems(p.network, p.reached),
		own.All(),
	))
}

// compareStacks finds stacks that were expected and are not here, and those that are
// here and were not: what is said about the rest is not about what was meant then.
func (p *Proof) compareStacks(found *finding.List) {
	if p.input.Expected == nil {
		return
	}
	here := map[string]bool{}
	for _, s := range p.config.Stacks {
		here[s.Name] = true
	}
	for _, name := range p.input.Expected.Stacks {
		if !here[name] {
			found.Doubt(stackNotSynthesized, nil, "the estate's stack %s is not here: run `make synth`", name)
		}
		delete(here, name)
	}
	for _, v := range p.input.Expected.VPCs {
		if !p.hasVPC(v.Account, v.CIDR) {
			found.Doubt(staleSynthesis, nil, "the VPC of %s is %s in the estate, and there is none such here: run `make synth`", v.Account, v.CIDR)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(here)) {
		found.Doubt(foreignStack, nil, "the stack %s is none of the estate's: run `make synth`, or choose the estate's own folder", name)
	}
}

// hasVPC says whether a stack makes the VPC of an account, or looks one up.
func (p *Proof) hasVPC(account string, cidr netip.Prefix) bool {
	number := p.input.Accounts[account]
	return slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool {
		return v.Account == number && slices.Contains(v.CIDRs, cidr)
	}) || slices.ContainsFunc(p.network.LookedUp, func(r *config.Resource) bool { return r.Account == number })
}

// noteLookedUp says which stacks are about a VPC that they look up.
func (p *Proof) noteLookedUp(found *finding.List) {
	number := map[string]int{}
	for _, r := range p.network.LookedUp {
		number[r.Stack.Name]++
	}
	for _, name := range slices.Sorted(maps.Keys(number)) {
		found.Note(vpcLookedUp, nil, "%s: %s in a VPC that is looked up: its subnets, routes and network ACLs are not in the stacks, "+
			"and nothing is proven about it", name, words.Count(number[name], "resource"))
	}
}
