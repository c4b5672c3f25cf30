package awsservice

import (
	"strings"
	"testing"
)

const region = "ap-southeast-3"

func TestNamesOfServices(t *testing.T) {
	for service, want := range map[string]string{
		"ecr.api":          "api.ecr.ap-southeast-3.amazonaws.com",
		"ecr.dkr":          "*.dkr.ecr.ap-southeast-3.amazonaws.com",
		"eks-auth":         "eks-auth.ap-southeast-3.api.aws",
		"sts":              "sts.ap-southeast-3.amazonaws.com",
		"kinesis-firehose": "firehose.ap-southeast-3.amazonaws.com",
		"no-such-service":  "",
	} {
		if got := strings.Join(Names(service, region), " "); got != want {
			t.Errorf("%s: got %q, want %q", service, got, want)
		}
	}
	if names := Names("sts", "cn-north-1"); names != nil {
		t.Errorf("in China there is %v", names)
	}
}

func TestEveryNameBelongsToItsService(t *testing.T) {
	for _, service := range All() {
		names := Names(service, region)
		if len(names) == 0 {
			t.Errorf("%s has no names", service)
		}
		for _, name := range names {
			if got, in, ok := Of(strings.Replace(name, "*", "x", 1)); got != service || in != region || !ok {
				t.Errorf("%s: its name %s belongs to %s in %s, %v", service, name, got, in, ok)
			}
		}
	}
}

func TestNamesThatAreNoService(t *testing.T) {
	for _, name := range []string{"example.com", "amazonaws.com", "sts.amazonaws.com", "sts.eu-west-1.example.com"} {
		if service, _, ok := Of(name); ok {
			t.Errorf("%s belongs to %s", name, service)
		}
	}
	if service, in, ok := Of("new-service.eu-west-1.amazonaws.com"); service != "new-service" || in != "eu-west-1" || !ok {
		t.Errorf("a service that is not known is called %s in %s, %v", service, in, ok)
	}
}
