package estate

import (
	"hubspoke/proof/intent"
)

// intentNames are what intents.yaml may name.
func (e *Estate) intentNames() intent.Names {
	return intent.Names{Accounts: sortedKeys(e.Accounts)}
}
