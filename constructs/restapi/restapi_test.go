package restapi

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/httpapi"
)

// complete is a Config that is refused for nothing.
func complete() Config {
	id := "x"
	return Config{
		Name: "shop", Services: map[string]Service{"orders": {&id, "orders.example.com"}}, Routes: map[string]string{"ANY /{proxy+}": "orders"},
		Rate: 1, Burst: 1, TimeoutSeconds: 29, Log: httpapi.Log{Group: "/apis/shop", RetentionDays: 1, Admitted: struct{ cdktf.ITerraformDependable }{}},
	}
}

// AWS refuses a longer wait, and a route to nowhere, in the middle of an apply.
func TestWhatAWSRefusesIsRefused(t *testing.T) {
	late, nowhere := complete(), complete()
	late.TimeoutSeconds = 30
	nowhere.Routes["GET /old"] = "old"
	if err := complete().check(); err != nil {
		t.Error(err)
	}
	for want, config := range map[string]Config{"at most 29 seconds": late, "route GET /old": nowhere} {
		if err := config.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestRoutesAreAMethodAndAPath(t *testing.T) {
	for route, want := range map[string][2]string{"GET /": {"GET", ""}, "ANY /orders/{proxy+}": {"ANY", "/orders/{proxy+}"}} {
		if method, path := split(route); method != want[0] || path != want[1] {
			t.Errorf("%s is %q and %q, want %q", route, method, path, want)
		}
	}
}
