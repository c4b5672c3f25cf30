package deploy

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"hubspoke/internal/runner"
)

// A backend keeps one state, and refuses to write it some times:
// https://developer.hashicorp.com/terraform/language/backend/http
type backend struct {
	mu      sync.Mutex
	state   []byte
	refuses int
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && b.refuses > 0:
		b.refuses--
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPost:
		b.state, _ = io.ReadAll(r.Body)
	case b.state == nil:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Write(b.state)
	}
}

// kept is an estate of one stack, whose state a backend keeps.
func kept(t *testing.T) (*estate, *backend) {
	b := &backend{}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	e := newEstate(t, map[string]stack{"one": {}})
	e.json(e.path("stacks", "one", "backend_override.tf.json"), map[string]any{"terraform": map[string]any{"backend": map[string]any{
		"http": map[string]any{"address": server.URL, "retry_max": 0},
	}}})
	return e, b
}

func (b *backend) has(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(string(b.state), text)
}

// What was made is known where Terraform could not write its state at the first time.
func TestAStateThatCouldNotBeWrittenIsWrittenOnceMore(t *testing.T) {
	e, b := kept(t)
	b.refuses = 1
	out, err := e.deploy(Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) {
		t.Errorf("%v\n%s", err, out)
	}
	says(t, out, "one: the state is written", "failed")
	if !b.has("terraform_data") || e.exists("stacks", "one", runner.UnsavedFile) {
		t.Error("what was made is not in the state")
	}
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil || len(e.log()) != 1 {
		t.Errorf("%v: made was %v\n%s", err, e.log(), out)
	}
}

// Nobody plans with a state that does not know what there is: that would make it once more.
func TestAStateThatIsNotWrittenStopsTheNextDeployment(t *testing.T) {
	e, b := kept(t)
	b.refuses = 2
	out, err := e.deploy(Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) {
		t.Errorf("%v\n%s", err, out)
	}
	how := "terraform -chdir=" + e.path("stacks", "one") + " state push errored.tfstate && rm " + e.path("stacks", "one", "errored.tfstate")
	says(t, out, "its state is not written", how)
	for _, o := range []Options{{AutoApprove: true}, {PlanOnly: true}, {Destroy: true, AutoApprove: true}} {
		out, err = e.deploy(o, "one")
		if !errors.Is(err, ErrIncomplete) || len(e.log()) != 1 {
			t.Errorf("%v: made was %v\n%s", err, e.log(), out)
		}
		says(t, out, "one: cannot be planned", how)
	}
	terraform, err := runner.Find()
	if err != nil {
		t.Fatal(err)
	}
	root, err := runner.OpenRoot(terraform, e.path("stacks", "one"), "0s")
	if err != nil {
		t.Fatal(err)
	}
	if err := root.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil || len(e.log()) != 1 {
		t.Errorf("%v: made was %v\n%s", err, e.log(), out)
	}
}
