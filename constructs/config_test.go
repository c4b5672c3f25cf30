package constructs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/constructs-go/constructs/v10"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/analyzer"
	"hubspoke/constructs/attachment"
	"hubspoke/constructs/backupplan"
	"hubspoke/constructs/backupvault"
	"hubspoke/constructs/baseline"
	"hubspoke/constructs/bastion"
	"hubspoke/constructs/breakglass"
	"hubspoke/constructs/bucket"
	"hubspoke/constructs/budget"
	"hubspoke/constructs/certificate"
	"hubspoke/constructs/configaggregator"
	"hubspoke/constructs/dashboard"
	"hubspoke/constructs/database"
	"hubspoke/constructs/deployroles"
	"hubspoke/constructs/dhcp"
	"hubspoke/constructs/directconnect"
	"hubspoke/constructs/dnsfirewall"
	"hubspoke/constructs/eks"
	"hubspoke/constructs/endpoints"
	"hubspoke/constructs/endpointservice"
	"hubspoke/constructs/findings"
	"hubspoke/constructs/firewall"
	"hubspoke/constructs/flowlogs"
	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/github"
	"hubspoke/constructs/guardduty"
	"hubspoke/constructs/httpapi"
	"hubspoke/constructs/inspector"
	"hubspoke/constructs/karpenter"
	"hubspoke/constructs/key"
	"hubspoke/constructs/logalarm"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/managedinstance"
	"hubspoke/constructs/organizationpolicy"
	"hubspoke/constructs/permissionset"
	"hubspoke/constructs/privateendpoint"
	"hubspoke/constructs/privategroups"
	"hubspoke/constructs/probe"
	"hubspoke/constructs/querylog"
	"hubspoke/constructs/recorder"
	"hubspoke/constructs/recordrole"
	"hubspoke/constructs/registry"
	"hubspoke/constructs/resolver"
	"hubspoke/constructs/restapi"
	"hubspoke/constructs/savedquery"
	"hubspoke/constructs/secret"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/securityhub"
	"hubspoke/constructs/sessionpreferences"
	"hubspoke/constructs/share"
	"hubspoke/constructs/shield"
	"hubspoke/constructs/topic"
	"hubspoke/constructs/trail"
	"hubspoke/constructs/transitgateway"
	"hubspoke/constructs/vpc"
	"hubspoke/constructs/vpclink"
	"hubspoke/constructs/vpn"
	"hubspoke/constructs/webacl"
	"hubspoke/constructs/workloadrole"
	"hubspoke/constructs/zoneassociation"
	"hubspoke/constructs/zones"
	"hubspoke/internal/tf"
)

// empty calls a constructor with a Config that says nothing, and with nothing to
// make resources in.
func empty[C, T any](constructor func(constructs.Construct, string, C) (*T, error)) func() error {
	return func() error {
		_, err := constructor(nil, "x", *new(C))
		return err
	}
}

var constructors = map[string]func() error{
	"alarm.New":                  empty(alarm.New),
	"analyzer.New":               empty(analyzer.New),
	"attachment.New":             empty(attachment.New),
	"backupplan.New":             empty(backupplan.New),
	"backupplan.NewRole":         empty(backupplan.NewRole),
	"backupvault.New":            empty(backupvault.New),
	"baseline.New":               empty(baseline.New),
	"bastion.New":                empty(bastion.New),
	"breakglass.New":             empty(breakglass.New),
	"breakglass.NewRole":         empty(breakglass.NewRole),
	"bucket.New":                 empty(bucket.New),
	"bucket.NewAccessLogs":       empty(bucket.NewAccessLogs),
	"budget.New":                 empty(budget.New),
	"certificate.New":            empty(certificate.New),
	"configaggregator.New":       empty(configaggregator.New),
	"configaggregator.NewRule":   empty(configaggregator.NewRule),
	"dashboard.New":              empty(dashboard.New),
	"database.New":               empty(database.New),
	"deployroles.New":            empty(deployroles.New),
	"deployroles.NewCI":          empty(deployroles.NewCI),
	"deployroles.NewState":       empty(deployroles.NewState),
	"directconnect.New":          empty(directconnect.New),
	"dhcp.New":                   empty(dhcp.New),
	"dnsfirewall.New":            empty(dnsfirewall.New),
	"dnsfirewall.NewVPC":         empty(dnsfirewall.NewVPC),
	"eks.New":                    empty(eks.New),
	"eks.NewNodeRole":            empty(eks.NewNodeRole),
	"endpoints.NewInterface":     empty(endpoints.NewInterface),
	"endpoints.NewS3":            empty(endpoints.NewS3),
	"endpointservice.New":        empty(endpointservice.New),
	"shield.New":                 empty(shield.New),
	"shield.NewProtection":       empty(shield.NewProtection),
	"findings.New":               empty(findings.New),
	"findings.NewImages":         empty(findings.NewImages),
	"firewall.New":               empty(firewall.New),
	"flowlogs.New":               empty(flowlogs.New),
	"gatewayassociation.New":     empty(gatewayassociation.New),
	"github.New":                 empty(github.New),
	"guardduty.New":              empty(guardduty.New),
	"guardduty.NewRole":          empty(guardduty.NewRole),
	"httpapi.New":                empty(httpapi.New),
	"httpapi.NewDelivery":        empty(httpapi.NewDelivery),
	"inspector.New":              empty(inspector.New),
	"karpenter.New":              empty(karpenter.New),
	"key.New":                    empty(key.New),
	"logalarm.New":               empty(logalarm.New),
	"loggroup.New":               empty(loggroup.New),
	"managedinstance.New":        empty(managedinstance.New),
	"organizationpolicy.New":     empty(organizationpolicy.New),
	"permissionset.New":          empty(permissionset.New),
	"privateendpoint.New":        empty(privateendpoint.New),
	"privategroups.New":          empty(privategroups.New),
	"privategroups.NewEndpoints": empty(privategroups.NewEndpoints),
	"probe.New":                  empty(probe.New),
	"querylog.New":               empty(querylog.New),
	"querylog.NewLogGroup":       empty(querylog.NewLogGroup),
	"recorder.New":               empty(recorder.New),
	"recorder.NewRole":           empty(recorder.NewRole),
	"querylog.NewAssociation":    empty(querylog.NewAssociation),
	"recordrole.New":             empty(recordrole.New),
	"registry.New":               empty(registry.New),
	"resolver.NewAssociation":    empty(resolver.NewAssociation),
	"resolver.NewInbound":        empty(resolver.NewInbound),
	"resolver.NewOutbound":       empty(resolver.NewOutbound),
	"savedquery.New":             empty(savedquery.New),
	"secret.New":                 empty(secret.New),
	"securitygroup.New":          empty(securitygroup.New),
	"sessionpreferences.New":     empty(sessionpreferences.New),
	"securitygroup.NewRules":     empty(securitygroup.NewRules),
	"securityhub.New":            empty(securityhub.New),
	"securityhub.NewAccount":     empty(securityhub.NewAccount),
	"share.New":                  empty(share.New),
	"share.NewAccepter":          empty(share.NewAccepter),
	"topic.New":                  empty(topic.New),
	"trail.New":                  empty(trail.New),
	"transitgateway.New":         empty(transitgateway.New),
	"restapi.New":                empty(restapi.New),
	"restapi.NewAccount":         empty(restapi.NewAccount),
	"vpclink.New":                empty(vpclink.New),
	"vpclink.NewFront":           empty(vpclink.NewFront),
	"webacl.New":                 empty(webacl.New),
	"vpn.New":                    empty(vpn.New),
	"vpn.NewLogGroup":            empty(vpn.NewLogGroup),
	"vpc.New":                    empty(vpc.New),
	"workloadrole.New":           empty(workloadrole.New),
	"zoneassociation.New":        empty(zoneassociation.New),
	"zones.NewEndpoint":          empty(zones.NewEndpoint),
	"zones.NewPrivate":           empty(zones.NewPrivate),
	"zones.NewPublic":            empty(zones.NewPublic),
}

// What a Config must say is checked before anything is made: here there is nothing
// to make it in, and jsii is not started.
func TestEveryConstructorRefusesAConfigThatSaysNothing(t *testing.T) {
	for _, name := range tf.Keys(constructors) {
		t.Run(name, func(t *testing.T) {
			if err := constructors[name](); err == nil || err.Error() == "" {
				t.Error("it is taken")
			}
		})
	}
}

func TestNoConstructorIsForgottenHere(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && strings.HasPrefix(d.Name.Name, "New") {
				found = append(found, file.Name.Name+"."+d.Name.Name)
			}
		}
	}
	for _, name := range found {
		if constructors[name] == nil {
			t.Errorf("%s is not tried: add it to constructors", name)
		}
	}
	for _, name := range tf.Keys(constructors) {
		if !slices.Contains(found, name) {
			t.Errorf("%s is tried, and there is none: remove it from constructors", name)
		}
	}
}
