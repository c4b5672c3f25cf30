package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a certificate authority of the test's own, which the program is told to trust.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	// file has its certificate.
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{key: key, file: filepath.Join(t.TempDir(), "authority.pem")}
	if a.certificate, err = x509.ParseCertificate(der); err == nil {
		err = os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// issue makes a certificate for a name, good until then.
func (a *authority) issue(t *testing.T, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// listen has a function serve what connects to a port of this machine.
func listen(t *testing.T, serve func(net.Listener)) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go serve(listener)
	return listener.Addr().(*net.TCPAddr).Port
}

// each has a function answer each connection.
func each(answer func(net.Conn)) func(net.Listener) {
	return func(listener net.Listener) {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(connection)
		}
	}
}

// quiet keeps what servers say of clients that they do not like to themselves.
var quiet = log.New(io.Discard, "", 0)

const domain = "orders.privatelink.example.com"

// healthy answers a health path to who asks for the domain, is elsewhere on others, and takes
// only whom web ACLs take.
func healthy(w http.ResponseWriter, r *http.Request) {
	status := map[string]int{"/healthz": 200, "/moved": 302, "/guarded": 401, "/broken": 500}[r.URL.Path]
	if r.Host != domain || r.TLS.ServerName != domain || r.UserAgent() == "" {
		status = 421
	}
	w.WriteHeader(status)
}

// servers listen on ports of this machine, by what is said of them below.
func servers(t *testing.T, known *authority) map[string]int {
	t.Helper()
	later := time.Now().Add(time.Hour)
	secured := func(a *authority, name string, until time.Time) int {
		certificate := a.issue(t, name, until)
		return listen(t, func(listener net.Listener) {
			server := &http.Server{Handler: http.HandlerFunc(healthy), ErrorLog: quiet}
			_ = server.Serve(tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}}))
		})
	}
	dripping := known.issue(t, domain, later)
	ports := map[string]int{
		"right":     secured(known, domain, later),
		"another's": secured(known, "returns.privatelink.example.com", later),
		"stranger":  secured(newAuthority(t), domain, later),
		"expired":   secured(known, domain, time.Now().Add(-time.Hour)),
		"plain": listen(t, func(listener net.Listener) {
			_ = (&http.Server{Handler: http.NotFoundHandler(), ErrorLog: quiet}).Serve(listener)
		}),
		"mute":     listen(t, each(func(net.Conn) {})),
		"hangs up": listen(t, each(func(c net.Conn) { c.Close() })),
		"drips": listen(t, each(func(c net.Conn) {
			secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{dripping}})
			for _, err := secure.Write([]byte("HTTP/1.1 200 OK\r\nX: ")); err == nil; time.Sleep(100 * time.Millisecond) {
				_, err = secure.Write([]byte("x"))
			}
		})),
	}
	// The last one, or another would get its port.
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	ports["closed"] = closed.Addr().(*net.TCPAddr).Port
	return ports
}

// The program asks real servers: what it says is what was so.
func TestTheProgramAsks(t *testing.T) {
	known := newAuthority(t)
	ports := servers(t, known)
	tests := []struct {
		name, host, path, server string
		lowest, highest          int
		want                     string
	}{
		{"well", domain, "/healthz", "right", 200, 399, "ok well: 200"},
		{"elsewhere, which is well", domain, "/moved", "right", 200, 399, "ok elsewhere, which is well: 302"},
		{"refused, as wanted", domain, "/guarded", "right", 401, 401, "ok refused, as wanted: 401"},
		{"let in, which nobody wants", domain, "/healthz", "right", 401, 401, "FAILED let in, which nobody wants: 200, want 401"},
		{"not well", domain, "/broken", "right", 200, 399, "FAILED not well: 500, want 200 to 399"},
		{"another's name", "returns.privatelink.example.com", "/healthz", "right", 200, 399, "FAILED another's name: SSLCertVerificationError: * Hostname mismatch, certificate is not valid for 'returns.privatelink.example.com'.*"},
		{"another's certificate", domain, "/healthz", "another's", 200, 399, "FAILED another's certificate: SSLCertVerificationError: * Hostname mismatch, certificate is not valid for '" + domain + "'.*"},
		{"a stranger's certificate", domain, "/healthz", "stranger", 200, 399, "FAILED a stranger's certificate: SSLCertVerificationError: * unable to get local issuer certificate*"},
		{"a certificate of yesterday", domain, "/healthz", "expired", 200, 399, "FAILED a certificate of yesterday: SSLCertVerificationError: * certificate has expired*"},
		{"plain text", domain, "/healthz", "plain", 200, 399, "FAILED plain text: SSLError: *"},
		{"nobody there", domain, "/healthz", "closed", 200, 399, "FAILED nobody there: refused"},
		{"hangs up", domain, "/healthz", "hangs up", 200, 399, "FAILED hangs up: *Error: *"},
		{"says nothing", domain, "/healthz", "mute", 200, 399, "FAILED says nothing: *imed out*"},
		{"never ends", domain, "/healthz", "drips", 200, 399, "FAILED never ends: TimeoutError: no answer in 2 seconds"},
	}
	type parameter struct{ Name, Value string }
	var checks struct{ Parameters []parameter }
	for i, test := range tests {
		check := Ask("", test.name, test.host, test.path, test.lowest, test.highest).At("127.0.0.1")
		check.Port = ports[test.server]
		value, err := json.Marshal(check)
		if err != nil {
			t.Fatal(err)
		}
		checks.Parameters = append(checks.Parameters, parameter{fmt.Sprintf("/probe/x/%02d", i), string(value)})
	}
	text, err := json.Marshal(checks)
	if err != nil {
		t.Fatal(err)
	}
	// It waits for less long than on an instance.
	const patient = "import ask, probe; probe.TIMEOUT, ask.LONGEST = 1, 2; ask.main()"
	lines := strings.Split(strings.TrimSpace(run(t, string(text), []string{"SSL_CERT_FILE=" + known.file}, "-c", patient)), "\n")
	if len(lines) != len(tests) {
		t.Fatalf("%d lines, want %d: %q", len(lines), len(tests), lines)
	}
	for i, test := range tests {
		if !like(test.want, lines[i]) {
			t.Errorf("got %q, want %q", lines[i], test.want)
		}
	}
}

// Where no packet comes back, a connection is not accepted, or a group does not admit.
func TestSilenceIsCalledSo(t *testing.T) {
	const checks = `{"Parameters": [{"Name": "/probe/x/a", "Value": "{\"name\":\"x\",\"kind\":\"ask\",\"host\":\"x.example\",\"address\":\"10.0.0.1\",\"port\":443,\"path\":\"/\",\"statuses\":[200,399]}"}]}`
	const deaf = `
import socket, ask
def create_connection(address, timeout):
    raise socket.timeout(f"{address} in {timeout} seconds")
socket.create_connection = create_connection
ask.main()`
	if got := run(t, checks, nil, "-c", deaf); got != "FAILED x: silent\n" {
		t.Errorf("printed %q", got)
	}
}

// like says whether a text is as a pattern, in which a star stands for anything.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1:] {
		i := strings.Index(rest, part)
		if !ok || i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return ok && (rest == "" || strings.HasSuffix(pattern, "*"))
}
