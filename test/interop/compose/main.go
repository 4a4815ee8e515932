// Loads a Compose file with the reference implementation of the Compose Specification, which checks it against the
// specification's schema, resolves it, and names the services it found: compose FILE
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	log.SetFlags(0)
	environment := []string{"OL_BOOTSTRAP_KEY=olk_" + strings.Repeat("0", 32)}
	options, err := cli.NewProjectOptions(os.Args[1:2], cli.WithEnv(environment))
	if err != nil {
		log.Fatal(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	names := project.ServiceNames()
	sort.Strings(names)
	fmt.Printf("%s is valid: %s\n", os.Args[1], strings.Join(names, ", "))
}
