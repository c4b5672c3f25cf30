package workloadrole

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

func config() Config {
	return Config{
		Name: "p-dev-app", Account: arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"},
		ClusterName: "p-dev", Namespace: "web", ServiceAccount: "backend", Kind: PodIdentity,
		Statements: []policy.Statement{{Sid: "Read", Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::b/*"}}},
	}
}

func TestPodIdentityTrustNamesOneServiceAccountOfOneCluster(t *testing.T) {
	statement := config().podIdentityTrust()
	want := policy.Condition{"StringEquals": {
		"aws:RequestTag/eks-cluster-arn":            {"arn:aws:eks:ap-southeast-3:222222222222:cluster/p-dev"},
		"aws:RequestTag/kubernetes-namespace":       {"web"},
		"aws:RequestTag/kubernetes-service-account": {"backend"},
	}}
	if diff := cmp.Diff(want, statement.Condition); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"pods.eks.amazonaws.com"}, statement.Principal.Service); diff != "" {
		t.Error(diff)
	}
}

func TestIRSATrustNamesOneServiceAccountOfOneIssuer(t *testing.T) {
	provider := "arn:aws:iam::222222222222:oidc-provider/oidc.eks.ap-southeast-3.amazonaws.com/id/ABC"
	statement := config().irsaTrust("oidc.eks.ap-southeast-3.amazonaws.com/id/ABC", provider)
	want := policy.Condition{"StringEquals": {
		"oidc.eks.ap-southeast-3.amazonaws.com/id/ABC:aud": {"sts.amazonaws.com"},
		"oidc.eks.ap-southeast-3.amazonaws.com/id/ABC:sub": {"system:serviceaccount:web:backend"},
	}}
	if diff := cmp.Diff(want, statement.Condition); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(policy.Principal{Federated: []string{provider}}, statement.Principal); diff != "" {
		t.Error(diff)
	}
}

func TestARoleThatCannotBeRightIsAnError(t *testing.T) {
	text := "x"
	for name, change := range map[string]func(*Config){
		"no cluster":                     func(c *Config) { c.ClusterName = "" },
		"no namespace":                   func(c *Config) { c.Namespace = "" },
		"no service account":             func(c *Config) { c.ServiceAccount = "" },
		"no account":                     func(c *Config) { c.Account.Number = "" },
		"no kind":                        func(c *Config) { c.Kind = "" },
		"nothing to do":                  func(c *Config) { c.Statements = nil },
		"a name too long":                func(c *Config) { c.Name = strings.Repeat("a", 65) },
		"a policy too long":              func(c *Config) { c.Statements[0].Sid = strings.Repeat("a", 10240) },
		"IRSA without an issuer":         func(c *Config) { c.Kind, c.ProviderARN = IRSA, &text },
		"IRSA without a provider":        func(c *Config) { c.Kind, c.Issuer = IRSA, &text },
		"IRSA with an association":       func(c *Config) { c.Kind, c.Issuer, c.ProviderARN, c.Associate = IRSA, &text, &text, true },
		"an association with no cluster": func(c *Config) { c.Associate = true },
		"more managed policies than IAM takes": func(c *Config) {
			c.ManagedPolicies = map[string]string{}
			for i := range 26 {
				c.ManagedPolicies[fmt.Sprint(i)] = "arn:aws:iam::aws:policy/x"
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := config()
			change(&c)
			if err := c.check(); err == nil {
				t.Error("no error")
			}
		})
	}
	if err := config().check(); err != nil {
		t.Errorf("and the one that is right: %v", err)
	}
}
