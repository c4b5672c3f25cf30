package cost

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// Options are what the stacks do not say themselves.
type Options struct {
	// Accounts are the names of the accounts, by number. Default: an account is called by its number.
	Accounts map[string]string
	// Extended says that EKS charges for the extended support of a version of Kubernetes. Default: it does for none.
	Extended func(version string) bool
	// OnPremises says that somebody outside AWS asks the inbound resolver endpoint.
	OnPremises bool
	// OnePayer says that the accounts are of one organisation, which pays once for what AWS charges for by payer. Default: each account pays.
	OnePayer bool
}

// Report is what stacks cost a month in fixed charges.
type Report struct {
	// Accounts are the accounts that something is charged in, sorted by name.
	Accounts []Account `json:"accounts"`
	// Month is the sum of what has a price, in US dollars a month without tax.
	Month float64 `json:"usd_a_month"`
	// Unverified is the part of Month whose prices are not verified.
	Unverified float64 `json:"of_this_unverified"`
	// NotPriced are the items that are charged for and have no price in the table, and the types of resources that are not known at all.
	NotPriced []string `json:"not_priced"`
	// Notes name what one may do without, and services whose charges follow from use alone.
	Notes []string `json:"notes"`
}

// Account is what one account costs.
type Account struct {
	Name  string  `json:"name"`
	Month float64 `json:"usd_a_month"`
	Lines []Line  `json:"items"`
}

// Line is what one item costs in an account.
type Line struct {
	Item  string  `json:"item"`
	Count float64 `json:"count"`
	// Price is nil if the table has none.
	Price *Price `json:"price"`
	// Month is the price of all of them; 0 if it is not known.
	Month float64 `json:"usd_a_month"`
}

// place is where a charge is made.
type place struct{ account, region string }

// Of counts what the stacks' resources are charged for.
func Of(stacks []*stackjson.Stack, options Options) (*Report, error) {
	prices, err := Prices()
	if err != nil {
		return nil, err
	}
	counts, unknown := map[place]map[string]float64{}, map[string]bool{}
	used := map[string]bool{}
	contracted := false // by one account, for all of the organisation
	for _, s := range stacks {
		c := &counting{stack: s, extended: options.Extended}
		for _, r := range s.Resources() {
			if service := byUse[r.Type]; service != "" && !r.Data {
				used[service] = true
			}
			count, known := charged[r.Type]
			if r.Data || !known {
				if !r.Data && !isFree(r.Type) {
					unknown["resources "+r.Type+": nothing is known of what they cost"] = true
				}
				continue
			}
			if r.Type == "aws_shield_subscription" && options.OnePayer {
				if contracted {
					continue
				}
				contracted = true
			}
			at := placeOf(s, r)
			if counts[at] == nil {
				counts[at] = map[string]float64{}
			}
			for _, charge := range count(c, r.Body) {
				counts[at][charge.item] += charge.count
			}
		}
	}
	report := &Report{}
	for _, at := range slices.SortedFunc(maps.Keys(counts), func(a, b place) int {
		return cmp.Or(cmp.Compare(options.name(a.account), options.name(b.account)), cmp.Compare(a.region, b.region))
	}) {
		report.add(options, at, counts[at], prices, unknown)
	}
	if len(used) > 0 {
		report.Notes = append(report.Notes, "charged by use, and in no sum here: "+strings.Join(slices.Sorted(maps.Keys(used)), ", "))
	}
	report.NotPriced = slices.AppendSeq([]string{}, maps.Keys(unknown))
	slices.Sort(report.NotPriced)
	return report, nil
}

// add adds what is charged at a place.
func (r *Report) add(options Options, at place, counts map[string]float64, prices []Price, unknown map[string]bool) {
	if more := counts[hostedZone] - cheaperFrom; more > 0 {
		counts[hostedZone], counts[moreZones] = cheaperFrom, more
	}
	counts[stoppingBudget] = max(0, counts[stoppingBudget]-freeStopping)
	account := Account{Name: options.name(at.account)}
	for _, item := range slices.Sorted(maps.Keys(counts)) {
		if counts[item] == 0 {
			continue
		}
		line := Line{Item: item, Count: counts[item], Price: find(prices, item, at.region)}
		if line.Price == nil {
			unknown[fmt.Sprintf("%s: %g × %s in %s", account.Name, line.Count, item, at.region)] = true
		} else {
			line.Month = cents(line.Count * line.Price.Month())
			if !line.Price.Verified {
				r.Unverified = cents(r.Unverified + line.Month)
			}
		}
		account.Lines = append(account.Lines, line)
		account.Month = cents(account.Month + line.Month)
		if item == "Resolver endpoint, each address" {
			r.resolverNote(options, account.Name, line)
		}
	}
	r.Accounts = append(r.Accounts, account)
	r.Month = cents(r.Month + account.Month)
}

// resolverNote says what resolver endpoints are for: VPCs resolve private zones that they
// are associated with by themselves.
func (r *Report) resolverNote(options Options, account string, line Line) {
	who := "and the estate names such networks under on_premises"
	if !options.OnPremises {
		who = "and the estate names none under on_premises"
	}
	r.Notes = append(r.Notes, fmt.Sprintf("%s: the resolver endpoints, %.2f a month, are what networks outside AWS need, %s", account, line.Month, who))
}

// name is what people call an account.
func (o Options) name(number string) string { return cmp.Or(o.Accounts[number], number) }

// cents rounds to cents.
func cents(usd float64) float64 { return math.Round(usd*100) / 100 }

// placeOf is the account and the Region of the provider that makes a resource.
func placeOf(s *stackjson.Stack, r stackjson.Resource) place {
	account, region := s.MadeIn(r)
	return place{account, region}
}

// Text writes the report for people.
func (r *Report) Text(out io.Writer) error {
	fmt.Fprintf(out, "Fixed charges a month of %d hours, in US dollars without tax. ~ is a price that is not verified.\n", HoursPerMonth)
	row := func(item, count, amount string) { fmt.Fprintf(out, "  %-40s %6s %12s\n", item, count, amount) }
	for _, a := range r.Accounts {
		fmt.Fprintf(out, "\n%s\n", a.Name)
		for _, line := range a.Lines {
			row(line.Item, fmt.Sprintf("%g", line.Count), line.amount())
		}
		row("total", "", fmt.Sprintf("%.2f", a.Month))
	}
	fmt.Fprintf(out, "\nall accounts\n")
	row("total", "", fmt.Sprintf("%.2f", r.Month))
	row("of this not verified", "", fmt.Sprintf("%.2f", r.Unverified))
	list(out, "Not priced", r.NotPriced)
	list(out, "Notes", r.Notes)
	_, err := fmt.Fprint(out, "\nBeside these: what is paid by use (traffic, storage, requests, log events), and what Kubernetes launches\n(nodes of node pools, load balancers, volumes). `estate cost --prices` prints each price with its date and source.\n")
	return err
}

func (l Line) amount() string {
	switch {
	case l.Price == nil:
		return "not priced"
	case !l.Price.Verified:
		return fmt.Sprintf("~ %.2f", l.Month)
	}
	return fmt.Sprintf("%.2f", l.Month)
}

func list(out io.Writer, title string, items []string) {
	if len(items) > 0 {
		fmt.Fprintf(out, "\n%s:\n  %s\n", title, strings.Join(items, "\n  "))
	}
}

// JSON writes the report for programs.
func (r *Report) JSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}
