package view_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hubspoke/internal/picture/picturetest"
	"hubspoke/internal/view"
)

// tab is a page in a browser.
type tab struct {
	context.Context
	t *testing.T

	sync.Mutex
	// complaints are errors of scripts and what the page's policy refused, and requests what it
	// asked the network for.
	complaints, requests []string
}

// started is the browser of all tests of this package, which takes seconds to start: nil before
// that.
var (
	started context.Context
	stop    = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

// browser is a browser, or the end of the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	if started != nil {
		return started
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("REQUIRE_BROWSER") != "" {
			t.Fatal("no Chromium is on the PATH (REQUIRE_BROWSER is set)")
		}
		t.Skip("no Chromium is on the PATH: the page is not tested in a browser")
	}
	folder, err := os.MkdirTemp("", "hubspoke-browser-")
	if err != nil {
		t.Fatal(err)
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1400, 1000), chromedp.UserDataDir(folder),
		// Other tests have the processors too.
		chromedp.WSURLReadTimeout(3*time.Minute))...)
	ctx, _ := chromedp.NewContext(allocator)
	stop = func() { end(); os.RemoveAll(folder) }
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	started = ctx
	return started
}

// open opens a page from a file.
func open(t *testing.T, browser context.Context, in view.Input) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "estate.html")
	if err := os.WriteFile(file, page(t, in), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, end := chromedp.NewContext(browser)
	ctx, timeout := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(func() { timeout(); end() })
	b := &tab{Context: ctx, t: t}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	chromedp.ListenTarget(ctx, func(event any) {
		b.Lock()
		defer b.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if e.Request.URL != address && !strings.HasPrefix(e.Request.URL, address+"#") {
				b.requests = append(b.requests, e.Request.URL)
			}
		}
	})
	b.do(log.Enable(), network.Enable(), chromedp.Navigate(address), chromedp.WaitVisible("#tab-topology"))
	return b
}

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// value is what a script says.
func (b *tab) value(script string) string {
	b.t.Helper()
	var value any
	b.do(chromedp.Evaluate(script, &value))
	return fmt.Sprint(value)
}

func (b *tab) want(script, want string) {
	b.t.Helper()
	if got := b.value(script); got != want {
		b.t.Errorf("%s: got %s, want %s", script, got, want)
	}
}

// save writes what the page looks like, for who wants to see it, into the folder that SCREENSHOTS
// names.
func (b *tab) save(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	var shot []byte
	b.do(chromedp.FullScreenshot(&shot, 100))
	if err := os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quiet checks that nothing went wrong, and that nothing was asked for.
func (b *tab) quiet() {
	b.t.Helper()
	b.Lock()
	defer b.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser complains: %s", c)
	}
	for _, r := range b.requests {
		b.t.Errorf("the page asks for %s", r)
	}
}

var tabs = []string{"topology", "matrix", "paths", "addresses", "names", "intents", "permissions", "costs"}

func TestEveryTabShowsSomething(t *testing.T) {
	shared := browser(t)
	for _, name := range []string{"piksel", "artos", "innovate", "privatelink"} {
		t.Run(name, func(t *testing.T) {
			in := reviewed(t, name)
			in.Before = &view.Earlier{Stacks: in.Stacks, Proof: in.Proof}
			b := open(t, shared, in)
			for _, id := range append(tabs, "change") {
				b.do(chromedp.Click("#tab-" + id))
				b.want(`document.getElementById("panel-`+id+`").hidden`, "false")
				b.want(`[...document.querySelectorAll("[role=tabpanel]")].filter((p) => !p.hidden).length`, "1")
				b.want(`document.getElementById("panel-`+id+`").textContent.length > 20`, "true")
				// What is wide scrolls by itself, and the page does not.
				b.want(`document.documentElement.scrollWidth <= innerWidth`, "true")
				b.save(name + "-" + id)
			}
			b.quiet()
		})
	}
}

func TestThePageIsDarkForWhoWantsThat(t *testing.T) {
	b := open(t, browser(t), reviewed(t, "piksel"))
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	b.want(`getComputedStyle(document.body).backgroundColor`, "rgb(17, 21, 28)")
	b.want(`getComputedStyle(document.querySelector(".picture .vpc")).fill`, "rgb(17, 21, 28)")
	for _, id := range []string{"topology", "matrix"} {
		b.do(chromedp.Click("#tab-" + id))
		b.save("dark-" + id)
	}
	b.quiet()
}

func TestTheKeyboardIsEnough(t *testing.T) {
	b := open(t, browser(t), reviewed(t, "piksel"))
	selected := `document.querySelector("[role=tab][aria-selected=true]").id`
	// The first key leads to the tabs, where the arrows go on.
	b.do(chromedp.KeyEvent(kb.Tab))
	b.want("document.activeElement.id", "tab-topology")
	b.want(`document.activeElement.matches(":focus-visible") && getComputedStyle(document.activeElement).outlineStyle`, "solid")
	for _, step := range []struct{ key, want string }{
		{kb.ArrowRight, "tab-matrix"}, {kb.ArrowRight, "tab-paths"}, {kb.ArrowLeft, "tab-matrix"}, {kb.End, "tab-costs"},
		{kb.ArrowRight, "tab-topology"}, {kb.ArrowLeft, "tab-costs"}, {kb.Home, "tab-topology"},
	} {
		b.do(chromedp.KeyEvent(step.key))
		b.want(selected, step.want)
		b.want("document.activeElement.id", step.want)
	}
	// Then comes the panel, and then what sends and what receives in the picture.
	b.do(chromedp.KeyEvent(kb.Tab))
	b.want("document.activeElement.id", "panel-topology")
	b.do(chromedp.Evaluate(`document.querySelector('[aria-label="dev.private"]').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.Evaluate(`document.querySelector('[aria-label="hub.private"]').focus()`, nil), chromedp.KeyEvent(kb.Enter))
	b.want(`document.querySelectorAll("#chosen-way ol.hops li").length > 3`, "true")
	b.want(`document.querySelectorAll(".picture .line.on").length > 0 && document.querySelectorAll(".picture .line.off").length > 0`, "true")
	b.want(`[...document.querySelectorAll(".picture [tabindex]")].every((e) => e.getAttribute("aria-label") && e.getAttribute("role") === "button")`, "true")
	b.quiet()
}

func TestTheMatrixAndThePathsAnswer(t *testing.T) {
	b := open(t, browser(t), reviewed(t, "piksel"))
	b.do(chromedp.Click("#tab-matrix"), chromedp.Click(`#panel-matrix button[aria-label^="dev to hub"]`))
	b.want(`document.querySelector("#panel-matrix h2").textContent`, "dev → hub")
	b.want(`document.querySelectorAll("#panel-matrix li .badge.proven").length > 0`, "true")
	b.do(chromedp.Click("#by-tiers"), chromedp.Click(`#panel-matrix button[aria-label^="dev.private to prod.private"]`))
	b.want(`document.querySelector("#panel-matrix .case.violated") !== null`, "true")
	b.do(chromedp.Click("#tab-paths"), chromedp.SetValue("#from", "dev.private"), chromedp.SetValue("#to", "hub.private"),
		chromedp.Evaluate(`document.getElementById("to").dispatchEvent(new Event("change"))`, nil))
	b.want(`document.querySelector("#way .case.proven ol.hops code").textContent.includes("dev-network/")`, "true")
	b.do(chromedp.Click("#tab-names"), chromedp.SendKeys("#name", "no such name"))
	b.want(`document.querySelector("#panel-names").textContent.includes("No such name.")`, "true")
	b.quiet()
}

// Names of all kinds stand in the page as they are, and do nothing.
func TestNamesAreTextToTheBrowser(t *testing.T) {
	shared := browser(t)
	for i, name := range picturetest.Hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			b := open(t, shared, view.Input{
				Name: name, Proof: picturetest.Named(t, name),
				Slots: []view.Slot{{VPC: name, Range: "10.0.0.0/8", CIDR: "10.0.0.0/16", Tier: name, Zone: name}},
			})
			for _, id := range tabs {
				b.do(chromedp.Click("#tab-" + id))
			}
			b.want(`document.querySelectorAll("script").length`, "2")
			b.want(`document.querySelectorAll("img, iframe, object, embed, link").length`, "0")
			b.want(`[...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter((a) => a.name.startsWith("on")).length`, "0")
			if strings.Contains(name, "script") {
				b.want(fmt.Sprintf(`document.body.textContent.includes(%q)`, name), "true")
			}
			b.quiet()
		})
	}
}

// A style or script that somebody put in is refused by the page's own policy.
func TestThePolicyOfThePageHolds(t *testing.T) {
	b := open(t, browser(t), reviewed(t, "artos"))
	b.do(chromedp.Evaluate(`const s = document.createElement("script"); s.textContent = "window.broken = true"; document.body.append(s)`, nil))
	b.want("window.broken === undefined", "true")
	b.do(chromedp.Evaluate(`fetch("http://127.0.0.1:9/").catch(() => { window.refused = true })`, nil))
	b.do(chromedp.Poll("window.refused === true", nil))
	b.Lock()
	defer b.Unlock()
	if len(b.complaints) < 2 {
		t.Errorf("the browser refused %v alone", b.complaints)
	}
}
