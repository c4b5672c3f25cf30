package estate

import "slices"

// ShieldContract is AWS Shield Advanced, which takes a contract of a year. Every account has Shield
// Standard without any.
// https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html
type ShieldContract struct {
	// Accounts are the accounts that subscribe: those that own what is to be protected. In the hub, its public zones are. Load balancers of a cluster's Ingresses have the annotation `alb.ingress.kubernetes.io/shield-advanced-protection: "true"`.
	Accounts []string `yaml:"accounts" jsonschema:"required,minItems=1,uniqueItems=true" format:"account-name" why:"Shield would protect nothing" example:"[hub]"`
	// YearlyContractUSD says once more that the contract is meant, by what it costs at least: 36000 US dollars a year for an organisation, or for each account outside of one, besides what is charged for traffic. It cannot be ended before its year is over.
	YearlyContractUSD int `yaml:"yearly_contract_usd" example:"36000"`
	// Renew renews the contract for another year. AWS takes another value in the last thirty days of the year alone. Default: true.
	Renew *bool `yaml:"renew" default:"true"`
}

// shieldYear is what a contract costs a year, in US dollars.
// https://aws.amazon.com/shield/pricing/
const shieldYear = 36000

// HasShield says that an account subscribes to Shield Advanced.
func (e *Estate) HasShield(account string) bool {
	return e.Shield != nil && slices.Contains(e.Shield.Accounts, account)
}

// OnePayer says that the accounts are of one organisation, which has one contract for all.
func (e *Estate) OnePayer() bool { return e.IsOrganization() || e.Organization.ARN != "" }

// validateShield checks that a contract of a year is said twice.
func (e *Estate) validateShield() {
	s := e.settings.Section("shield")
	if e.Shield == nil || s.Broken() {
		return
	}
	for i, account := range e.Shield.Accounts {
		e.validateAccount(e.settings, s.Key("accounts").Item(i).Path(), account)
	}
	contracts := len(e.Shield.Accounts)
	if e.OnePayer() {
		contracts = min(1, contracts)
	}
	at, want := s.Key("yearly_contract_usd"), contracts*shieldYear
	switch {
	case want == 0 || at.Broken() || e.Shield.YearlyContractUSD == want:
	case !at.Has():
		s.Errorf("Shield Advanced is a contract of a year that nobody ends before, for %d US dollars: say yearly_contract_usd: %d too if you mean it, or leave shield out", want, want)
	default:
		at.Errorf("the contract is for %d US dollars a year: say that if you mean it, or leave shield out", want)
	}
}
