// Package base is the base that every stack stands on: the account it belongs
// to, its provider, its state, and the states of others that it reads.
package base

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/provider"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
)

// Config says which stack it is.
type Config struct {
	// Name is the stack's name, `dev-network`, and the last part of its state's key.
	Name string
	// Account is the name of the account that it belongs to.
	Account string
	// Reads are the names of the stacks whose states it may read.
	Reads []string
	// BeforeRoles says that the stack comes before the bucket of the states and the roles of Terraform, and so cannot rely on them.
	BeforeRoles bool
	// KeepsLogs says that the stack makes the central log buckets, and so may change their policies.
	KeepsLogs bool
	// LogsQueries says that the stack makes the query log configuration, for which AWS asks for the policy of the bucket of query logs.
	LogsQueries bool
}

// Stack is a Terraform stack in one account of the estate, while it is made.
type Stack struct {
	Config
	// Estate is what the stack is made from.
	Estate *estate.Estate
	// Scope is what resources are made in.
	Scope cdktf.TerraformStack

	remotes map[string]cdktf.TerraformRemoteState
}

// New makes an empty stack with its backend and the default provider, which acts
// in the stack's own account.
func New(app cdktf.App, e *estate.Estate, config Config) *Stack {
	s := &Stack{
		Config:  config,
		Estate:  e,
		Scope:   cdktf.NewTerraformStack(app, jsii.String(config.Name)),
		remotes: map[string]cdktf.TerraformRemoteState{},
	}
	s.backend()
	s.Scope.AddOverride(jsii.String("terraform.required_version"), versions.Terraform)
	s.Scope.AddOverride(jsii.String("terraform.required_providers.aws"), map[string]string{
		"source": "hashicorp/aws", "version": versions.AWSProvider,
	})
	s.provider(config.Account, e.Region, "")
	return s
}

// Number is the number of the account that the stack belongs to.
func (s *Stack) Number() string { return s.Estate.Accounts[s.Account] }

// Prefix is what the names of the stack's AWS resources begin with.
func (s *Stack) Prefix() string { return s.Estate.Prefix(s.Account) }

// Provider makes a second provider, which acts in another account. Its alias is
// the account's name.
func (s *Stack) Provider(account string) cdktf.TerraformProvider {
	return s.provider(account, s.Estate.Region, account)
}

// ProviderIn makes a further provider, which acts in an account in a region. Its alias is
// the names of both. In the stack's own account and the estate's region it is nil, which is
// the default provider.
func (s *Stack) ProviderIn(account, region string) cdktf.TerraformProvider {
	if account == s.Account && region == s.Estate.Region {
		return nil
	}
	return s.provider(account, region, account+"-"+region)
}

func (s *Stack) provider(account, region, alias string) cdktf.TerraformProvider {
	id := "aws"
	if alias != "" {
		id = "aws_" + tf.Name(alias)
	}
	config := &provider.AwsProviderConfig{
		Alias:             tf.String(tf.Name(alias)),
		Region:            jsii.String(region),
		AllowedAccountIds: tf.Strings(s.Estate.Accounts[account]),
		DefaultTags:       []provider.AwsProviderDefaultTags{{Tags: tf.Map(s.Tags(account))}},
	}
	if profile := s.profile(account); profile != "" {
		config.Profile = jsii.String(profile)
	} else if role := s.role(account); role != "" {
		config.AssumeRole = []provider.AwsProviderAssumeRole{{
			RoleArn:     jsii.String(role),
			SessionName: jsii.String(s.Name),
			Policy:      s.session(account),
		}}
	}
	return provider.NewAwsProvider(s.Scope, jsii.String(id), config)
}

// role is the role that Terraform acts with in an account. Plans run with less
// than applies. What people deploy comes before the roles of both, and so cannot use them:
// there it is their own credentials, or a role that those may assume.
func (s *Stack) role(account string) string {
	e := s.Estate
	if s.BeforeRoles {
		if account == e.EntryAccount() {
			return ""
		}
		return e.RoleARN(account, e.State.BootstrapRole)
	}
	if e.Role == estate.RolePlan {
		return e.RoleARN(account, e.PlanRole())
	}
	return e.RoleARN(account, e.ApplyRole())
}

// profile is what people act with in an account, if the estate names one, in place of a role.
func (s *Stack) profile(account string) string {
	if !s.BeforeRoles {
		return ""
	}
	return s.Estate.State.BootstrapProfiles[account]
}

// session limits what the stack may do with its role in the account of the logs; nil
// elsewhere. Whoever makes a flow log, or a query log configuration, and may change the
// policy of its bucket has AWS put one of its own there, in place of the bucket's or in
// addition. Without that permission AWS delivers flow logs by the policy that is there, as
// it does for the estate's other accounts.
//
// Of query logs AWS does not say what becomes of a configuration whose maker lacks the
// permission, so the stack that makes it keeps it for that one bucket. What AWS then does
// is described: it appends a statement, if the policy does not have it.
//
//   - https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
func (s *Stack) session(account string) *string {
	e := s.Estate
	if s.BeforeRoles || s.KeepsLogs || account != e.Logs.Account {
		return nil
	}
	var buckets []string
	for _, kind := range append(e.LogKinds(), estate.AccessLogs) {
		if s.LogsQueries && kind == estate.QueryLogKind {
			continue
		}
		buckets = append(buckets, e.Account(account).Bucket(e.LogBucket(kind)))
	}
	return policy.Document(
		policy.Statement{Sid: "AllThatTheRoleMay", Action: []string{"*"}, Resource: []string{"*"}},
		policy.Statement{
			Sid: "LeaveThePoliciesOfLogBuckets", Effect: "Deny",
			Action:   []string{"s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"},
			Resource: buckets,
		},
	)
}

// Tags are what the provider of an account puts on everything that it makes. What
// AWS makes in its turn, such as the instances of a launch template, does not get
// them by itself.
func (s *Stack) Tags(account string) map[string]string {
	tags := map[string]string{
		"Project":     s.Estate.Project,
		"Environment": account,
		"Stack":       s.Name,
		"ManagedBy":   "hubspoke",
	}
	maps.Copy(tags, s.Estate.Tags)
	return tags
}

// backend says where the stack's state is. What people deploy comes before the bucket of
// all others, so its own state begins in a folder; a person moves it, and reaches it with
// their own credentials ever after.
func (s *Stack) backend() {
	e := s.Estate
	if e.State.Backend == estate.BackendLocal || s.BeforeRoles && !e.State.BootstrapInBucket {
		cdktf.NewLocalBackend(s.Scope, &cdktf.LocalBackendConfig{Path: jsii.String(s.localState(s.Name))})
		return
	}
	config := &cdktf.S3BackendConfig{
		Bucket:            jsii.String(e.State.Bucket),
		Key:               jsii.String(e.StateKey(s.Name)),
		Region:            jsii.String(e.Region),
		Encrypt:           jsii.Bool(true),
		KmsKeyId:          jsii.String(e.Account(estate.HubAccount).ARN("kms", e.StateKeyAlias())),
		AllowedAccountIds: tf.Strings(e.Accounts[estate.HubAccount]),
	}
	if !s.BeforeRoles {
		config.AssumeRole = s.stateRole()
	} else if profile := s.profile(estate.HubAccount); profile != "" {
		config.Profile = jsii.String(profile)
	} else if role := s.role(estate.HubAccount); role != "" {
		config.AssumeRole = &cdktf.S3BackendAssumeRoleConfig{RoleArn: jsii.String(role), SessionName: jsii.String(s.Name)}
	}
	cdktf.NewS3Backend(s.Scope, config)
	// The bindings are older than the lock file.
	s.Scope.AddOverride(jsii.String("terraform.backend.s3.use_lockfile"), true)
}

// stateRole is the role that reaches the states. The one for plans writes none.
func (s *Stack) stateRole() *cdktf.S3BackendAssumeRoleConfig {
	e := s.Estate
	role := e.StateRole(s.Account)
	if e.Role == estate.RolePlan {
		role = e.PlanStateRole(s.Account)
	}
	return &cdktf.S3BackendAssumeRoleConfig{
		RoleArn:     jsii.String(e.RoleARN(estate.HubAccount, role)),
		SessionName: jsii.String(s.Name),
	}
}

// localState is the path of a stack's state file, as Terraform sees it from
// `cdktf.out/stacks/<stack>`, where it runs.
func (s *Stack) localState(stack string) string {
	return path.Join("../../..", s.Estate.State.Path, s.Estate.Name, stack+".tfstate")
}

// Remote is the data source that reads the state of another stack, by its name. That
// must be among those that the stack says it reads, or it would be deployed too early
// and without the permission to read: it panics, as CDKTF does.
func (s *Stack) Remote(producer string) cdktf.TerraformRemoteState {
	if r, ok := s.remotes[producer]; ok {
		return r
	}
	if !slices.Contains(s.Reads, producer) {
		panic(fmt.Sprintf("the stack %s reads %s: its kind has to say so under Reads", s.Name, producer))
	}
	e, id := s.Estate, jsii.String(tf.Name(producer))
	var r cdktf.TerraformRemoteState
	if e.State.Backend == estate.BackendLocal {
		r = cdktf.NewDataTerraformRemoteStateLocal(s.Scope, id, &cdktf.DataTerraformRemoteStateLocalConfig{
			Path: jsii.String(s.localState(producer)),
		})
	} else {
		r = cdktf.NewDataTerraformRemoteStateS3(s.Scope, id, &cdktf.DataTerraformRemoteStateS3Config{
			Bucket:     jsii.String(e.State.Bucket),
			Key:        jsii.String(e.StateKey(producer)),
			Region:     jsii.String(e.Region),
			AssumeRole: s.stateRole(),
		})
	}
	s.remotes[producer] = r
	return r
}
