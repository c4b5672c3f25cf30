package proof

import (
	"slices"
	"strings"
	"testing"
)

func TestTheMatrixSaysWhoReachesWhom(t *testing.T) {
	cell := func(m *Matrix, from, to string) Cell {
		i := slices.IndexFunc(m.Cells, func(c Cell) bool { return c.From == from && c.To == to })
		if i < 0 {
			return Cell{From: from, To: to}
		}
		return m.Cells[i]
	}
	s := read(t)
	p := Of(piksel(t, s))
	whole, tiers := p.Matrix(false), p.Matrix(true)
	for _, test := range []struct {
		m        *Matrix
		from, to string
		packets  string
		spoken   bool
	}{
		{whole, "dev", "hub", "all", true},
		{whole, "dev", "prod", "", true},
		{whole, "hub", "prod", "all", true},
		{tiers, "internet", "dev.private", "", true},
		{tiers, "dev.public", "internet", "all", true},
	} {
		got := cell(test.m, test.from, test.to)
		if got.Packets != test.packets || got.Spoken != test.spoken || len(got.Lines) == 0 {
			t.Errorf("%+v, want %s, spoken of: %t", got, test.packets, test.spoken)
		}
	}
	in := piksel(t, s)
	in.Intents = in.Intents[:6]
	bare := Of(in).Matrix(false)
	if got := cell(bare, "dev", "hub"); got.Spoken || got.Packets != "all" {
		t.Errorf("%+v, of which no intent speaks", got)
	}
	var text strings.Builder
	if err := bare.Text(&text); err != nil || !strings.Contains(text.String(), "all !") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestTheReportBeginsWithWhatIsWrong(t *testing.T) {
	var text strings.Builder
	r := prove(t, all(
		put("hub-network resource aws_vpc_security_group_ingress_rule extra", `{"cidr_ipv4": "10.0.0.0/8", "from_port": 22, "to_port": 22, "ip_protocol": "tcp", "security_group_id": "${aws_security_group.endpoints.id}"}`),
		another("public")))
	if err := r.Text(&text, true); err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, want := range []string{"violated deny * -> hub.endpoint", "unproven not-promised", "proven   deny dev", "Looked at"} {
		at := strings.Index(text.String(), want)
		if at <= last {
			t.Errorf("%s stands at %d, behind %d:\n%s", want, at, last, text.String())
		}
		last = at
	}
	if strings.Contains(text.String(), "note    ") {
		t.Error("a brief report has notes")
	}
}

// One missing route stops several promises. It is shown once.
func TestACauseIsShownOnce(t *testing.T) {
	var text strings.Builder
	if err := prove(t, drop("dev-network resource aws_route private_apse3_az1_to_hub")).Text(&text, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "for the cause that is shown above") {
		t.Errorf("it is shown more than once:\n%s", text.String())
	}
}
