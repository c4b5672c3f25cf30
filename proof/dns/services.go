package dns

import (
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// generatedDomains are the domains below which AWS makes up names of resources: what they lead
// to cannot be told from the name. {r} stands for a region.
var generatedDomains = []string{
	"cache.amazonaws.com", "compute-1.amazonaws.com", "compute.amazonaws.com", "efs.{r}.amazonaws.com",
	"eks.amazonaws.com", "elb.amazonaws.com", "elb.{r}.amazonaws.com", "es.amazonaws.com", "kafka.{r}.amazonaws.com",
	"rds.amazonaws.com", "redshift.amazonaws.com", "vpce.amazonaws.com",
}

func isGenerated(name string) bool {
	for _, domain := range generatedDomains {
		before, after, regional := strings.Cut(domain, "{r}")
		if !regional {
			if below(name, domain) && name != domain {
				return true
			}
			continue
		}
		if rest, ok := strings.CutSuffix(name, after); ok {
			dot := strings.LastIndexByte(rest, '.')
			if awsservice.IsRegion(rest[dot+1:]) && strings.HasSuffix(rest[:dot+1], "."+before) {
				return true
			}
		}
	}
	return false
}

// publicService is the public addresses of a service, as seen from a region. A
// gateway endpoint serves only the services of its own region, so the addresses
// of another region's are not in the range that stands for its prefix list.
func publicService(service, region, from string) Target {
	addresses := network.OtherServices
	if region == from {
		addresses = network.ServiceRange(service)
	}
	return Target{Kind: Service, Service: service, Addresses: []packet.Range{addresses}}
}
