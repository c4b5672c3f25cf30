package organization

// Billing is who is told of costs, and when.
type Billing struct {
	// Notify are the addresses that are told.
	Notify []string `yaml:"notify" jsonschema:"required,minItems=1,uniqueItems=true" format:"email" why:"somebody has to be told"`
}
