// Package hubdns makes the estate's hosted zones in the hub: public zones and
// their delegation, private zones, and a private zone for each central endpoint.
// It logs what resolvers are asked, makes the rules of what they answer, and lets the
// spokes' workloads write records.
//
// Which spoke resolves a private zone is up to the spokes' link stacks.
package hubdns

import (
	"hubspoke/constructs/querylog"
	"hubspoke/constructs/recordrole"
	"hubspoke/constructs/share"
	"hubspoke/constructs/shield"
	"hubspoke/constructs/zones"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hublogs"
	"hubspoke/stacks/hubnetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	network := hubnetwork.Read(s)
	public, err := publicZones(s)
	if err != nil {
		return err
	}
	private, err := privateZones(s, network)
	if err != nil {
		return err
	}
	endpoint, err := endpointZones(s, network)
	if err != nil {
		return err
	}
	queryLog, err := logQueries(s, network)
	if err != nil {
		return err
	}
	groups, err := firewall(s, network)
	if err != nil {
		return err
	}
	if err := shareWithOrganization(s, queryLog, groups); err != nil {
		return err
	}
	roles, err := recordRoles(s, public, private)
	if err != nil {
		return err
	}
	nameServers := output.Lists{}
	for domain, zone := range public {
		nameServers[domain] = zone.NameServers
	}
	outputs := Outputs{
		PublicZoneIDs:    validatingZones(s, public),
		PrivateZoneIDs:   ids(private),
		EndpointZoneIDs:  ids(endpoint),
		QueryLogConfigID: queryLog.ID,
		NameServers:      nameServers,
		RecordRoleARNs:   output.MapOf(roles),
	}
	if s.Estate.InvitesSpokes() {
		outputs.QueryLogConfigARN = queryLog.ARN
	}
	groups.write(&outputs, s.Estate.InvitesSpokes())
	output.Write(s.Scope, outputs)
	return nil
}

// publicZones makes the public zones, by domain, and delegates each from the
// closest zone above it. A zone without one is delegated by people.
func publicZones(s *base.Stack) (map[string]*zones.Zone, error) {
	e := s.Estate
	made := map[string]*zones.Zone{}
	for _, domain := range e.DNS.PublicZones {
		zone, err := zones.NewPublic(s.Scope, tf.Name("public", domain), zones.PublicConfig{
			Domain: domain, Comment: "Public names of " + e.Project,
		})
		if err != nil {
			return nil, err
		}
		made[domain] = zone
		if err := protect(s, domain, zone); err != nil {
			return nil, err
		}
	}
	for _, domain := range e.DNS.PublicZones {
		if parent, ok := made[e.ParentZone(domain)]; ok {
			if err := parent.Delegate(made[domain]); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

// protect has Shield Advanced protect a public zone, if the hub has subscribed to it.
func protect(s *base.Stack, domain string, zone *zones.Zone) error {
	if !s.Estate.HasShield(s.Account) {
		return nil
	}
	_, err := shield.NewProtection(s.Scope, tf.Name("public", domain), shield.ProtectionConfig{Name: s.Prefix() + "-" + domain, ResourceARN: zone.ARN})
	return err
}

// validatingZones are the public zones in which certificates of spokes are validated, by domain.
func validatingZones(s *base.Stack, public map[string]*zones.Zone) output.Map {
	validating := map[string]*zones.Zone{}
	for _, domain := range s.Estate.ValidatingZones() {
		validating[domain] = public[domain]
	}
	return ids(validating)
}

// privateZones makes the private zones, by domain.
func privateZones(s *base.Stack, network hubnetwork.Outputs) (map[string]*zones.Zone, error) {
	e := s.Estate
	made := map[string]*zones.Zone{}
	for _, domain := range tf.Keys(e.DNS.PrivateZones) {
		zone, err := zones.NewPrivate(s.Scope, tf.Name("private", domain), zones.PrivateConfig{
			Domain: domain, Comment: "Private names of " + e.Project, VPCID: network.VPCID, Region: e.Region,
		})
		if err != nil {
			return nil, err
		}
		made[domain] = zone
	}
	return made, nil
}

// endpointZones makes the zones of the central endpoints, by service.
func endpointZones(s *base.Stack, network hubnetwork.Outputs) (map[string]*zones.Zone, error) {
	e := s.Estate
	made := map[string]*zones.Zone{}
	for _, service := range e.ZonedEndpoints() {
		names := e.EndpointZone(service)
		zone, err := zones.NewEndpoint(s.Scope, tf.Name("endpoint", service), zones.EndpointConfig{
			PrivateConfig: zones.PrivateConfig{
				Domain:  names.Name,
				Comment: "The central endpoint of " + service,
				VPCID:   network.VPCID,
				Region:  e.Region,
			},
			Wildcard:  names.Wildcard,
			DNSName:   network.EndpointDNSNames.Get(service),
			DNSZoneID: network.EndpointZoneIDs.Get(service),
		})
		if err != nil {
			return nil, err
		}
		made[service] = zone
	}
	return made, nil
}

// logQueries logs the hub VPC's queries.
func logQueries(s *base.Stack, network hubnetwork.Outputs) (*querylog.QueryLog, error) {
	return querylog.New(s.Scope, "main", querylog.Config{
		Name:      s.Prefix() + "-queries",
		BucketARN: hublogs.Read(s).QueryLogsBucketARN,
		VPCID:     network.VPCID,
	})
}

// shareWithOrganization shares the query log and the rule groups with all accounts of the
// organisation, if it shares without invitations.
func shareWithOrganization(s *base.Stack, log *querylog.QueryLog, groups ruleGroups) error {
	if !s.Estate.SharesInOrganization() {
		return nil
	}
	resources := map[string]*string{"query_log": log.ARN}
	for name, arn := range groups.arns() {
		resources[name] = arn
	}
	_, err := share.New(s.Scope, "dns", share.Config{
		Name: s.Prefix() + "-dns", Organization: s.Estate.OrganizationARN(), Resources: resources,
	})
	return err
}

// recordRoles makes a role for each workload of a spoke that writes records. A
// name that is both a public and a private zone means both.
func recordRoles(s *base.Stack, public, private map[string]*zones.Zone) (map[string]*string, error) {
	e := s.Estate
	arns := map[string]*string{}
	for _, spoke := range e.Spokes {
		for _, workload := range tf.Keys(spoke.RecordRoles) {
			var zoneARNs []*string
			for _, domain := range spoke.RecordRoles[workload].Zones {
				if zone, ok := public[domain]; ok {
					zoneARNs = append(zoneARNs, zone.ARN)
				}
				if zone, ok := private[domain]; ok {
					zoneARNs = append(zoneARNs, zone.ARN)
				}
			}
			name := e.RecordRole(spoke.Name, workload)
			role, err := recordrole.New(s.Scope, tf.Name(spoke.Name, workload), recordrole.Config{
				Name:       name,
				Account:    e.Account(spoke.Name),
				AssumedBy:  e.RoleARN(spoke.Name, name),
				ExternalID: workload + "-" + spoke.Name,
				ZoneARNs:   zoneARNs,
			})
			if err != nil {
				return nil, err
			}
			arns[spoke.Name+"/"+workload] = role.ARN
		}
	}
	return arns, nil
}

func ids(made map[string]*zones.Zone) output.Map {
	values := map[string]*string{}
	for key, zone := range made {
		values[key] = zone.ID
	}
	return output.MapOf(values)
}
