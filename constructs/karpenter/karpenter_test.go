package karpenter

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

func config() Config {
	return Config{
		Name: "p-dev-karpenter", QueueName: "p-dev-karpenter", ClusterName: "p-dev",
		Account: arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"},
	}
}

func TestEveryRuleMayTellTheQueueAndNothingElse(t *testing.T) {
	for _, s := range config().queueStatements() {
		if s.Effect == "Deny" {
			continue
		}
		if !slices.Equal(s.Principal.Service, []string{"events.amazonaws.com"}) || s.Principal.Anyone || len(s.Principal.AWS) > 0 {
			t.Errorf("%s admits %v", s.Sid, s.Principal)
		}
		rules := s.Condition["ArnEquals"]["aws:SourceArn"]
		for event := range events {
			if want := "arn:aws:events:ap-southeast-3:222222222222:rule/p-dev-karpenter-" + event; !slices.Contains(rules, want) {
				t.Errorf("%s does not admit %s, of %v", s.Sid, want, rules)
			}
		}
		if len(rules) != len(events) {
			t.Errorf("%s admits %v", s.Sid, rules)
		}
	}
}

func TestTheQueueRefusesWhatIsNotEncryptedInTransit(t *testing.T) {
	for _, s := range config().queueStatements() {
		if s.Effect == "Deny" && s.Principal.Anyone && slices.Equal(s.Action, []string{"sqs:*"}) &&
			slices.Equal(s.Condition["Bool"]["aws:SecureTransport"], []string{"false"}) {
			return
		}
	}
	t.Error("no such statement")
}

func TestPatternsAreJSONThatNamesTheEvent(t *testing.T) {
	const want = `{"source":["aws.ec2"],"detail-type":["EC2 Spot Instance Interruption Warning"]}`
	if got := *events["spot"].pattern(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNamesLongerThanAWSTakesAreErrors(t *testing.T) {
	longest := config()
	longest.Name = strings.Repeat("a", 20) + "-" + strings.Repeat("b", 20) + "-karpenter"
	longest.QueueName = longest.Name
	if err := longest.check(); err != nil {
		t.Errorf("names of twenty characters each: %v", err)
	}
	rule, queue := config(), config()
	rule.Name = strings.Repeat("a", 60)
	queue.QueueName = strings.Repeat("a", 81)
	for name, c := range map[string]Config{"a rule": rule, "a queue": queue} {
		if c.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
