package awsaction

import (
	"strings"
	"testing"
)

func TestTheTableKnowsTheActionsThatGuardrailsName(t *testing.T) {
	for _, action := range []string{
		"s3:PutObject", "s3:putobject", "sts:AssumeRole", "iam:Create*", "ec2:*", "*", "*:*", "organizations:LeaveOrganization",
		"kms:ScheduleKeyDeletion", "ec2:Describe?nstances",
	} {
		if problem, _ := Problem(action); problem != "" {
			t.Errorf("%s: %s", action, problem)
		}
	}
}

func TestAMisspeltActionIsFoundWithWhatWasMeant(t *testing.T) {
	for action, want := range map[string]string{
		"s3:PutObjekt":           "s3:PutObjekt is no action of s3 (did you mean s3:PutObject? If it is newer than " + AsOf + ", write s3:PutObjekt*)",
		"cloudtrail:StopLoging":  "cloudtrail:StopLoging is no action of cloudtrail (did you mean cloudtrail:StopLogging? If it is newer than " + AsOf + ", write cloudtrail:StopLoging*)",
		"cloudtrial:StopLogging": "AWS has no service cloudtrial (did you mean cloudtrail:StopLogging?)",
		"PutObject":              "\"PutObject\" is no action: those are a service and a name, `s3:GetObject`, in which * stands for any characters",
		"s3:Put[a-z]*":           "\"s3:Put[a-z]*\" is no action: those are a service and a name, `s3:GetObject`, in which * stands for any characters",
	} {
		if problem, doubtful := Problem(action); problem != want || doubtful {
			t.Errorf("%s: got %q, doubtful %t, want %q", action, problem, doubtful, want)
		}
	}
}

// AWS adds actions every week. What the table may be too old for is for people to judge.
func TestWhatMayBeNewIsDoubtful(t *testing.T) {
	for _, action := range []string{"s3:ReticulateSplines", "s3:PutObjekt*", "telepathy:ReadMind"} {
		if problem, doubtful := Problem(action); problem == "" || !doubtful {
			t.Errorf("%s: got %q, doubtful %t", action, problem, doubtful)
		}
	}
}

func TestTheTableIsWholeAndSmall(t *testing.T) {
	all := read()
	if len(all.services) < 400 || len(text) > 400_000 {
		t.Errorf("%d services in %d bytes", len(all.services), len(text))
	}
	if len(Matching("s3", "*")) < 150 || len(Matching("ec2", "*")) < 600 {
		t.Errorf("s3 has %d actions, ec2 %d", len(Matching("s3", "*")), len(Matching("ec2", "*")))
	}
	for _, service := range strings.Fields("s3 sts kms sqs secretsmanager") {
		if !InResourcePolicies(service) {
			t.Errorf("resource control policies are about %s", service)
		}
	}
	if InResourcePolicies("ec2") {
		t.Error("resource control policies are not about ec2")
	}
}
