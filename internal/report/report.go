// Package report has the reports that can be made from an estate and what was synthesized
// of it, without AWS: a package below it for each.
package report

import (
	"hubspoke/internal/report/access"
	"hubspoke/internal/report/compliance"
	"hubspoke/internal/report/document"
	"hubspoke/internal/report/encryption"
	"hubspoke/internal/report/incident"
	"hubspoke/internal/report/logs"
	"hubspoke/internal/report/reviews"
	"hubspoke/internal/report/source"
)

// Kind is a report that can be asked for.
type Kind struct {
	// Name is what it is asked for by.
	Name string
	// About says in a sentence what it tells.
	About string
	// Of makes it.
	Of func(*source.Source) *document.Document
}

// Kinds are all reports.
var Kinds = []Kind{
	{"access", "who may do what, and who is let in from outside or from other accounts", access.Of},
	{"compliance", "which controls of FSBP and CIS are met, by what, and which are not", compliance.Of},
	{"encryption", "what holds data, by whose key it is encrypted, and who may use the key", encryption.Of},
	{"incident", "what to do when something has happened, with the estate's names and commands", incident.Of},
	{"logs", "what is logged, where it goes, how long it stays, and how to keep it", logs.Of},
	{"reviews", "what to look at again, how often, and how", reviews.Of},
}

// Named is the kind with a name.
func Named(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
