package organization

// BreakGlass are people of the management account who are there for the day on which nobody
// can come in otherwise.
type BreakGlass struct {
	// Users are the names of the users.
	Users []string `yaml:"users" jsonschema:"required,minItems=2,uniqueItems=true" format:"user-name" why:"one person may be ill" example:"[alice, bob]"`
}
