package estate

import (
	"strings"
	"testing"
)

// sessions adds session preferences to the edited estate.
func sessions(keys string) []edit { return []edit{{"estate.yaml", "", "sessions: {" + keys + "}\n"}} }

func TestBadSessionsAreToldWithFileAndLine(t *testing.T) {
	for name, test := range map[string]struct{ keys, want string }{
		"minutes that AWS does not take":   {"idle_minutes: 61, max_minutes: 1441", "acme/estate.yaml:49: sessions.idle_minutes: want a number from 1 to 60, not 61: Session Manager takes 1 to 60 minutes\nacme/estate.yaml:49: sessions.max_minutes: want a number from 1 to 1440, not 1441: Session Manager takes 1 to 1440 minutes"},
		"no minutes":                       {"idle_minutes: 0", "acme/estate.yaml:49: sessions.idle_minutes: want a number from 1 to 60, not 0: Session Manager takes 1 to 60 minutes"},
		"an end that never comes":          {"idle_minutes: 45, max_minutes: 30", "acme/estate.yaml:49: sessions.idle_minutes: every session ends after 30 minutes, and one in which nobody types after 45, which it never comes to: set idle_minutes to 30 or less"},
		"less than the default":            {"max_minutes: 15", "acme/estate.yaml:49: sessions.max_minutes: every session ends after 15 minutes, and one in which nobody types after 20, which it never comes to: set idle_minutes to 15 or less"},
		"root":                             {"run_as: root", "acme/estate.yaml:49: sessions.run_as: \"root\" is a user whom Session Manager opens no sessions of: name another one, who may become root where that is meant"},
		"no user":                          {"run_as: 'EC2 User'", "acme/estate.yaml:49: sessions.run_as: \"EC2 User\" is not the name of a user of Linux, such as ec2-user"},
		"accounts that are not there":      {"existing: [dve], elsewhere: [prd]", "acme/estate.yaml:49: sessions.elsewhere[0]: there is no account \"prd\" in estate.yaml: it has audit, dev, hub, prod (did you mean \"prod\"?)\nacme/estate.yaml:49: sessions.existing[0]: there is no account \"dve\" in estate.yaml: it has audit, dev, hub, prod (did you mean \"dev\"?)"},
		"imported, and made by others":     {"existing: [dev], elsewhere: [dev]", "acme/estate.yaml:49: sessions.existing[0]: elsewhere has dev too, whose preferences are then not made here: leave out one of the two"},
		"one account twice":                {"existing: [dev, dev]", "acme/estate.yaml:49: sessions.existing[1]: \"dev\" is named twice, first on line 49"},
		"a key of the document":            {"idleSessionTimeout: 20", "acme/estate.yaml:49: sessions.idleSessionTimeout: unknown key: those here are elsewhere, existing, idle_minutes, max_minutes, run_as"},
		"minutes as the document has them": {"idle_minutes: '20'", "acme/estate.yaml:49: sessions.idle_minutes: want a whole number, not \"20\""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := load(edited(t, sessions(test.keys)...), "acme", "acme"); err == nil || err.Error() != test.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}

// A bastion without what encrypts and logs its sessions would have none.
func TestTheBastionHasThePreferencesOfTheEstate(t *testing.T) {
	files := editedFiles(t, lone, edit{"estate.yaml", "", "sessions: {elsewhere: [production]}\n"})
	const want = "sessions.elsewhere[0]: the bastion of production may use the key and the log of preferences that are made here, and no others: leave production out, or the bastion"
	if _, err := load(files, "lone", "lone"); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
