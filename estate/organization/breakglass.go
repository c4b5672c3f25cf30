package organization

// BreakGlass are people of the management account for the day on which nobody can come in
// otherwise.
type BreakGlass struct {
	// Users are the names of the users, two to ten. They have no credentials until a person gives them a password and a second factor, and then they may do nothing but assume `<project>-break-glass` in the accounts.
	Users []string `yaml:"users" jsonschema:"required,minItems=2,maxItems=10,uniqueItems=true" format:"user-name" why:"one person may be ill, and few should hold a key to everything" example:"[break-glass-1, break-glass-2]"`
}
