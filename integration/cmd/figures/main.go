// Command figures prints what `make bench` has measured as a table.
package main

import (
	"fmt"
	"os"

	"github.com/skep-go/skep/integration/internal/figures"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: figures FILE")
		os.Exit(2)
	}
	lines, err := figures.Read(os.Args[1])
	if err == nil {
		err = figures.Print(os.Stdout, lines)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}
