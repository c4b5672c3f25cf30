package fakeaws

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hubspoke/internal/arn"
)

// The states of a share, of an association with it, and of an invitation to it, as
// far as this server has them.
const (
	Active        = "ACTIVE"
	Deleted       = "DELETED"
	Associating   = "ASSOCIATING"
	Associated    = "ASSOCIATED"
	Disassociated = "DISASSOCIATED"
	Pending       = "PENDING"
	Accepted      = "ACCEPTED"
)

// Share is a resource share of RAM. It stays when it is deleted, as AWS shows it for
// some time.
type Share struct {
	ARN, Name, Owner, Status string
	// Tags are kept as they came: AWS gives them back with the share.
	Tags []any
	// Resources and Principals are what is associated with it, each with the state of the association.
	Resources, Principals map[string]string
}

// Invitation is what an account gets that is associated with a share. It outlives the
// share, and the account's leaving.
type Invitation struct {
	ARN, Share, Receiver, Status string
}

// Shares are all shares that there have been, in the order in which they were made.
func (s *Server) Shares() []Share {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Share
	for _, share := range s.shares {
		all = append(all, *share)
	}
	return all
}

// Invitations are all invitations that there have been, in their order.
func (s *Server) Invitations() []Invitation {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Invitation
	for _, invitation := range s.invitations {
		all = append(all, *invitation)
	}
	return all
}

// leavable are the types of resources of this project that an account can be rid of by
// leaving the share:
// https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-leave.html
var leavable = []string{":transit-gateway/", ":resolver-rule/"}

// ramRequest is what is read of the requests, whichever they are.
type ramRequest struct {
	Name                        string   `json:"name"`
	AllowExternalPrincipals     bool     `json:"allowExternalPrincipals"`
	Tags                        []any    `json:"tags"`
	ResourceShareARN            string   `json:"resourceShareArn"`
	ResourceShareARNs           []string `json:"resourceShareArns"`
	ResourceARNs                []string `json:"resourceArns"`
	Principals                  []string `json:"principals"`
	ResourceOwner               string   `json:"resourceOwner"`
	AssociationType             string   `json:"associationType"`
	ResourceARN                 string   `json:"resourceArn"`
	Principal                   string   `json:"principal"`
	ResourceShareInvitationARN  string   `json:"resourceShareInvitationArn"`
	ResourceShareInvitationARNs []string `json:"resourceShareInvitationArns"`
}

// ram shares, invites and accepts, between accounts of no organisation:
// https://docs.aws.amazon.com/ram/latest/APIReference/API_Operations.html
func (s *Server) ram(w http.ResponseWriter, r *http.Request, region, account string) {
	in := ramRequest{ResourceShareARN: r.URL.Query().Get("resourceShareArn")}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	operations := map[string]func(ramRequest, string) (any, *ramError){
		"createresourceshare": func(in ramRequest, account string) (any, *ramError) {
			return s.createShare(in, region, account), nil
		},
		"deleteresourceshare":           s.deleteShare,
		"associateresourceshare":        s.associate,
		"disassociateresourceshare":     s.disassociate,
		"getresourceshares":             s.getShares,
		"getresourceshareassociations":  s.getAssociations,
		"getresourceshareinvitations":   s.getInvitations,
		"acceptresourceshareinvitation": s.accept,
		"listresources":                 s.listShared,
		"listresourcesharepermissions":  func(ramRequest, string) (any, *ramError) { return object{"permissions": []object{}}, nil },
	}
	operation, ok := operations[strings.Trim(r.URL.Path, "/")]
	if !ok {
		s.refuse(w, r, "ram")
		return
	}
	s.mu.Lock()
	out, problem := operation(in, account)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if problem != nil {
		w.Header().Set("X-Amzn-Errortype", problem.kind)
		w.WriteHeader(http.StatusBadRequest)
		out = object{"message": problem.message}
	}
	json.NewEncoder(w).Encode(out)
}

// object is one in JSON.
type object map[string]any

type ramError struct{ kind, message string }

// share is the share that a request names, or an error.
func (s *Server) share(shareARN string) (*Share, *ramError) {
	for _, share := range s.shares {
		if share.ARN == shareARN {
			return share, nil
		}
	}
	return nil, &ramError{"UnknownResourceException", "there is no share " + shareARN}
}

func (s *Server) createShare(in ramRequest, region, account string) any {
	share := &Share{
		ARN: arn.Account{Partition: "aws", Region: region, Number: account}.
			ARN("ram", fmt.Sprintf("resource-share/00000000-0000-4000-8000-%012d", len(s.shares)+1)),
		Name: in.Name, Owner: account, Status: Active, Tags: in.Tags,
		Resources: map[string]string{}, Principals: map[string]string{},
	}
	s.shares = append(s.shares, share)
	return object{"resourceShare": share.object()}
}

func (share *Share) object() object {
	return object{
		"resourceShareArn": share.ARN, "name": share.Name, "owningAccountId": share.Owner, "status": share.Status,
		"allowExternalPrincipals": true, "tags": share.Tags,
	}
}

func (s *Server) deleteShare(in ramRequest, account string) (any, *ramError) {
	share, problem := s.share(in.ResourceShareARN)
	if problem != nil {
		return nil, problem
	}
	share.Status = Deleted
	for _, associations := range []map[string]string{share.Resources, share.Principals} {
		for name := range associations {
			associations[name] = Disassociated
		}
	}
	return object{"returnValue": true}, nil
}

// associate adds resources, and invites accounts. A new association after one that
// ended is a new invitation; the old one stays as it is.
func (s *Server) associate(in ramRequest, account string) (any, *ramError) {
	share, problem := s.share(in.ResourceShareARN)
	if problem != nil {
		return nil, problem
	}
	for _, name := range in.ResourceARNs {
		share.Resources[name] = Associated
	}
	for _, name := range in.Principals {
		share.Principals[name] = Associating
		s.invitations = append(s.invitations, &Invitation{
			ARN:   strings.Replace(fmt.Sprintf("%s-%d", share.ARN, len(s.invitations)+1), "resource-share/", "resource-share-invitation/", 1),
			Share: share.ARN, Receiver: name, Status: Pending,
		})
	}
	return object{"resourceShareAssociations": []object{}}, nil
}

// disassociate is the owner's taking back, or an account's leaving.
func (s *Server) disassociate(in ramRequest, account string) (any, *ramError) {
	share, problem := s.share(in.ResourceShareARN)
	if problem != nil {
		return nil, problem
	}
	if account != share.Owner {
		for name := range share.Resources {
			if !slices.ContainsFunc(leavable, func(kind string) bool { return strings.Contains(name, kind) }) {
				return nil, &ramError{"OperationNotPermittedException", "an account cannot leave a share of " + name}
			}
		}
	}
	for _, name := range in.ResourceARNs {
		share.Resources[name] = Disassociated
	}
	for _, name := range in.Principals {
		share.Principals[name] = Disassociated
	}
	return object{"resourceShareAssociations": []object{}}, nil
}

// getShares are the account's own shares, or those that it has accepted.
func (s *Server) getShares(in ramRequest, account string) (any, *ramError) {
	found := []object{}
	for _, share := range s.shares {
		mine := share.Owner == account
		if in.ResourceOwner == "OTHER-ACCOUNTS" {
			mine = share.Principals[account] == Associated
		}
		if mine && slices.Contains(in.ResourceShareARNs, share.ARN) {
			found = append(found, share.object())
		}
	}
	return object{"resourceShares": found}, nil
}

func (s *Server) getAssociations(in ramRequest, account string) (any, *ramError) {
	found := []object{}
	for _, share := range s.shares {
		associations, name := share.Principals, in.Principal
		if in.AssociationType == "RESOURCE" {
			associations, name = share.Resources, in.ResourceARN
		}
		if status, ok := associations[name]; ok && slices.Contains(in.ResourceShareARNs, share.ARN) {
			found = append(found, object{
				"resourceShareArn": share.ARN, "associatedEntity": name, "associationType": in.AssociationType, "status": status,
			})
		}
	}
	return object{"resourceShareAssociations": found}, nil
}

func (invitation *Invitation) object() object {
	return object{
		"resourceShareInvitationArn": invitation.ARN, "resourceShareArn": invitation.Share,
		"receiverAccountId": invitation.Receiver, "status": invitation.Status,
	}
}

// getInvitations are those that the account has received.
func (s *Server) getInvitations(in ramRequest, account string) (any, *ramError) {
	found := []object{}
	for _, invitation := range s.invitations {
		if invitation.Receiver == account &&
			(slices.Contains(in.ResourceShareARNs, invitation.Share) || slices.Contains(in.ResourceShareInvitationARNs, invitation.ARN)) {
			found = append(found, invitation.object())
		}
	}
	return object{"resourceShareInvitations": found}, nil
}

func (s *Server) accept(in ramRequest, account string) (any, *ramError) {
	for _, invitation := range s.invitations {
		if invitation.ARN != in.ResourceShareInvitationARN || invitation.Receiver != account {
			continue
		}
		if invitation.Status != Pending {
			return nil, &ramError{"ResourceShareInvitationAlreadyAcceptedException", invitation.ARN + " is accepted"}
		}
		share, problem := s.share(invitation.Share)
		if problem != nil {
			return nil, problem
		}
		invitation.Status, share.Principals[account] = Accepted, Associated
		return object{"resourceShareInvitation": invitation.object()}, nil
	}
	return nil, &ramError{"ResourceShareInvitationArnNotFoundException", "there is no invitation " + in.ResourceShareInvitationARN}
}

// listShared are the resources of shares that the account has accepted.
func (s *Server) listShared(in ramRequest, account string) (any, *ramError) {
	found := []object{}
	for _, share := range s.shares {
		if !slices.Contains(in.ResourceShareARNs, share.ARN) || share.Principals[account] != Associated {
			continue
		}
		for name, status := range share.Resources {
			if status == Associated {
				found = append(found, object{"arn": name, "resourceShareArn": share.ARN})
			}
		}
	}
	return object{"resources": found}, nil
}
