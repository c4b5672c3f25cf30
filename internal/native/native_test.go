package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/proof/stackjson"
	"hubspoke/proof/stackjson/stacktest"
)

// What is written is read again by HashiCorp's parser, and compared with the JSON as the same
// parser reads the templates in it.
func TestEveryStackReadsTheSameInBothSyntaxes(t *testing.T) {
	for _, s := range stacktest.Golden(t, "../../test/testdata/golden") {
		files, err := Files(s)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := difference(t, s, files); diff != "" {
			t.Errorf("%s (-JSON +HCL):\n%s", s.Name, diff)
		}
		for name, text := range files {
			if formatted := hclwrite.Format(text); !bytes.Equal(formatted, text) {
				t.Errorf("%s: %s is not formatted:\n%s", s.Name, name, cmp.Diff(string(text), string(formatted)))
			}
		}
	}
}

// The comparison is worth what it finds.
func TestADifferenceBetweenTheSyntaxesIsFound(t *testing.T) {
	s := parse(t, `{"resource": {"aws_s3_bucket": {"a": {"bucket": "a-${aws_vpc.main.id}", "force_destroy": true, "depends_on": ["aws_vpc.main"],
		"timeouts": {"create": "5m"}, "tags": {"a": "b"}}}}, "output": {"o": {"value": "${aws_s3_bucket.a.id}"}}}`)
	for from, to := range map[string]string{
		`"a-${aws_vpc.main.id}"`: `"a-${aws_vpc.main.arn}"`,
		`= true`:                 `= "true"`,
		`[aws_vpc.main]`:         `["aws_vpc.main"]`,
		`timeouts {`:             `timeouts = {`,
		`a = "b"`:                `a = "c"`,
		`aws_s3_bucket.a.id`:     `"aws_s3_bucket.a.id"`,
		`"5m"`:                   `"6m"`,
	} {
		files, err := Files(s)
		if err != nil {
			t.Fatal(err)
		}
		changed := false
		for name, text := range files {
			files[name] = bytes.ReplaceAll(text, []byte(from), []byte(to))
			changed = changed || !bytes.Equal(files[name], text)
		}
		if !changed {
			t.Errorf("%s is in no file", from)
		} else if difference(t, s, files) == "" {
			t.Errorf("%s instead of %s is not found", to, from)
		}
	}
}

func parse(t *testing.T, text string) *stackjson.Stack {
	t.Helper()
	s, err := stackjson.Parse("one", "one.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// difference is how a stack differs from its files. Both are brought into one form: blocks with
// their labels joined, each a list of the bodies that it stands there with.
func difference(t *testing.T, s *stackjson.Stack, files map[string][]byte) string {
	t.Helper()
	got := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, problems := hclsyntax.ParseConfig(files[name], name, hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatalf("%s: %v\n%s", s.Name, problems, files[name])
		}
		for key, value := range bodyOf(t, file.Body.(*hclsyntax.Body)) {
			got[key] = append(asList(got[key]), asList(value)...)
		}
	}
	return cmp.Diff(topOf(t, s), got)
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// topOf is a stack in the form of its blocks.
func topOf(t *testing.T, s *stackjson.Stack) map[string]any {
	top := map[string]any{}
	for section, value := range stackjson.Strip(s.JSON).(map[string]any) {
		switch section {
		case "resource", "data":
			for kind, named := range object(value) {
				for name, body := range object(named) {
					blocks, _ := Known(section, kind)
					blocks = maps.Clone(blocks)
					if blocks == nil {
						blocks = Blocks{}
					}
					blocks["lifecycle"] = Blocks{"precondition": {}, "postcondition": {}}
					top[section+" "+kind+" "+name] = []any{jsonBody(t, blocks, object(body))}
				}
			}
		case "output":
			for name, body := range object(value) {
				top["output "+name] = []any{jsonBody(t, nil, object(body))}
			}
		case "provider":
			for name, bodies := range object(value) {
				blocks, _ := Known(section, name)
				for _, body := range stackjson.List(bodies) {
					top["provider "+name] = append(asList(top["provider "+name]), jsonBody(t, blocks, object(body)))
				}
			}
		case "terraform":
			body := maps.Clone(object(value))
			for kind, backend := range object(body["backend"]) {
				body["backend "+kind] = backend
			}
			delete(body, "backend")
			blocks := Blocks{"required_providers": {}, "backend s3": {}, "backend local": {}}
			top["terraform"] = []any{jsonBody(t, blocks, body)}
		default:
			for _, body := range stackjson.List(value) {
				top[section] = append(asList(top[section]), jsonBody(t, Blocks{"lifecycle": {}}, object(body)))
			}
		}
	}
	return top
}

func jsonBody(t *testing.T, blocks Blocks, body map[string]any) map[string]any {
	all := map[string]any{}
	for name, value := range body {
		inner, isBlock := blocks[name]
		switch {
		case value == nil:
		case isBlock:
			for _, one := range stackjson.List(value) {
				all[name] = append(asList(all[name]), jsonBody(t, inner, object(one)))
			}
		case slices.Contains([]string{"depends_on", "ignore_changes", "provider", "replace_triggered_by", "to", "from"}, name):
			all[name] = namesOf(t, value)
		default:
			all[name] = jsonValue(t, value)
		}
	}
	return all
}

// namesOf are names of resources and the like, which JSON has as texts.
func namesOf(t *testing.T, value any) any {
	if list, ok := value.([]any); ok {
		all := []any{}
		for _, item := range list {
			all = append(all, namesOf(t, item))
		}
		return all
	}
	name := strings.TrimSuffix(strings.TrimPrefix(value.(string), "${"), "}")
	parsed, problems := hclsyntax.ParseExpression([]byte(name), "", hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatalf("%q: %v", name, problems)
	}
	return valueOf(t, parsed)
}

func jsonValue(t *testing.T, value any) any {
	switch v := value.(type) {
	case string:
		parsed, problems := hclsyntax.ParseTemplate([]byte(v), "", hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatalf("%q: %v", v, problems)
		}
		if text, ok := valueOf(t, parsed).(string); ok {
			return normalized(text)
		}
		return valueOf(t, parsed)
	case []any:
		all := []any{}
		for _, item := range v {
			all = append(all, jsonValue(t, item))
		}
		return all
	case map[string]any:
		all := map[string]any{}
		for name, item := range v {
			all[jsonValue(t, name).(string)] = jsonValue(t, item)
		}
		return all
	case float64:
		return json.Number(cty.NumberFloatVal(v).AsBigFloat().String())
	}
	return value
}

// bodyOf is a body of native syntax in the same form.
func bodyOf(t *testing.T, body *hclsyntax.Body) map[string]any {
	all := map[string]any{}
	for name, attribute := range body.Attributes {
		all[name] = valueOf(t, attribute.Expr)
	}
	for _, block := range body.Blocks {
		name := strings.Join(append([]string{block.Type}, block.Labels...), " ")
		all[name] = append(asList(all[name]), bodyOf(t, block.Body))
	}
	return all
}

// valueOf is an expression as plain data: texts and templates with `${…}` for what is not
// known before Terraform evaluates it.
func valueOf(t *testing.T, expression hclsyntax.Expression) any {
	switch e := expression.(type) {
	case *hclsyntax.ParenthesesExpr:
		return valueOf(t, e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return valueOf(t, e.Wrapped)
	case *hclsyntax.LiteralValueExpr:
		switch {
		case e.Val.IsNull():
			return nil
		case e.Val.Type() == cty.Bool:
			return e.Val.True()
		case e.Val.Type() == cty.Number:
			return json.Number(e.Val.AsBigFloat().String())
		}
		return e.Val.AsString()
	case *hclsyntax.TemplateExpr:
		var text strings.Builder
		for _, part := range e.Parts {
			fmt.Fprint(&text, valueOf(t, part))
		}
		return text.String()
	case *hclsyntax.TupleConsExpr:
		all := []any{}
		for _, item := range e.Exprs {
			all = append(all, valueOf(t, item))
		}
		return all
	case *hclsyntax.ObjectConsExpr:
		all := map[string]any{}
		for _, item := range e.Items {
			all[fmt.Sprint(keyOf(t, item.KeyExpr))] = valueOf(t, item.ValueExpr)
		}
		return all
	case *hclsyntax.FunctionCallExpr:
		if argument, ok := one[*hclsyntax.ObjectConsExpr](e, "jsonencode"); ok {
			text, err := json.Marshal(valueOf(t, argument))
			if err != nil {
				t.Fatal(err)
			}
			return normalized(string(text))
		}
		if argument, ok := one[*hclsyntax.TemplateExpr](e, "chomp"); ok {
			return normalized(strings.TrimSuffix(valueOf(t, argument).(string), "\n"))
		}
		if e.Name == "tostring" && len(e.Args) == 1 {
			return valueOf(t, e.Args[0])
		}
	}
	return "${" + dump(reflect.ValueOf(expression)) + "}"
}

// one is the only argument of a call of a function, if it is that.
func one[E hclsyntax.Expression](call *hclsyntax.FunctionCallExpr, function string) (argument E, ok bool) {
	if call.Name == function && len(call.Args) == 1 {
		argument, ok = call.Args[0].(E)
	}
	return argument, ok
}

func keyOf(t *testing.T, expression hclsyntax.Expression) any {
	if key, ok := expression.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(key.Wrapped); word != "" && !key.ForceNonLiteral {
			return word
		}
		return valueOf(t, key.Wrapped)
	}
	return valueOf(t, expression)
}

// normalized is a text, or a policy with its keys in order.
func normalized(text string) string {
	var policy map[string]any
	if json.Unmarshal([]byte(text), &policy) != nil || policy["Statement"] == nil {
		return text
	}
	encoded, _ := json.Marshal(policy) // It was JSON.
	return string(encoded)
}

// dump is a syntax tree without the places that it is from, in letters that JSON does not escape.
func dump(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return dump(v.Elem())
	case reflect.Slice:
		var items []string
		for i := range v.Len() {
			items = append(items, dump(v.Index(i)))
		}
		return "[" + strings.Join(items, " ") + "]"
	case reflect.Struct:
		if value, ok := v.Interface().(cty.Value); ok {
			return strings.NewReplacer(`"`, "'", `\`, "/", "<", "(", ">", ")", "&", "+").Replace(value.GoString())
		}
		if v.Type() == reflect.TypeFor[hcl.Range]() {
			return ""
		}
		text := v.Type().Name() + "("
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				text += " " + dump(v.Field(i))
			}
		}
		return text + ")"
	case reflect.Func, reflect.Map:
		return v.Type().String()
	}
	return fmt.Sprint(v.Interface())
}

func TestWhatIsWrittenIsWhatPeopleWrite(t *testing.T) {
	s := parse(t, `{"//": {"metadata": 1}, "terraform": {"required_version": ">= 1.11.0", "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
		"backend": {"s3": {"bucket": "states", "assume_role": {"role_arn": "r"}}}},
		"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "hub", "assume_role": [{"role_arn": "r"}]}]},
		"resource": {"aws_iam_role": {"a": {"//": {"path": "x"}, "provider": "aws.hub", "name": "a", "depends_on": ["aws_vpc.main", "aws_eip.nat"], "tags": {"Name": "a", "a.b": "${aws_vpc.main.id}", "for": "1"},
			"assume_role_policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Resource\":\"${aws_s3_bucket.a.arn}/$${aws:username}\",\"Principal\":{\"AWS\":\"${aws_iam_role.b.arn}\"},\"Condition\":{\"Bool\":{\"x\":\"${aws_vpc.main.enable_dns_support}\"}}}]}",
			"timeouts": null, "lifecycle": {"ignore_changes": ["tags[\"x\"]"], "prevent_destroy": true, "postcondition": [{"condition": "${self.name != \"b\"}", "error_message": "no %%{b}"}]}}},
		"aws_ssm_parameter": {"p": {"value": "{\"b\":1,\"a\":2}"}, "q": {"value": "{\"a\":[1.5,true,null]}"}, "n": {"value": "{\"a\":1.50}"}, "r": {"value": "say \"$${no}\"\\n\tto ${aws_vpc.main.tags[\"Name\"]}"}, "s": {"value": "one\n two ${a.b}\n"}, "t": {"value": "one\nEOT"}},
		"aws_instance": {}},
		"removed": [{"from": "aws_kms_key.old", "lifecycle": {"destroy": false}}], "moved": {"from": "aws_vpc.a", "to": "aws_vpc.main"}, "import": [{"to": "aws_vpc.main", "id": "vpc-1"}],
		"locals": {"n": 3}, "output": {"o": {"value": "${aws_vpc.main.id}", "sensitive": true}}}`)
	files, err := Files(s)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&text, "# %s\n%s", name, files[name])
	}
	const golden = "testdata/one.tf"
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
	if diff := difference(t, s, files); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeWrittenIsSaidAtOnce(t *testing.T) {
	s := parse(t, `{"module": {"a": {"source": "./a"}}, "resource": {"aws_unheard_of": {"a": {}}, "aws_vpc": {"main": {"cidr_block": "${", "dynamic": {"a": {}}, "depends_on": [1]}}}, "provider": {"unheard": {}}}`)
	_, err := Files(s)
	want := `one: provider.unheard: internal/native/blocks.txt does not say which of its arguments are blocks: ` + Advice + `
one: resource.aws_unheard_of: internal/native/blocks.txt does not say which of its arguments are blocks: ` + Advice + `
one: aws_vpc.main: dynamic blocks are not written as HCL
one: aws_vpc.main.cidr_block: "${" cannot be read: `
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got\n%v\nwant\n%s", err, want)
	}
	for _, more := range []string{"aws_vpc.main.depends_on: 1 is not the name of anything", "module: this kind of block is not written as HCL"} {
		if !strings.Contains(err.Error(), more) {
			t.Errorf("%q is missing in\n%v", more, err)
		}
	}
}

func TestTheTableReadsWhatItWrites(t *testing.T) {
	often := Blocks{"a_block_with_a_long_name": {}, "another_block_with_a_long_name": {"and_one_in_it": {}}, "c": {}}
	types := map[string]Blocks{"resource a": {"one": often, "two": {"three": often}}, "resource b": {}, "data c": {"x": {}, "y": {"z": {}}}}
	text := Table(types)
	if strings.Count(text, "another_block") != 1 {
		t.Errorf("what stands twice is written twice:\n%s", text)
	}
	got := read(text)
	for kind := range got {
		if strings.HasPrefix(kind, "@") {
			delete(got, kind)
		}
	}
	if diff := cmp.Diff(types, got); diff != "" {
		t.Error(diff)
	}
}
