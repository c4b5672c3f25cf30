package intent

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/internal/yamldoc"
)

// PartyKind is what a party of a flow is.
type PartyKind string

// The kinds of parties. The kinds of what runs in an account are the words by
// which intents name them.
const (
	PartyAccount      PartyKind = "account"
	PartyTier         PartyKind = "tier"
	PartyNodes        PartyKind = "nodes"
	PartyControlPlane PartyKind = "control-plane"
	PartyInstance     PartyKind = "instance"
	PartyEndpoint     PartyKind = "endpoint"
	PartyResolver     PartyKind = "resolver"
	PartyDatabase     PartyKind = "rds"
	PartyLoadBalancer PartyKind = "load-balancer"
	PartyGroup        PartyKind = "group"
	PartyAPI          PartyKind = "api"
	// PartyEndpointService is what is behind an endpoint service: its load balancers.
	PartyEndpointService PartyKind = "endpoint-service"
	PartyInternet        PartyKind = "internet"
	PartyOnPremises      PartyKind = "on-premises"
	PartyService         PartyKind = "service"
	PartyRange           PartyKind = "range"
)

// running are the kinds of what runs in an account.
var running = []string{"nodes", "control-plane", "instance", "endpoint", "resolver", "rds", "load-balancer", "group", "api", "endpoint-service"}

// Party is one name of a party, taken apart.
type Party struct {
	// Text is the name as it was written.
	Text string
	Kind PartyKind
	// Account is the name of an account or of a VPC, `*` for every account, or "" for
	// what is in none.
	Account string
	// Name is the tier, the service, or the name of what runs in the account; "" for all of that kind.
	Name string
	// Range are the addresses of a range.
	Range netip.Prefix
}

// Names are what intents may name in a network.
type Names struct {
	// Accounts are the names of the accounts.
	Accounts []string
	// VPCs are the names of VPCs that are not called like their account.
	VPCs []string
	// Tiers are the tiers of each account's or VPC's subnets. Those of one that is not
	// in it are not known, and any will do.
	Tiers map[string][]string
	// Running are the names of what runs in each account or VPC, by kind: `*` stands for
	// some whose names are not known, an empty list for none. What is not in it is not
	// known, and any name will do.
	Running map[string]map[PartyKind][]string
	// Zones are the hosted zones there are, nil if they are not known.
	Zones []string
	// Units are the units of the organisation by their paths, nil if there is no organisation.
	Units []string
	// Members are accounts of the organisation, whether they have a number or not.
	Members []string
	// Roles are the words for roles of the estate.
	Roles []string
	// NoOnPremises says that nothing leads to what is on-premises.
	NoOnPremises bool
}

// Party takes the name of a party apart. The error says what names there are.
func (n Names) Party(text string) (Party, error) {
	p := Party{Text: text}
	if text == string(PartyInternet) || text == string(PartyOnPremises) {
		p.Kind = PartyKind(text)
		if n.NoOnPremises && p.Kind == PartyOnPremises {
			return p, fmt.Errorf("%q: nothing here leads on-premises: no route names a gateway that leads there", text)
		}
		return p, nil
	}
	if addressLike(text) {
		var err error
		p.Kind = PartyRange
		p.Range, err = ipv4(text)
		return p, err
	}
	account, rest, _ := strings.Cut(text, ".")
	if !slices.Contains(n.Accounts, account) && !slices.Contains(n.VPCs, account) && account != "*" {
		if awsservice.Known(text) {
			p.Kind, p.Name = PartyService, text
			return p, nil
		}
		words := slices.Concat(n.Accounts, n.VPCs, []string{"internet", "on-premises", "s3"})
		return p, fmt.Errorf("%q begins with neither an account nor *, and is no AWS service: %s%s", text, strings.Join(words, ", "), yamldoc.Suggest(account, words))
	}
	p.Account = account
	if rest == "" {
		p.Kind = PartyAccount
		return p, nil
	}
	kind, name, _ := strings.Cut(rest, ".")
	switch {
	// Somebody's subnets may have been called so before APIs were.
	case rest == string(PartyAPI) && n.mayBeTier(account, rest):
		p.Kind, p.Name = PartyTier, rest
		return p, nil
	case slices.Contains(running, kind):
		p.Kind, p.Name = PartyKind(kind), name
		return p, n.checkRunning(p)
	case name != "":
		return p, fmt.Errorf("%q: %q is not one of %s%s", text, kind, strings.Join(running, ", "), yamldoc.Suggest(kind, running))
	}
	p.Kind, p.Name = PartyTier, kind
	return p, n.checkTier(p)
}

// mayBeTier says whether an account's subnets may have a tier, or any account's.
func (n Names) mayBeTier(account, tier string) bool {
	accounts := []string{account}
	if account == "*" {
		accounts = slices.Concat(n.Accounts, n.VPCs)
	}
	return slices.ContainsFunc(accounts, func(account string) bool {
		tiers, known := n.Tiers[account]
		return !known || slices.Contains(tiers, tier)
	})
}

// checkTier says what is wrong with the tier of a party, nil if it is one of the
// account's or those are not known.
func (n Names) checkTier(p Party) error {
	accounts, owner := []string{p.Account}, p.Account
	if p.Account == "*" {
		accounts, owner = slices.Concat(n.Accounts, n.VPCs), "any account"
	}
	var tiers []string
	for _, account := range accounts {
		own, known := n.Tiers[account]
		if !known || slices.Contains(own, p.Name) {
			return nil
		}
		tiers = append(tiers, own...)
	}
	slices.Sort(tiers)
	tiers = slices.Compact(tiers)
	if len(tiers) == 0 {
		return fmt.Errorf("%q: %s has no network, and so no tiers", p.Text, p.Account)
	}
	return fmt.Errorf("%q: %q is neither a tier of %s (%s) nor one of %s%s", p.Text, p.Name, owner,
		strings.Join(tiers, ", "), strings.Join(running, ", "), yamldoc.Suggest(p.Name, slices.Concat(tiers, running)))
}

// checkRunning says what is wrong with what runs in an account, nil if it is there or that
// is not known.
func (n Names) checkRunning(p Party) error {
	accounts, owner := []string{p.Account}, p.Account
	if p.Account == "*" {
		accounts, owner = slices.Concat(n.Accounts, n.VPCs), "any account"
	}
	var there []string
	for _, account := range accounts {
		names, known := n.Running[account][p.Kind]
		if !known || slices.Contains(names, "*") || p.Name == "" && len(names) > 0 || slices.Contains(names, p.Name) {
			return nil
		}
		there = append(there, names...)
	}
	slices.Sort(there)
	there = slices.Compact(there)
	if len(there) == 0 {
		return absent{fmt.Sprintf("%q: no %s is made in %s", p.Text, p.Kind, owner)}
	}
	return absent{fmt.Sprintf("%q: %q is no %s of %s: %s%s", p.Text, p.Name, p.Kind, owner, strings.Join(there, ", "), yamldoc.Suggest(p.Name, there))}
}

// absent says that what a party names is not there, which is likely so of every promise
// that names it.
type absent struct{ message string }

func (a absent) Error() string { return a.message }

// addressLike says whether a text is meant as an address or a range. No account is
// called so, unless by its number, and what follows that is a word.
func addressLike(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil || strings.Contains(text, "/") || strings.Count(text, ".") > 1 && strings.Trim(text, "0123456789.") == ""
}

// ipv4 reads a range, or an address as the range of itself.
func ipv4(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("%q is neither an IPv4 range such as 203.0.113.0/24 nor an address such as 203.0.113.7", text)
	}
	if prefix.Masked() != prefix {
		return netip.Prefix{}, fmt.Errorf("%q is not a range: write %s for all of it, or %s for the one address", text, prefix.Masked(), prefix.Addr())
	}
	return prefix, nil
}
