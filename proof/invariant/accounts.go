package invariant

import "hubspoke/proof/config"

// What is found here.
var (
	wrongAccount = catalogue.Add("wrong-account",
		"A resource that changes another one (a route its table, a rule its security group, a record its zone) is made "+
			"with a provider of another account than the owner's. AWS lets the owner alone change these, even if the resource "+
			"is shared through RAM: the apply ends with AccessDenied, or with an id that is not found.",
		"Set the resource's `provider` to a configuration that works in the owner's account.")
)

// checkAccounts checks that what changes a resource is made in the account that owns
// it. What is looked up may be another account's.
func (k *checker) checkAccounts() {
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			argument := config.Changes(r.Type)
			if argument == "" || r.Data {
				continue
			}
			if owned := ref(r, argument); owned != nil && !owned.Data && foreign(r, owned) {
				k.Violation(wrongAccount, about(r, owned), "%s is made in the account %s and changes %s, which belongs to the account %s: "+
					"AWS lets nobody else change it; choose a provider of that account", r, r.Account, owned, owned.Account)
			}
		}
	}
}

// foreign says whether two resources are known to be in different accounts.
func foreign(a, b *config.Resource) bool {
	return a.Account != "" && b.Account != "" && a.Account != b.Account
}
