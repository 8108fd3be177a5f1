package outputs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/skep-go/skep/examples/internal/server"
	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/engine"
)

// Engine is an engine on a real Hive, for the test of an example: in a database of the process's own, whose name begins
// with name and which is dropped with the test.
func Engine(t *testing.T, name string) *engine.Engine {
	t.Helper()
	name = fmt.Sprintf("%s_%d", name, os.Getpid()) // another process may run this test on the same server
	dsn, err := server.Database(t.Context(), hivetest.Shared(t, hivetest.Hive401).DSN(), name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(dsn, engine.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := e.Exec(context.Background(), ddl.DropSchema(name).Cascade()); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// Compare runs a function of an example, which must print what is wanted.
func Compare(t *testing.T, want string, run func(out io.Writer) error) {
	t.Helper()
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Error(err)
	}
	if got := Trim(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
