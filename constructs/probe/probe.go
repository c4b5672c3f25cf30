// Package probe makes a smallest-size instance that checks, from inside a VPC,
// what the estate promises: that names resolve to the right addresses, that what
// should be reachable is, and answers, and that the rest is not. It checks when it starts and
// every quarter of an hour, and writes one line per check to a log group.
//
// Nobody logs in but through Session Manager, and nothing connects to it except
// what its further groups admit.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
package probe

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssmparameter"
	"go.yaml.in/yaml/v3"

	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/managedinstance"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// probe.py is the program that runs on the instance, and ask.py the one that runs it where
// a check is of the kind `ask`.
var (
	//go:embed probe.py
	program string
	//go:embed ask.py
	asking string
)

// Parameters is the path of the parameters of all probes.
const Parameters = "/probe"

// Config describes a probe.
type Config struct {
	// Name is the probe's name.
	Name string
	// VPCID and Subnet say where it is.
	VPCID  *string
	Subnet *vpc.Subnet
	// Address is its fixed address in the subnet, so that other probes can try it.
	Address netip.Addr
	// GroupIDs are security groups that it has beside its own.
	GroupIDs []*string
	// Networks are the private ranges that it may send DNS and test connections to.
	Networks []netip.Prefix
	// LogGroup is the name of the log group to make, RetentionDays how long it keeps its lines.
	LogGroup      string
	RetentionDays int
	// KeyARN is the key that encrypts the log group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Sessions are what its agent needs for the account's session preferences. Default: nothing, and there are none.
	Sessions []policy.Statement
	// Checks are what it checks.
	Checks []Check
	// Account is the VPC's.
	Account arn.Account
}

// Check is one thing that the probe checks.
type Check struct {
	// ID tells the check from the others, in letters, digits, dots, hyphens and underscores.
	ID string `json:"-"`
	// Name says what for.
	Name string `json:"name"`
	// Kind is `resolve` (the name's addresses lie in Within), `zone` (a zone of that name answers), `connect` (the TCP port of Host answers, if only to refuse), `silent` (that of none of Hosts does) or `ask` (Host answers a GET of Path by HTTPS, with a certificate for that name and one of Statuses).
	Kind string `json:"kind"`
	// Host is a domain name, or for connect an address.
	Host string `json:"host,omitempty"`
	// Address is where ask connects to. Default: what Host resolves to.
	Address string `json:"address,omitempty"`
	// Hosts are addresses.
	Hosts []string `json:"hosts,omitempty"`
	Port  int      `json:"port,omitempty"`
	// Within is the range that the addresses must lie in.
	Within string `json:"within,omitempty"`
	// Path is what is asked for, Statuses the lowest and the highest that the answer may have.
	Path     string `json:"path,omitempty"`
	Statuses []int  `json:"statuses,omitempty"`
}

// asks is the kind of check that ask.py adds.
const asks = "ask"

// Ask is a check that a host answers a path by HTTPS with a status from lowest to highest.
func Ask(id, name, host, path string, lowest, highest int) Check {
	return Check{ID: id, Name: name, Kind: asks, Host: host, Port: 443, Path: path, Statuses: []int{lowest, highest}}
}

// At is the check made at an address, whatever its host resolves to.
func (c Check) At(address string) Check {
	c.Address = address
	return c
}

// Probe is what the construct made.
type Probe struct {
	// ID is the instance's id.
	ID *string
	// GroupID is the id of its own group, for what admits it.
	GroupID *string
}

// New makes the instance `aws_instance.<id>` with its role, group and log group.
func New(scope constructs.Construct, id string, config Config) (*Probe, error) {
	if config.Name == "" || config.VPCID == nil || config.Subnet == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("probe %q: want a name, a VPC, a subnet and an account", config.Name)
	}
	if !config.Subnet.Reserved.Contains(config.Address) {
		return nil, fmt.Errorf("probe %s: its address %s is not a reserved one of its subnet", config.Name, config.Address)
	}
	if err := config.parameterize(scope, id); err != nil {
		return nil, err
	}
	userData, err := config.userData()
	if err != nil {
		return nil, fmt.Errorf("probe %s: %w", config.Name, err)
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name,
		Description: "Connectivity probe: sends checks, receives nothing",
		VPCID:       config.VPCID,
		Egress:      config.egress(),
	})
	if err != nil {
		return nil, err
	}
	if _, err := loggroup.New(scope, id, loggroup.Config{
		Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: config.KeyARN, Expendable: true,
	}); err != nil {
		return nil, err
	}
	instance, err := managedinstance.New(scope, id, managedinstance.Config{
		Name:         config.Name,
		InstanceType: "t4g.nano",
		Purpose:      "Lets the connectivity probe be reached by Session Manager and write its log.",
		PolicyName:   "read-checks-write-log",
		Statements:   config.statements(),
		Subnet:       config.Subnet,
		GroupIDs:     append([]*string{group.ID}, config.GroupIDs...),
		Address:      config.Address.String(),
		UserData:     userData,
		Account:      config.Account,
	})
	if err != nil {
		return nil, err
	}
	return &Probe{ID: instance.ID, GroupID: group.ID}, nil
}

// parameters is the path of the parameters that hold the checks.
func (c Config) parameters() string { return Parameters + "/" + c.Name }

// parameterize writes each check to a parameter of its own, which the program
// reads at every run. A further check is then a further parameter.
func (c Config) parameterize(scope constructs.Construct, id string) error {
	for _, check := range c.Checks {
		text, err := json.Marshal(check)
		if err != nil {
			return err
		}
		name := tf.Name(id, check.ID)
		tf.Named(name, ssmparameter.NewSsmParameter(scope, tf.ID("aws_ssm_parameter", name), &ssmparameter.SsmParameterConfig{
			Name:        tf.String(c.parameters() + "/" + check.ID),
			Description: tf.String("What the connectivity probe checks"),
			Type:        jsii.String("String"),
			Value:       tf.String(string(text)),
		}))
	}
	return nil
}

// egress is HTTPS to anywhere, for Session Manager, the log and the endpoints
// that are checked, and DNS within the private networks. The VPC's own resolver
// needs no rule.
func (c Config) egress() []securitygroup.Rule {
	rules := []securitygroup.Rule{{
		Name: "https", Description: "AWS APIs", CIDR: securitygroup.Anywhere, Protocol: "tcp", Port: 443,
	}}
	for _, p := range c.Networks {
		rules = append(rules, securitygroup.DNS("to_"+p.String(), "Name servers and probes in "+p.String(), p)...)
	}
	return rules
}

// statements let the program read what it checks, and write its log, and people have
// sessions.
func (c Config) statements() []policy.Statement {
	parameters := c.Account.ARN("ssm", "parameter"+c.parameters())
	return append([]policy.Statement{{
		Sid:      "WriteLog",
		Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource: []string{c.Account.LogGroup(c.LogGroup) + ":*"},
	}, {
		Sid:      "ReadChecks",
		Action:   []string{"ssm:GetParametersByPath"},
		Resource: []string{parameters, parameters + "/*"},
	}}, c.Sessions...)
}

// userData is the cloud-config that installs the program and the timer that runs
// it. A change replaces the instance, which is why the checks are not in it, and the program
// that asks is there for those alone which ask:
// https://cloudinit.readthedocs.io/en/latest/reference/modules.html
func (c Config) userData() (string, error) {
	type file struct {
		Path        string `yaml:"path"`
		Permissions string `yaml:"permissions"`
		Content     string `yaml:"content"`
	}
	files, start := []file{{"/opt/probe/probe.py", "0755", program}}, "/opt/probe/probe.py"
	if slices.ContainsFunc(c.Checks, func(check Check) bool { return check.Kind == asks }) {
		start = "/opt/probe/ask.py"
		files = append(files, file{start, "0755", asking})
	}
	var b strings.Builder
	b.WriteString("#cloud-config\n")
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	err := encoder.Encode(struct {
		WriteFiles []file     `yaml:"write_files"`
		RunCmd     [][]string `yaml:"runcmd"`
	}{
		WriteFiles: append(files,
			file{"/etc/systemd/system/probe.service", "0644", "[Unit]\nDescription=Connectivity checks\n\n[Service]\nType=oneshot\nDynamicUser=yes\nExecStart=" + strings.Join([]string{start, c.Account.Region, c.parameters(), c.LogGroup, c.Name}, " ") + "\n"},
			file{"/etc/systemd/system/probe.timer", "0644", "[Unit]\nDescription=Connectivity checks at start and every quarter of an hour\n\n[Timer]\nOnActiveSec=0\nOnUnitInactiveSec=15min\n\n[Install]\nWantedBy=timers.target\n"},
		),
		RunCmd: [][]string{{"systemctl", "daemon-reload"}, {"systemctl", "enable", "--now", "probe.timer"}},
	})
	return b.String(), err
}
