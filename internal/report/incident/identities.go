package incident

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// The policies that a role gets. The first denies all sessions that began before now:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
const (
	revoked = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}}}]}`
	trusted = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:AssumeRoleWithWebIdentity","sts:AssumeRoleWithSAML","sts:TagSession"]}]}`
	sid     = "RevokedInAnIncident"
)

// nobody keeps everybody from assuming the role named by `role`, and revoke ends its sessions.
func nobody(role string) string {
	return fmt.Sprintf("aws iam update-assume-role-policy --role-name %s --policy-document '%s'", role, trusted)
}

func revoke(role string) string {
	return fmt.Sprintf("aws iam put-role-policy --role-name %s --policy-name %s --policy-document '%s'", role, sid, revoked)
}

// role is the section on a role whose credentials somebody else has.
func role(s *source.Source, d *document.Document) {
	section := d.Section("Isolate a role",
		"Nobody begins a session any more, and those that began end with the next call. In this order: a session that begins in between would go on. Who may change a role: those under \"How you come in\"; the roles of the pipeline and of break glass are kept from the pipeline itself. "+
			"`role` is one of these names, in its account.").
		Table("account", "role", "stack that puts it back")
	for _, r := range s.Made("aws_iam_role") {
		section.Row(s.Account(r.Account), source.Name(r), r.Stack.Name)
	}
	slices.SortStableFunc(section.Rows, func(a, b []string) int { return slices.Compare(a, b) })
	section.Do("", "Let nobody begin a session.", nobody(`"$role"`))
	section.Do("", "End those that there are. Do it again after a minute: it takes IAM some time until all of AWS refuses new ones.", revoke(`"$role"`))
	section.Do("", "See who had sessions of it, with their names and access keys, and what was done with one: `access_key` is its access key, `ASIA` and all.",
		fmt.Sprintf(`aws cloudtrail lookup-events --region %s --lookup-attributes AttributeKey=ResourceName,AttributeValue="$role" --max-results 50`, s.Estate.Region),
		fmt.Sprintf(`aws cloudtrail lookup-events --region %s --lookup-attributes AttributeKey=AccessKeyId,AttributeValue="$access_key" --max-results 50`, s.Estate.Region))
	section.Do("", "Back: take the policy away, and deploy the stack, which has the trust as it was. What the pipeline's own roles were is in `bootstrap`, and people deploy that.",
		fmt.Sprintf(`aws iam delete-role-policy --role-name "$role" --policy-name %s`, sid),
		`make deploy STACKS="$stack"`)
}

// person is the section on somebody whose sign-in others have.
func person(s *source.Source, d *document.Document) {
	if !s.Estate.HasIdentity() {
		return
	}
	section := d.Section("Lock out a person",
		"Out of the group, nobody gets a new session of its permission sets. Those that run end within the hours of the set: "+hours(s)+". An identity provider outside of AWS is told first, for it puts people back. `user` is the user's name.")
	region := s.Estate.IdentityRegion()
	name := s.Account(identityAccount(s))
	section.Do(name, "Find the user.",
		lookUp("store", "sso-admin list-instances --region "+region, "Instances[0].IdentityStoreId"),
		lookUp("id", fmt.Sprintf(`identitystore get-user-id --region %s --identity-store-id "$store" --alternate-identifier '{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"'"$user"'"}}'`, region), "UserId"))
	section.Do(name, "Take the user out of every group.",
		fmt.Sprintf(`for membership in $(aws identitystore list-group-memberships-for-member --region %s --identity-store-id "$store" --member-id UserId="$id" --query 'GroupMemberships[].MembershipId' --output text); do`, region),
		fmt.Sprintf(`  aws identitystore delete-group-membership --region %s --identity-store-id "$store" --membership-id "$membership"`, region),
		"done")
	section.Do(name, "End what runs in the console: disable the user there, which is done by hand (IAM Identity Center, Users, Disable user access).")
}

// identityAccount is the number of the account that administers people.
func identityAccount(s *source.Source) string {
	for _, r := range s.Made("aws_ssoadmin_permission_set") {
		return r.Account
	}
	return ""
}

func hours(s *source.Source) string {
	var all []string
	for _, r := range s.Made("aws_ssoadmin_permission_set") {
		all = append(all, source.Name(r)+" "+strings.ToLower(strings.TrimPrefix(source.Text(r.Argument("session_duration")), "PT")))
	}
	return strings.Join(all, ", ")
}

// github is the section on a repository that somebody else pushes to.
func github(s *source.Source, d *document.Document) {
	repositories := map[string][]*config.Resource{}
	for _, r := range s.Made("aws_iam_role") {
		for _, repository := range trustedRepositories(r) {
			if !slices.Contains(repositories[repository], r) {
				repositories[repository] = append(repositories[repository], r)
			}
		}
	}
	if len(repositories) == 0 {
		return
	}
	section := d.Section("Lock out a repository of GitHub", "No workflow of the repository assumes a role any more, and sessions that workflows have end. Its secrets in GitHub are not AWS's to end.")
	for _, repository := range sorted(repositories) {
		var commands, stacks []string
		var where string
		for _, r := range repositories[repository] {
			commands = append(commands, nobody(source.Name(r)), revoke(source.Name(r)))
			where = s.Account(r.Account)
			if !slices.Contains(stacks, r.Stack.Name) {
				stacks = append(stacks, r.Stack.Name)
			}
		}
		section.Do(where, fmt.Sprintf("The repository %s. Back: delete the policies %s, and deploy %s.", repository, sid, strings.Join(stacks, ", ")), commands...)
	}
	for _, r := range s.Made("aws_iam_openid_connect_provider") {
		if strings.Contains(source.Text(r.Argument("url")), "token.actions.githubusercontent.com") {
			section.Do(s.Account(r.Account), "All of GitHub at once, where it is not known which repository: "+r.Stack.Name+" makes the provider anew.",
				"aws iam delete-open-id-connect-provider --open-id-connect-provider-arn "+s.Estate.Account(s.Account(r.Account)).IAM("oidc-provider/token.actions.githubusercontent.com"))
		}
	}
}

// trustedRepositories are those whose tokens a role's trust policy names.
func trustedRepositories(r *config.Resource) []string {
	statements, err := source.Policy(r.Argument("assume_role_policy"))
	if err != nil {
		return nil
	}
	var all []string
	for _, st := range statements {
		for _, subject := range st.Condition("token.actions.githubusercontent.com:sub") {
			if parts := strings.Split(subject, ":"); len(parts) > 1 && parts[0] == "repo" && !slices.Contains(all, parts[1]) {
				all = append(all, parts[1])
			}
		}
	}
	return all
}
