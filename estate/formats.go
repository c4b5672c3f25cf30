package estate

import (
	"regexp"

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
		Wanted:    "the last part of the name of an endpoint's service, such as ecr.api",
		Pattern:   regexp.MustCompile(`^[a-z0-9]+(?:[.-][a-z0-9]+)*$`),
		Suggested: EndpointServices()})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "os-user",
		Wanted:  "the name of a user of Linux, such as ec2-user",
		Pattern: regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`),
		Except:  regexp.MustCompile(`^root$`),
		Because: "is a user whom Session Manager opens no sessions of: name another one, who may become root where that is meant"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "endpoint-name",
		Wanted:  "the name by which clients know a service, such as api.sagemaker.eu-central-1.amazonaws.com, or *. and what all its names end in",
		Pattern: regexp.MustCompile(`^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){2,}[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`), MaxLength: 253})
)
