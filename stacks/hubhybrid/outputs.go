package hubhybrid

import "hubspoke/internal/output"

// Outputs are what hub-hybrid tells those who configure the devices: no stack reads them.
type Outputs struct {
	VPNConnectionIDs output.Map `output:"vpn_connection_ids,people" doc:"The VPN connections, by VPN, whose configuration for the device AWS generates."`
	Tunnel1Addresses output.Map `output:"tunnel1_addresses,people" doc:"The public addresses of the first tunnels on Amazon's side, by VPN, for the device and for firewalls before it."`
	Tunnel2Addresses output.Map `output:"tunnel2_addresses,people" doc:"Those of the second tunnels, by VPN."`
	PresharedKeyARNs output.Map `output:"preshared_key_arns,people" doc:"The secrets with the keys of both tunnels, by VPN."`
}
