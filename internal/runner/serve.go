package runner

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Serve starts the providers once for all that follows and does not configure them:
// [Folder.Init], [Folder.Validate] and [Installation.Test]. Terraform would start each
// anew for every step of every command, and the AWS provider takes a second for that.
// It is how providers are debugged:
// https://developer.hashicorp.com/terraform/plugin/debugging
func (i *Installation) Serve() error {
	binaries, err := i.binaries()
	if err != nil {
		return err
	}
	all := map[string]any{}
	for _, binary := range binaries {
		provider, err := i.serve(binary)
		if err != nil {
			return fmt.Errorf("starting %s: %w", filepath.Base(binary), err)
		}
		maps.Copy(all, provider)
	}
	text, err := json.Marshal(all)
	i.reattach = string(text)
	return err
}

// serve starts one provider and returns how Terraform finds it.
func (i *Installation) serve(binary string) (map[string]any, error) {
	command := exec.Command(binary, "-debug")
	if os.Getenv("GOGC") == "" {
		command.Env = append(os.Environ(), "GOGC="+collect)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := i.start(command); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if _, value, ok := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS="); ok {
			var provider map[string]any
			return provider, json.Unmarshal([]byte(strings.Trim(value, "'")), &provider)
		}
	}
	return nil, errors.Join(errors.New("it does not say where it listens"), lines.Err())
}

// start starts a process that runs until Close, or until this process ends.
func (i *Installation) start(command *exec.Cmd) error {
	endWithThread(command)
	started, stop := make(chan error), make(chan struct{})
	go func() {
		// Never unlocked: the thread ends when this function does.
		runtime.LockOSThread()
		started <- command.Start()
		<-stop
	}()
	i.stop = append(i.stop, func() {
		if command.Process != nil {
			command.Process.Kill()
			command.Wait()
		}
		close(stop)
	})
	return <-started
}
