package fakeaws

import (
	"encoding/json"
	"net/http"
	"strings"

	"hubspoke/internal/arn"
)

// Organization is an AWS organisation that is there already, as imports find it.
type Organization struct {
	// ID and Root are the ids of the organisation and of its root, Management the number of its management account.
	ID, Root, Management string
	Units                []Unit
	Accounts             []Account
	// Services are the trusted services, PolicyTypes the kinds of policies that are switched on.
	Services, PolicyTypes []string
	// Delegates are the numbers of the accounts that administer services, by the service's principal.
	Delegates map[string]string
}

// Unit is an organizational unit, in the root or in another one.
type Unit struct{ ID, Name, Parent string }

// Account is a member account, in the root or in a unit.
type Account struct{ Number, Name, Email, Parent string }

// PutOrganization makes an account the management account of an organisation.
func (s *Server) PutOrganization(o Organization) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.organizations[o.Management] = o
}

// joined is the day on which all accounts have joined, in seconds.
const joined = 1_700_000_000

// ask answers what a request of AWS Organizations asks, in the shape of
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
func (s *Server) ask(w http.ResponseWriter, r *http.Request, account string) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	var asked struct{ AccountId, ChildId, OrganizationalUnitId, ParentId, ServicePrincipal string }
	err := json.NewDecoder(r.Body).Decode(&asked)
	s.mu.Lock()
	o, there := s.organizations[account]
	s.mu.Unlock()
	if err != nil || !there {
		s.refuse(w, r, "organizations "+operation)
		return
	}
	answer := o.answer(operation, asked.AccountId+asked.ChildId+asked.OrganizationalUnitId+asked.ParentId, asked.ServicePrincipal)
	if answer == nil {
		s.refuse(w, r, "organizations "+operation)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err) // strings, numbers, lists and maps always encode
	}
}

// answer is nil if there is none: of an operation that is not known, or of what is not there.
func (o Organization) answer(operation, id, service string) any {
	at := arn.Account{Partition: "aws", Number: o.Management}
	switch operation {
	case "DescribeOrganization":
		return values{"Organization": values{
			"Id": o.ID, "Arn": at.In("").ARN("organizations", "organization/"+o.ID), "FeatureSet": "ALL", "MasterAccountId": o.Management,
			"MasterAccountArn": at.In("").ARN("organizations", "account/"+o.ID+"/"+o.Management), "MasterAccountEmail": "management@fake.example",
		}}
	case "ListRoots":
		types := []values{}
		for _, kind := range o.PolicyTypes {
			types = append(types, values{"Type": kind, "Status": "ENABLED"})
		}
		return values{"Roots": []values{{"Id": o.Root, "Name": "Root", "PolicyTypes": types, "Arn": at.In("").ARN("organizations", "root/"+o.ID+"/"+o.Root)}}}
	case "ListAWSServiceAccessForOrganization":
		services := []values{}
		for _, principal := range o.Services {
			services = append(services, values{"ServicePrincipal": principal, "DateEnabled": joined})
		}
		return values{"EnabledServicePrincipals": services}
	case "ListAccounts", "ListAccountsForParent":
		accounts := []values{}
		for _, a := range o.Accounts {
			if operation == "ListAccounts" || a.Parent == id {
				accounts = append(accounts, o.account(a))
			}
		}
		return values{"Accounts": accounts}
	case "ListDelegatedAdministrators":
		administrators := []values{}
		for _, a := range o.Accounts {
			if o.Delegates[service] == a.Number {
				administrator := o.account(a)
				administrator["DelegationEnabledDate"] = joined
				administrators = append(administrators, administrator)
			}
		}
		return values{"DelegatedAdministrators": administrators}
	case "ListTagsForResource":
		return values{"Tags": []values{{"Key": "Owner", "Value": "somebody else"}}}
	}
	for _, a := range o.Accounts {
		switch {
		case a.Number != id:
		case operation == "DescribeAccount":
			return values{"Account": o.account(a)}
		case operation == "ListParents":
			return parents(a.Parent)
		}
	}
	for _, u := range o.Units {
		switch {
		case u.ID != id:
		case operation == "DescribeOrganizationalUnit":
			return values{"OrganizationalUnit": values{"Id": u.ID, "Name": u.Name, "Arn": at.In("").ARN("organizations", "ou/"+o.ID+"/"+u.ID)}}
		case operation == "ListParents":
			return parents(u.Parent)
		}
	}
	return nil
}

type values = map[string]any

func (o Organization) account(a Account) values {
	return values{
		"Id": a.Number, "Name": a.Name, "Email": a.Email, "Status": "ACTIVE", "JoinedMethod": "CREATED", "JoinedTimestamp": joined,
		"Arn": arn.Account{Partition: "aws", Number: o.Management}.In("").ARN("organizations", "account/"+o.ID+"/"+a.Number),
	}
}

func parents(id string) values {
	kind := "ORGANIZATIONAL_UNIT"
	if strings.HasPrefix(id, "r-") {
		kind = "ROOT"
	}
	return values{"Parents": []values{{"Id": id, "Type": kind}}}
}
