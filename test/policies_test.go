package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"hubspoke/estate/cluster"
	"hubspoke/internal/arn"
	"hubspoke/internal/gitops"
	"hubspoke/proof/stackjson"
)

// What a policy is about has to be there: an ARN that nothing has, or a tag that nobody
// puts, is a permission for nobody, and shows only when somebody needs it.
func TestEveryPolicyIsAboutWhatTheEstateHas(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) { report(t, aboutNothing(t, e)) })
}

// thing is an AWS resource that an estate makes, or names as there already.
type thing struct {
	arn  string
	tags map[string]string
}

// resourceARNs say what the ARN of a type of resource is about. Where AWS chooses the
// id, the resource's address stands for it.
var resourceARNs = map[string]func(a arn.Account, id string, body map[string]any) string{
	"aws_cloudtrail": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("cloudtrail", "trail/"+text(b["name"]))
	},
	"aws_cloudwatch_event_rule": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("events", "rule/"+text(b["name"]))
	},
	"aws_cloudwatch_log_group": func(a arn.Account, _ string, b map[string]any) string { return a.LogGroup(text(b["name"])) },
	"aws_ecr_repository": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("ecr", "repository/"+text(b["name"]))
	},
	"aws_eks_cluster": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("eks", "cluster/"+text(b["name"]))
	},
	"aws_iam_instance_profile": func(a arn.Account, _ string, b map[string]any) string {
		return a.IAM("instance-profile/" + text(b["name"]))
	},
	"aws_iam_role":  func(a arn.Account, _ string, b map[string]any) string { return a.Role(text(b["name"])) },
	"aws_kms_alias": func(a arn.Account, _ string, b map[string]any) string { return a.ARN("kms", text(b["name"])) },
	"aws_s3_bucket": func(a arn.Account, _ string, b map[string]any) string { return a.Bucket(text(b["bucket"])) },
	"aws_secretsmanager_secret": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("secretsmanager", "secret:"+text(b["name"])+"-"+strings.Repeat("x", 6))
	},
	"aws_security_group": func(a arn.Account, id string, _ map[string]any) string { return a.ARN("ec2", "security-group/"+id) },
	"aws_sns_topic":      func(a arn.Account, _ string, b map[string]any) string { return a.ARN("sns", text(b["name"])) },
	"aws_sqs_queue":      func(a arn.Account, _ string, b map[string]any) string { return a.ARN("sqs", text(b["name"])) },
	"aws_ssm_document": func(a arn.Account, _ string, b map[string]any) string {
		return a.ARN("ssm", "document/"+text(b["name"]))
	},
	"aws_subnet": func(a arn.Account, id string, _ map[string]any) string { return a.ARN("ec2", "subnet/"+id) },
	"aws_vpc":    func(a arn.Account, id string, _ map[string]any) string { return a.ARN("ec2", "vpc/"+id) },
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// things are what the estate's stacks make, and what they look up.
func (e *synthesis) things() []thing {
	var all []thing
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			of, ok := resourceARNs[r.Type]
			if !ok {
				continue
			}
			id := s.Name + "." + r.Name
			if given := text(r.Body["id"]); r.Data && given != "" {
				id = given
			}
			account, tags := e.providerOf(s, text(r.Body["provider"]))
			own, _ := r.Body["tags"].(map[string]any)
			if r.Data {
				tags = nil
			}
			for key, value := range own {
				tags[key] = text(value)
			}
			all = append(all, thing{of(account, id, r.Body), tags})
		}
	}
	// A workload of any kind may write records by its name, whoever makes its role.
	for _, spoke := range e.Spokes {
		for workload := range spoke.RecordRoles {
			all = append(all, thing{arn: e.RoleARN(spoke.Name, e.WorkloadRole(spoke.Name, workload))})
		}
		// The file names roles that read secrets, whoever makes them.
		for _, secret := range spoke.Secrets {
			for _, role := range secret.Roles {
				all = append(all, thing{arn: e.RoleARN(spoke.Name, role)})
			}
		}
	}
	return all
}

// providerOf is the account that a resource with that provider is in, and the tags that
// the provider puts on it. The default provider is called "".
func (e *synthesis) providerOf(s *stackjson.Stack, provider string) (arn.Account, map[string]string) {
	_, alias, _ := strings.Cut(provider, ".")
	var providers struct {
		AWS []struct {
			Alias   string
			Region  string
			Numbers []string                           `json:"allowed_account_ids"`
			Default []struct{ Tags map[string]string } `json:"default_tags"`
		}
	}
	encoded, _ := json.Marshal(s.JSON["provider"])
	if err := json.Unmarshal(encoded, &providers); err != nil {
		return arn.Account{}, nil
	}
	account, tags := e.Account(e.listed(s.Name).Account), map[string]string{}
	for _, p := range providers.AWS {
		if p.Alias != alias {
			continue
		}
		if len(p.Numbers) == 1 {
			account = account.Of(p.Numbers[0]).In(p.Region)
		}
		for _, d := range p.Default {
			maps.Copy(tags, d.Tags)
		}
	}
	return account, tags
}

// yaml is the text of the estate's files.
func (e *synthesis) yaml(t *testing.T) string {
	var all strings.Builder
	for name, content := range tree(t, estates[e.Name]) {
		if filepath.Ext(name) == ".yaml" {
			all.WriteString(content)
		}
	}
	return all.String()
}

// aboutNothing are the places in policies that are about nothing that the estate makes
// or names.
func aboutNothing(t *testing.T, e *synthesis) []string {
	things, named := e.things(), e.yaml(t)
	var problems []string
	for _, s := range e.stacks {
		eachPolicy(s, func(where string, statements []statement) {
			for _, st := range statements {
				at := fmt.Sprintf("%s: %s: statement %q", s.Name, where, st.Sid)
				for _, a := range st.arns() {
					if !strings.Contains(named, a) && !there(things, a) {
						problems = append(problems, fmt.Sprintf("%s names %s, which the estate neither makes nor names", at, a))
					}
				}
				for _, pattern := range st.Resource {
					if len(st.tags(resourceTag)) > 0 && ofAMadeType(pattern) && !tagged(things, pattern, st) && !tagsItself(statements, st) {
						problems = append(problems, fmt.Sprintf("%s asks that %s have tags %v, which none has", at, pattern, st.tags(resourceTag)))
					}
				}
			}
		})
	}
	return problems
}

// eachPolicy visits every policy in a stack.
func eachPolicy(s *stackjson.Stack, visit func(where string, statements []statement)) {
	for _, r := range s.Resources() {
		stackjson.Strings(r.Body, func(path, text string) {
			var document struct{ Statement []statement }
			if !strings.HasPrefix(text, "{") || !strings.Contains(text, `"Statement"`) || json.Unmarshal([]byte(unquoteReferences(text)), &document) != nil {
				return // badPolicies says that it is none
			}
			visit(r.Address()+"."+path, document.Statement)
		})
	}
}

// tagged says that a thing is one that the pattern and the tags of a statement are about.
func tagged(things []thing, pattern string, st statement) bool {
	return slices.ContainsFunc(things, func(th thing) bool {
		return matchesAny(values{pattern}, th.arn) && st.admitsTags(th.tags)
	})
}

// tagsItself says that whoever has the policy puts the tags itself that a statement asks
// for, when it makes such things: other statements ask that of it.
func tagsItself(statements []statement, st statement) bool {
	puts := map[string]values{}
	for _, other := range statements {
		maps.Copy(puts, other.tags(requestTag))
	}
	for key, wanted := range st.tags(resourceTag) {
		if !slices.Equal(puts[key], wanted) {
			return false
		}
	}
	return true
}

// arns are the whole ARNs that a statement names, of types that estates make. To keep
// somebody from what is not there does no harm.
func (st statement) arns() []string {
	var all []string
	if st.Effect == "Allow" {
		all = slices.Concat(st.Resource, st.Principal.AWS)
	}
	for _, keys := range st.Condition {
		for _, listed := range keys {
			all = append(all, listed...)
		}
	}
	return slices.DeleteFunc(all, func(a string) bool {
		return strings.ContainsAny(a, "*?$") || !ofAMadeType(a)
	})
}

// ofAMadeType says that an ARN, or a pattern of some, is of a type in [resourceARNs].
func ofAMadeType(a string) bool {
	parts := strings.SplitN(a, ":", 6)
	if len(parts) < 6 {
		return false
	}
	for _, of := range resourceARNs {
		example := strings.SplitN(of(arn.Account{}, "x", map[string]any{"name": "x", "bucket": "x"}), ":", 6)
		kind, _, more := strings.Cut(example[5], "/")
		if parts[2] == example[2] && (!more || strings.HasPrefix(parts[5], kind+"/")) {
			return true
		}
	}
	return false
}

// there says that one of the things has the ARN, or is what the ARN is a part of: the
// object of a bucket, a stream of a log group.
func there(things []thing, a string) bool {
	return slices.ContainsFunc(things, func(th thing) bool {
		return a == th.arn || strings.HasPrefix(a, th.arn+"/") || strings.HasPrefix(a, th.arn+":")
	})
}

// The keys of conditions on the tags that a resource has, and that it is going to have.
const (
	resourceTag = "aws:ResourceTag/"
	requestTag  = "aws:RequestTag/"
)

// tags are the tags that a statement asks for with one of these keys.
func (st statement) tags(prefix string) map[string]values {
	tags := map[string]values{}
	for _, operator := range []string{"StringEquals", "StringLike"} {
		for key, wanted := range st.Condition[operator] {
			if name, ok := strings.CutPrefix(key, prefix); ok {
				tags[name] = wanted
			}
		}
	}
	return tags
}

func (st statement) admitsTags(tags map[string]string) bool {
	for key, wanted := range st.tags(resourceTag) {
		if value, ok := tags[key]; !ok || !matchesAny(wanted, value) {
			return false
		}
	}
	return true
}

// allows says whether statements let somebody act on a thing, as far as its ARN and tags
// decide.
func allows(statements []statement, action string, th thing) bool {
	return slices.ContainsFunc(statements, func(st statement) bool {
		return st.Effect == "Allow" && matchesAny(st.Action, action) && matchesAny(st.Resource, th.arn) && st.admitsTags(th.tags)
	})
}

func TestKarpenterMayLaunchWhereItsNodeClassesSay(t *testing.T) {
	seen := 0
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.Spokes {
			if s.Cluster == nil {
				continue
			}
			seen++
			report(t, unlaunchable(e, s.Name, nodeClasses(t, e, s.Name), karpenterMay(e, s.Name)))
		}
	})
	if seen == 0 {
		t.Error("no estate has a cluster")
	}
}

func karpenterMay(e *synthesis, spoke string) []statement {
	for _, r := range rolesOf(e.stack(spoke + "-eks")) {
		if r.name == e.WorkloadRole(spoke, cluster.Karpenter) {
			return r.policies
		}
	}
	return nil
}

// nodeClass is as much of an EC2NodeClass as says where nodes are.
type nodeClass struct {
	Metadata struct{ Name string }
	Spec     struct{ SubnetSelectorTerms, SecurityGroupSelectorTerms []selectorTerm }
}

type selectorTerm struct {
	ID   string
	Tags map[string]string
}

func nodeClasses(t *testing.T, e *synthesis, spoke string) []nodeClass {
	t.Helper()
	var classes []nodeClass
	files, err := filepath.Glob(filepath.Join(e.outdir, gitops.Dir, e.ClusterName(spoke), "karpenter", "ec2nodeclass-*.yaml"))
	if err != nil || len(files) == 0 && len(e.Spoke(spoke).Cluster.NodePools) > 0 {
		t.Fatalf("no node classes in %s: %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		var class nodeClass
		if err == nil {
			err = yaml.Unmarshal(content, &class)
		}
		if err != nil {
			t.Fatal(err)
		}
		classes = append(classes, class)
	}
	return classes
}

// unlaunchable are the terms of node classes that select nothing, and what they select
// that the statements keep Karpenter from launching in.
func unlaunchable(e *synthesis, spoke string, classes []nodeClass, may []statement) []string {
	var problems []string
	things, account := e.things(), e.Account(spoke)
	for _, class := range classes {
		for kind, terms := range map[string][]selectorTerm{"subnet": class.Spec.SubnetSelectorTerms, "security-group": class.Spec.SecurityGroupSelectorTerms} {
			for _, term := range terms {
				selected := slices.DeleteFunc(slices.Clone(things), func(th thing) bool {
					return !strings.HasPrefix(th.arn, account.ARN("ec2", kind+"/")) || !term.selects(th)
				})
				if len(selected) == 0 {
					problems = append(problems, fmt.Sprintf("%s: %s: %+v selects no %s", spoke, class.Metadata.Name, term, kind))
				}
				for _, th := range selected {
					if !allows(may, "ec2:RunInstances", th) || !allows(may, "ec2:CreateFleet", th) {
						problems = append(problems, fmt.Sprintf("%s: %s: Karpenter may not launch instances in %s", spoke, class.Metadata.Name, th.arn))
					}
				}
			}
		}
	}
	return problems
}

func (term selectorTerm) selects(th thing) bool {
	if term.ID != "" {
		return path.Base(th.arn) == term.ID
	}
	for key, value := range term.Tags {
		if th.tags[key] != value {
			return false
		}
	}
	return len(term.Tags) > 0
}

// The tests above are worth what they see.
func TestPermissionsForNothingAreSeen(t *testing.T) {
	e := synthesized(t, "artos")
	classes, may := nodeClasses(t, e, "existing"), karpenterMay(e, "existing")
	without := func(sid string) []statement {
		return slices.DeleteFunc(slices.Clone(may), func(st statement) bool { return st.Sid == sid })
	}
	for _, sid := range []string{"LaunchInGivenSubnets", "LaunchInTheClustersNetwork"} {
		if unlaunchable(e, "existing", classes, without(sid)) == nil {
			t.Errorf("without %s, Karpenter launches nothing, and nobody notices", sid)
		}
	}
	untagged := slices.Clone(classes)
	untagged[0].Spec.SubnetSelectorTerms = []selectorTerm{{Tags: map[string]string{"karpenter.sh/discovery": "artos-existing"}}}
	if unlaunchable(e, "existing", untagged, may) == nil {
		t.Error("a tag that no given subnet has is not seen")
	}
	good := string(e.stack("production-eks").Text)
	for name, change := range map[string][]string{
		"a queue of another name":    {`:artos-production-karpenter\"`, `:artos-production-queue\"`},
		"a role of another name":     {`:role/artos-production-nodes\"`, `:role/artos-production-node\"`},
		"a tag of another cluster's": {`aws:ResourceTag/karpenter.sh/discovery\":[\"artos-production`, `aws:ResourceTag/karpenter.sh/discovery\":[\"artos-prod`},
	} {
		changed := &stackjson.Stack{Name: "production-eks", Text: []byte(strings.ReplaceAll(good, change[0], change[1]))}
		if err := json.Unmarshal(changed.Text, &changed.JSON); err != nil {
			t.Fatal(err)
		}
		other := *e
		other.stacks = slices.Clone(e.stacks)
		other.stacks[slices.Index(e.stacks, e.stack("production-eks"))] = changed
		if string(changed.Text) == good || aboutNothing(t, &other) == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
