package replacement

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
)

// reviewed calls a function for every resource of every reviewed stack.
func reviewed(t *testing.T, visit func(resourceType string, body map[string]any)) {
	t.Helper()
	files, err := filepath.Glob("../../test/testdata/golden/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no reviewed stacks: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var stack struct {
			Resource map[string]map[string]map[string]any
		}
		if err := json.Unmarshal(text, &stack); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for resourceType, named := range stack.Resource {
			for _, body := range named {
				visit(resourceType, body)
			}
		}
	}
}

// meta are arguments of Terraform's own, which no provider sees.
var meta = []string{"lifecycle", "depends_on", "provider", "count", "for_each", "provisioner", "connection"}

// arguments are the paths of all arguments of a block.
func arguments(path string, value any) []string {
	var all []string
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			switch {
			case path == "" && slices.Contains(meta, name):
			case path == "":
				all = append(all, arguments(name, inner)...)
			default:
				all = append(all, arguments(path+"."+name, inner)...)
			}
		}
		return all
	case []any:
		blocks := false
		for _, item := range v {
			if _, block := item.(map[string]any); block {
				blocks = true
				all = append(all, arguments(path, item)...)
			}
		}
		if blocks {
			return all
		}
	}
	return []string{path}
}

func TestEveryArgumentThatStacksWriteWasTried(t *testing.T) {
	unknown := map[string]bool{}
	reviewed(t, func(resourceType string, body map[string]any) {
		for _, argument := range arguments("", body) {
			if !Known(resourceType, argument) {
				unknown[resourceType+": "+argument] = true
			}
		}
	})
	for argument := range unknown {
		t.Errorf("%s: does a change of it replace the resource? See docs/decisions/removal.md, and add it to table.json", argument)
	}
}

func TestEveryTypeThatStacksMakeHasAKeyOrNone(t *testing.T) {
	unknown := map[string]bool{}
	reviewed(t, func(resourceType string, _ map[string]any) {
		if !Keyed(resourceType) {
			unknown[resourceType] = true
		}
	})
	for resourceType := range unknown {
		t.Errorf("%s: what names it to AWS? Add it to keys", resourceType)
	}
}

func TestWhatIsSaidOfTypesIsSaidOfThoseThatStacksMake(t *testing.T) {
	for resourceType := range foundations {
		if !Keyed(resourceType) {
			t.Errorf("foundations: there is no %s", resourceType)
		}
	}
	for whole, all := range parts {
		for _, part := range append(all, whole) {
			if !Keyed(part) {
				t.Errorf("parts: there is no %s", part)
			}
		}
	}
	for held, hold := range holds {
		for _, kind := range append(hold.By, held) {
			if !Keyed(kind) {
				t.Errorf("holds: there is no %s", kind)
			}
		}
		if hold.Instead == "" {
			t.Errorf("holds: %s: what else is there to do?", held)
		}
	}
	for kind, shared := range keyTypes {
		if !slices.Equal(Key(kind), Key(shared)) {
			t.Errorf("keyTypes: %s and %s have other keys", kind, shared)
		}
	}
	for kind := range rooms {
		if !Keyed(kind) || KeyType(kind) != kind {
			t.Errorf("rooms: nothing has the key of %s", kind)
		}
	}
}

// What a variable is called is no part of a key, and all else is.
func TestTheNameOfAVariableIsNoPartOfAKey(t *testing.T) {
	for _, c := range []struct{ resourceType, argument, value, want string }{
		{"aws_api_gateway_resource", "path_part", "{id}", "{}"},
		{"aws_api_gateway_resource", "path_part", "{proxy+}", "{}"},
		{"aws_api_gateway_resource", "path_part", "orders", "orders"},
		{"aws_api_gateway_resource", "parent_id", "${aws_api_gateway_resource.x.id}", "${aws_api_gateway_resource.x.id}"},
		{"aws_apigatewayv2_route", "route_key", "GET /a/{b}/c/{d+}", "GET /a/{}/c/{+}"},
		{"aws_apigatewayv2_route", "api_id", "${aws_apigatewayv2_api.x.id}", "${aws_apigatewayv2_api.x.id}"},
		{"aws_iam_role", "name", "{id}", "{id}"},
	} {
		if got := KeyPart(c.resourceType, c.argument, c.value); got != c.want {
			t.Errorf("%s.%s: %s counts as %s, want %s", c.resourceType, c.argument, c.value, got, c.want)
		}
	}
}

func TestTheTableIsOfTheProviderThatStacksUse(t *testing.T) {
	if Provider() != versions.AWSProvider {
		t.Errorf("table.json is of provider %s, and stacks use %s: try it again", Provider(), versions.AWSProvider)
	}
}

func TestAnArgumentHasOneEffect(t *testing.T) {
	for resourceType, b := range tried.Types {
		seen := map[string]bool{}
		for _, argument := range slices.Concat(b.Replaces, b.Updates, b.Untried, tf.Keys(b.Refused)) {
			if seen[argument] {
				t.Errorf("%s: %s stands twice in table.json", resourceType, argument)
			}
			seen[argument] = true
		}
	}
}

func TestWhatAWSRefusesHasTheDocumentThatSaysSo(t *testing.T) {
	for resourceType, b := range tried.Types {
		for argument, reason := range b.Refused {
			if !strings.Contains(reason, "https://docs.aws.amazon.com/") {
				t.Errorf("%s: %s: which page of AWS says so? %s", resourceType, argument, reason)
			}
		}
	}
}

func TestTheEffectOfAnArgument(t *testing.T) {
	for _, c := range []struct {
		resourceType, argument string
		want                   Effect
	}{
		{"aws_vpc", "cidr_block", Replaces},
		{"aws_subnet", "availability_zone_id", Replaces},
		{"aws_db_instance", "username", Replaces},
		{"aws_eks_cluster", "bootstrap_self_managed_addons", Replaces},
		{"aws_vpc", "enable_dns_support", Updates},
		{"aws_ec2_transit_gateway_vpc_attachment", "subnet_ids", Updates},
		{"aws_eks_cluster", "vpc_config.subnet_ids", Refused},
		{"aws_eks_cluster", "encryption_config.provider.key_arn", Refused},
		{"aws_vpc", "tags.Name", Updates},
		{"aws_subnet", "tags.kubernetes.io/role/elb", Updates},
		{"aws_eks_node_group", "labels.anything", Updates},
		{"aws_eks_node_group", "taint.no_such_argument", ""},
		{"aws_vpc", "no_such_argument", ""},
		{"aws_no_such_type", "name", ""},
	} {
		got := EffectOf(c.resourceType, c.argument)
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.resourceType, c.argument, got, c.want)
		}
		if listed := slices.Contains(Arguments(c.resourceType), c.argument); listed != (c.want == Replaces) {
			t.Errorf("%s %s is among those that replace: %v", c.resourceType, c.argument, listed)
		}
		if Known(c.resourceType, c.argument) != (c.want != "") {
			t.Errorf("%s %s: Known says otherwise", c.resourceType, c.argument)
		}
	}
	if Keyed("aws_no_such_type") {
		t.Error("what was never tried is known")
	}
}
