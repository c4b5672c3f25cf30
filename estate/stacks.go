package estate

import "slices"

// Kind is what a stack makes.
type Kind string

// The kinds of stacks.
const (
	Bootstrap    Kind = "bootstrap"
	HubLogs      Kind = "hub-logs"
	HubNetwork   Kind = "hub-network"
	HubDNS       Kind = "hub-dns"
	HubRegistry  Kind = "hub-registry"
	Baseline     Kind = "baseline"
	SpokeNetwork Kind = "network"
	SpokeLink    Kind = "link"
	SpokeEKS     Kind = "eks"
	SpokeData    Kind = "data"
)

// Stack is one Terraform state: what it makes, in which account, and which other
// stacks' outputs it reads.
type Stack struct {
	// Name is the stack's name, `dev-network`, and the last part of its state's key.
	Name string
	// Kind is what the stack makes.
	Kind Kind
	// Account is the name of the account that it makes it in.
	Account string
	// Reads are the stacks whose outputs it reads. They come earlier in [Estate.Stacks].
	Reads []string
	// After are further stacks that are deployed first, for what their resources do and not for their outputs.
	After []string
}

// Stacks are the estate's stacks in an order in which they can be deployed. The
// same list orders the stacks for `cdktf deploy`, admits remote-state reads and
// gives each account's state role its permissions.
func (e *Estate) Stacks() []Stack {
	stacks := []Stack{
		{Name: "bootstrap", Kind: Bootstrap, Account: HubAccount},
		{Name: "hub-logs", Kind: HubLogs, Account: e.Logs.Account},
	}
	if e.HasHubNetwork() {
		stacks = append(stacks,
			Stack{Name: "hub-network", Kind: HubNetwork, Account: HubAccount, Reads: []string{"hub-logs"}},
			Stack{Name: "hub-dns", Kind: HubDNS, Account: HubAccount, Reads: []string{"hub-logs", "hub-network"}},
		)
	}
	stacks = append(stacks, Stack{Name: "hub-registry", Kind: HubRegistry, Account: HubAccount})
	for _, account := range e.AccountNames() {
		stacks = append(stacks, Stack{Name: account + "-baseline", Kind: Baseline, Account: account, Reads: []string{"hub-logs"}})
	}
	for _, s := range e.Spokes {
		stacks = append(stacks, e.spokeStacks(s)...)
	}
	return stacks
}

// spokeStacks are those of one spoke. One that stands alone has nothing to link.
func (e *Estate) spokeStacks(s *Spoke) []Stack {
	network := Stack{Name: s.Name + "-network", Kind: SpokeNetwork, Account: s.Name, Reads: []string{"hub-logs"}}
	eks := Stack{Name: s.Name + "-eks", Kind: SpokeEKS, Account: s.Name, Reads: []string{network.Name}}
	stacks := []Stack{network}
	if e.HasHubNetwork() {
		link := Stack{Name: s.Name + "-link", Kind: SpokeLink, Account: s.Name, Reads: []string{"hub-network", "hub-dns", network.Name}}
		stacks[0].Reads = []string{"hub-logs", "hub-network", "hub-dns"}
		eks.After = []string{link.Name}
		stacks = append(stacks, link)
	}
	if s.Cluster != nil {
		stacks = append(stacks, eks)
	}
	if s.Database != nil {
		stacks = append(stacks, Stack{Name: s.Name + "-data", Kind: SpokeData, Account: s.Name, Reads: []string{network.Name, eks.Name}})
	}
	return stacks
}

// Stack returns the stack with that name. The name must be one of the estate's.
func (e *Estate) Stack(name string) Stack {
	stacks := e.Stacks()
	i := slices.IndexFunc(stacks, func(s Stack) bool { return s.Name == name })
	return stacks[i]
}

// AccountNames are the names of all accounts: the hub first, the others sorted.
func (e *Estate) AccountNames() []string {
	names := []string{HubAccount}
	for _, name := range sortedKeys(e.Accounts) {
		if name != HubAccount {
			names = append(names, name)
		}
	}
	return names
}

// AccountNumbers are the numbers of all accounts, sorted.
func (e *Estate) AccountNumbers() []string {
	var numbers []string
	for _, name := range e.AccountNames() {
		numbers = append(numbers, e.Accounts[name])
	}
	slices.Sort(numbers)
	return numbers
}
