package dialect_test

import (
	"testing"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// TestNamesInCommands: names are quoted in commands as they are in queries (C-26, C-29). No server has such a database;
// that servers read the quotes is seen in the goldens.
func TestNamesInCommands(t *testing.T) {
	reserved := schema.NewTable(schema.NewMetaData(), "select", schema.Col("map", schema.BigInt))
	for want, n := range map[string]expr.Node{
		"USE `a``b`":                        dialect.Use("a`b"),
		"SHOW TABLES IN `a``b`":             dialect.ShowTables().In("a`b"),
		"DESCRIBE DATABASE EXTENDED `a``b`": dialect.DescribeDatabase("a`b"),
		"DROP SCHEMA `a``b`":                ddl.DropSchema("a`b"),
		"DESCRIBE `select`":                 dialect.Describe(reserved),
	} {
		st, err := compile.Compile(dialect.New(dialect.Hive40), n)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got, err := st.SQL(); err != nil || got != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
}
