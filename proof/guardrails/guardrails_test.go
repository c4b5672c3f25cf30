package guardrails

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/awsaction"
	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/stackjson"
)

// stacks are those of an organisation, by name, to be changed.
type stacks map[string]map[string]any

func readStacks(t testing.TB) stacks {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := stacks{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var content map[string]any
		if err := json.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = content
	}
	return all
}

// names are those of the accounts.
var names = map[string]string{
	"111111111111": "hub", "222222222222": "log-archive", "333333333333": "dev", "444444444444": "staging", "555555555555": "prod",
	"666666666666": "security", "777777777777": "identity", "888888888888": "backup", "999999999999": "management",
}

// words are the estate's for roles.
var roleWords = map[string]string{"apply": "innovate-apply", "plan": "innovate-plan", "break-glass": "innovate-break-glass", "bootstrap": "OrganizationAccountAccessRole"}

func (s stacks) organization() *Organization {
	var list []*stackjson.Stack
	for name, content := range s {
		list = append(list, &stackjson.Stack{Name: name, JSON: content})
	}
	slices.SortFunc(list, func(a, b *stackjson.Stack) int { return strings.Compare(a.Name, b.Name) })
	return Read(config.Of(list), names)
}

// promises are what the organisation is for.
var promises = []struct {
	name string
	in   string
	Promise
}{
	{"root does nothing", "*", Promise{Forbidden: true, Who: []string{"root"}, Do: []string{"*"}}},
	{"nobody leaves", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Do: []string{"organizations:LeaveOrganization", "account:CloseAccount"}}},
	{"recording goes on", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:StopConfigurationRecorder", "ec2:DeleteFlowLogs"}}},
	{"watching goes on", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"guardduty:DeleteDetector", "guardduty:Disassociate*", "securityhub:DisableSecurityHub*"}}},
	{"the archive stays", "log-archive", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"s3:Delete*", "s3:PutBucketPolicy"}, On: []string{"arn:aws:s3:::innovate-trail-222222222222", "arn:aws:s3:::innovate-trail-222222222222/*"}}},
	{"its keys stay", "log-archive", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"}}},
	{"states stay", "hub", Promise{Forbidden: true, Who: []string{"anyone"}, Except: []string{"break-glass", "bootstrap", "role/innovate-state-*", "role/innovate-plan-state-*"}, Do: []string{"s3:DeleteObject", "s3:PutObject"}, On: []string{"arn:aws:s3:::innovate-terraform-state-111111111111/*"}}},
	{"other regions", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Do: []string{"ec2:RunInstances", "s3:CreateBucket", "lambda:*"}, Regions: []string{"eu-west-1", "us-west-2"}}},
	{"the region of global services", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"ec2:RunInstances"}, Regions: []string{"us-east-1"}}},
	{"no keys of users", "*", Promise{Forbidden: true, Who: []string{"anyone"}, Except: deployers, Do: []string{"iam:CreateUser", "iam:CreateAccessKey", "iam:CreateOpenIDConnectProvider"}}},
	{"backups stay", "prod", Promise{Forbidden: true, Who: []string{"anyone"}, Except: []string{"break-glass"}, Do: []string{"backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"}}},
	{"no graphics in development", "workloads/development", Promise{Forbidden: true, Who: []string{"anyone", "apply"}, Do: []string{"ec2:RunInstances"}, On: []string{"arn:aws:ec2:*:*:instance/*"}, With: map[string]string{"ec2:InstanceType": "p5.48xlarge"}}},
	{"nothing is unencrypted", "*", Promise{Forbidden: true, Who: []string{"anyone", "apply"}, Do: []string{"rds:CreateDBInstance"}, With: map[string]string{"rds:StorageEncrypted": "false", "rds:DatabaseEngine": "postgres"}}},
	{"strangers", "*", Promise{Forbidden: true, Who: []string{"outsider"}, Do: []string{"s3:GetObject", "kms:Decrypt", "secretsmanager:GetSecretValue", "sts:AssumeRole", "sqs:*"}}},
	{"services for strangers", "*", Promise{Forbidden: true, Who: []string{"foreign-service"}, Do: []string{"s3:PutObject", "kms:Decrypt"}}},
	{"without TLS", "*", Promise{Forbidden: true, Who: []string{"apply", "anyone"}, Do: []string{"s3:GetObject"}, With: map[string]string{"aws:SecureTransport": "false"}}},

	{"whoever deploys may", "*", Promise{Who: []string{"apply", "break-glass", "bootstrap"}, Do: []string{Deploy}}},
	{"whoever plans may read", "*", Promise{Who: []string{"plan"}, Do: []string{Plan, "iam:GetRole", "sts:GetCallerIdentity", "organizations:DescribeOrganization", "route53:ListHostedZones", "cloudfront:ListDistributions", "s3:ListAllMyBuckets"}}},
	{"people may look", "*", Promise{Who: []string{"anyone"}, Do: []string{"iam:GetRole", "sts:GetCallerIdentity", "organizations:DescribeOrganization", "route53:ListHostedZones", "cloudfront:ListDistributions", "support:CreateCase"}, With: map[string]string{"ec2:RoleDelivery": "2.0"}}},
	{"providers vouch", "*", Promise{Who: []string{"provider"}, Do: []string{"sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"}}},
	{"services deliver", "log-archive", Promise{Who: []string{"service"}, Do: []string{"s3:PutObject", "kms:GenerateDataKey"}}},
	{"sessions of root", "*", Promise{Who: []string{"root"}, Do: []string{"s3:DeleteBucketPolicy"}, On: []string{"arn:aws:s3:::somebodys"}, With: map[string]string{"aws:AssumedRoot": "true", "ec2:RoleDelivery": "2.0"}}},
	{"users of development make instances", "workloads/development", Promise{Who: []string{"role/developer"}, Do: []string{"ec2:RunInstances"}, On: []string{"arn:aws:ec2:ap-southeast-1:333333333333:instance/*"}, With: map[string]string{"ec2:InstanceType": "t4g.small"}}},
}

var deployers = []string{"apply", "break-glass", "bootstrap"}

// failures are what does not hold: promises, and findings but notes.
func failures(t testing.TB, s stacks) []string {
	t.Helper()
	o := s.organization()
	var failed []string
	for _, p := range promises {
		p.Roles = roleWords
		for _, a := range o.Accounts {
			above := a.Above
			for ; above != nil && above.Name != p.in; above = above.Above {
			}
			if p.in == "*" || p.in == a.Name || above != nil {
				p.In = append(p.In, a)
			}
		}
		asked, broken, open := o.Check(p.Promise)
		if asked == 0 {
			failed = append(failed, p.name+": nothing is asked")
		}
		for _, c := range append(broken, open...) {
			failed = append(failed, fmt.Sprintf("%s: %s: %s", p.name, c, c.Decision.Answer()))
			break
		}
	}
	for _, f := range o.Findings(false) {
		if !f.Note() || f.Kind == stopsDeployment || f.Kind == undesignated {
			failed = append(failed, f.String())
		}
	}
	return failed
}

func TestTheOrganizationKeepsItsPromises(t *testing.T) {
	for _, failed := range failures(t, readStacks(t)) {
		t.Error(failed)
	}
	for _, f := range readStacks(t).organization().Findings(false) {
		if f.Kind == unread || f.Status != finding.Proven {
			t.Error(f)
		}
	}
}

// What Terraform calls are actions that AWS has, but for API Gateway, whose actions are methods of HTTP.
func TestCallsAreActions(t *testing.T) {
	types := slices.Sorted(strings.Lines(deployText))
	for i, line := range types {
		if i > 0 && strings.Fields(line)[0] == strings.Fields(types[i-1])[0] && line[0] != '#' {
			t.Errorf("twice: %s", line)
		}
	}
	for kind, all := range calls() {
		for _, c := range all {
			if problem, _ := awsaction.Problem(c.action); problem != "" {
				t.Errorf("%s: %s", kind, problem)
			}
		}
	}
}
