package explain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hubspoke/proof/stackjson"
)

// App is the program that synthesizes estates. It is another one than this, because it
// needs the whole of CDKTF.
type App struct {
	program string
	// identity changes with the program.
	identity string
	close    func()
}

// FindApp is the named program or, without a name, the one called hubspoke beside this
// one, or what `go build` makes of the folder it is run in, if that is hubspoke's own.
func FindApp(ctx context.Context, name string) (*App, error) {
	if name != "" {
		return appOf(name, func() {})
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), "hubspoke"+filepath.Ext(self))
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return appOf(beside, func() {})
		}
	}
	module, err := os.ReadFile("go.mod")
	if err != nil || !strings.HasPrefix(string(module), "module hubspoke\n") {
		return nil, errors.New("what synthesizes is not here: run this in hubspoke's own folder, put the program hubspoke beside estate, or name it with --app")
	}
	dir, err := os.MkdirTemp("", "estate-app-")
	if err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	program := filepath.Join(dir, "hubspoke")
	if out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		remove()
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return appOf(program, remove)
}

func appOf(program string, remove func()) (*App, error) {
	text, err := os.ReadFile(program)
	if err != nil {
		remove()
		return nil, err
	}
	sum := sha256.Sum256(text)
	return &App{program, hex.EncodeToString(sum[:8]), remove}, nil
}

// Close removes what was built.
func (a *App) Close() { a.close() }

// Content is what was synthesized: a hash for each resource, `<stack>/<address>`, and for
// each file of a bundle, `gitops/<path>`.
type Content map[string]string

// synthesize synthesizes the estate with changed files, or remembers what came of it.
func (a *App) synthesize(ctx context.Context, dir string, texts map[string][]byte) (Content, error) {
	scratch, err := os.MkdirTemp("", "estate-explain-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	into, err := copied(dir, scratch, texts)
	if err != nil {
		return nil, err
	}
	key, err := a.key(into)
	if err != nil {
		return nil, err
	}
	if known := remembered(key); known != nil {
		return known, nil
	}
	outdir := filepath.Join(scratch, "cdktf.out")
	command := exec.CommandContext(ctx, a.program)
	command.Env = append(os.Environ(), "ESTATE="+into, "CDKTF_OUTDIR="+outdir, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("synthesis: %w\n%s", err, out)
	}
	content, err := contentOf(outdir)
	if err == nil {
		remember(key, content)
	}
	return content, err
}

// contentOf reads what was synthesized.
func contentOf(outdir string) (Content, error) {
	all, err := stackjson.Read(outdir)
	if err != nil {
		return nil, err
	}
	content := Content{}
	for _, s := range all {
		for _, r := range s.Resources() {
			text, err := json.Marshal(stackjson.Strip(r.Body))
			if err != nil {
				return nil, err
			}
			content[s.Name+"/"+r.Address()] = short(text)
		}
	}
	bundles := os.DirFS(filepath.Join(outdir, "gitops"))
	err = fs.WalkDir(bundles, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(bundles, path)
		content["gitops/"+path] = short(text)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return content, err
}

func short(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// differing are the resources that are in one of them alone, or differ.
func differing(a, b Content) []string {
	found := map[string]bool{}
	for address, hash := range a {
		found[address] = b[address] != hash
	}
	for address, hash := range b {
		found[address] = a[address] != hash
	}
	maps.DeleteFunc(found, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(found))
}

// What was synthesized is kept for a while: the same question comes again, and what a key
// does is a matter of two syntheses.
const kept = 200

// key is what the result of a synthesis depends on.
func (a *App) key(dir string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n%s\n", a.identity, filepath.Base(dir), os.Getenv("STATE_BACKEND"), os.Getenv("DEPLOY_ROLE"))
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s\n", strings.TrimPrefix(path, dir), len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "hubspoke", "explain")
}

// remembered is what came of it before, nil if that is not known.
func remembered(key string) Content {
	text, err := os.ReadFile(filepath.Join(cache(), key+".json"))
	if err != nil {
		return nil
	}
	var content Content
	if json.Unmarshal(text, &content) != nil {
		return nil
	}
	return content
}

// remember keeps it, in place of the oldest. That it cannot be kept costs time alone.
func remember(key string, content Content) {
	dir := cache()
	if dir == "" || os.MkdirAll(dir, 0o755) != nil {
		return
	}
	text, err := json.Marshal(content)
	if err != nil {
		return
	}
	scratch, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return
	}
	_, writing := scratch.Write(text)
	if closing := scratch.Close(); writing != nil || closing != nil || os.Rename(scratch.Name(), filepath.Join(dir, key+".json")) != nil {
		os.Remove(scratch.Name())
		return
	}
	forget(dir)
}

// forget removes the oldest of what is kept.
func forget(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= kept {
		return
	}
	written := func(e fs.DirEntry) time.Time {
		info, err := e.Info()
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return written(a).Compare(written(b)) })
	for _, e := range entries[:len(entries)-kept] {
		os.Remove(filepath.Join(dir, e.Name()))
	}
}
