package main

import (
	"fmt"
	"io"
	"slices"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/awsservice"
)

type sessionsCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	jsonFlag
}

// Run prints how to find out in which accounts somebody has saved session preferences. It asks
// AWS nothing itself.
func (c sessionsCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	asked := answer.Sessions{Head: answer.Of("sessions"), Accounts: []answer.SessionAccount{}}
	for _, account := range e.AccountNames() {
		asked.Accounts = append(asked.Accounts, askedFor(e, account))
	}
	if c.JSON {
		return answer.Write(out, asked)
	}
	fmt.Fprintf(out, "# Each with a profile of the AWS CLI for its account. InvalidDocument says that nobody has saved session preferences there.\n"+
		"# Where there is a document, and Terraform has not made it, name the account under sessions.existing in estate.yaml.\n")
	for _, a := range asked.Accounts {
		name := a.Account
		if a.Command != "" {
			name += ", " + e.Accounts[name]
		}
		if a.Note != "" {
			name += ": " + a.Note
		}
		fmt.Fprintf(out, "\n# %s\n", name)
		if a.Command != "" {
			fmt.Fprintln(out, a.Command)
		}
	}
	return nil
}

// askedFor is what is known of an account's session preferences, and how to find out the rest.
func askedFor(e *estate.Estate, account string) answer.SessionAccount {
	a := answer.SessionAccount{Account: account}
	switch {
	case !e.HasSessionPreferences(account):
		a.Note = "its preferences are made elsewhere"
		return a
	case !e.HasNumber(account):
		a.Note = "a new account has none"
		return a
	case slices.Contains(e.Sessions.Existing, account):
		a.Note = "named under sessions.existing"
	}
	a.Command = fmt.Sprintf("aws ssm describe-document --profile %s --region %s --name %s --query Document.CreatedDate --output text",
		account, e.Account(account).Region, awsservice.SessionPreferences)
	return a
}
