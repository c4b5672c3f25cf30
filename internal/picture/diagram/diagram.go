// Package diagram writes a picture in the languages of tools that lay out by themselves: Mermaid,
// which GitHub draws in comments, D2 and Graphviz's DOT.
package diagram

import (
	"fmt"
	"io"
	"strings"

	"hubspoke/internal/picture"
)

// Language is a language of diagrams.
type Language string

// The languages.
const (
	Mermaid Language = "mermaid"
	D2      Language = "d2"
	DOT     Language = "dot"
)

// Write writes a picture in a language. Subnets are not in it: the tier says in which zones it is.
func Write(w io.Writer, l Language, p *picture.Picture) error {
	var d dialect
	switch l {
	case Mermaid:
		d = &mermaid{}
	case D2:
		d = &d2{}
	case DOT:
		d = &dot{}
	default:
		return fmt.Errorf("%q is not a language of diagrams: want %s, %s or %s", l, Mermaid, D2, DOT)
	}
	d.begin(p.Name)
	ids := map[any]string{}
	for i, a := range p.Accounts {
		account := fmt.Sprintf("account%d", i+1)
		d.group(account, accountLabel(a))
		for j, v := range a.VPCs {
			ids[v] = fmt.Sprintf("vpc%d_%d", i+1, j+1)
			d.node(ids[v], vpcLabel(v), box)
		}
		d.end()
		for _, v := range a.VPCs {
			writeWays(d, ids[v], v)
		}
	}
	for i, b := range p.Buses {
		d.group(fmt.Sprintf("bus%d", i+1), []string{string(b.Kind), b.Name})
		for j, lane := range b.Lanes {
			ids[lane] = fmt.Sprintf("lane%d_%d", i+1, j+1)
			d.node(ids[lane], append([]string{lane.Name}, lane.Notes...), round)
		}
		d.end()
	}
	for _, t := range p.Ties {
		label := string(t.Kind)
		if t.Text != "" {
			label = t.Text
		}
		if n := len(t.Resources); n > 1 {
			label += fmt.Sprintf(" ×%d", n)
		}
		d.edge(ids[t.VPC], ids[t.Lane], label, t.Kind == picture.Propagated || t.Kind == picture.Uses || t.Kind == picture.Routed)
	}
	d.finish()
	_, err := io.WriteString(w, d.String())
	return err
}

// writeWays writes what a VPC leads to by itself.
func writeWays(d dialect, id string, v *picture.VPC) {
	for _, way := range []struct{ name, resource string }{{"internet", v.Internet}, {"on-premises", v.OnPremises}} {
		if way.resource == "" {
			continue
		}
		outside := id + "_" + strings.ReplaceAll(way.name, "-", "_")
		d.node(outside, []string{way.name}, round)
		d.edge(id, outside, "", false)
	}
}

// shape is how a node looks.
type shape int

const (
	box shape = iota
	round
)

// dialect writes what a diagram consists of. Labels are lines of text, of any characters.
type dialect interface {
	begin(name string)
	group(id string, label []string)
	node(id string, label []string, s shape)
	end()
	edge(from, to, label string, dashed bool)
	finish()
	String() string
}

func accountLabel(a *picture.Account) []string {
	label := []string{a.Name}
	if n := len(a.Like); n > 0 {
		label[0] += fmt.Sprintf(" ×%d", n+1)
	} else if a.Number != "" && a.Number != a.Name {
		label[0] += " " + a.Number
	}
	if a.Region != "" {
		label = append(label, a.Region)
	}
	return label
}

func vpcLabel(v *picture.VPC) []string {
	label := []string{strings.TrimSpace(v.Name + " " + strings.Join(v.CIDRs, ", "))}
	for _, t := range v.Tiers {
		label = append(label, tierLabel(v, t))
	}
	for _, n := range v.Notes {
		label = append(label, n.Text)
	}
	return label
}

// tierLabel names a tier, its zones, and what stands in it.
func tierLabel(v *picture.VPC, t *picture.Tier) string {
	var zones []string
	counts, order := map[picture.ChipKind]int{}, []picture.ChipKind{}
	for i, s := range t.Subnets {
		if s == nil {
			continue
		}
		zones = append(zones, v.Zones[i])
		for _, c := range s.Chips {
			if counts[c.Kind] == 0 {
				order = append(order, c.Kind)
			}
			counts[c.Kind]++
		}
	}
	text := t.Name + ": " + strings.Join(zones, ", ")
	var chips []string
	for _, kind := range order {
		chips = append(chips, string(kind))
	}
	if len(chips) > 0 {
		text += " (" + strings.Join(chips, ", ") + ")"
	}
	return text
}
