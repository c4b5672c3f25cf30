package network

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/config"
)

// A type of the model has all arguments of the provider's schema reviewed: see reviewed.
func TestEveryTypeOfTheModelWasReviewed(t *testing.T) {
	b := newBuilder(config.Of(nil))
	b.build()
	for _, kind := range slices.Sorted(maps.Keys(b.modelled)) {
		if _, ok := allowances()[kind]; !ok && !slices.Contains(unmodelled, kind) {
			t.Errorf("%s is read, and which of its arguments change nothing is not in the table `reviewed`", kind)
		}
	}
}

func TestTheTableOfArgumentsIsInOrder(t *testing.T) {
	tables := maps.Clone(reviewed)
	for kind, text := range reviewedServices {
		if _, twice := reviewed[kind]; twice {
			t.Errorf("%s is in both tables", kind)
		}
		tables[kind] = text
	}
	for kind, text := range tables {
		words := strings.Fields(text)
		seen := map[string]bool{}
		for _, word := range words {
			path := strings.TrimSuffix(strings.Split(word, "=")[0], "!")
			if seen[path] {
				t.Errorf("%s: %s is there twice", kind, path)
			}
			seen[path] = true
			if outer, _, nested := strings.Cut(path, "."); nested && seen[outer] {
				t.Errorf("%s: %s is within what is allowed as a whole", kind, path)
			}
			if slices.Contains(harmlessEverywhere, path) {
				t.Errorf("%s: %s changes nothing in any type", kind, path)
			}
		}
	}
}

func TestWhatIsHarmlessIsKnownToBe(t *testing.T) {
	tests := map[string]bool{
		"aws_iam_role": true, "aws_ssm_parameter": true, "aws_ssm_association": false, "aws_config_config_rule": true,
		"aws_config_remediation_configuration": false, "aws_kinesis_stream": true, "aws_kinesis_stream_consumer": true,
		"aws_kinesis_firehose_delivery_stream": false, "aws_kinesis_analytics_application": false, "aws_cloudformation_stack": false,
		"null_resource": true, "terraform_data": true, "random_id": true, "awscc_ec2_vpc": false, "kubernetes_service": false,
		"helm_release": false, "nullify_resource": false, "aws": false, "": false, "_": false,
	}
	for kind, want := range tests {
		if got := isBystander(kind); got != want {
			t.Errorf("%q: %t, want %t", kind, got, want)
		}
	}
}
