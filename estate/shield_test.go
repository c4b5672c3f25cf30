package estate

import (
	"strconv"
	"strings"
	"testing"
)

func shieldSays(text string) []edit {
	return []edit{{"estate.yaml", "", "shield: " + text + "\n"}}
}

// Nobody signs for a year by one line.
func TestAContractOfAYearIsSaidTwice(t *testing.T) {
	line := "acme/estate.yaml:" + strconv.Itoa(strings.Count(acme["estate.yaml"], "\n")+1) + ": "
	for _, test := range []struct{ name, says, want string }{
		{"once", "{accounts: [hub, dev]}", line + "shield: Shield Advanced is a contract of a year that nobody ends before, for 36000 US dollars: say yearly_contract_usd: 36000 too if you mean it, or leave shield out"},
		{"for less than it costs", "{accounts: [hub, dev], yearly_contract_usd: 3000}", line + "shield.yearly_contract_usd: the contract is for 36000 US dollars a year: say that if you mean it, or leave shield out"},
		{"for nobody", "{accounts: [], yearly_contract_usd: 36000}", line + "shield.accounts: names nothing: want 1 or more: Shield would protect nothing"},
		{"for an account that there is not", "{accounts: [hubb], yearly_contract_usd: 36000}", line + `shield.accounts[0]: there is no account "hubb" in estate.yaml: it has audit, dev, hub, prod (did you mean "hub"?)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, shieldSays(test.says)...), "acme", "acme")
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
	e := loadEdited(t, shieldSays("{accounts: [hub], yearly_contract_usd: 36000}")...)
	if !e.HasShield("hub") || e.HasShield("dev") || !*e.Shield.Renew || loadEdited(t).HasShield("hub") {
		t.Errorf("%+v", e.Shield)
	}
}

// An organisation has one contract, whoever of it subscribes; accounts that are in none have one each.
func TestAnOrganisationHasOneContract(t *testing.T) {
	alone := edit{"estate.yaml", "organization:\n  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n  resource_sharing: true\n", "organization: {}\n"}
	files := edited(t, append(shieldSays("{accounts: [hub, dev], yearly_contract_usd: 36000}"), alone)...)
	_, err := load(files, "acme", "acme")
	if err == nil || !strings.Contains(err.Error(), "shield.yearly_contract_usd: the contract is for 72000 US dollars a year: say that if you mean it, or leave shield out") {
		t.Errorf("got %v", err)
	}
	if e := loadEdited(t, shieldSays("{accounts: [hub, dev], yearly_contract_usd: 36000}")...); !e.OnePayer() || !e.HasShield("dev") {
		t.Errorf("%+v", e.Shield)
	}
}
