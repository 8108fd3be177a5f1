package schema_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/skep-go/skep/toolkit/schema"
)

// database is an inspector of tables that are declared in Go.
type database struct {
	home   string
	tables map[string]map[string]func() *schema.TableInfo // by schema and name

	mu       sync.Mutex
	asked    []string      // what was asked for, in order
	hold     chan struct{} // if not nil, answers wait for it to be closed
	failWith error         // of Describe, in the place of a table named "broken"
	goOn     bool          // behind that error
}

// found is a table as an inspector tells of it.
func found(items ...schema.Item) func() *schema.TableInfo {
	return func() *schema.TableInfo {
		info := &schema.TableInfo{}
		for _, item := range items {
			switch item := item.(type) {
			case *schema.Column:
				info.Columns = append(info.Columns, schema.Col(item.Name, item.Type, schema.Comment(item.Comment)))
				info.Columns[len(info.Columns)-1].NotNull = item.NotNull
			case schema.Comment:
				info.Comment = string(item)
			case schema.Index:
				info.Indexes = append(info.Indexes, item)
			case schema.Attr:
				info.Attrs = append(info.Attrs, item)
			default:
				info.Constraints = append(info.Constraints, item)
			}
		}
		return info
	}
}

func view(items ...schema.Item) func() *schema.TableInfo {
	return func() *schema.TableInfo {
		info := found(items...)()
		info.Kind, info.Definition = schema.View, "select 1"
		return info
	}
}

func (d *database) ask(ctx context.Context, what string) error {
	d.mu.Lock()
	d.asked = append(d.asked, what)
	hold := d.hold
	d.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (d *database) questions() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	text := strings.Join(d.asked, "; ")
	d.asked = nil
	return text
}

func (d *database) DefaultSchema(ctx context.Context) (string, error) {
	return d.home, d.ask(ctx, "default")
}

func (d *database) Schemas(ctx context.Context) ([]string, error) {
	var list []string
	for name := range d.tables {
		list = append(list, name)
	}
	slices.Sort(list)
	return list, d.ask(ctx, "schemas")
}

func (d *database) in(name string) (string, map[string]func() *schema.TableInfo, error) {
	if name == "" {
		name = d.home
	}
	tables, ok := d.tables[name]
	if !ok {
		return name, nil, &schema.NoSchemaError{Schema: name}
	}
	return name, tables, nil
}

func (d *database) Relations(ctx context.Context, name string) ([]schema.Relation, error) {
	name, tables, err := d.in(name)
	if err := errors.Join(d.ask(ctx, "relations of "+name), err); err != nil {
		return nil, err
	}
	var list []schema.Relation
	for table, info := range tables {
		r := info().Relation
		r.Schema, r.Name, r.Temporary = name, table, strings.HasPrefix(table, "temp")
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b schema.Relation) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func (d *database) Describe(ctx context.Context, name string, names ...string) iter.Seq2[*schema.TableInfo, error] {
	return func(yield func(*schema.TableInfo, error) bool) {
		name, tables, err := d.in(name)
		if err := errors.Join(d.ask(ctx, name+": "+strings.Join(names, " ")), err); err != nil {
			yield(nil, err)
			return
		}
		for _, table := range names {
			info, ok := tables[strings.ToLower(table)]
			switch {
			case d.failWith != nil && table == "broken":
				if !yield(nil, d.failWith) || !d.goOn {
					return
				}
				continue
			case !ok:
				if !yield(nil, &schema.NoTableError{Schema: name, Name: table}) {
					return
				}
				continue
			}
			t := info()
			t.Schema, t.Name = name, strings.ToLower(table)
			if !yield(t, nil) {
				return
			}
		}
	}
}

// nyc is a database whose default schema has flights, and which has another schema.
func nyc() *database {
	return &database{home: "default", tables: map[string]map[string]func() *schema.TableInfo{
		"default": {
			"airlines": found(schema.Col("carrier", schema.VarChar(2)), schema.Col("name", schema.String),
				schema.PrimaryKey{Name: "pk_airlines", Columns: []string{"carrier"}}),
			"flights": found(schema.Comment("of a year"),
				schema.Col("carrier", schema.VarChar(2), schema.NotNull), schema.Col("tail", schema.String, schema.Comment("of the aircraft")),
				schema.Col("day", schema.Date),
				schema.ForeignKey{Columns: []string{"carrier"}, RefSchema: "default", RefTable: "airlines", RefColumns: []string{"carrier"}},
				schema.ForeignKey{Columns: []string{"tail"}, RefSchema: "fleet", RefTable: "planes", RefColumns: []string{"tail"}},
				schema.Unique{Columns: []string{"tail", "day"}}, schema.Index{Name: "by_day", Columns: []string{"day"}},
				storage{format: "columns"}),
			"late":      view(schema.Col("carrier", schema.VarChar(2))),
			"a_b":       found(schema.Col("x", schema.Integer)),
			"temporary": found(schema.Col("x", schema.Integer)),
		},
		"fleet": {
			"planes": found(schema.Col("tail", schema.String), schema.Col("maker", schema.String),
				schema.PrimaryKey{Columns: []string{"tail"}},
				schema.ForeignKey{Columns: []string{"maker"}, RefSchema: "fleet", RefTable: "makers", RefColumns: []string{"name"}}),
			"makers": found(schema.Col("name", schema.String), schema.PrimaryKey{Columns: []string{"name"}}),
		},
		"odd": {
			"bad":    found(schema.Col("x", schema.VarChar(0))),
			"good":   found(schema.Col("x", schema.Integer)),
			"orphan": found(schema.Col("x", schema.Integer), schema.ForeignKey{Columns: []string{"x"}, RefSchema: "odd", RefTable: "gone"}),
			"broken": found(schema.Col("x", schema.Integer)),
		},
	}}
}
