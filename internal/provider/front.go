package provider

import (
	"context"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
)

// front answers Terraforms of one environment.
type front struct {
	provider    *Provider
	environment []string
	schema      []byte
}

// connection is what one provider of a Terraform is: a configuration, and so a process of its own, for a process has
// one configuration. It begins with the first call that needs it, and ends with the connection.
type connection struct {
	lock    sync.Mutex
	process *process
	ended   bool
}

type connectionKey struct{}

// TagConn is called for a new connection.
func (f *front) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}

// HandleConn is called when something happens to a connection.
func (f *front) HandleConn(ctx context.Context, what stats.ConnStats) {
	if _, ended := what.(*stats.ConnEnd); ended {
		ctx.Value(connectionKey{}).(*connection).end()
	}
}

// TagRPC is part of [stats.Handler].
func (f *front) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC is part of [stats.Handler].
func (f *front) HandleRPC(context.Context, stats.RPCStats) {}

func (c *connection) end() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.ended = true
	if c.process != nil {
		c.process.end()
	}
}

// started is the process of the connection.
func (c *connection) started(f *front) (*process, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.ended {
		return nil, status.Error(codes.Canceled, "Terraform has ended")
	}
	if c.process == nil {
		var err error
		if c.process, err = start(f.provider.binary, f.environment); err != nil {
			return nil, status.Error(codes.Unavailable, err.Error())
		}
	}
	return c.process, nil
}

// running is the process of the connection, nil if nothing has needed it yet.
func (c *connection) running() *process {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.process
}

// answer answers a call of Terraform's.
func (f *front) answer(_ any, stream grpc.ServerStream) error {
	call, _ := grpc.MethodFromServerStream(stream)
	service, method := split(call)
	if !strings.HasPrefix(service, "tfplugin") {
		// go-plugin's own: output and side channels, which have nothing for anybody. Terraform waits for them.
		if method == "StreamStdio" || method == "StartStream" {
			<-stream.Context().Done()
			return nil
		}
		return status.Error(codes.Unimplemented, call)
	}
	var request []byte
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	response, err := f.response(stream.Context(), call, method, request)
	if err != nil {
		return err
	}
	return stream.SendMsg(&response)
}

func (f *front) response(ctx context.Context, call, method string, request []byte) ([]byte, error) {
	if asksForSchema(method) {
		return f.schema, nil
	}
	of := ctx.Value(connectionKey{}).(*connection)
	process := f.provider.unconfigured
	switch {
	case slices.Contains(stateless, method):
	case method == "Stop" && of.running() == nil:
		return nil, nil // there is nothing to stop: the empty answer
	default:
		var err error
		if process, err = of.started(f); err != nil {
			return nil, err
		}
	}
	if sent, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, sent)
	}
	return process.call(ctx, call, request)
}
