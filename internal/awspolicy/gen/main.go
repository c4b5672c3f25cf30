// Command gen writes the table of package awspolicy from the npm package iam-floyd,
// unpacked into a folder:
//
//	npm pack iam-floyd && tar xzf iam-floyd-*.tgz
//	go run ./internal/awspolicy/gen package > internal/awspolicy/policies.txt
//
// That package, which has the Apache license 2.0, collects the names of the policies that
// AWS manages: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// named is a name with its path.
var named = regexp.MustCompile(`(?m)^AwsManagedPolicy\.\w+ = '([^']+)';$`)

// linked is the path of policies of service-linked roles, which can be attached to nothing
// else.
const linked = "aws-service-role/"

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gen FOLDER: where iam-floyd is unpacked")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(folder string) error {
	var about struct{ Version string }
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &about); err != nil {
		return err
	}
	source, err := os.ReadFile(filepath.Join(folder, "lib", "generated", "aws-managed-policies", "iam-floyd.js"))
	if err != nil {
		return err
	}
	var names []string
	for _, match := range named.FindAllStringSubmatch(string(source), -1) {
		if !strings.HasPrefix(match[1], linked) {
			names = append(names, match[1])
		}
	}
	slices.Sort(names)
	fmt.Printf("# Written by internal/awspolicy/gen from iam-floyd %s (Apache-2.0): the names of the policies that AWS manages.\n", about.Version)
	fmt.Println(strings.Join(slices.Compact(names), "\n"))
	return nil
}
