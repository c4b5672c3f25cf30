package estate

// HasBilling says that the estate says who is told of its costs.
func (e *Estate) HasBilling() bool { return e.Org != nil && e.Org.Billing != nil }

// BillingTopic is the SNS topic, in us-east-1, of the alarm about charges.
func (e *Estate) BillingTopic() string { return e.Project + "-billing" }

// BudgetRole is the role with which AWS Budgets attaches the policy that stops an account.
func (e *Estate) BudgetRole() string { return e.Project + "-budget-actions" }

// validateBilling checks who is told of costs against the accounts that there are.
func (e *Estate) validateBilling() {
	if !e.HasBilling() {
		return
	}
	s, b := e.org.Section("billing"), e.Org.Billing
	b.Validate(s, e.kept())
	for _, account := range sortedKeys(b.Accounts) {
		e.validateAccount(e.org, s.Key("accounts", account).Path(), account)
	}
	monitor := s.Key("anomaly", "monitor")
	if number := e.Accounts[ManagementAccount]; b.Anomaly.Monitor != "" && number != NewAccount && !monitor.Broken() && b.Anomaly.Monitor[len("arn:aws:ce::"):][:len(number)] != number {
		monitor.Errorf("it is of another account than management, %s, which sees what all accounts cost", number)
	}
}

// kept are the accounts that all others need, and what they need them for.
func (e *Estate) kept() map[string]string {
	kept := map[string]string{
		ManagementAccount: "nothing: policies do not bind it",
		HubAccount:        "the network of all others, and deployments with it",
	}
	if e.Org.Identity != nil {
		kept[e.Org.Identity.Account] = "people's access"
	}
	if e.Org.Backup != nil {
		kept[e.Org.Backup.Account] = "the backups"
	}
	if e.Org.Security != nil {
		kept[e.Org.Security.Account] = "the security services"
	}
	if e.Logs.Account != HubAccount {
		kept[e.Logs.Account] = "the logs"
	}
	return kept
}
