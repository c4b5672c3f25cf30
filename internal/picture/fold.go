package picture

import (
	"fmt"
	"slices"
	"strings"
)

// folded is how many accounts have to be alike for one to be drawn for all of them.
const folded = 3

// fold draws accounts whose VPCs are alike as one: the first of them, with the names of the
// others. What connects the others is in the ties of the first.
func (r *reader) fold() {
	lanes := map[*Lane]int{}
	for _, b := range r.Buses {
		for _, l := range b.Lanes {
			lanes[l] = len(lanes)
		}
	}
	ties := map[*VPC][]*Tie{}
	for _, t := range r.Ties {
		ties[t.VPC] = append(ties[t.VPC], t)
	}
	alike := map[string][]*Account{}
	for _, a := range r.Accounts {
		if !a.Central {
			s := shape(a, ties, lanes)
			alike[s] = append(alike[s], a)
		}
	}
	gone := map[*Account]bool{}
	for _, group := range alike {
		if len(group) < folded {
			continue
		}
		for _, a := range group[1:] {
			gone[a] = true
			group[0].Like = append(group[0].Like, a.Name)
			for i, v := range a.VPCs {
				join(group[0].VPCs[i], v, ties)
			}
		}
	}
	r.Accounts = slices.DeleteFunc(r.Accounts, func(a *Account) bool { return gone[a] })
	r.Ties = slices.DeleteFunc(r.Ties, func(t *Tie) bool { return t.VPC == nil })
}

// join gives the ties of a VPC that is not drawn to the one that is drawn for it. The VPCs have
// the same shape, so the ties of one are those of the other.
func join(into, v *VPC, ties map[*VPC][]*Tie) {
	for _, t := range ties[v] {
		for _, same := range ties[into] {
			if same.Kind == t.Kind && same.Lane == t.Lane && same.Text == t.Text {
				same.Resources = append(same.Resources, t.Resources...)
				break
			}
		}
		t.VPC = nil
	}
}

// shape is what accounts have in common that are drawn as one: all but names and addresses.
func shape(a *Account, ties map[*VPC][]*Tie, lanes map[*Lane]int) string {
	var b strings.Builder
	fmt.Fprint(&b, a.Region)
	for _, v := range a.VPCs {
		fmt.Fprintf(&b, "\nVPC %d %v %v %v %v", len(v.CIDRs), v.Zones, v.Internet != "", v.OnPremises != "", v.LookedUp)
		for _, n := range v.Notes {
			fmt.Fprintf(&b, "\n%q", n.Text)
		}
		for _, t := range v.Tiers {
			fmt.Fprintf(&b, "\n%q", t.Name)
			for _, s := range t.Subnets {
				s.shape(&b)
			}
		}
		var tied []string
		for _, t := range ties[v] {
			tied = append(tied, fmt.Sprintf("%s %d %q", t.Kind, lanes[t.Lane], t.Text))
		}
		slices.Sort(tied)
		fmt.Fprintf(&b, "\n%q", tied)
	}
	return b.String()
}

// shape writes what a subnet has in common with others of its kind.
func (s *Subnet) shape(b *strings.Builder) {
	if s == nil {
		b.WriteString(" none")
		return
	}
	for _, cidr := range s.CIDRs {
		_, bits, _ := strings.Cut(cidr, "/")
		fmt.Fprintf(b, " /%s", bits)
	}
	for _, c := range s.Chips {
		fmt.Fprintf(b, " %s %d", c.Kind, len(c.Resources))
	}
	fmt.Fprintf(b, " %v;", s.Public)
}
