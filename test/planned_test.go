package test

import (
	"maps"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// everyPlan is the variable that has every stack planned. Without it those are planned which
// together have everything that a plan can judge: [planned].
const everyPlan = "PLAN_EVERY_STACK"

// planned are the stacks that are planned, by their estates: as few as have each argument of
// each type of resource, with each of its choices, each kind of provider, backend and import.
// A stack that is left out has nothing that is not in one of them, but other names, numbers
// and addresses, which its mocked apply has the provider validate.
func planned(t *testing.T) map[string]map[string]bool {
	t.Helper()
	parts := map[string]map[string]bool{}
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			parts[name+"/"+s.Name] = partsOf(s)
		}
	}
	chosen := fewest(parts)
	if os.Getenv(everyPlan) != "" {
		chosen = tf.Keys(parts)
	}
	plans := map[string]map[string]bool{}
	for _, place := range chosen {
		name, stack, _ := strings.Cut(place, "/")
		if plans[name] == nil {
			plans[name] = map[string]bool{}
		}
		plans[name][stack] = true
	}
	return plans
}

// fewest are few of those that together have every part that any of them has: each time the
// one that has the most of what is missing.
func fewest(parts map[string]map[string]bool) (chosen []string) {
	missing := map[string]bool{}
	for _, of := range parts {
		maps.Copy(missing, of)
	}
	for len(missing) > 0 {
		best, most := "", 0
		for _, name := range tf.Keys(parts) {
			count := 0
			for part := range parts[name] {
				if missing[part] {
					count++
				}
			}
			if count > most {
				best, most = name, count
			}
		}
		chosen = append(chosen, best)
		for part := range parts[best] {
			delete(missing, part)
		}
	}
	return chosen
}

// choice is a text that is one of a few, such as an engine, a protocol or an action, and not a
// name, a number or an address.
var choice = regexp.MustCompile(`^([A-Z][A-Z_]+|[a-z_]{3,})$`)

// naming are the arguments that are names, whatever their words, or texts for people.
var naming = regexp.MustCompile(`(\.|_)(name|alias|description|path_part|group|key|provider|value|priority)$`)

// partsOf are the parts of a stack that Terraform and the provider judge: the path of each
// argument, with its value if that is a choice, or whether it refers to something.
func partsOf(s *stackjson.Stack) map[string]bool {
	parts := map[string]bool{}
	for section, content := range s.JSON {
		switch section {
		case "resource", "data":
			for kind, named := range content.(map[string]any) {
				for _, body := range named.(map[string]any) {
					addParts(section+"."+kind, body, parts)
				}
			}
		case "output", "locals", "variable": // nothing that the provider sees
		default:
			addParts(section, content, parts)
		}
	}
	return parts
}

func addParts(path string, value any, parts map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		if strings.HasSuffix(path, ".tags") { // names and values of people
			parts[path] = true
			return
		}
		for key, child := range v {
			if key != "//" { // what CDKTF says of itself
				addParts(path+"."+key, child, parts)
			}
		}
	case []any:
		if len(v) == 0 {
			parts[path+": none"] = true
		}
		for _, child := range v {
			addParts(path, child, parts)
		}
	case bool:
		parts[path+": "+strconv.FormatBool(v)] = true
	case string:
		switch {
		case strings.Contains(v, "${"):
			parts[path+": a reference"] = true
		case choice.MatchString(v) && !naming.MatchString(path):
			parts[path+": "+v] = true
		default:
			parts[path] = true
		}
	default:
		parts[path] = true
	}
}

// What is left out by mistake would never be looked at.
func TestEveryTypeOfResourceAndEachOfItsChoicesIsPlanned(t *testing.T) {
	chosen := planned(t)
	seen, all := map[string]bool{}, 0
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			all++
			if chosen[name][s.Name] {
				for part := range partsOf(s) {
					seen[part] = true
				}
			}
		}
	}
	count := 0
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			if chosen[name][s.Name] {
				count++
				continue
			}
			for part := range partsOf(s) {
				if !seen[part] {
					t.Errorf("%s/%s is not planned, and has alone: %s", name, s.Name, part)
				}
			}
		}
	}
	t.Logf("%d of %d stacks are planned", count, all)
	for _, part := range []string{
		"resource.aws_nat_gateway.allocation_id: a reference", "resource.aws_db_instance.engine: postgres",
		"resource.aws_eks_cluster.access_config.authentication_mode: API", "provider.aws.assume_role.role_arn", "terraform.backend.s3.use_lockfile: true", "import.id",
	} {
		if !seen[part] {
			t.Errorf("%q is not among what is planned", part)
		}
	}
}
