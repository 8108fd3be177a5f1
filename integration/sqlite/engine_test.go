package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/skep-go/skep/internal/enginetest"
	"github.com/skep-go/skep/toolkit/engine"
)

// TestEngine: the engine works on another server, whose transactions are real.
func TestEngine(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "engine.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(db, Dialect{}, engine.Options{})
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	enginetest.Run(t, e, "main")
}
