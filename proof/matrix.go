package proof

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"hubspoke/proof/packet"
)

// Matrix is who reaches whom: VPCs, the internet and, where anything leads there, what is
// on-premises.
type Matrix struct {
	// Ends are the names of rows and columns.
	Ends []string `json:"ends"`
	// Cells are the pairs between which packets may get, or of which intents speak, in the
	// order of Ends. What is within a VPC is left out.
	Cells []Cell `json:"cells"`
}

// Cell is what gets from one end to another.
type Cell struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Packets are the protocols and the receivers' ports of what some workload there can
	// send and some workload here gets, whatever its groups: `all`, `tcp/443 udp`; empty
	// for nothing.
	Packets string `json:"packets,omitempty"`
	// Unknown says that the model cannot tell of some packets.
	Unknown bool `json:"unknown,omitempty"`
	// Spoken says that intents speak of what passes, and Lines where those stand.
	Spoken bool  `json:"spoken"`
	Lines  []int `json:"lines,omitempty"`
}

// Matrix says who reaches whom, for each VPC or for each tier of it.
func (p *Proof) Matrix(tiers bool) *Matrix {
	c := p.coverage()
	name := p.group
	if tiers {
		name = func(e end) string { return e.name }
	}
	m := &Matrix{}
	for _, e := range c.ends {
		if n := name(e); !slices.Contains(m.Ends, n) {
			m.Ends = append(m.Ends, n)
		}
	}
	at, passing := map[[2]string]*Cell{}, map[[2]string]packet.Set{}
	for i, a := range c.ends {
		for j, b := range c.ends {
			key := [2]string{name(a), name(b)}
			if a.vpc == b.vpc {
				continue
			}
			if at[key] == nil {
				at[key] = &Cell{From: key[0], To: key[1], Spoken: true}
			}
			p.fill(at[key], passing, c, i, j)
		}
	}
	for _, from := range m.Ends {
		for _, to := range m.Ends {
			key := [2]string{from, to}
			if cell := at[key]; cell != nil && (!passing[key].Empty() || cell.Unknown || len(cell.Lines) > 0) {
				cell.Packets = short(passing[key])
				slices.Sort(cell.Lines)
				m.Cells = append(m.Cells, *cell)
			}
		}
	}
	return m
}

// fill adds what passes between two ends to a cell.
func (p *Proof) fill(cell *Cell, passing map[[2]string]packet.Set, c *coverage, i, j int) {
	key := [2]string{cell.From, cell.To}
	forward, unknown := p.passes(c.ends[i], c.ends[j], nil, true)
	// What is asked is by which protocols and ports, not between which addresses.
	var any packet.Set
	for _, b := range forward {
		any = append(any, packet.All.With(packet.Protocol, b[packet.Protocol]).With(packet.DestinationPort, b[packet.DestinationPort]))
	}
	passing[key] = passing[key].Union(packet.Of(any...)).Simplify()
	cell.Unknown = cell.Unknown || unknown
	for _, line := range c.cells[i][j].lines {
		if !slices.Contains(cell.Lines, line) {
			cell.Lines = append(cell.Lines, line)
		}
	}
	if (forward.Empty() && !unknown) || c.covered(i, j) {
		return
	}
	left, doubt := p.passes(c.ends[i], c.ends[j], c.cells[i][j].parts, false)
	cell.Spoken = cell.Spoken && left.Empty() && !doubt
}

// Text writes the matrix for people: who sends stands on the left, who receives above.
func (m *Matrix) Text(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(append([]string{"from \\ to"}, m.Ends...), "\t"))
	for _, from := range m.Ends {
		row := []string{from}
		for _, to := range m.Ends {
			row = append(row, m.word(from, to))
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	fmt.Fprintln(table, "\nall, or protocols and ports: what some workload sends arrives; - nothing does; ? cannot be told; ! no intent speaks of it")
	return table.Flush()
}

func (m *Matrix) word(from, to string) string {
	vpc := func(end string) string { v, _, _ := strings.Cut(end, "."); return v }
	if vpc(from) == vpc(to) {
		return ""
	}
	i := slices.IndexFunc(m.Cells, func(c Cell) bool { return c.From == from && c.To == to })
	if i < 0 {
		return "-"
	}
	c := m.Cells[i]
	word := c.Packets
	switch {
	case c.Unknown:
		word = strings.TrimSpace(word + " ?")
	case word == "":
		word = "-"
	}
	if !c.Spoken {
		word += " !"
	}
	return word
}
