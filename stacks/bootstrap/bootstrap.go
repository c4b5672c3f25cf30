// Package bootstrap is the stack that comes before all others: the bucket of their
// states, the roles by which they are deployed, and the way in for CI.
//
// A person deploys it, with their own credentials in the hub and, in the other
// accounts, the role that state.bootstrap_role names; in an organisation with credentials
// of the account that owns it, and that role in the hub as well. Its own state is a local file,
// until state.bootstrap_in_bucket moves it. No role that it makes reaches that state.
//
// The account that owns the organisation, and one from which people get into it, have the same
// roles, and other people may assume them. If the organisation has users who break the glass,
// they are made here too, with the role that lets them into every account: before anything
// that can go wrong.
package bootstrap

import (
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/breakglass"
	"hubspoke/constructs/bucket"
	"hubspoke/constructs/database"
	"hubspoke/constructs/deployroles"
	"hubspoke/constructs/github"
	"hubspoke/constructs/key"
	"hubspoke/constructs/probe"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/order"
	"hubspoke/internal/output"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
	"hubspoke/stacks"
)

// noncurrentDays is how long an overwritten state stays: a year in which somebody
// may notice what it no longer holds.
const noncurrentDays = 365

// New fills the stack.
func New(s *base.Stack) error {
	encryption, states, err := stateBucket(s)
	if err != nil {
		return err
	}
	if err := stateRoles(s, encryption, states); err != nil {
		return err
	}
	if err := deployRoles(s, encryption, states); err != nil {
		return err
	}
	outputs := Outputs{StateBucket: states.ID, StateKeyARN: encryption.ARN}
	if usesGitHub(s.Estate) {
		if _, err := github.New(s.Scope, "github", github.Config{Name: "github-actions"}); err != nil {
			return err
		}
	}
	if s.Estate.GitHub.Repository != "" {
		if err := ciRoles(s, &outputs); err != nil {
			return err
		}
	}
	output.Write(s.Scope, outputs)
	return nil
}

// stateBucket makes the bucket whatever the estate's backend is. A first try with
// STATE_BACKEND=local must not plan the end of the bucket that others use.
func stateBucket(s *base.Stack) (*key.Key, *bucket.Bucket, error) {
	e := s.Estate
	encryption, err := key.New(s.Scope, "state", key.Config{
		Alias:       e.StateKeyAlias(),
		Description: "Terraform state of " + e.Project,
		Account:     e.Account(s.Account),
	})
	if err != nil {
		return nil, nil, err
	}
	accessLogs, err := bucket.NewAccessLogs(s.Scope, "state_access_logs", bucket.AccessLogsConfig{
		Name:            e.StateAccessLogs(),
		Account:         e.Account(s.Account),
		Sources:         []string{e.State.Bucket},
		ExpireAfterDays: e.Logs.RetentionDays,
	})
	if err != nil {
		return nil, nil, err
	}
	states, err := bucket.New(s.Scope, "state", bucket.Config{
		Name:           e.State.Bucket,
		Account:        e.Account(s.Account),
		KeyARN:         encryption.ARN,
		NoncurrentDays: noncurrentDays,
		AccessLogs:     accessLogs,
	})
	return encryption, states, err
}

// stateRoles makes, for each account, a role that writes the states of its stacks
// and reads those that they consume, and one for plans that reads all of them. A
// pull request runs code that nobody has reviewed: it plans, with the latter.
func stateRoles(s *base.Stack, encryption *key.Key, states *bucket.Bucket) error {
	e := s.Estate
	for _, account := range e.AccountNames() {
		config := deployroles.StateConfig{
			Name:      e.StateRole(account),
			Trust:     e.ApplyTrust(account),
			BucketARN: states.ARN,
			KeyARN:    encryption.ARN,
		}
		config.Own, config.Read = stateKeys(e, account)
		if _, err := deployroles.NewState(s.Scope, account, config); err != nil {
			return err
		}
		config.Name, config.Plan = e.PlanStateRole(account), true
		config.Trust = e.PlanTrust(account)
		if _, err := deployroles.NewState(s.Scope, account, config); err != nil {
			return err
		}
	}
	return nil
}

// stateKeys are the keys of the states that an account's stacks write, kind by kind,
// and of those that they only read, sorted.
func stateKeys(e *estate.Estate, account string) (own, read []string) {
	for _, stack := range stacks.Of(e) {
		if stack.Account == account && !order.BeforeRoles(stack.Name) {
			own = append(own, e.StateKey(stack.Name))
			for _, producer := range stack.Reads {
				read = append(read, e.StateKey(producer))
			}
		}
	}
	slices.Sort(read)
	read = slices.DeleteFunc(slices.Compact(read), func(key string) bool { return slices.Contains(own, key) })
	return own, read
}

// deployRoles makes the plan and the apply role of every account.
func deployRoles(s *base.Stack, encryption *key.Key, states *bucket.Bucket) error {
	e := s.Estate
	for _, account := range e.AccountNames() {
		acting := provider(s, account)
		config := deployroles.Config{
			Plan:       e.PlanRole(),
			Apply:      e.ApplyRole(),
			PlanTrust:  e.PlanTrust(account),
			ApplyTrust: e.ApplyTrust(account),
			Account:    e.Account(account),
			Provider:   acting,
			Parameters: []string{probe.Parameters + "/*"},
			Secrets:    secrets(e, account),
		}
		if account == s.Account {
			config.Protected = []string{e.StateRole("*"), e.PlanStateRole("*"), e.CIPlanRole(), e.CIApplyRole()}
			config.Guard = []policy.Statement{{
				// State is reached through the state roles alone, which know whose is whose.
				Sid: "LeaveTheStateAlone", Effect: "Deny",
				Action:   []string{"kms:*", "s3:*"},
				Resource: []string{states.ARN, states.ARN + "/*", *encryption.ARN},
			}}
		}
		if e.IsOrganization() && e.Org.BreakGlass != nil {
			config.Protected = append(config.Protected, e.BreakGlassRole())
			guard, err := breakGlass(s, account, acting)
			if err != nil {
				return err
			}
			config.Guard = append(config.Guard, guard...)
		}
		if _, err := deployroles.New(s.Scope, account, config); err != nil {
			return err
		}
	}
	return nil
}

// breakGlass makes the role by which people come into an account when they cannot come in
// otherwise and, in the account that owns the organisation, the users who may assume it. It
// returns what keeps an apply from these users.
func breakGlass(s *base.Stack, account string, acting cdktf.TerraformProvider) ([]policy.Statement, error) {
	e := s.Estate
	users := breakglass.Users{Account: e.Account(estate.ManagementAccount), Path: estate.BreakGlassPath, Names: e.Org.BreakGlass.Users}
	if _, err := breakglass.NewRole(s.Scope, tf.Name("break_glass", account), breakglass.RoleConfig{
		Provider: acting, Name: e.BreakGlassRole(), Account: e.Account(account), Users: users,
	}); err != nil || account != estate.ManagementAccount {
		return nil, err
	}
	if _, err := breakglass.New(s.Scope, "break_glass", breakglass.Config{
		Provider: acting, Name: e.BreakGlassRole(), Users: users, Organization: e.Org.ID,
	}); err != nil {
		return nil, err
	}
	return []policy.Statement{{
		// Who makes these users' passwords is a person, and no stack.
		Sid: "LeaveTheBreakGlassUsersAlone", Effect: "Deny",
		Action: []string{"iam:*"}, Resource: users.Everything(),
	}}, nil
}

// secrets are those that the account's stacks write a version of.
func secrets(e *estate.Estate, account string) []string {
	spoke := e.Spoke(account)
	if spoke == nil || spoke.Database == nil || len(spoke.Database.ReadReplicas) == 0 {
		return nil
	}
	return []string{database.SecretName(e.DatabaseName(account))}
}

// provider acts in an account; the stack's own needs none.
func provider(s *base.Stack, account string) cdktf.TerraformProvider {
	if account == s.Account {
		return nil
	}
	return s.Provider(account)
}

// usesGitHub says that workflows come in through the hub, to deploy or, in
// hub-registry, to push images.
func usesGitHub(e *estate.Estate) bool {
	for _, repository := range e.Hub.Registry.Repositories {
		if len(repository.Push) > 0 {
			return true
		}
	}
	return e.GitHub.Repository != ""
}

// ciRoles makes the roles of the repository that deploys the estate. Pull requests
// plan; what is merged is planned once more and applied.
func ciRoles(s *base.Stack, outputs *Outputs) error {
	e := s.Estate
	config := deployroles.CIConfig{
		Name:        e.CIPlanRole(),
		Description: "Workflows of " + e.GitHub.Repository + " plan",
		Account:     e.Account(s.Account),
		Workflows:   e.GitHub.PlanWorkflows(),
		Roles:       []string{e.PlanRole()},
		Accounts:    e.AccountNumbers(),
		StateRoles:  []string{e.PlanStateRole("*")},
	}
	plan, err := deployroles.NewCI(s.Scope, "ci_plan", config)
	if err != nil {
		return err
	}
	config.Name = e.CIApplyRole()
	config.Description = "Workflows of " + e.GitHub.Repository + " apply"
	config.Workflows = e.GitHub.ApplyWorkflows()
	config.Roles = []string{e.ApplyRole(), e.PlanRole()}
	for _, account := range e.AccountsAppliedByPeople() {
		config.Accounts = slices.DeleteFunc(slices.Clone(config.Accounts), func(number string) bool { return number == e.Accounts[account] })
		config.Others = append(config.Others, e.RoleARN(account, e.PlanRole()))
	}
	config.StateRoles = []string{e.StateRole("*"), e.PlanStateRole("*")}
	apply, err := deployroles.NewCI(s.Scope, "ci_apply", config)
	if err != nil {
		return err
	}
	outputs.CIPlanRoleARN, outputs.CIApplyRoleARN = plan.ARN, apply.ARN
	return nil
}
