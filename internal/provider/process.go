package provider

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"hubspoke/internal/tail"
)

// process is a provider that runs.
type process struct {
	// address is what Terraform calls the provider: registry.terraform.io/hashicorp/aws
	address string
	// version is that of the plugin protocol.
	version int

	client  *grpc.ClientConn
	scratch string // for its socket
	// complaint is the end of what it has said, which is why it ended.
	complaint tail.Tail
	kill      func()
}

// start starts a provider in an environment, as os.Environ has it.
func start(binary string, environment []string) (*process, error) {
	p := &process{}
	var err error
	if p.scratch, err = os.MkdirTemp("", "hubspoke-provider-"); err != nil {
		return nil, err
	}
	if err := p.start(binary, environment); err != nil {
		p.end()
		return nil, fmt.Errorf("starting %s: %w", filepath.Base(binary), errors.Join(err, p.complaint.Err()))
	}
	return p, nil
}

func (p *process) start(binary string, environment []string) error {
	command := exec.Command(binary, "-debug")
	command.Env = append(environment[:len(environment):len(environment)], "TMPDIR="+p.scratch)
	command.Stderr = &p.complaint
	stdout, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.run(command); err != nil {
		return err
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, value, ok := strings.Cut(lines.Text(), Variable+"="); ok {
			return p.connect(strings.Trim(value, "'"))
		}
	}
	return errors.Join(errors.New("it does not say where it listens"), lines.Err())
}

// run starts a command that runs until end, or until this process ends.
func (p *process) run(command *exec.Cmd) error {
	ownGroup(command)
	started, stop, stopped := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		// The thread has to stay as long as the process does. It is not to end afterwards: what others have
		// started from it would end too.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		<-stop
		command.Process.Kill()
		command.Wait()
	}()
	p.kill = func() {
		close(stop)
		<-stopped
	}
	return <-started
}

// connect connects to where a provider says that it listens.
func (p *process) connect(said string) error {
	var all map[string]struct {
		ProtocolVersion int
		Addr            struct{ Network, String string }
	}
	if err := json.Unmarshal([]byte(said), &all); err != nil {
		return err
	}
	for address, one := range all {
		p.address, p.version = address, one.ProtocolVersion
		target := "passthrough:" + one.Addr.String
		if one.Addr.Network == "unix" {
			target = "unix:" + one.Addr.String
		}
		var err error
		p.client, err = grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(
			grpc.ForceCodec(verbatim{}), grpc.MaxCallRecvMsgSize(largest), grpc.MaxCallSendMsgSize(largest),
		))
		return err
	}
	return errors.New("it serves nothing")
}

// call has the provider answer a call.
func (p *process) call(ctx context.Context, call string, request []byte) ([]byte, error) {
	var response []byte
	err := p.client.Invoke(ctx, call, &request, &response)
	if said := p.complaint.Err(); status.Code(err) == codes.Unavailable && said != nil {
		err = status.Errorf(codes.Unavailable, "%v\n%v", err, said) // it has ended, and says why
	}
	return response, err
}

// end ends the process. It keeps nothing that would have to be written.
func (p *process) end() {
	if p.client != nil {
		p.client.Close()
	}
	if p.kill != nil {
		p.kill()
	}
	os.RemoveAll(p.scratch)
}
