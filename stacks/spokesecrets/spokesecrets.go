// Package spokesecrets makes the secrets of a spoke that people put values into, with the
// one key that encrypts them. Which roles read them, the secrets' policies say; the roles
// of workloads are the cluster's.
package spokesecrets

import (
	"hubspoke/constructs/key"
	"hubspoke/constructs/secret"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
)

// Outputs are what people want to know of secrets.
type Outputs struct {
	SecretARNs output.Map `output:"secret_arns,people" doc:"The secrets, by name."`
}

// New fills the stack.
func New(s *base.Stack) error {
	e, secrets := s.Estate, s.Estate.Spoke(s.Account).Secrets
	encryption, err := key.New(s.Scope, "secrets", key.Config{
		Alias:       e.SecretsKeyAlias(s.Account),
		Description: "Secrets of " + s.Prefix() + " that workloads read",
		Account:     e.Account(s.Account),
	})
	if err != nil {
		return err
	}
	arns := map[string]*string{}
	for _, name := range tf.Keys(secrets) {
		made, err := secret.New(s.Scope, tf.Name(name), secret.Config{
			Name:    e.SecretName(s.Account, name),
			Account: e.Account(s.Account),
			KeyARN:  encryption.ARN,
			Readers: e.SecretReaders(s.Account, name),
		})
		if err != nil {
			return err
		}
		arns[name] = made.ARN
	}
	output.Write(s.Scope, Outputs{SecretARNs: output.MapOf(arns)})
	return nil
}
