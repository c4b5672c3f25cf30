package runner

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What Terraform has started, its providers, ends with it.
func TestNothingIsLeftOfWhatIsAbandoned(t *testing.T) {
	root := pretend(t, map[string]string{"apply": "trap '' INT; sleep 1000 & echo $! > begun; wait"})
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- root.Apply(ctx, &strings.Builder{}) }()
	var provider []byte
	for deadline := time.Now().Add(time.Minute); len(provider) == 0; time.Sleep(20 * time.Millisecond) {
		provider, _ = os.ReadFile(filepath.Join(root.dir, "begun"))
		if time.Now().After(deadline) {
			t.Fatal("it has not begun")
		}
	}
	interrupt()
	Abandon()
	if err := <-ended; !errors.Is(err, ErrKilled) {
		t.Errorf("what was killed has ended with %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if exec.Command("kill", "-0", strings.TrimSpace(string(provider))).Run() != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what Terraform had started still runs")
		}
	}
}
