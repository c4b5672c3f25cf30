package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// Beside is a change of a stack that no resource of it shows: as whom and where Terraform works,
// where it keeps the state, what it adopts, and what it hands on.
type Beside struct {
	Stack string `json:"stack"`
	// What is the block, such as `provider aws.hub`, `backend s3` or `output vpc_id`.
	What      string     `json:"what"`
	Effect    string     `json:"effect"`
	Arguments []Argument `json:"arguments,omitempty"`
	// Danger says why nobody should overlook it, "" if that is not so.
	Danger string `json:"danger,omitempty"`
}

// Where is the stack and the block.
func (b Beside) Where() string { return b.Stack + "/" + b.What }

// beside compares the blocks that are no resources, of the stacks that both sides have.
func beside(before, after compare.Output) []Beside {
	was := map[string]*stackjson.Stack{}
	for _, s := range before.Stacks {
		was[s.Name] = s
	}
	all := []Beside{}
	for _, s := range after.Stacks {
		old := was[s.Name]
		if old == nil {
			continue
		}
		blocks, now := blocksOf(old), blocksOf(s)
		for _, what := range slices.Sorted(maps.Keys(mergedBlocks(blocks, now))) {
			if one, differs := differingBlock(what, blocks[what], now[what]); differs {
				one.Stack = s.Name
				all = append(all, one)
			}
		}
		all = append(all, elsewhere(old, s)...)
	}
	return all
}

func mergedBlocks(a, b map[string]map[string]any) map[string]map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// blocksOf are the blocks of a stack that are no resources, by what they are called in a review.
func blocksOf(s *stackjson.Stack) map[string]map[string]any {
	root, _ := stackjson.Strip(s.JSON).(map[string]any)
	all := map[string]map[string]any{}
	for name, configurations := range block(root["provider"]) {
		for _, c := range stackjson.List(configurations) {
			what := "provider " + name
			if alias, ok := block(c)["alias"].(string); ok {
				what += "." + alias
			}
			all[what] = block(c)
		}
	}
	settings := block(root["terraform"])
	for kind, body := range block(settings["backend"]) {
		all["backend "+kind] = block(body)
	}
	for name, body := range block(settings["required_providers"]) {
		all["required provider "+name] = block(body)
	}
	for _, body := range stackjson.List(root["import"]) {
		all[fmt.Sprintf("import of %v", block(body)["to"])] = block(body)
	}
	for name, body := range block(root["output"]) {
		all["output "+name] = block(body)
	}
	for kind, named := range block(root["data"]) {
		for name, body := range block(named) {
			all["data."+kind+"."+name] = block(body)
		}
	}
	return all
}

// block is a block, whether it is written alone or as a list of one.
func block(value any) map[string]any {
	if items, ok := value.([]any); ok && len(items) == 1 {
		value = items[0]
	}
	body, _ := value.(map[string]any)
	return body
}

// differingBlock says how a block differs. What is only more than before, and harms nobody, is
// left out: outputs and look-ups come and go with what they are made for.
func differingBlock(what string, was, is map[string]any) (Beside, bool) {
	one := Beside{What: what, Effect: "changes"}
	kind, _, _ := strings.Cut(what, " ")
	lookup := strings.HasPrefix(what, "data.")
	runs := strings.HasPrefix(what, "data.external.")
	switch {
	case was == nil && runs:
		one.Effect, one.Danger = "is new", "it runs a program whenever somebody plans, with the credentials of whoever does"
	case was == nil && (lookup || kind == "output" || kind == "provider" || kind == "required"):
		return one, false
	case was == nil:
		one.Effect = "is new"
	case is == nil && (lookup || kind == "import"):
		return one, false
	case is == nil:
		one.Effect = "is gone"
	default:
		for _, name := range slices.Sorted(maps.Keys(mergedAny(was, is))) {
			one.Arguments = append(one.Arguments, differingArguments(what, name, was[name], is[name])...)
		}
		more := func(a Argument) bool { return kind == "output" && a.Before == "" && !a.Sensitive }
		if !slices.ContainsFunc(one.Arguments, func(a Argument) bool { return !more(a) }) {
			return one, false
		}
		if was["sensitive"] == true || is["sensitive"] == true {
			for i := range one.Arguments {
				one.Arguments[i] = Argument{Path: one.Arguments[i].Path, Sensitive: true}
			}
		}
		if runs {
			one.Danger = "it runs a program whenever somebody plans, with the credentials of whoever does"
		}
	}
	one.Danger = cmp.Or(one.Danger, besideDanger(kind, one))
	return one, true
}

func mergedAny(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// differingArguments are those below a path that differ.
func differingArguments(what, path string, was, is any) []Argument {
	first, second := block(was), block(is)
	if first != nil && second != nil {
		var all []Argument
		for _, key := range slices.Sorted(maps.Keys(mergedAny(first, second))) {
			all = append(all, differingArguments(what, path+"."+key, first[key], second[key])...)
		}
		return all
	}
	change := compare.Change{Type: what, Arguments: []compare.Argument{{Path: path, Before: compare.Text(was), After: compare.Text(is)}}}
	if change.Arguments[0].Before == change.Arguments[0].After {
		return nil
	}
	return shownArguments(change)
}

// places are the arguments of backends that say where a state is.
var places = []string{"bucket", "key", "region", "path", "workspace_dir", "workspace_key_prefix", "endpoint", "endpoints", "address", "organization", "workspaces", "hostname"}

// identities are the arguments of providers that say as whom, and where, Terraform works.
var identities = []string{"region", "allowed_account_ids", "forbidden_account_ids", "assume_role", "assume_role_with_web_identity", "profile", "endpoints", "access_key", "secret_key", "token", "shared_config_files", "shared_credentials_files"}

// besideDanger says why nobody should overlook a change of a block.
func besideDanger(kind string, b Beside) string {
	names := func(known []string, but ...string) []string {
		var found []string
		for _, a := range b.Arguments {
			root, _, _ := strings.Cut(a.Path, ".")
			if slices.Contains(known, root) && !slices.ContainsFunc(but, func(end string) bool { return strings.HasSuffix(a.Path, end) }) {
				found = append(found, a.Path+strings.ReplaceAll(a.values(), "`", ""))
			}
		}
		return found
	}
	switch kind {
	case "backend":
		if b.Effect == "is gone" || b.Effect == "is new" || len(names(places)) > 0 {
			return strings.TrimSpace("the state is looked for elsewhere: unless it is moved there, Terraform makes all of the stack again. " + strings.Join(names(places), ", "))
		}
	case "required":
		if changed := names([]string{"source"}); len(changed) > 0 {
			return "another program makes all of the stack, with its credentials: " + strings.Join(changed, ", ")
		}
	case "provider":
		// What a session may do is told where policies are, and its name is for the records.
		if changed := names(identities, ".policy", ".session_name"); len(changed) > 0 {
			return "Terraform works as somebody else, or elsewhere: " + strings.Join(changed, ", ")
		}
	}
	return ""
}

// elsewhere are resources that stay at their address, and are looked for in another account or
// region because another provider makes them. Terraform finds them gone there, and makes them again.
func elsewhere(before, after *stackjson.Stack) []Beside {
	was := map[string]stackjson.Resource{}
	for _, r := range before.Resources() {
		was[r.Address()] = r
	}
	var all []Beside
	for _, r := range after.Resources() {
		old, stays := was[r.Address()]
		if !stays || r.Data || old.Body["provider"] == r.Body["provider"] {
			continue
		}
		account, region := before.MadeIn(old)
		nowAccount, nowRegion := after.MadeIn(r)
		if account == nowAccount && region == nowRegion {
			continue
		}
		all = append(all, Beside{Stack: after.Name, What: r.Address(), Effect: "is made by another provider",
			Danger: fmt.Sprintf("it is looked for in %s, %s instead of %s, %s: what is there now stays, and nobody looks after it", cmp.Or(nowAccount, "an account that is not known"), cmp.Or(nowRegion, "a region that is not known"), account, region)})
	}
	return all
}

func (b Beside) markdown() string {
	text := fmt.Sprintf("- %s %s", code(b.Where()), b.Effect)
	for _, a := range b.Arguments {
		text += "<br>" + code(a.Path) + a.values()
	}
	return text
}
