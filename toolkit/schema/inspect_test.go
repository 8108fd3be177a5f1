package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skep-go/skep/toolkit/schema"
)

// Views are not in tables, nor tables in views.
func TestNames(t *testing.T) {
	ctx, d := t.Context(), nyc()
	d.tables["default"]["sums"] = func() *schema.TableInfo {
		return &schema.TableInfo{Relation: schema.Relation{Kind: schema.MaterializedView}}
	}
	join := func(list []string, err error) string {
		if err != nil {
			t.Error(err)
		}
		return strings.Join(list, " ")
	}
	for _, tt := range []struct{ name, got, want string }{
		{"tables", join(schema.TableNames(ctx, d, "")), "a_b airlines flights"},
		{"views", join(schema.ViewNames(ctx, d, "")), "late"},
		{"materialized views", join(schema.MaterializedViewNames(ctx, d, "")), "sums"},
		{"temporary", join(schema.TemporaryNames(ctx, d, "")), "temporary"},
		{"views of another schema", join(schema.ViewNames(ctx, d, "fleet")), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	var nowhere *schema.NoSchemaError
	if _, err := schema.TableNames(ctx, d, "nowhere"); !errors.As(err, &nowhere) {
		t.Errorf("got %v", err)
	}
}

func TestHasTable(t *testing.T) {
	for _, tt := range []struct {
		schema, name string
		want         bool
		err          bool
	}{
		{"", "flights", true, false},
		{"default", "late", true, false},
		{"", "temporary", true, false},
		{"", "planes", false, false},
		{"fleet", "planes", true, false},
		{"", "a%b", false, false},
		{"nowhere", "planes", false, true},
	} {
		got, err := schema.HasTable(t.Context(), nyc(), tt.schema, tt.name)
		if got != tt.want || (err != nil) != tt.err {
			t.Errorf("%s.%s: got %t, %v, want %t", tt.schema, tt.name, got, err, tt.want)
		}
	}
}

// C-100: what a table does not have is empty.
func TestTableInfo(t *testing.T) {
	info, err := schema.DescribeTable(t.Context(), nyc(), "", "a_b")
	if err != nil {
		t.Fatal(err)
	}
	if k := info.PrimaryKey(); k.Columns != nil || info.ForeignKeys() != nil || info.Uniques() != nil || info.Checks() != nil {
		t.Errorf("got %+v, want nothing", info)
	}
	if info, err = schema.DescribeTable(t.Context(), nyc(), "", "flights"); err != nil {
		t.Fatal(err)
	}
	if len(info.ForeignKeys()) != 2 || len(info.Uniques()) != 1 || info.Column("CARRIER") == nil || info.Column("x") != nil {
		t.Errorf("got %+v", info)
	}
	if info, err = schema.DescribeTable(t.Context(), nyc(), "fleet", "planes"); err != nil || info.PrimaryKey().Columns[0] != "tail" {
		t.Errorf("got %+v, %v", info, err)
	}
}
