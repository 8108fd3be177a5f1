package dialecttest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Inspection is what an inspector is tried on.
type Inspection struct {
	Inspector schema.Inspector
	Dialect   compile.Dialect
	// DB is a pool on the server that the inspector tells of.
	DB *sql.DB
	// Schema is where tables are made and dropped again, "" for the default one. It must not be that of other tests.
	Schema string
	// Declare declares the tables to make, at least one, in the words that the server has for their types and defaults.
	Declare func(*schema.MetaData)
}

// Inspect is the suite of tests that every inspector passes. It makes tables of their declarations, and a view; what is
// told of them must be what was declared, and tables that are made of what is told must be the same again.
func Inspect(t *testing.T, i Inspection) {
	declared := schema.NewMetaData(schema.DefaultSchema(i.Schema))
	i.Declare(declared)
	if err := declared.Err(); err != nil || len(declared.Tables()) == 0 {
		t.Fatalf("there are no tables to make: %v", err)
	}
	s := &inspection{Inspection: i, declared: declared}
	for _, table := range declared.Tables() {
		s.names = append(s.names, table.Name)
	}
	slices.Sort(s.names)
	if err := s.make(t.Context(), declared); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.drop(context.Background(), declared); err != nil {
			t.Error(err)
		}
	})
	t.Run("schemas", s.schemas)
	t.Run("relations", s.relations)
	t.Run("view", s.view)
	t.Run("missing", s.missing)
	t.Run("at once", s.atOnce)
	t.Run("declared and found", s.found)
	t.Run("made of what was found", s.again)
}

type inspection struct {
	Inspection
	declared *schema.MetaData
	names    []string // of the tables
}

const inspectedView = "suite_inspected_view"

func (s *inspection) make(ctx context.Context, md *schema.MetaData) error {
	if err := s.drop(ctx, md); err != nil {
		return err
	}
	statements, err := ddl.CreateAll(md)
	if err != nil {
		return err
	}
	table := expr.T(md.Tables()[0])
	view := ddl.CreateView(s.viewTable(), expr.Select(table.C(md.Tables()[0].Columns()[0].Name)))
	return s.execute(ctx, append(statements, view)...)
}

func (s *inspection) drop(ctx context.Context, md *schema.MetaData) error {
	statements, err := ddl.DropAll(md, ddl.Conditional)
	if err != nil {
		return err
	}
	return s.execute(ctx, append([]ddl.Statement{ddl.DropView(s.viewTable()).IfExists()}, statements...)...)
}

func (s *inspection) viewTable() *schema.Table {
	return schema.NewTable(nil, inspectedView, schema.In(s.Schema))
}

func (s *inspection) execute(ctx context.Context, statements ...ddl.Statement) error {
	for _, n := range statements {
		st, err := compile.Compile(s.Dialect, n)
		if err != nil {
			return err
		}
		text, err := st.SQL()
		if err != nil {
			return err
		}
		if _, err := s.DB.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

func (s *inspection) schemas(t *testing.T) {
	list, err := s.Inspector.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	home, err := s.Inspector.DefaultSchema(t.Context())
	if err != nil || !slices.Contains(list, home) || !slices.IsSorted(list) {
		t.Errorf("got the schemas %q, and %q as the default one, %v", list, home, err)
	}
}

func (s *inspection) relations(t *testing.T) {
	list, err := s.Inspector.Relations(t.Context(), s.Schema)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range list {
		names = append(names, r.Name)
		if r.Schema == "" || s.Schema != "" && !strings.EqualFold(r.Schema, s.Schema) {
			t.Errorf("%s is in schema %q", r.Name, r.Schema)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("not sorted: %q", names)
	}
	tables, err := schema.TableNames(t.Context(), s.Inspector, s.Schema)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.names {
		if !containsFold(tables, name) {
			t.Errorf("table %s is not among %q", name, tables)
		}
	}
	views, err := schema.ViewNames(t.Context(), s.Inspector, s.Schema)
	if err != nil || !containsFold(views, inspectedView) || containsFold(tables, inspectedView) || containsFold(views, s.names[0]) {
		t.Errorf("got the views %q beside the tables %q, %v", views, tables, err)
	}
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(other string) bool { return strings.EqualFold(other, name) })
}

func (s *inspection) view(t *testing.T) {
	info, err := schema.DescribeTable(t.Context(), s.Inspector, s.Schema, inspectedView)
	if err != nil {
		t.Fatal(err)
	}
	if info.Kind != schema.View || info.Definition == "" || len(info.Columns) != 1 {
		t.Errorf("got %+v", info)
	}
}

// missing: what is not there is told by its type, and does not lose the others; names are no patterns.
func (s *inspection) missing(t *testing.T) {
	asked := []string{s.names[0], "suite_no_such", "%", s.names[0][:len(s.names[0])-1] + "_", "*", s.names[len(s.names)-1]}
	var got []string
	for info, err := range s.Inspector.Describe(t.Context(), s.Schema, asked...) {
		var none *schema.NoTableError
		switch {
		case errors.As(err, &none):
			got = append(got, "no "+none.Name)
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, info.Name)
		}
	}
	for i, name := range asked {
		if 0 < i && i < len(asked)-1 {
			name = "no " + name
		}
		if i >= len(got) || !strings.EqualFold(got[i], name) {
			t.Fatalf("got %q of %q", got, asked)
		}
	}
	var nowhere *schema.NoSchemaError
	if _, err := s.Inspector.Relations(t.Context(), "suite_no_such"); !errors.As(err, &nowhere) {
		t.Errorf("got %v for a schema that does not exist", err)
	}
	if _, err := schema.DescribeTable(t.Context(), s.Inspector, "suite_no_such", "x"); !errors.As(err, &nowhere) {
		t.Errorf("got %v for a table of a schema that does not exist", err)
	}
	if has, err := schema.HasTable(t.Context(), s.Inspector, s.Schema, s.names[0]); !has || err != nil {
		t.Errorf("got %t, %v for a table that is there", has, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := schema.DescribeTable(ctx, s.Inspector, s.Schema, s.names[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v though the context has ended", err)
	}
}

// atOnce: inspectors, and caches, are safe for concurrent use; who stops early gets no more.
func (s *inspection) atOnce(t *testing.T) {
	cache := schema.Cached(s.Inspector)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			from := []schema.Inspector{s.Inspector, cache}[i%2]
			n := 0
			for info, err := range from.Describe(t.Context(), s.Schema, s.names...) {
				if err != nil || !strings.EqualFold(info.Name, s.names[n]) {
					t.Errorf("got %+v, %v, want %s", info, err, s.names[n])
					return
				}
				if n++; n > i {
					return
				}
			}
		})
	}
	wg.Wait()
}

// reflected are the tables that are there, by name.
func (s *inspection) reflected(t *testing.T) *schema.MetaData {
	t.Helper()
	md := schema.NewMetaData(schema.DefaultSchema(s.Schema))
	tables, err := md.Reflect(t.Context(), s.Inspector, schema.Only(s.names...))
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) != len(s.names) {
		t.Fatalf("got %d tables, want %q", len(tables), s.names)
	}
	return md
}

func (s *inspection) compare(t *testing.T, want, got *schema.MetaData) {
	t.Helper()
	for _, w := range want.Tables() {
		g, ok := got.Table("", w.Name)
		if !ok {
			t.Errorf("table %s is not there", w.Name)
			continue
		}
		for _, d := range schema.Diff(w, g) {
			t.Errorf("table %s: %s", w.Name, d)
		}
	}
}

func (s *inspection) found(t *testing.T) { s.compare(t, s.declared, s.reflected(t)) }

func (s *inspection) again(t *testing.T) {
	first := s.reflected(t)
	if err := s.make(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	s.compare(t, first, s.reflected(t))
}
