package proof

import (
	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// Network is the model of the network that the proof is about. It is not to be changed.
func (p *Proof) Network() *network.Model { return p.network }

// Configuration is what the model was made from. It is not to be changed.
func (p *Proof) Configuration() *config.Config { return p.config }

// VPCName is what intents and reports call a VPC.
func (p *Proof) VPCName(v *network.VPC) string { return p.called(v) }

// AccountName is what intents and reports call the account with a number: the number itself where nobody named it.
func (p *Proof) AccountName(number string) string {
	if name := p.accounts[number]; name != "" {
		return name
	}
	return number
}
