package toolkit

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/hivetest"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/internal/hiveql"
)

// TestGolden has the servers read every statement of the golden files of package dialect that is theirs. What the file
// tells the rows of is executed, and so is what changes the schema; the rest is explained.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("../../dialect/testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			t.Parallel()
			db := goldenDatabase(t, srv)
			for _, file := range files {
				if name := strings.TrimSuffix(filepath.Base(file), ".golden"); name != changes {
					t.Run(name, func(t *testing.T) { runGoldens(t, db, file, kind) })
				}
			}
		})
	}
}

// changes is the golden file of what changes rows. It makes its tables itself.
const changes = "changes"

// TestGoldenChanges has the servers change rows as the golden file does.
func TestGoldenChanges(t *testing.T) {
	for _, kind := range live.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			srv := live.Shared(t, kind)
			t.Parallel()
			db, _ := live.OwnDatabase(t, srv, live.Changing[kind])
			runGoldens(t, db, "../../dialect/testdata/"+changes+".golden", kind)
		})
	}
}

func runGoldens(t *testing.T, db *sql.DB, file string, kind hivetest.Kind) {
	cases, err := golden.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		runGolden(t, db, c, live.GoldenTargets[kind])
	}
}

// goldenDatabase is a pool on a database of the test's own, with the tables of the golden files.
func goldenDatabase(t *testing.T, srv *hivetest.Server) *sql.DB {
	t.Helper()
	db, _ := live.OwnDatabase(t, srv)
	setups, err := filepath.Glob("../../dialect/testdata/*setup.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range setups {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		statements, err := hiveql.Split(string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			live.Exec(t, db, s.Text)
		}
	}
	return db
}

// ddl are the first words of statements that are executed and not explained.
var ddl = []string{"CREATE", "DROP", "ALTER", "TRUNCATE", "COMMENT", "MSCK", "ANALYZE", "LOAD", "RELOAD", "RESET", "USE", "SET", "SHOW", "DESCRIBE", "EXPLAIN"}

// runGolden runs the statement that a case has for a server, if it has one: it may be refused for that.
func runGolden(t *testing.T, db *sql.DB, c golden.Case, target string) {
	var text, want string
	promised := false
	for _, b := range c.Blocks {
		switch {
		case !slices.Contains(b.Targets, target):
		case b.Kind == golden.SQL:
			text = b.Text
		case b.Kind == golden.Rows:
			want, promised = b.Text, true
		}
	}
	if text == "" {
		if promised {
			t.Errorf("%s has rows for %s, and no statement", c.Name, target)
		}
		return
	}
	t.Run(strings.ReplaceAll(c.Name, "/", "∕"), func(t *testing.T) {
		word, _, _ := strings.Cut(text, " ")
		if !promised && !slices.Contains(ddl, word) {
			text = "EXPLAIN " + text
		}
		got, err := live.Tabbed(t, db, text)
		switch {
		case err != nil:
			t.Errorf("%s\n%v", text, err)
		case promised && got != want:
			t.Errorf("%s\n got:\n%s\nwant:\n%s", text, got, want)
		case strings.Contains(got, "org.apache.spark.sql.AnalysisException"): // Spark explains also what it does not understand
			t.Errorf("%s\n%s", text, got)
		}
	})
}
