package arn

import "testing"

func TestARNsHaveTheRegionAndTheAccountThatTheirServiceKnows(t *testing.T) {
	a := Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"}
	for want, got := range map[string]string{
		"arn:aws:eks:ap-southeast-3:222222222222:cluster/dev":              a.ARN("eks", "cluster/dev"),
		"arn:aws:logs:ap-southeast-3:222222222222:log-group:/a/b":          a.LogGroup("/a/b"),
		"arn:aws:iam::222222222222:role/deploy":                            a.Role("deploy"),
		"arn:aws:iam::222222222222:root":                                   a.IAM("root"),
		"arn:aws:iam::*:role/deploy":                                       a.Of("*").Role("deploy"),
		"arn:aws:iam::aws:policy/ReadOnlyAccess":                           a.ManagedPolicy("ReadOnlyAccess"),
		"arn:aws:s3:::logs/*":                                              a.Bucket("logs/*"),
		"arn:aws:ec2:ap-southeast-3::image/*":                              a.Of("").ARN("ec2", "image/*"),
		"arn:aws:ssm:*::parameter/aws/service/*":                           a.In("*").Of("").ARN("ssm", "parameter/aws/service/*"),
		"arn:aws-cn:s3:::logs":                                             Account{Partition: "aws-cn", Region: "cn-north-1"}.Bucket("logs"),
		"arn:aws:ecr:ap-southeast-3:111111111111:repository/quay.io/*":     a.Of("111111111111").ARN("ecr", "repository/quay.io/*"),
		"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy":       a.In("").Of("aws").ARN("eks", "cluster-access-policy/AmazonEKSViewPolicy"),
		"arn:aws:kms:ap-southeast-3:222222222222:alias/p-terraform-state":  a.ARN("kms", "alias/p-terraform-state"),
		"arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoring": a.ManagedPolicy("service-role/AmazonRDSEnhancedMonitoring"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if a.Region != "ap-southeast-3" || a.Number != "222222222222" {
		t.Errorf("another region or account changed this one: %v", a)
	}
}

func TestAnAccountIsCompleteWithAllThreeParts(t *testing.T) {
	a := Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"}
	if !a.Complete() {
		t.Errorf("%v is not complete", a)
	}
	for _, part := range []Account{a.In(""), a.Of(""), {Region: a.Region, Number: a.Number}} {
		if part.Complete() {
			t.Errorf("%v is complete", part)
		}
	}
}
