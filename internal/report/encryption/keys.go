package encryption

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// keys is the section on the estate's keys.
func keys(s *source.Source, d *document.Document, all []*holding) {
	section := d.Section("The estate's keys",
		"Who is let in by a key's policy to decrypt with it. An account as a whole means those of its roles and users whose own policies allow it too.").
		Table("key", "stack", "account", "rotation", "deleted after", "encrypts", "who may decrypt")
	for _, key := range s.Made("aws_kms_key") {
		n := 0
		for _, h := range all {
			if h.key == key {
				n++
			}
		}
		section.Row(s.KeyName(key), key.Stack.Name, s.Where(key), rotation(key), deletion(key), fmt.Sprint(n), users(s, key))
	}
	if len(section.Rows) == 0 {
		section.Text = []string{"There are none."}
	}
}

// rotates says whether AWS makes new material for the key by itself. It cannot where a key
// has material of others, or is asymmetric.
func rotates(key *config.Resource) bool { return source.Is(key.Argument("enable_key_rotation")) }

func rotation(key *config.Resource) string {
	if !rotates(key) {
		return "none"
	}
	if days := source.Number(key.Argument("rotation_period_in_days")); days > 0 {
		return fmt.Sprintf("every %d days", days)
	}
	return "every year"
}

func deletion(key *config.Resource) string {
	if days := source.Number(key.Argument("deletion_window_in_days")); days > 0 {
		return fmt.Sprintf("%d days", days)
	}
	return "30 days"
}

func users(s *source.Source, key *config.Resource) string {
	policy := key.Argument("policy")
	if policy == nil {
		return "account " + s.Account(key.Account) + " (AWS's policy for a key without one)"
	}
	statements, err := source.Policy(policy)
	if err != nil {
		return err.Error()
	}
	return strings.Join(s.Allowed(statements, "kms:Decrypt"), "\n")
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
