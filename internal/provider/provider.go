// Package provider stands between Terraform and its providers, for tests and for what is planned
// without an account. Nearly all the time of a Terraform command that plans little is the AWS
// provider's schema, 1,500 types of resources, which the provider encodes and Terraform decodes once in
// every process. A [Provider] asks for it once, and answers each Terraform from memory, with the types that
// its configuration has. Everything else the real provider answers, byte for byte.
//
// It speaks Terraform's plugin protocol: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
// Terraform finds it as it finds a provider in a debugger: https://developer.hashicorp.com/terraform/plugin/debugging
package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc"
)

// Variable is the environment variable that has Terraform use providers that run.
const Variable = "TF_REATTACH_PROVIDERS"

// largest is the size of the largest message, in bytes, as Terraform has it.
const largest = 256 << 20

// Provider is an installed provider whose schema is known.
type Provider struct {
	binary string
	// unconfigured is a process that answers what needs no configuration.
	unconfigured *process
	schema       []byte

	lock    sync.Mutex
	servers []*grpc.Server
}

// Start starts the provider that is installed at a path, and asks for its schema. Its environment is that of what needs no
// configuration, as os.Environ has it.
func Start(ctx context.Context, binary string, environment []string) (*Provider, error) {
	unconfigured, err := start(binary, environment)
	if err != nil {
		return nil, err
	}
	p := &Provider{binary: binary, unconfigured: unconfigured}
	if p.schema, err = unconfigured.schema(ctx); err != nil {
		unconfigured.end()
		return nil, err
	}
	return p, nil
}

// Close ends all processes. No Terraform may still run.
func (p *Provider) Close() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, s := range p.servers {
		s.Stop()
	}
	p.unconfigured.end()
}

// Serve begins to answer Terraforms whose provider would run in an environment, as os.Environ has it. Of the types of
// resources and data sources they know those that named says; all, if it is nil. It returns what [Join] takes.
func (p *Provider) Serve(environment []string, named func(string) bool) (json.RawMessage, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &front{provider: p, environment: environment, schema: only(p.schema, named)}
	server := grpc.NewServer(
		grpc.ForceServerCodec(verbatim{}), grpc.UnknownServiceHandler(f.answer), grpc.StatsHandler(f),
		grpc.MaxRecvMsgSize(largest), grpc.MaxSendMsgSize(largest),
	)
	p.lock.Lock()
	p.servers = append(p.servers, server)
	p.lock.Unlock()
	go server.Serve(listener)
	// Test says that Terraform is not to end the process.
	return json.Marshal(map[string]any{p.unconfigured.address: map[string]any{
		"Protocol": "grpc", "ProtocolVersion": p.unconfigured.version, "Pid": os.Getpid(), "Test": true,
		"Addr": map[string]string{"Network": "tcp", "String": listener.Addr().String()},
	}})
}

// Join is the value of [Variable] for several providers.
func Join(served ...json.RawMessage) (string, error) {
	all := map[string]json.RawMessage{}
	for _, one := range served {
		var addresses map[string]json.RawMessage
		if err := json.Unmarshal(one, &addresses); err != nil {
			return "", err
		}
		maps.Copy(all, addresses)
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// stateless are the calls whose answer does not depend on how a provider is configured.
var stateless = []string{
	"GetMetadata", "PrepareProviderConfig", "ValidateProviderConfig", "ValidateResourceTypeConfig", "ValidateResourceConfig",
	"ValidateDataSourceConfig", "ValidateDataResourceConfig", "ValidateEphemeralResourceConfig", "UpgradeResourceState",
}

// asksForSchema says that a call is for the schema, which is called so in protocol 5 and in 6.
func asksForSchema(method string) bool { return method == "GetSchema" || method == "GetProviderSchema" }

// split is the service and the method of a call.
func split(call string) (service, method string) {
	service, method, _ = strings.Cut(strings.TrimPrefix(call, "/"), "/")
	return service, method
}

// verbatim hands messages on as they are.
type verbatim struct{}

func (verbatim) Name() string { return "proto" }

func (verbatim) Marshal(message any) ([]byte, error) {
	text, ok := message.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no message", message)
	}
	return *text, nil
}

func (verbatim) Unmarshal(text []byte, message any) error {
	to, ok := message.(*[]byte)
	if !ok {
		return fmt.Errorf("%T is no message", message)
	}
	*to = slices.Clone(text)
	return nil
}
