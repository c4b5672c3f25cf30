package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// dataReader is a type of resource whose refresh reads data, and not only configuration.
type dataReader struct {
	action string
	// arn is what it reads.
	arn func(a arn.Account, s *stackjson.Stack, r stackjson.Resource) string
	// decrypts says that the data is encrypted with a key of the estate, in the name of what is read.
	decrypts bool
}

// dataReaders are the types of resources that the provider refreshes by reading data,
// as the Read functions of its version 5.100.0 do (internal/service/ssm/parameter.go,
// internal/service/secretsmanager/secret_version.go, internal/service/apigateway/api_key.go,
// internal/service/s3/object.go).
// The last reads a write-only value as well, and drops it.
var dataReaders = map[string]dataReader{
	"aws_ssm_parameter": {action: "ssm:GetParameter", arn: func(a arn.Account, _ *stackjson.Stack, r stackjson.Resource) string {
		name := text(r.Body["name"])
		if strings.HasPrefix(name, "/aws/service/") {
			a = a.Of("")
		}
		return a.ARN("ssm", "parameter"+name)
	}},
	"aws_secretsmanager_secret_version": {action: "secretsmanager:GetSecretValue", decrypts: true, arn: func(a arn.Account, s *stackjson.Stack, r stackjson.Resource) string {
		for _, secret := range s.Resources() {
			if strings.HasPrefix(text(r.Body["secret_id"]), "${"+secret.Address()+".") {
				return a.ARN("secretsmanager", "secret:"+text(secret.Body["name"])+"-aB1cD2")
			}
		}
		return "a secret of another stack"
	}},
	"aws_api_gateway_api_key": {action: "apigateway:GET", arn: func(a arn.Account, _ *stackjson.Stack, r stackjson.Resource) string {
		return a.Of("").ARN("apigateway", "/apikeys/"+r.Name)
	}},
	"aws_s3_object": {action: "s3:GetObject", decrypts: true, arn: func(a arn.Account, _ *stackjson.Stack, r stackjson.Resource) string {
		return a.Bucket(text(r.Body["bucket"]) + "/" + text(r.Body["key"]))
	}},
}

// allowedByAWS are the actions of the table that ReadOnlyAccess allows:
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/ReadOnlyAccess.html
var allowedByAWS = values{"apigateway:GET", "ssm:GetParameter", "s3:GetObject"}

// planStatement is a statement of the plan role's own policy.
type planStatement struct {
	statement
	NotResource values
}

// about says whether a statement is about an action on a resource, which is decrypted in
// the name of context.
func (st planStatement) about(action, resource, context string) bool {
	if !matchesAny(st.Action, action) || len(st.Resource) > 0 && !matchesAny(st.Resource, resource) || len(st.NotResource) > 0 && matchesAny(st.NotResource, resource) {
		return false
	}
	for operator, keys := range st.Condition {
		for _, wanted := range keys {
			if matchesAny(wanted, context) == strings.Contains(operator, "Not") {
				return false
			}
		}
	}
	return true
}

// planMay says whether the plan role of an account may do that: nothing denies it, and
// ReadOnlyAccess or its own policy allows it.
func planMay(statements []planStatement, action, resource, context string) bool {
	is := func(effect string) bool {
		return slices.ContainsFunc(statements, func(st planStatement) bool {
			return st.Effect == effect && st.about(action, resource, context)
		})
	}
	return !is("Deny") && (is("Allow") || slices.Contains(allowedByAWS, action))
}

// planPolicy is what the plan role of an account has beside ReadOnlyAccess.
func planPolicy(t *testing.T, e *synthesis, account string) []planStatement {
	t.Helper()
	for _, r := range e.stack("bootstrap").Resources() {
		if r.Address() != "aws_iam_role_policy.plan_"+tf.Name(account) {
			continue
		}
		var document struct{ Statement []planStatement }
		if err := json.Unmarshal([]byte(text(r.Body["policy"])), &document); err != nil {
			t.Fatal(err)
		}
		return document.Statement
	}
	t.Fatalf("no plan role in %s", account)
	return nil
}

// A plan refreshes what is deployed first, with the plan role.
func TestThePlanRoleMayRefreshEveryResource(t *testing.T) {
	seen := map[string]bool{}
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				reads, ok := dataReaders[r.Type]
				if !ok || s.Name == "bootstrap" {
					continue
				}
				seen[r.Type] = true
				account := e.listed(s.Name).Account
				report(t, unreadable(planPolicy(t, e, account), reads, e.Account(account), s, r))
			}
		}
	})
	for _, kind := range []string{"aws_api_gateway_api_key", "aws_ssm_parameter", "aws_secretsmanager_secret_version"} {
		if !seen[kind] {
			t.Errorf("no estate has a resource %s: the test proves nothing of it", kind)
		}
	}
}

func unreadable(policy []planStatement, reads dataReader, account arn.Account, s *stackjson.Stack, r stackjson.Resource) []string {
	resource := reads.arn(account, s, r)
	var problems []string
	if !planMay(policy, reads.action, resource, "") {
		problems = append(problems, fmt.Sprintf("%s: a plan refreshes %s by %s on %s, which the plan role may not do", s.Name, r.Address(), reads.action, resource))
	}
	if key := account.ARN("kms", "key/x"); reads.decrypts && !planMay(policy, "kms:Decrypt", key, resource) {
		problems = append(problems, fmt.Sprintf("%s: a plan refreshes %s by kms:Decrypt in the name of %s, which the plan role may not do", s.Name, r.Address(), resource))
	}
	return problems
}

// What a plan may read is what it has to.
func TestThePlanRoleReadsNoOtherData(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, name := range e.AccountNames() {
			policy, account := planPolicy(t, e, name), e.Account(name)
			for _, reads := range []struct{ action, resource, context string }{
				{"ssm:GetParameter", account.ARN("ssm", "parameter/shop/token"), ""},
				{"secretsmanager:GetSecretValue", account.ARN("secretsmanager", "secret:shop-token-aB1cD2"), ""},
				{"secretsmanager:GetSecretValue", account.ARN("secretsmanager", "secret:rds!db-0-aB1cD2"), ""},
				{"kms:Decrypt", account.ARN("kms", "key/x"), ""},
				{"kms:Decrypt", account.ARN("kms", "key/x"), account.ARN("secretsmanager", "secret:shop-token-aB1cD2")},
				{"s3:GetObject", account.Bucket("shop/orders.csv"), ""},
			} {
				if planMay(policy, reads.action, reads.resource, reads.context) {
					t.Errorf("%s: a plan may %s on %s", name, reads.action, reads.resource)
				}
			}
		}
	})
}
