package dns

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
)

func TestNamesOfServices(t *testing.T) {
	for service, want := range map[string]string{
		"ecr.api":          "api.ecr.ap-southeast-3.amazonaws.com",
		"ecr.dkr":          "*.dkr.ecr.ap-southeast-3.amazonaws.com",
		"eks-auth":         "eks-auth.ap-southeast-3.api.aws",
		"sts":              "sts.ap-southeast-3.amazonaws.com",
		"kinesis-firehose": "firehose.ap-southeast-3.amazonaws.com",
		"no-such-service":  "",
	} {
		names, ok := Names(service, region)
		if strings.Join(names, " ") != want || ok != (want != "") {
			t.Errorf("%s: got %v, %v", service, names, ok)
		}
		if !ok {
			continue
		}
		if got, in, ok := ServiceOf(strings.Replace(names[0], "*", "x", 1)); got != service || in != region || !ok {
			t.Errorf("%s: its name belongs to %s in %s, %v", service, got, in, ok)
		}
	}
	if names, ok := Names("sts", "cn-north-1"); ok {
		t.Errorf("got %v", names)
	}
}

// The zones that an estate makes for central endpoints come of a table of its own.
// Both tables must say the same, or what is synthesized and what is proven differ.
func TestTheNamesOfServicesAreThoseThatEstatesMakeZonesFor(t *testing.T) {
	e := &estate.Estate{Settings: estate.Settings{Region: region}}
	for _, service := range estate.EndpointServices() {
		names, _ := Names(service, region)
		zone := e.EndpointZone(service)
		want := zone.Name
		if zone.Wildcard {
			want = "*." + zone.Name
		}
		if !slices.Equal(names, []string{want}) {
			t.Errorf("%s: estates make a zone for %s, and its names are %v here", service, want, names)
		}
	}
}

func TestNoServiceIsNamedTwice(t *testing.T) {
	for i, service := range sameName {
		if i > 0 && sameName[i-1] >= service {
			t.Errorf("%s is not in its place in sameName", service)
		}
		if _, ok := otherNames[service]; ok {
			t.Errorf("%s is in otherNames too", service)
		}
	}
}
