// Package zones makes Route 53 hosted zones: public ones and their delegation,
// private ones, and the private zones that lead clients to interface endpoints.
//
// A private zone is made with one VPC of its own account, because Route 53 wants
// one. All other associations are made elsewhere. Records are up to those who own
// the names, except for delegations and the aliases of endpoints. Zones are not
// signed (DNSSEC).
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html
package zones

import "github.com/aws/constructs-go/constructs/v10"

// Zone is a hosted zone.
type Zone struct {
	// Domain is the zone's domain name.
	Domain string
	// ID and ARN are the zone's.
	ID, ARN *string
	// NameServers answer for the zone. A private zone has some too, which nobody can ask.
	NameServers *[]*string

	scope constructs.Construct
}
