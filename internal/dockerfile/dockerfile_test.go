package dockerfile

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	right  = `FROM --platform=$BUILDPLATFORM golang:1.26.1` + digest + ` AS build
ARG TARGETARCH
ENV TOKEN_URL=https://example.com/token
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci && pip install --require-hashes \
    -r requirements.txt
FROM base:3.2` + digest + ` AS base
USER 65532:65532
FROM base
COPY --from=build --chown=0:0 /out/app /app
EXPOSE 8080
ENTRYPOINT ["/app"]
`
)

func parse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("Dockerfile", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestARightDockerfileHasNoProblem(t *testing.T) {
	f := parse(t, right)
	if problems := f.Problems(); problems != nil {
		t.Errorf("problems of a right one:\n%s", strings.Join(problems, "\n"))
	}
	if f.User() != "65532:65532" {
		t.Errorf("the user of the stage that the last is based on is %q", f.User())
	}
	if diff := cmp.Diff([]string{"golang:1.26.1" + digest, "base:3.2" + digest}, f.Images()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"8080"}, f.Ports()); diff != "" {
		t.Error(diff)
	}
}

// Each change of the right Dockerfile makes exactly one problem, at its line.
func TestEachProblemIsTold(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"no digest", "golang:1.26.1" + digest, "golang:1.26.1", "Dockerfile:1: golang:1.26.1 may become another image"},
		{"no version", "golang:1.26.1" + digest, "golang" + digest, "Dockerfile:1: golang" + digest + " may become another image"},
		{"a port of a registry is no version", "golang:1.26.1" + digest, "localhost:5000/golang" + digest, "Dockerfile:1: localhost:5000/golang" + digest + " may become another image"},
		{"latest", "golang:1.26.1" + digest, "golang:latest" + digest, "Dockerfile:1: golang:latest" + digest + " says no version"},
		{"a name that moves", "golang:1.26.1" + digest, "golang:stable" + digest, "Dockerfile:1: golang:stable" + digest + " says no version"},
		{"a short digest", digest + " AS build", digest[:40] + " AS build", "Dockerfile:1: golang:1.26.1" + digest[:40] + " may become"},
		{"a variable", "golang:1.26.1" + digest, "${BASE}", "Dockerfile:1: ${BASE} is chosen by a variable"},
		{"the base of the last", "FROM base:3.2" + digest, "FROM base:3.2", "Dockerfile:7: base:3.2 may become"},
		{"an image to copy from", "COPY --from=build", "COPY --from=other:1", "Dockerfile:10: other:1 may become"},
		{"an image to mount from", "type=cache,target=/root/.npm", "type=bind,from=other:1,target=/x", "Dockerfile:5: other:1 may become"},
		{"root", "USER 65532:65532", "USER 0", "Dockerfile:9: USER 0 is root"},
		{"root, longer", "USER 65532:65532", "USER 00", "Dockerfile:9: USER 00 is root"},
		{"root with a group", "USER 65532:65532", "USER 0:65532", "Dockerfile:9: USER 0:65532 is root"},
		{"a named group", "USER 65532:65532", "USER 65532:app", "Dockerfile:9: USER 65532:app is a name"},
		{"a name", "USER 65532:65532", "USER nobody", "Dockerfile:9: USER nobody is a name"},
		{"nobody", "USER 65532:65532", "LABEL a=b", "Dockerfile:9: nothing says whom"},
		{"an address", "COPY . .", "ADD https://example.com/a.tar /", "Dockerfile:4: ADD fetches https://example.com/a.tar"},
		{"a repository", "COPY . .", "ADD git@github.com:acme/app.git /", "Dockerfile:4: ADD fetches git@github.com:acme/app.git"},
		{"a secret argument", "ARG TARGETARCH", "ARG NPM_TOKEN", "Dockerfile:2: NPM_TOKEN looks like a secret"},
		{"a secret before all stages", "FROM --platform", "ARG db_password=x\nFROM --platform", "Dockerfile:1: db_password looks like a secret"},
		{"a secret in the environment", "ENV TOKEN_URL", "ENV API_KEY", "Dockerfile:3: API_KEY looks like a secret"},
		{"a key by its looks", "ARG TARGETARCH", "ARG ID=AKIA" + "ABCDEFGHIJKLMNOP", "Dockerfile:2: ID looks like a secret"},
		{"newest of npm", "npm ci", "npm install", `Dockerfile:5: "npm install" installs what is newest`},
		{"newest of pip", "--require-hashes", "--user", `installs what is newest`},
		{"a tool that stays", "EXPOSE 8080", "RUN apt-get update", `Dockerfile:11: "apt-get update" leaves its tools`},
		{"in a heredoc too", "EXPOSE 8080", "RUN <<END\nset -e\napk add bash\nEND", `Dockerfile:11: "apk add bash" leaves its tools`},
		{"nobody's files", " --chown=0:0", "", "Dockerfile:10: COPY does not say whose"},
		{"files of a name", "--chown=0:0", "--chown=app", "Dockerfile:10: COPY does not say whose"},
		{"a low port", "EXPOSE 8080", "EXPOSE 80/tcp", "Dockerfile:9: EXPOSE 80/tcp"},
		{"a shell", `ENTRYPOINT ["/app"]`, "ENTRYPOINT /app", "Dockerfile:12: ENTRYPOINT starts a shell"},
		{"another shell", `ENTRYPOINT ["/app"]`, "CMD /app", "Dockerfile:12: CMD starts a shell"},
		{"nothing to run", `ENTRYPOINT ["/app"]`, "", "Dockerfile:9: the image says nothing about what it runs"},
		{"what BuildKit warns of", "AS base", "as base", "(FromAsCasing)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(right, test.old, test.new, 1)
			if text == right {
				t.Fatalf("%q is not in the right one", test.old)
			}
			problems := parse(t, text).Problems()
			// BuildKit warns of a shell itself.
			problems = slices.DeleteFunc(problems, func(p string) bool { return strings.HasSuffix(p, "(JSONArgsRecommended)") })
			if len(problems) != 1 || !strings.Contains(problems[0], test.want) {
				t.Errorf("got\n%s\nwant %s", strings.Join(problems, "\n"), test.want)
			}
		})
	}
}

func TestWhatIsNoDockerfileIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "Dockerfile: file with no instructions",
		"ARG A\n":            "Dockerfile: there is no FROM",
		"FROM a\nRUNN b\n":   "unknown instruction: RUNN",
		"FROM a\nCOPY b\n":   "COPY requires at least two arguments",
		"RUN a\n":            "no build stage in current context",
		"FROM a\nRUN <<E\nx": "unterminated heredoc",
	} {
		if _, err := Parse("Dockerfile", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
