package fakeaws

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// VPC is a VPC that is there already, as data sources find it.
type VPC struct {
	ID, CIDR string
	// NoDNSHostnames says that DNS hostnames are switched off, as in a VPC that nobody has changed.
	NoDNSHostnames bool
	Subnets        []Subnet
	RouteTables    []RouteTable
}

// Subnet is a subnet of a VPC.
type Subnet struct {
	ID, CIDR string
	// Zone is the zone id, `euc1-az1`.
	Zone string
	// PublicAddresses says that instances get a public address.
	PublicAddresses bool
}

// RouteTable is a route table of a VPC, with the ranges that its routes lead to.
type RouteTable struct {
	ID           string
	Destinations []string
}

// PutVPC puts a VPC into an account.
func (s *Server) PutVPC(account string, vpc VPC) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vpcs[account] = append(s.vpcs[account], vpc)
}

// ec2 answers what the data sources of VPCs, subnets and route tables ask:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
func (s *Server) ec2(w http.ResponseWriter, r *http.Request, account string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	vpcs := slices.Clone(s.vpcs[account])
	s.mu.Unlock()
	asked := wanted(form)
	switch action := form.Get("Action"); action {
	case "DescribeVpcs":
		answer(w, action, "vpcSet", describeVPCs(vpcs, asked))
	case "DescribeSubnets":
		answer(w, action, "subnetSet", describeSubnets(vpcs, asked, account))
	case "DescribeRouteTables":
		answer(w, action, "routeTableSet", describeRouteTables(vpcs, asked))
	case "DescribeVpcAttribute":
		describeVPCAttribute(w, vpcs, form.Get("VpcId"), form.Get("Attribute"))
	default:
		s.refuse(w, r, "ec2 "+action)
	}
}

// wanted are all ids that a request names, directly or in a filter; texts of other
// filters among them do no harm.
func wanted(form url.Values) []string {
	var ids []string
	for key, values := range form {
		if key != "Action" && key != "Version" && !strings.HasSuffix(key, ".Name") {
			ids = append(ids, values...)
		}
	}
	return ids
}

func answer(w io.Writer, action, set string, items []string) {
	fmt.Fprintf(w, `<%[1]sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><%[2]s>%[3]s</%[2]s></%[1]sResponse>`, action, set, strings.Join(items, ""))
}

func describeVPCs(vpcs []VPC, asked []string) []string {
	var items []string
	for _, v := range vpcs {
		if slices.Contains(asked, v.ID) {
			ranges := item("associationId", "vpc-cidr-assoc-fake", "cidrBlock", v.CIDR) + "<cidrBlockState><state>associated</state></cidrBlockState></item>"
			items = append(items, item("vpcId", v.ID, "state", "available", "cidrBlock", v.CIDR, "instanceTenancy", "default", "isDefault", "false")+
				"<cidrBlockAssociationSet>"+ranges+"</cidrBlockAssociationSet></item>")
		}
	}
	return items
}

func describeSubnets(vpcs []VPC, asked []string, account string) []string {
	var items []string
	for _, v := range vpcs {
		for _, s := range v.Subnets {
			if slices.Contains(asked, s.ID) {
				items = append(items, item("subnetId", s.ID, "state", "available", "vpcId", v.ID, "cidrBlock", s.CIDR, "ownerId", account,
					"availabilityZoneId", s.Zone, "mapPublicIpOnLaunch", fmt.Sprint(s.PublicAddresses), "defaultForAz", "false")+"</item>")
			}
		}
	}
	return items
}

// describeRouteTables finds tables by their id, and the main one by the VPC's, which
// has no other name here.
func describeRouteTables(vpcs []VPC, asked []string) []string {
	var items []string
	for _, v := range vpcs {
		tables := v.RouteTables
		if slices.Contains(asked, v.ID) {
			tables = []RouteTable{{ID: "rtb-0fa4e000000000000"}}
			asked = append(asked, tables[0].ID)
		}
		for _, t := range tables {
			if slices.Contains(asked, t.ID) {
				routes := item("destinationCidrBlock", v.CIDR, "gatewayId", "local", "state", "active", "origin", "CreateRouteTable") + "</item>"
				for _, destination := range t.Destinations {
					routes += item("destinationCidrBlock", destination, "gatewayId", "igw-0fa4e000000000000", "state", "active", "origin", "CreateRoute") + "</item>"
				}
				items = append(items, item("routeTableId", t.ID, "vpcId", v.ID)+"<routeSet>"+routes+"</routeSet><associationSet/></item>")
			}
		}
	}
	return items
}

func describeVPCAttribute(w io.Writer, vpcs []VPC, id, attribute string) {
	value := attribute == "enableDnsSupport"
	for _, v := range vpcs {
		if v.ID == id && attribute == "enableDnsHostnames" {
			value = !v.NoDNSHostnames
		}
	}
	fmt.Fprintf(w, `<DescribeVpcAttributeResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcId>%[1]s</vpcId>`+
		`<%[2]s><value>%[3]v</value></%[2]s></DescribeVpcAttributeResponse>`, id, attribute, value)
}

// item begins an item with some elements, by name and text in turn. Whoever asks
// for it closes it.
func item(elements ...string) string {
	var b strings.Builder
	b.WriteString("<item>")
	for i := 0; i+1 < len(elements); i += 2 {
		fmt.Fprintf(&b, "<%s>", elements[i])
		xml.EscapeText(&b, []byte(elements[i+1]))
		fmt.Fprintf(&b, "</%s>", elements[i])
	}
	return b.String()
}
