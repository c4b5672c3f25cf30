package organization

// Backup is where the backups of accounts are kept beside the accounts themselves.
type Backup struct {
	// Account holds the copies.
	Account string `yaml:"account" jsonschema:"required" format:"account-name"`
}
