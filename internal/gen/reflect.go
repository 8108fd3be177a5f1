package gen

import (
	"context"
	"errors"
	"slices"

	"github.com/skep-go/skep/toolkit/schema"
)

// Request says what is written of a database.
type Request struct {
	Package string
	Schema  string   // "" for the default one, whose tables are declared without a schema
	Tables  []string // tables or views; none stand for all tables
	Views   bool     // all views, too
	// OnProgress, unless nil, is called after each table.
	OnProgress func(done, all int)
}

// Reflect writes Go for tables that a database has.
func Reflect(ctx context.Context, from schema.Inspector, r Request) ([]byte, error) {
	relations, err := from.Relations(ctx, r.Schema)
	if err != nil {
		return nil, err
	}
	kinds := map[string]schema.RelationKind{}
	var names []string
	for _, rel := range relations {
		kinds[rel.Name] = rel.Kind
		if rel.Kind == schema.BaseTable && !rel.Temporary || r.Views && rel.Kind != schema.BaseTable {
			names = append(names, rel.Name)
		}
	}
	if len(r.Tables) > 0 {
		names = slices.Clone(r.Tables)
	}
	if len(names) == 0 {
		return nil, errors.New("gen: there are no tables")
	}
	items := []schema.Item{schema.Only(names...), schema.NoParents, schema.In(r.Schema)}
	if r.OnProgress != nil {
		items = append(items, schema.OnProgress(r.OnProgress))
	}
	tables, err := schema.NewMetaData().Reflect(ctx, from, items...)
	if err != nil {
		return nil, err
	}
	src := Source{Package: r.Package}
	for _, t := range tables {
		src.Tables = append(src.Tables, Table{t, kinds[t.Name]})
	}
	return Generate(src)
}
