// Package cost says what stacks cost a month in fixed charges: what AWS asks for because
// a thing is there, whether it is used or not. What is paid by use (traffic, storage that
// grows, requests, log events) is not in it, and neither is what Kubernetes launches: nodes
// of node pools, load balancers, volumes.
//
// It counts the resources of the synthesized Terraform JSON, not what the estate says, so
// that nothing is forgotten: a type of resource that it does not know is reported.
//
// Prices are in a table with the date and the source of each. AWS publishes its prices
// without an account, and needs one to be asked comfortably:
//
//	aws pricing get-products --region us-east-1 --service-code AmazonEC2 --filters \
//	  Type=TERM_MATCH,Field=regionCode,Value=ap-southeast-3 Type=TERM_MATCH,Field=usagetype,Value=APS4-NatGateway-Hours
//
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
package cost

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// HoursPerMonth is what AWS's own calculator takes for a month.
const HoursPerMonth = 730

// Price is what one of an item costs in a Region.
type Price struct {
	// Item is the item's name, `NAT gateway`.
	Item string `json:"item"`
	// Region is the Region's name; `*` if the price is the same in all.
	Region string `json:"region"`
	// USD is the price of an hour or a month, in US dollars, without tax.
	USD float64 `json:"usd"`
	// Hourly says that USD is the price of an hour, not of a month.
	Hourly bool `json:"hourly"`
	// Date is the day on which the source said so.
	Date string `json:"date"`
	// Verified says that Source is AWS, or somebody who cites it with a date. The other prices are to be checked before anything depends on them.
	Verified bool `json:"verified"`
	// Source is where the price comes from.
	Source string `json:"source"`
}

// Month is what one costs in a month.
func (p Price) Month() float64 {
	if p.Hourly {
		return p.USD * HoursPerMonth
	}
	return p.USD
}

//go:embed prices.csv
var table string

// Prices reads the table. A line that is wrong is an error, since it would be somebody's
// wrong sum.
func Prices() ([]Price, error) {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("prices.csv: %w", err)
	}
	var prices []Price
	for i, row := range rows[1:] {
		p, err := parse(row)
		if err == nil && slices.ContainsFunc(prices, func(q Price) bool { return q.Item == p.Item && q.Region == p.Region }) {
			err = fmt.Errorf("%s has a price in %s already", p.Item, p.Region)
		}
		if err != nil {
			return nil, fmt.Errorf("prices.csv:%d: %w", i+2, err)
		}
		prices = append(prices, p)
	}
	return prices, nil
}

// parse reads a row of the columns item, region, usd, per, date, verified, source.
func parse(row []string) (Price, error) {
	usd, err := strconv.ParseFloat(row[2], 64)
	if err != nil || usd <= 0 {
		return Price{}, fmt.Errorf("%q is not a price", row[2])
	}
	if row[3] != "hour" && row[3] != "month" {
		return Price{}, fmt.Errorf("a price is per hour or month, not per %s", row[3])
	}
	if _, err := time.Parse(time.DateOnly, row[4]); err != nil {
		return Price{}, fmt.Errorf("%q is not a date", row[4])
	}
	if row[5] != "yes" && row[5] != "no" {
		return Price{}, fmt.Errorf("verified is yes or no, not %q", row[5])
	}
	if row[0] == "" || row[1] == "" || row[6] == "" {
		return Price{}, fmt.Errorf("want an item, a region and a source")
	}
	return Price{Item: row[0], Region: row[1], USD: usd, Hourly: row[3] == "hour", Date: row[4], Verified: row[5] == "yes", Source: row[6]}, nil
}

// find is the price of an item in a Region.
func find(prices []Price, item, region string) *Price {
	for i, p := range prices {
		if p.Item == item && (p.Region == region || p.Region == "*") {
			return &prices[i]
		}
	}
	return nil
}
