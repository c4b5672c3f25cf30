package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"hubspoke/estate"
	"hubspoke/estate/cluster"
	"hubspoke/internal/yamldoc"
)

// Options are what a person decides about a new estate. What is left out has a
// default.
type Options struct {
	// Dir is the folder of the estate, which does not exist yet.
	Dir string
	// Project is the short name that all names in AWS begin with. Default: the name of the folder.
	Project string
	// Region is the AWS region. It has no default.
	Region string
	// Spokes are the names of the spokes. Default: dev and prod.
	Spokes []string
	// CIDR is the address space that the VPCs are cut from. Default: 10.0.0.0/8.
	CIDR string
	// Accounts are account numbers, by account name. Default: placeholders.
	Accounts map[string]string
	// Repository is the GitHub repository that deploys the estate, owner/name. Default: none.
	Repository string
	// Domain is a public zone. Default: none.
	Domain string
	// Clusters gives every spoke a cluster.
	Clusters bool
	// Standalone leaves the hub without a network.
	Standalone bool
	// AsOf is the day of the review. Default: today.
	AsOf estate.Date
}

//go:embed templates
var templates embed.FS

// New drafts a new estate. If anything is wrong with the options, the error is of
// type [estate.Errors] and says all that is, each under the name of the command's
// argument. A folder that is there is all that is said of it.
func New(o Options) (*Draft, error) {
	// What is wrong with the rest would be told of an estate that is not written. An
	// empty folder may be there: a new repository, say.
	if entries, err := os.ReadDir(o.Dir); len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, estate.Errors{{File: "NAME", Message: fmt.Sprintf("%s is there already, and is not overwritten: choose another name, or remove it", o.Dir)}}
	}
	errs := o.complete()
	schema, err := schemaFor(o.Dir)
	if err != nil {
		errs = append(errs, &estate.Error{File: "NAME", Message: err.Error()})
	}
	v, problems := o.values(schema)
	errs = append(errs, problems...)
	files, err := v.render()
	if err != nil {
		return nil, err
	}
	d, err := draft(o.Dir, files)
	var wrong estate.Errors
	if errors.As(err, &wrong) {
		errs = append(errs, explain(wrong, o.argument, len(errs) > 0)...)
	} else if err != nil {
		return nil, err
	}
	if err := errs.Sorted(); err != nil {
		return nil, err
	}
	if len(v.Placeholders) > 0 {
		d.Notes = append(d.Notes, fmt.Sprintf("put your own account numbers into %s: those of %s are placeholders", filepath.Join(o.Dir, "estate.yaml"), strings.Join(v.Placeholders, ", ")))
	}
	return d, nil
}

// complete fills in the defaults, and reports what no file of the estate would show.
// What is wrong gets a value that is not, so that the rest can be checked too.
func (o *Options) complete() estate.Errors {
	var errs estate.Errors
	wrong := func(argument, format string, args ...any) {
		errs = append(errs, &estate.Error{File: argument, Message: fmt.Sprintf(format, args...)})
	}
	if o.Project == "" {
		if abs, err := filepath.Abs(o.Dir); err == nil {
			o.Project = filepath.Base(abs)
		}
	}
	if regions := estate.Regions(); o.Region == "" {
		wrong("--region", "missing: say which AWS region holds everything, one of %s", strings.Join(regions, ", "))
		o.Region = regions[0]
	} else if !slices.Contains(regions, o.Region) {
		wrong("--region", "%q is not a region that the address plan knows%s; it knows %s", o.Region, yamldoc.Suggest(o.Region, regions), strings.Join(regions, ", "))
		o.Region = regions[0]
	}
	if len(o.Spokes) == 0 {
		o.Spokes = []string{"dev", "prod"}
	}
	var spokes []string
	for _, name := range o.Spokes {
		if slices.Contains(reserved, name) {
			wrong("--spokes", "%q is the name of another file of the estate: choose a name such as dev", name)
		} else if slices.Contains(spokes, name) {
			wrong("--spokes", "%q is named twice", name)
		} else {
			spokes = append(spokes, name)
		}
	}
	o.Spokes = spokes
	accounts := append([]string{estate.HubAccount}, o.Spokes...)
	for _, name := range slices.Sorted(maps.Keys(o.Accounts)) {
		if !slices.Contains(accounts, name) {
			wrong("--accounts", "there is no account %q: there are %s%s", name, strings.Join(accounts, ", "), yamldoc.Suggest(name, accounts))
		}
	}
	if o.Domain != "" && o.Standalone {
		wrong("--domain", "zones are made with the hub's network, and --standalone leaves the hub without one: leave out one of the two")
		o.Domain = ""
	}
	if o.AsOf.IsZero() {
		// The day here, as people write it down.
		if err := o.AsOf.UnmarshalText([]byte(time.Now().Format(time.DateOnly))); err != nil {
			panic("scaffold: " + err.Error())
		}
	}
	return errs
}

// reserved are the names of the files of an estate that are not spokes.
var reserved = []string{"estate", "hub", "intents", "organization"}

// values are what the templates show.
type values struct {
	Options
	Schema       string
	Zones        []string
	Accounts     []account
	Placeholders []string
	AddressSpace netip.Prefix
	HubCIDR      netip.Prefix
	// Lengths are nil if they are the default ones.
	Lengths     *estate.PrefixLengths
	Spokes      []spoke
	PrivateZone string
	Endpoints   []string
	Closed      []string
	Kubernetes  string
	// Pools are the node pools of every cluster; none if the default ones do.
	Pools map[string]cluster.NodePool
	// Services is the range of clusters' services, where the default one is within the address space.
	Services *netip.Prefix
	// Spoke is the one whose file is written.
	Spoke spoke
}

type account struct{ Name, Number string }

type spoke struct {
	Name string
	CIDR netip.Prefix
	Zone string
	// Others are the other spokes.
	Others []string
}

// Fence are the spokes that are kept apart from others.
func (v values) Fence() []spoke {
	if len(v.Spokes) < 2 {
		return nil
	}
	return v.Spokes
}

// defaultCluster is a cluster whose file states nothing.
func defaultCluster() *cluster.Config {
	c := new(cluster.Config)
	yamldoc.ApplyDefaults(c)
	c.ApplyDefaults()
	return c
}

// zonesOfASpoke is the number of zones of a spoke's VPC in the template.
const zonesOfASpoke = 2

// fittingPools are the default node pools, each with as many vCPUs as there are addresses
// for in private subnets of a prefix length; nil if they fit as they are.
func fittingPools(private int) map[string]cluster.NodePool {
	c := defaultCluster()
	const reservedByAWS = 5
	have := zonesOfASpoke * (1<<(32-private) - reservedByAWS)
	groups := c.GroupAddresses()
	pools, _ := c.PoolAddresses()
	if groups.Least+pools.Least <= have {
		return nil
	}
	for name, p := range c.NodePools {
		p.CPULimit = max(1, p.CPULimit*(have-groups.Most)/pools.Most)
		c.NodePools[name] = p
	}
	return c.NodePools
}

// otherServices is the range of services where the default one, which is in another part
// of private address space, is within the estate's.
var otherServices = netip.MustParsePrefix("10.100.0.0/16")

func (o Options) values(schema string) (values, estate.Errors) {
	v := values{Options: o, Schema: schema, Zones: zonesOf(o.Region), PrivateZone: o.Project + ".internal", Kubernetes: defaultCluster().Version}
	v.Endpoints = []string{"logs", "sts"}
	if o.Clusters {
		v.Endpoints = []string{"ec2", "eks-auth", "logs", "sqs", "sts"}
	}
	v.Closed = append([]string{"ecr", "s3"}, v.Endpoints...)
	c, errs := o.carve(&v)
	if !o.Standalone {
		v.HubCIDR, c.vpcs = c.vpcs[0], c.vpcs[1:]
	}
	if v.AddressSpace.Overlaps(defaultCluster().ServiceCIDR) {
		v.Services = &otherServices
	}
	if c.lengths != defaultLengths {
		v.Lengths = &c.lengths
	}
	v.Pools = fittingPools(c.lengths.Private)
	for i, name := range o.Spokes {
		others := slices.DeleteFunc(slices.Clone(o.Spokes), func(other string) bool { return other == name })
		v.Spokes = append(v.Spokes, spoke{Name: name, CIDR: c.vpcs[i], Zone: name + "." + v.PrivateZone, Others: others})
	}
	names := append([]string{estate.HubAccount}, o.Spokes...)
	numbers := placeholders(len(names), slices.Collect(maps.Values(o.Accounts)))
	for i, name := range names {
		number, ok := o.Accounts[name]
		if !ok {
			number = numbers[i]
		}
		if Placeholder(number) {
			v.Placeholders = append(v.Placeholders, name)
		}
		v.Accounts = append(v.Accounts, account{name, number})
	}
	return v, errs
}

// defaultLengths are the prefix lengths of a network that states none.
var defaultLengths = estate.PrefixLengths{Public: 24, Private: 18, Database: 24}

// carve cuts the VPCs out of the address space.
func (o Options) carve(v *values) (carving, estate.Errors) {
	var errs estate.Errors
	v.AddressSpace = netip.MustParsePrefix("10.0.0.0/8")
	if o.CIDR != "" {
		p, err := netip.ParsePrefix(o.CIDR)
		switch {
		case err != nil || !p.Addr().Is4():
			errs = append(errs, &estate.Error{File: "--cidr", Message: fmt.Sprintf("%q is not an IPv4 range like 10.0.0.0/8", o.CIDR)})
		case p != p.Masked():
			errs = append(errs, &estate.Error{File: "--cidr", Message: fmt.Sprintf("%s has host bits set: write %s", p, p.Masked())})
		default:
			v.AddressSpace = p
		}
	}
	n := len(o.Spokes)
	if !o.Standalone {
		n++
	}
	c, least, ok := carve(v.AddressSpace, o.Region, v.Zones, n)
	if !ok {
		errs = append(errs, &estate.Error{File: "--cidr", Message: fmt.Sprintf("%s has no room for %d VPCs with subnets in %d zones: that takes a /%d", v.AddressSpace, n, len(v.Zones), least)})
		v.AddressSpace = netip.MustParsePrefix("10.0.0.0/8")
		c, _, ok = carve(v.AddressSpace, o.Region, v.Zones, n)
	}
	if !ok {
		errs = append(errs, &estate.Error{File: "--spokes", Message: fmt.Sprintf("%d VPCs do not fit into the largest private range, 10.0.0.0/8", n)})
		c.vpcs, c.lengths = make([]netip.Prefix, n), defaultLengths
	}
	return c, errs
}

// render writes the files of the estate, by name.
func (v values) render() (map[string][]byte, error) {
	set, err := template.New("").Funcs(template.FuncMap{"scalar": scalar, "list": flowList, "suffix": suffixed, "join": func(s []string) string { return strings.Join(s, ", ") }}).ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	write := func(file, name string) error {
		var out bytes.Buffer
		if err := set.ExecuteTemplate(&out, name+".tmpl", v); err != nil {
			return err
		}
		files[file] = out.Bytes()
		return nil
	}
	for _, name := range []string{"estate.yaml", "hub.yaml", "intents.yaml"} {
		if err := write(name, name); err != nil {
			return nil, err
		}
	}
	for _, s := range v.Spokes {
		v.Spoke = s
		if strings.ContainsAny(s.Name, `/\`) {
			continue // refused by its name
		}
		if err := write(s.Name+".yaml", "spoke.yaml"); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func suffixed(suffix string, spokes []spoke) []string {
	var names []string
	for _, s := range spokes {
		names = append(names, s.Name+suffix)
	}
	return names
}

// explain says of which argument each error of the files comes. What follows from
// another error, or from one that is known already, is left out.
func explain(wrong estate.Errors, argument func(*estate.Error) string, known bool) estate.Errors {
	var errs, rest estate.Errors
	for _, e := range wrong {
		if from := argument(e); from != "" {
			errs = append(errs, &estate.Error{File: from, Message: e.Message})
		} else {
			rest = append(rest, e)
		}
	}
	if len(errs) == 0 && !known {
		return rest
	}
	return errs
}

// argument is the argument that a value of the files was taken from.
func (o Options) argument(e *estate.Error) string {
	switch path := e.Path; {
	case e.File == o.Dir:
		return "NAME"
	case filepath.Base(e.File) != "estate.yaml":
		return ""
	case path == "project" && o.Project == filepath.Base(o.Dir):
		return "NAME or --project"
	case path == "project":
		return "--project"
	case strings.HasPrefix(path, "accounts"):
		for _, number := range o.Accounts {
			if strings.Contains(e.Message, number) {
				return "--accounts"
			}
		}
		return "--spokes"
	case strings.HasPrefix(path, "address_space"):
		return "--cidr"
	case strings.HasPrefix(path, "dns.public_zones"):
		return "--domain"
	case path == "github.repository":
		return "--github"
	}
	return ""
}
