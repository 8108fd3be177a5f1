package main

import (
	"io"
	"testing"

	"github.com/skep-go/skep/examples/internal/outputs"
)

// TestTutorial runs the sections on a real server, one after another: each must print what stands at its end.
func TestTutorial(t *testing.T) {
	printed, err := outputs.Read(".")
	if err != nil {
		t.Fatal(err)
	}
	e := outputs.Engine(t, "skep_tutorial")
	for _, s := range sections {
		t.Run(s.title, func(t *testing.T) {
			outputs.Compare(t, printed[outputs.NameOf(s.run)], func(out io.Writer) error { return s.run(t.Context(), echo(e, out), out) })
		})
	}
}
