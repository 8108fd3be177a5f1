package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/skep-go/skep/examples/internal/outputs"
	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
)

// TestTutorial runs the sections on a real server, one after another: each must print what stands at its end.
func TestTutorial(t *testing.T) {
	printed, err := outputs.Read(".")
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("skep_tutorial_%d", os.Getpid()) // another process may run this test on the same server
	dsn, err := server.Database(t.Context(), hivetest.Shared(t, hivetest.Hive401).DSN(), name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(dsn, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	defer func() {
		if _, err := e.Exec(context.Background(), ddl.DropSchema(name).Cascade()); err != nil {
			t.Error(err)
		}
	}()
	for _, s := range sections {
		t.Run(s.title, func(t *testing.T) {
			var out bytes.Buffer
			err := s.run(t.Context(), echo(e, &out), &out)
			if err != nil {
				t.Error(err)
			}
			if got, want := outputs.Trim(out.String()), printed[outputs.NameOf(s.run)]; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
