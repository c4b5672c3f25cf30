package proof

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"hubspoke/internal/words"
	"hubspoke/proof/config"
	"hubspoke/proof/dns"
	"hubspoke/proof/finding"
	"hubspoke/proof/guardrails"
	"hubspoke/proof/intent"
	"hubspoke/proof/invariant"
	"hubspoke/proof/network"
	"hubspoke/proof/reach"
	"hubspoke/proof/stackjson"
)

// Input is what there is to prove, and what it is proven from.
type Input struct {
	// Name is what reports call the network.
	Name string
	// Stacks are the Terraform JSON of all stacks that make the network.
	Stacks []*stackjson.Stack
	// Accounts are the numbers of AWS accounts, by the names under which intents and
	// reports know them. An account of the stacks that has no name goes by its number.
	Accounts map[string]string
	// VPCs are the names of VPCs. A VPC without one bears its account's, if it is the
	// only such in the account; else its tag Name or, failing that, its resource's name.
	VPCs []NamedVPC
	// Tiers say of which tier subnets are; nil for the tag Tier or, failing that, the name
	// of the subnet's resource without its zone.
	Tiers *Tiers
	// Intents are the promises, and IntentsFile the file in which they stand, for
	// reports.
	Intents     intent.Intents
	IntentsFile string
	// Roles are the names of roles that are the same in every account, by the words that intents have for them.
	Roles map[string]string
	// Early says that there are no intents because what they are about is not there yet.
	Early bool
	// ManagedByCI says that machines are meant to deploy the organisation's management account.
	ManagedByCI bool
	// Expected is what is known about the stacks beforehand, to find those of another
	// day or another network. It is nil where nothing is.
	Expected *Expected
}

// Expected is what there should be in the stacks.
type Expected struct {
	// Stacks are the names of all stacks.
	Stacks []string
	// VPCs are VPCs that the stacks make, or look up.
	VPCs []ExpectedVPC
}

// ExpectedVPC is the range of an account's VPC.
type ExpectedVPC struct {
	Account string // its name
	CIDR    netip.Prefix
}

// Proof answers questions about a network.
type Proof struct {
	input    Input
	config   *config.Config
	network  *network.Model
	analysis *reach.Analysis
	// organization is nil where the stacks make none.
	organization *guardrails.Organization
	// accounts are the names of accounts, by number.
	accounts map[string]string
	// names are what intents and questions may name.
	names intent.Names
	// vpcNames are the names of VPCs, and transit those without workloads.
	vpcNames map[*network.VPC]string
	transit  map[*network.VPC]bool
	// demanding says that places are looked for of which something is demanded.
	demanding bool

	// What was found out is kept, since intents ask for much of it again.
	answers     map[question][]dns.Answer // by who asks for which name
	answered    map[dns.Flow]Status       // whether name servers answer
	found       map[string][]place        // places of parties, by the parties' names
	meanings    map[string]meaning        // places of whole lists, by their words
	separations map[vpcPair]Case          // whether transit gateways keep two VPCs apart
	spoken      *coverage                 // what intents speak of
}

// Of prepares the proof of a network.
func Of(in Input) *Proof {
	p := &Proof{
		input: in, config: config.Of(in.Stacks), accounts: map[string]string{},
		answers: map[question][]dns.Answer{}, answered: map[dns.Flow]Status{}, found: map[string][]place{}, meanings: map[string]meaning{}, separations: map[vpcPair]Case{},
	}
	p.network = network.Build(p.config)
	in.Tiers.tiered(p.network)
	p.analysis = reach.Of(p.network)
	for name, number := range in.Accounts {
		p.accounts[number] = name
		p.names.Accounts = append(p.names.Accounts, name)
	}
	for _, number := range p.config.Accounts() {
		if p.accounts[number] == "" {
			p.names.Accounts = append(p.names.Accounts, number)
		}
	}
	slices.Sort(p.names.Accounts)
	if p.organization = guardrails.Read(p.config, p.accounts); p.organization != nil {
		p.names.Units, p.names.Roles = []string{}, slices.Sorted(maps.Keys(in.Roles))
		for _, unit := range p.organization.Units {
			p.names.Units = append(p.names.Units, unit.Name)
		}
	}
	p.nameVPCs()
	return p
}

// Names are what intents and questions may name: accounts and VPCs.
func (p *Proof) Names() intent.Names { return p.names }

// Prove checks all intents, and what must hold in any network.
func (p *Proof) Prove() *Report {
	r := &Report{Estate: p.input.Name, Model: p.count()}
	spoken := p.silent()
	for _, promise := range p.input.Intents {
		result := p.intent(promise)
		// While it is known whom the intent means: of all intents that is more than the model.
		p.speak(spoken, promise)
		clear(p.meanings)
		result.File, result.Line = p.input.IntentsFile, promise.Line
		r.Intents = append(r.Intents, result)
	}
	p.spoken = spoken
	r.Invariants = p.findings()
	switch {
	case p.input.Early:
	case len(r.Intents) == 0:
		r.Invariants = append(r.Invariants, finding.Finding{
			Kind: nothingPromised, Status: Unproven, Sentence: "the estate has no intents.yaml, or nothing in it: write what the network promises",
		})
	default:
		var unspoken finding.List
		p.findUnspoken(&unspoken)
		r.Invariants = finding.ByStatus(append(r.Invariants, unspoken.All()...))
	}
	r.conclude()
	return r
}

// conclude draws the report's conclusion. Something that was not understood, such as
// a stack that is not here, may change any answer that is good.
func (r *Report) conclude() {
	r.Status = Proven
	doubtful := 0
	for _, f := range r.Invariants {
		r.Status = finding.Worse(r.Status, f.Status)
		// That nobody speaks of something changes no answer, nor does what an invariant leaves
		// open: it is about accounts, and about the order of changes. What is open about
		// guardrails is in the answers about those.
		if f.Status == Unproven && f.Kind != notPromised && !slices.Contains(invariant.Kinds(), f.Kind) && !slices.Contains(guardrails.Kinds(), f.Kind) {
			doubtful++
		}
	}
	for i := range r.Intents {
		if result := &r.Intents[i]; result.Status == Proven && doubtful > 0 {
			result.Status, result.doubted = Unproven, true
			result.Summary += fmt.Sprintf("; but not understood: %s, see above, and that may change it", words.Count(doubtful, "thing"))
		}
		r.Status = finding.Worse(r.Status, r.Intents[i].Status)
	}
}

// count says how much there is in the model.
func (p *Proof) count() []Count {
	counts := p.countNetwork()
	if p.organization != nil {
		counts = append(counts, Count{"member account", len(p.organization.Accounts)}, Count{"guardrail", len(p.organization.Policies)})
	}
	return counts
}

// countNetwork says how much there is in the model of the network.
func (p *Proof) countNetwork() []Count {
	subnets, tables, routes := 0, 0, 0
	for _, v := range p.network.VPCs {
		subnets += len(v.Subnets)
		tables += len(v.Tables)
		for _, t := range v.Tables {
			routes += len(t.Routes)
		}
	}
	return []Count{
		{"stack", len(p.config.Stacks)},
		{"VPC", len(p.network.VPCs)},
		{"subnet", subnets},
		{"route table", tables},
		{"route", routes},
		{"transit gateway", len(p.network.TransitGateways)},
		{"security group", len(p.network.Groups)},
		{"interface", len(p.network.Interfaces)},
		{"zone", len(p.network.Zones)},
	}
}

// intent checks one intent.
func (p *Proof) intent(i intent.Intent) Result {
	switch {
	case i.Deny != nil:
		return p.deny(*i.Deny)
	case i.Allow != nil:
		return p.allow(*i.Allow)
	case i.Only != nil:
		return p.only(*i.Only)
	case i.Resolve != nil:
		return p.resolve(*i.Resolve)
	case i.Closed != nil:
		return p.closed(*i.Closed)
	case i.Egress != nil:
		return p.egress(*i.Egress)
	case i.May != nil:
		return p.act("may", *i.May)
	case i.Forbid != nil:
		return p.act("forbid", *i.Forbid)
	}
	return unreadable("an intent without content", fmt.Errorf("it promises nothing"))
}

// unreadable is the result of an intent whose words match nothing: an empty
// promise would hold whatever is the case.
func unreadable(intent string, err error) Result {
	return Result{Intent: intent, Status: Unproven, Summary: err.Error()}
}
