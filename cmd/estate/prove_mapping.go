package main

import (
	"maps"
	"regexp"
	"slices"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// accountsFile says what plans and states do not: which name an account goes by, in which
// account a root works, what VPCs are called, of which tier subnets are, and which root
// wrote a state.
type accountsFile struct {
	// Accounts are the numbers of accounts, by the names under which intents know them.
	Accounts map[string]string `yaml:"accounts" jsonschema:"required"`
	// Roots are the names of the accounts in which roots work, by the names of the roots' folders, where neither the root's provider nor the owners and ARNs in its state say so.
	Roots map[string]string `yaml:"roots"`
	// Roles are the names of the roles that every account has, by the words that intents have for them: `apply: acme-apply`. They are of use where a root makes the organisation.
	Roles map[string]string `yaml:"roles"`
	// VPCs are VPCs by the names under which intents know them. Default: the account's name if it has one VPC, else the tag Name, else that of the resource.
	VPCs map[string]mappedVPC `yaml:"vpcs"`
	// Tiers is the rule by which subnets are of a tier.
	Tiers mappedTiers `yaml:"tiers"`
	// States are the roots that wrote states, by the name of the data source that reads one or by the key of its backend.
	States map[string]string `yaml:"states"`
}

// mappedVPC says which VPC is meant. What is said must all fit.
type mappedVPC struct {
	// Name is its tag Name.
	Name string `yaml:"name"`
	// Address is the root and the address of its resource: `network/module.vpc["dev"].aws_vpc.this`.
	Address string `yaml:"address"`
	// Account is the name of its account.
	Account string `yaml:"account"`
	// Transit says that it hands on what others send, and holds no workloads.
	Transit bool `yaml:"transit"`
}

// mappedTiers is [proof.Tiers].
type mappedTiers struct {
	// Tag is the key of the tag with the tier.
	Tag string `yaml:"tag" default:"Tier"`
	// Names are subnets of tiers, by tag Name or by address.
	Names map[string][]string `yaml:"names"`
}

// mapped adds to the input what the file says.
func mapped(name string, in *proof.Input) error {
	var file accountsFile
	document, err := decode(name, &file)
	if err != nil {
		return err
	}
	in.Accounts, in.Roles = file.Accounts, file.Roles
	in.Tiers = &proof.Tiers{Tag: file.Tiers.Tag, Names: file.Tiers.Names}
	place(document, file, in.Stacks)
	readStates(document, file, in.Stacks)
	for _, called := range slices.Sorted(maps.Keys(file.VPCs)) {
		v := file.VPCs[called]
		if v.Account != "" && file.Accounts[v.Account] == "" {
			document.Errorf(yamldoc.Child(yamldoc.Child("vpcs", called), "account"), "%q is not one of the accounts", v.Account)
		}
		in.VPCs = append(in.VPCs, proof.NamedVPC{Name: called, Tag: v.Name, Address: v.Address, Account: v.Account, Transit: v.Transit})
	}
	find(document, file, *in)
	return document.Errors.Sorted()
}

// roleName is a name that a role of IAM may have: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
var roleName = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)

// find looks for the roles, VPCs and subnets that the file names.
func find(document *yamldoc.Document, file accountsFile, in proof.Input) {
	p := proof.Of(in)
	for _, word := range slices.Sorted(maps.Keys(file.Roles)) {
		switch path := yamldoc.Child("roles", word); {
		case !roleName.MatchString(file.Roles[word]):
			document.Errorf(path, "%q is no name of a role: letters, digits and +=,.@_-, without a path", file.Roles[word])
		case p.Names().Units == nil:
			document.Errorf(path, "no root here makes the organisation, of which alone intents say who may do what: leave it out, or name that root too")
		}
	}
	for _, v := range in.VPCs {
		path := yamldoc.Child("vpcs", v.Name)
		switch count := p.VPCsOf(v); {
		case v.Account != "" && file.Accounts[v.Account] == "": // said already
		case v.Tag == "" && v.Address == "" && v.Account == "":
			document.Errorf(path, "this does not say which VPC: give its name, its address or its account")
		case count == 0:
			document.Errorf(path, "no root here makes such a VPC")
		case count > 1:
			document.Errorf(path, "%d VPCs are so: give the address of one", count)
		}
	}
	for tier, names := range file.Tiers.Names {
		for i, name := range names {
			if !p.HasSubnet(name) {
				document.Errorf(yamldoc.Index(yamldoc.Child("tiers.names", tier), i), "no root here makes the subnet %q", name)
			}
		}
	}
}

// readStates says of remote states which root wrote them.
func readStates(document *yamldoc.Document, file accountsFile, stacks []*stackjson.Stack) {
	for name, root := range file.States {
		path := yamldoc.Child("states", name)
		at := slices.IndexFunc(stacks, func(s *stackjson.Stack) bool { return s.Name == root })
		if at < 0 {
			document.Errorf(path, "there is no root %q", root)
			continue
		}
		found := false
		for _, s := range stacks {
			found = s.ReadsFrom(name, stacks[at]) || found
		}
		if !found {
			document.Errorf(path, "no root reads a state of that name or key, or its values are known already: leave it out")
		}
	}
}

// place says of roots in which account they work, where they do not say so themselves.
func place(document *yamldoc.Document, file accountsFile, stacks []*stackjson.Stack) {
	for root, account := range file.Roots {
		path := yamldoc.Child("roots", root)
		number, known := file.Accounts[account]
		if !known {
			document.Errorf(path, "%q is not one of the accounts", account)
		}
		found := false
		for _, s := range stacks {
			if s.Name != root {
				continue
			}
			found = true
			if !s.Place(number) {
				document.Errorf(path, "the root says itself in which account it works: leave it out here")
			}
		}
		if !found {
			document.Errorf(path, "there is no root of that name")
		}
	}
}
