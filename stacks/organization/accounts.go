package organization

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/accountalternatecontact"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/accountregion"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsaccount"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate"
	"hubspoke/internal/tf"
)

// makeAccounts makes or imports all accounts but the management account, in their units.
// They wait for each other, by name, since Organizations refuses to make several at once
// (ConcurrentModificationException). The order is not in the state, so that another one
// changes nothing.
//
// An import knows nothing of how an account would be made or closed, and an account's address and the role that AWS puts into it are fixed when it is made, and
// the provider would make another account for another one: nothing of that is looked at
// later, nor is the name unless organization.yaml states one. An account that is not here
// any more is not closed: Terraform refuses, and a person decides.
//
//   - https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/organizations_account
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_troubleshoot_general.html
func (m *maker) makeAccounts(root *string, units map[string]*string) map[string]organizationsaccount.OrganizationsAccount {
	e, accounts := m.Estate, map[string]organizationsaccount.OrganizationsAccount{}
	var before cdktf.ITerraformDependable
	for _, account := range e.MemberAccounts() {
		parent := root
		if unit := e.Org.UnitOf(account); unit != "" {
			parent = units[unit]
		}
		fixed := []string{"close_on_deletion", "create_govcloud", "email", "iam_user_access_to_billing", "role_name"}
		if _, stated := e.Org.AccountNames[account]; !stated {
			fixed = append(fixed, "name")
		}
		config := &organizationsaccount.OrganizationsAccountConfig{
			Name:      tf.String(e.Org.NameOf(account)),
			Email:     tf.String(e.Org.EmailOf(account)),
			ParentId:  parent,
			Lifecycle: kept(fixed...),
		}
		if before != nil {
			config.DependsOn = tf.DependsOn(before)
		}
		id := tf.Name(account)
		accounts[account] = tf.Named(id, organizationsaccount.NewOrganizationsAccount(m.Scope, tf.ID("aws_organizations_account", id), config))
		if number := e.Accounts[account]; number != "" {
			m.adopt("aws_organizations_account."+id, number)
		}
		before = accounts[account]
	}
	return accounts
}

// enableRegions enables the regions that accounts have on request alone, and returns, by
// account, what has to be there before its regions are used. The management account is not
// among them: whoever deploys this has to have enabled its region before.
//
//   - https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
func (m *maker) enableRegions(accounts map[string]organizationsaccount.OrganizationsAccount) map[string][]cdktf.ITerraformDependable {
	ready := map[string][]cdktf.ITerraformDependable{}
	for _, account := range tf.Keys(accounts) {
		for _, region := range m.Estate.EnabledRegions() {
			id := tf.Name(account, region)
			ready[account] = append(ready[account], tf.Named(id, accountregion.NewAccountRegion(m.Scope, tf.ID("aws_account_region", id), &accountregion.AccountRegionConfig{
				AccountId:  accounts[account].Id(),
				RegionName: tf.String(region),
				Enabled:    tf.Bool(true),
			})))
		}
	}
	return ready
}

// tellContacts tells AWS whom it writes to, of each account beside the address of its root
// user. For the management account, which asks for itself, no account is named.
//
//   - https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
func (m *maker) tellContacts(accounts map[string]organizationsaccount.OrganizationsAccount) {
	contacts := m.Estate.Org.Contacts
	for _, kind := range tf.Keys(contacts) {
		c := contacts[kind]
		for _, account := range append(tf.Keys(accounts), estate.ManagementAccount) {
			id := tf.Name(account, kind)
			config := &accountalternatecontact.AccountAlternateContactConfig{
				AlternateContactType: tf.String(contactTypes[kind]),
				Name:                 tf.String(c.Name),
				Title:                tf.String(c.Title),
				EmailAddress:         tf.String(c.Email),
				PhoneNumber:          tf.String(c.Phone),
				DependsOn:            tf.DependsOn(m.organization),
			}
			if member, ok := accounts[account]; ok {
				config.AccountId, config.DependsOn = member.Id(), nil
			}
			tf.Named(id, accountalternatecontact.NewAccountAlternateContact(m.Scope, tf.ID("aws_account_alternate_contact", id), config))
		}
	}
}

// contactTypes are AWS's words for kinds of contacts.
var contactTypes = map[string]string{"billing": "BILLING", "operations": "OPERATIONS", "security": "SECURITY"}
