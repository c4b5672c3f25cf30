package estate

import (
	// Tags of the schema name the formats that all sections share.
	_ "hubspoke/estate/internal/format"

	"hubspoke/internal/yamldoc"
)

// The formats that tags of the schema name, of what this package has tables of.
var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "region",
		Wanted: "a region that the address plan knows",
		Values: sortedKeys(regionZones)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "endpoint-service",
		Wanted: "an AWS service whose endpoint has a private DNS name that is known here",
		Values: EndpointServices(),
		Hints:  map[string]string{"s3": "needs no interface endpoint: every VPC has its own gateway endpoint, which is free"}})
)
