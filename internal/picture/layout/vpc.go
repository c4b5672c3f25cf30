package layout

import (
	"fmt"
	"strings"

	"hubspoke/internal/picture"
)

// The sizes of letters. Nothing is smaller than the last.
const (
	headline = 20
	large    = 15
	medium   = 13
	small    = 12
)

const (
	line       = 17 // the height of a line of small text
	chipHeight = 18
	cellPad    = 4
	// mostNotes is how many lines a note of a VPC has.
	mostNotes = 3
	// narrowVPC is how wide the smallest VPC is, so that lines have a place at its side.
	narrowVPC = 330
)

// tierWidth is the width of the column with the names of tiers.
func tierWidth(v *picture.VPC) int {
	w := 0
	for _, t := range v.Tiers {
		w = max(w, width(t.Name, small))
	}
	return min(w, 130) + cellPad
}

// cellWidth is the least width of a subnet.
func cellWidth(v *picture.VPC) int {
	w := 84
	for _, t := range v.Tiers {
		for _, s := range t.Subnets {
			if s == nil {
				continue
			}
			for _, cidr := range s.CIDRs {
				w = max(w, width(cidr, small)+2*cellPad+2)
			}
			for _, c := range s.Chips {
				w = max(w, width(chipText(c), small)+2*cellPad+12)
			}
		}
	}
	return w
}

// vpcWidth is the least width of a VPC.
func vpcWidth(v *picture.VPC) int {
	return max(narrowVPC, 2*pad+tierWidth(v)+len(v.Zones)*(cellWidth(v)+cellPad))
}

func chipText(c *picture.Chip) string {
	if len(c.Resources) > 1 {
		return fmt.Sprintf("%s ×%d", c.Kind, len(c.Resources))
	}
	return string(c.Kind)
}

// chipRows sorts chips into rows of a width.
func chipRows(chips []*picture.Chip, room int) [][]*picture.Chip {
	var rows [][]*picture.Chip
	left := 0
	for _, c := range chips {
		w := width(chipText(c), small) + 10
		if len(rows) == 0 || w > left {
			rows, left = append(rows, nil), room
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], c)
		left -= w + 4
	}
	return rows
}

// tierHeight is the height of a row of subnets.
func tierHeight(t *picture.Tier, cell int) int {
	h := line
	for _, s := range t.Subnets {
		if s != nil {
			h = max(h, len(s.CIDRs)*line+len(chipRows(s.Chips, cell-2*cellPad))*(chipHeight+3))
		}
	}
	return h + 2*cellPad
}

// cell is the width of a VPC's subnets, where the VPC has a width.
func cell(v *picture.VPC, w int) int {
	if len(v.Zones) == 0 {
		return 0
	}
	return (w-2*pad-tierWidth(v))/len(v.Zones) - cellPad
}

// vpcHeight is the height of a VPC of a width.
func vpcHeight(v *picture.VPC, w int) int {
	h := pad + large + 8
	if len(v.Zones) > 0 {
		h += line
	}
	for _, t := range v.Tiers {
		h += tierHeight(t, cell(v, w)) + cellPad
	}
	for _, n := range v.Notes {
		h += len(wrap(n.Text, small, w-2*pad, mostNotes)) * line
	}
	return h + pad
}

// placeVPC draws a VPC.
func (l *layout) placeVPC(v *picture.VPC, r Rect) {
	class := "vpc"
	if v.LookedUp || len(v.Tiers) == 0 {
		class = "vpc elsewhere"
	}
	l.box(class, r, v.Resource, v.Name)
	l.vpcHeading(v, r)
	y := r.Y + pad + large + 8
	cellW, tierW := cell(v, r.W), tierWidth(v)
	for i, zone := range v.Zones {
		x := r.X + pad + tierW + i*(cellW+cellPad)
		l.write("zone", small, Rect{x, y - 2, cellW, small + 3}, zone, true)
	}
	if len(v.Zones) > 0 {
		y += line
	}
	for _, t := range v.Tiers {
		h := tierHeight(t, cellW)
		l.text("tier", small, r.X+pad, y+cellPad, tierW-cellPad, t.Name)
		for i, s := range t.Subnets {
			if s != nil {
				l.placeSubnet(s, v.Name+"."+t.Name, Rect{r.X + pad + tierW + i*(cellW+cellPad), y, cellW, h})
			}
		}
		y += h + cellPad
	}
	for _, n := range v.Notes {
		for _, text := range wrap(n.Text, small, r.W-2*pad, mostNotes) {
			l.text("note", small, r.X+pad, y, r.W-2*pad, text)
			l.Texts[len(l.Texts)-1].Title = n.Text + "\n" + strings.Join(n.Resources, "\n")
			y += line
		}
	}
}

// vpcHeading writes the name of a VPC and its addresses.
func (l *layout) vpcHeading(v *picture.VPC, r Rect) {
	cidrs := strings.Join(v.CIDRs, ", ")
	room := r.W - 2*pad
	name := min(width(v.Name, large)+pad, room)
	if cidrs != "" {
		name = min(name, room*2/3)
	}
	l.text("name", large, r.X+pad, r.Y+pad-3, name, v.Name)
	if cidrs != "" {
		l.text("cidr", medium, r.X+pad+name, r.Y+pad-1, room-name, cidrs)
	}
}

func (l *layout) placeSubnet(s *picture.Subnet, name string, r Rect) {
	class := "subnet"
	if s.Public {
		class = "subnet public"
	}
	l.box(class, r, strings.Join(s.Resources, "\n"), name)
	y := r.Y + cellPad
	for _, cidr := range s.CIDRs {
		l.text("cidr", small, r.X+cellPad, y, r.W-2*cellPad, cidr)
		y += line
	}
	for _, row := range chipRows(s.Chips, r.W-2*cellPad) {
		x := r.X + cellPad
		for _, c := range row {
			w := width(chipText(c), small) + 10
			l.box("chip "+chipClass(c.Kind), Rect{x, y + 1, w, chipHeight}, strings.Join(c.Resources, "\n"), "")
			l.write("chiptext", small, Rect{x + 2, y + 2, w - 4, small + 3}, chipText(c), true)
			x += w + 4
		}
		y += chipHeight + 3
	}
}

// chipClass is the group that a chip's colour shows.
func chipClass(k picture.ChipKind) string {
	switch k {
	case picture.NAT:
		return "nat"
	case picture.Firewall, picture.Appliance:
		return "firewall"
	case picture.DNSIn, picture.DNSOut:
		return "dns"
	case picture.Database:
		return "data"
	}
	return "compute"
}
