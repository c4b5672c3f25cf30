package estate

import (
	"slices"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

// Secret is a secret of AWS Secrets Manager whose value people put in, and workloads read.
// The estate knows no value: none is ever in a plan, a state or a file of it.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html
type Secret struct {
	// Readers are identities of the spoke's cluster, whose workloads read the secret and nobody else's. With `cluster.secrets` their pods have it as a file of its name. Default: none.
	Readers []string `yaml:"readers" jsonschema:"uniqueItems=true" example:"[backend]"`
	// Roles are the names of further roles of the account that read the secret, such as that of a function that rotates it. Default: none.
	Roles []string `yaml:"roles" jsonschema:"uniqueItems=true" format:"role-name" example:"[stripe-rotation]"`
}

// SecretName is the name of a secret in AWS Secrets Manager.
func (e *Estate) SecretName(spoke, secret string) string { return e.Prefix(spoke) + "/" + secret }

// SecretsKeyAlias is the alias of the key that encrypts the secrets of a spoke.
func (e *Estate) SecretsKeyAlias(spoke string) string { return "alias/" + e.Prefix(spoke) + "-secrets" }

// SecretReaders are the ARNs of the roles that read a secret of a spoke, sorted.
func (e *Estate) SecretReaders(spoke, secret string) []string {
	var roles []string
	s := e.Spoke(spoke).Secrets[secret]
	for _, identity := range s.Readers {
		roles = append(roles, e.RoleARN(spoke, e.WorkloadRole(spoke, identity)))
	}
	for _, role := range s.Roles {
		roles = append(roles, e.RoleARN(spoke, role))
	}
	return sorted(roles)
}

// readSecrets are the names of the spoke's secrets that an identity reads, sorted.
func (s *Spoke) readSecrets(identity string) []string {
	var names []string
	for _, name := range sortedKeys(s.Secrets) {
		if slices.Contains(s.Secrets[name].Readers, identity) {
			names = append(names, name)
		}
	}
	return names
}

// secretReaders are the identities that read one of the spoke's secrets, sorted.
func (s *Spoke) secretReaders() []string {
	var identities []string
	for _, secret := range s.Secrets {
		identities = append(identities, secret.Readers...)
	}
	return sorted(identities)
}

// validateSecrets checks who reads a spoke's secrets.
func (e *Estate) validateSecrets(s *Spoke) {
	d := e.spokes[s.Name]
	at, addresses := d.Section("secrets"), format.Addresses{}
	for _, name := range sortedKeys(s.Secrets) {
		addresses.Check(at.Key(name), name)
		for i, reader := range s.Secrets[name].Readers {
			e.validateSecretReader(s, at.Key(name, "readers").Item(i), name, reader)
		}
	}
}

func (e *Estate) validateSecretReader(s *Spoke, at yamldoc.Section, secret, reader string) {
	d := e.spokes[s.Name]
	switch {
	case d.Incomplete("cluster"):
		return
	case s.Cluster == nil:
		at.Errorf("the spoke has no cluster whose workloads could read it: name roles, or give the spoke a cluster")
		return
	}
	identity, ok := s.Cluster.Identities[reader]
	if !ok {
		if !d.Incomplete("cluster.identities") {
			at.Errorf("cluster.identities has no %q%s", reader, yamldoc.Suggest(reader, sortedKeys(s.Cluster.Identities)))
		}
		return
	}
	if !s.Cluster.Secrets {
		return
	}
	if other, taken := identity.SecretFiles[secret]; taken && other != e.SecretName(s.Name, secret) {
		at.Errorf("its pods have a file %s already, of the secret %s: name one of the two differently", secret, other)
	}
	if _, ok := s.Cluster.Namespaces[identity.Namespace]; !ok && !d.Incomplete("cluster.namespaces") {
		at.Errorf("the bundle says what pods may mount in namespaces that it makes: name %s under cluster.namespaces", identity.Namespace)
	}
}

// mountSecrets gives the pods of readers their secrets as files, where the cluster has the
// driver for it.
func (e *Estate) mountSecrets() {
	for _, s := range e.Spokes {
		if s.Cluster == nil || !s.Cluster.Secrets {
			continue
		}
		for _, reader := range s.secretReaders() {
			identity := s.Cluster.Identities[reader]
			files := map[string]string{}
			for _, secret := range s.readSecrets(reader) {
				files[secret] = e.SecretName(s.Name, secret)
			}
			for file, secret := range identity.SecretFiles {
				files[file] = secret
			}
			identity.SecretFiles = files
			s.Cluster.Identities[reader] = identity
		}
	}
}
