package estate

import (
	"slices"
	"strings"
	"testing"
)

// withSecret gives prod a cluster and a secret that a workload reads, and makes further
// edits.
func withSecret(edits ...edit) []edit {
	return append([]edit{{"prod.yaml", "", `cluster:
  service_cidr: 10.200.0.0/20
  secrets: true
  namespaces: {shop: {}}
  identities:
    backend:
      namespace: shop
      service_account: backend
secrets:
  stripe:
    readers: [backend]
`}}, edits...)
}

func secret(old, new string) []edit { return withSecret(edit{"prod.yaml", old, new}) }

var badSecrets = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a value", secret("    readers: [backend]\n", "    readers: [backend]\n    value: x\n"), `acme/prod.yaml:20: secrets.stripe.value: unknown key: those here are readers, roles`},
	{"a name that is none", secret("  stripe:\n", "  Stripe/live:\n"), `acme/prod.yaml:18: secrets["Stripe/live"]: "Stripe/live" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"a reader that there is not", secret("[backend]", "[backnd]"), `
acme/prod.yaml:14: cluster.identities.backend: the workload could do nothing: give it pull_images, secret_files, managed_policies or allow
acme/prod.yaml:19: secrets.stripe.readers[0]: cluster.identities has no "backnd" (did you mean "backend"?)`},
	{"a reader twice", secret("[backend]", "[backend, backend]"), `acme/prod.yaml:19: secrets.stripe.readers[1]: "backend" is named twice, first on line 19`},
	{"a reader without a cluster", []edit{{"prod.yaml", "", "secrets: {stripe: {readers: [backend]}}\n"}}, `acme/prod.yaml:9: secrets.stripe.readers[0]: the spoke has no cluster whose workloads could read it: name roles, or give the spoke a cluster`},
	{"two files of one name", secret("      service_account: backend\n", "      service_account: backend\n      secret_files: {stripe: shop/stripe}\n"), `acme/prod.yaml:20: secrets.stripe.readers[0]: its pods have a file stripe already, of the secret shop/stripe: name one of the two differently`},
	{"a namespace that the bundle does not make", secret("namespaces: {shop: {}}", "namespaces: {web: {}}"), `acme/prod.yaml:19: secrets.stripe.readers[0]: the bundle says what pods may mount in namespaces that it makes: name shop under cluster.namespaces`},
	{"a role by its ARN", secret("    readers: [backend]\n", "    readers: [backend]\n    roles: ['arn:aws:iam::333333333333:role/x']\n"), `acme/prod.yaml:20: secrets.stripe.roles[0]: "arn:aws:iam::333333333333:role/x" is not the name of an IAM role`},
}

func TestBadSecrets(t *testing.T) {
	for _, test := range badSecrets {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if want := strings.TrimSpace(test.want); err == nil || err.Error() != want {
				t.Errorf("got\n%v\nwant\n%s", err, want)
			}
		})
	}
}

// With the driver a pod has a secret as a file; without it a workload asks for it itself.
// Its role may either way.
func TestAReaderHasTheSecretAndTheFile(t *testing.T) {
	for _, driver := range []bool{true, false} {
		edits := withSecret()
		if !driver {
			edits = secret("  secrets: true\n", "")
		}
		e, err := load(edited(t, edits...), "acme", "acme")
		if err != nil {
			t.Fatal(err)
		}
		backend := e.Spoke("prod").Cluster.Identities["backend"]
		if file := backend.SecretFiles["stripe"]; driver != (file == "acme-prod/stripe") {
			t.Errorf("driver %v: the file is %q", driver, file)
		}
		var sids []string
		for _, s := range backend.Statements(e.Grants("prod", "backend")) {
			sids = append(sids, s.Sid)
		}
		if want := []string{"MountSecrets", "DecryptSecrets"}; !slices.Equal(sids, want) {
			t.Errorf("driver %v: the role has %v, want %v", driver, sids, want)
		}
	}
}

func TestWhoReadsASecret(t *testing.T) {
	e, err := load(edited(t, secret("    readers: [backend]\n", "    readers: [backend]\n    roles: [rotation]\n")...), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"arn:aws:iam::333333333333:role/acme-prod-backend", "arn:aws:iam::333333333333:role/rotation"}
	if got := e.SecretReaders("prod", "stripe"); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
