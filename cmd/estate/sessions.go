package main

import (
	"fmt"
	"io"
	"slices"

	"hubspoke/estate"
	"hubspoke/internal/awsservice"
)

type sessionsCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
}

// Run prints how to find out in which accounts somebody has saved session preferences. It asks
// AWS nothing itself.
func (c sessionsCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "# Each with a profile of the AWS CLI for its account. InvalidDocument says that nobody has saved session preferences there.\n"+
		"# Where there is a document, and Terraform has not made it, name the account under sessions.existing in estate.yaml.\n")
	for _, account := range e.AccountNames() {
		switch {
		case !e.HasSessionPreferences(account):
			fmt.Fprintf(out, "\n# %s: its preferences are made elsewhere\n", account)
			continue
		case !e.HasNumber(account):
			fmt.Fprintf(out, "\n# %s: a new account has none\n", account)
			continue
		case slices.Contains(e.Sessions.Existing, account):
			fmt.Fprintf(out, "\n# %s, %s: named under sessions.existing\n", account, e.Accounts[account])
		default:
			fmt.Fprintf(out, "\n# %s, %s\n", account, e.Accounts[account])
		}
		fmt.Fprintf(out, "aws ssm describe-document --profile %s --region %s --name %s --query Document.CreatedDate --output text\n",
			account, e.Account(account).Region, awsservice.SessionPreferences)
	}
	return nil
}
