package toolkit

import (
	"bytes"
	"encoding/json"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/integration/internal/live"
	"github.com/skep-go/skep/integration/internal/peers"
	"github.com/skep-go/skep/internal/golden"
	"github.com/skep-go/skep/toolkit/expr"
)

// unknownToSqlglot are the cases whose statements a Hive reads and sqlglot does not, by what their names begin with.
var unknownToSqlglot = map[string]string{
	"C-57 bytes":                      "it takes 100B for a column",
	"C-75 partition values":           "it does not know IF NOT EXISTS behind PARTITION",
	"C-83 primary key":                "it does not know DISABLE NOVALIDATE",
	"C-83 foreign key":                "it does not know DISABLE NOVALIDATE",
	"C-83 not null":                   "it does not know DISABLE NOVALIDATE",
	"partition: describe a column":    "it does not know DESCRIBE of a column",
	"describe a column":               "it does not know DESCRIBE of a column",
	"partition: rename":               "it does not know RENAME TO PARTITION",
	"partition: the type of a column": "it does not know PARTITION COLUMN",
	"conf: reset":                     "it does not know RESET",
}

// TestSqlglot has another parser of HiveQL read what the dialect writes: all goldens, and random expressions. DDL that it
// takes for granted behind the first word is counted; it reads everything else.
func TestSqlglot(t *testing.T) {
	var names, statements []string
	files, err := filepath.Glob("../../dialect/testdata/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens, error %v", err)
	}
	for _, file := range files {
		cases, err := golden.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			for _, b := range c.Blocks {
				if b.Kind == golden.SQL && slices.ContainsFunc(b.Targets, isHive) {
					names, statements = append(names, c.Name), append(statements, b.Text)
				}
			}
		}
	}
	g := &grower{Rand: live.Random(t)}
	for range 200 {
		e, _ := g.grow()
		query := live.SQL(t, dialect.New(dialect.Hive40), expr.Select(expr.TermOf(e).As("x")))
		names, statements = append(names, "a random expression"), append(statements, query)
	}
	explained, unread := map[string]bool{}, 0
	for i, fault := range sqlglot(t, statements) {
		if word, _, _ := strings.Cut(statements[i], " "); fault != nil && *fault == "unread" && slices.Contains(ddl, word) {
			unread++
			continue
		}
		reason := ""
		for prefix, why := range unknownToSqlglot {
			if strings.HasPrefix(names[i], prefix) {
				reason = why
				explained[prefix] = explained[prefix] || fault != nil
			}
		}
		if fault != nil && reason == "" {
			t.Errorf("%s: sqlglot has against\n%s\n%s", names[i], statements[i], *fault)
		}
	}
	for prefix := range unknownToSqlglot {
		if !explained[prefix] {
			t.Errorf("sqlglot reads %s: explain it no more", prefix)
		}
	}
	t.Logf("%d statements, of which it read %d", len(statements), len(statements)-unread)
}

func isHive(target string) bool { return strings.HasPrefix(target, "hive") }

// sqlglot gives what it has against each statement.
func sqlglot(t *testing.T, statements []string) []*string {
	t.Helper()
	in, err := json.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := osexec.CommandContext(t.Context(), peers.Python(t, "parse"), peers.File("parse.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var faults []*string
	if err := json.Unmarshal(out, &faults); err != nil || len(faults) != len(statements) {
		t.Fatalf("%d answers to %d statements, error %v", len(faults), len(statements), err)
	}
	return faults
}
