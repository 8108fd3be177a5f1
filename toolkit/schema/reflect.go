package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ReflectTable declares in md a table, or a view, that a database has: see [MetaData.Reflect] for the items. A nil md
// stands for a new one. A table that is not there is a [*NoTableError].
//
//	flights, err := schema.ReflectTable(ctx, md, inspector, "flights", schema.In("nyc"),
//		schema.Col("id", schema.BigInt, schema.PK)) // the database knows of no key
//
// The table may be there beside an error, which is then of one of its parents.
func ReflectTable(ctx context.Context, md *MetaData, from Inspector, name string, items ...Item) (*Table, error) {
	if md == nil {
		md = NewMetaData()
	}
	tables, err := md.Reflect(ctx, from, append(slices.Clone(items), Only(name))...)
	if len(tables) == 0 {
		return nil, err
	}
	return tables[0], err
}

// Reflect declares tables that a database has, and returns them, sorted by name: all of a schema, or those that [Only] or
// [OnlyFunc] say, without views unless [Views] says so. The schema is that of [In], or else the default one of md, or else
// the default one of the database. The parents of foreign keys are reflected, too, wherever they are, unless [NoParents]
// says otherwise, and are not returned.
//
// Tables that md has already are kept as they are, and are not asked about; with [ExtendExisting] they are declared
// anew, as they were and as they were found. A table of the database's default schema has no Schema in md, so that
// "default.t" and "t" are one table; [MetaData.Table] finds it by both.
//
// [IncludeColumns], [ExcludeColumns] and [OnColumn] change what is declared. Other items, such as a [*Column] or a
// [PrimaryKey], are declared on top of what was found, for each table that was asked for: they win, so that a table
// without a key can be given one.
//
// What is wrong with one table, such as that it may not be seen, does not keep the others from being declared. The error
// then joins a [*ReflectError] for each table that could not be, and a [*MissingError] for those that Only names and that
// are not there. Any other error ended the work: what was declared until then stays.
func (md *MetaData) Reflect(ctx context.Context, from Inspector, items ...Item) ([]*Table, error) {
	r := &reflection{md: md, from: from, existing: KeepExisting, tried: map[tableName]bool{}}
	for _, item := range items {
		switch item := item.(type) {
		case reflectOption:
			item.reflect(r)
		case In:
			r.schema = string(item)
		case Existing:
			r.existing = item
		default:
			r.items = append(r.items, item)
		}
	}
	tables, err := r.run(ctx)
	slices.SortFunc(tables, func(a, b *Table) int { return strings.Compare(a.Name, b.Name) })
	return tables, errors.Join(append([]error{err, r.missing()}, r.errs...)...)
}

// reflection is one call of Reflect.
type reflection struct {
	md   *MetaData
	from Inspector

	schema      string
	existing    Existing
	keepColumns bool
	only        []string // nil if not said
	match       func(Relation) bool
	views       bool
	noParents   bool
	include     []string // nil if not said
	exclude     []string
	onColumn    func(*TableInfo, *Column)
	onProgress  func(done, all int)
	items       []Item // of the program

	home      string             // the schema of tables that md has without one
	tried     map[tableName]bool // tables that were asked for, with their schemas as the database has them
	absent    []error            // of Only
	errs      []error
	done, all int
}

func (r *reflection) run(ctx context.Context) ([]*Table, error) {
	home, err := r.from.DefaultSchema(ctx)
	if err != nil {
		return nil, err
	}
	r.home = r.md.setHome(home)
	if r.schema = r.md.schemaOr(r.schema); r.schema == "" {
		r.schema = home
	}
	names, err := r.names(ctx)
	if err != nil {
		return nil, err
	}
	tables, err := r.describe(ctx, r.schema, names, nil)
	for found := tables; err == nil && !r.noParents && len(found) > 0; {
		found, err = r.parents(ctx, found)
	}
	return tables, err
}

// names are those of the tables to reflect.
func (r *reflection) names(ctx context.Context) ([]string, error) {
	if r.only != nil && r.match == nil {
		names := slices.Clone(r.only)
		slices.Sort(names)
		return slices.Compact(names), nil
	}
	relations, err := r.from.Relations(ctx, r.schema)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, rel := range relations {
		named := slices.ContainsFunc(r.only, func(name string) bool { return fold(name) == fold(rel.Name) })
		if (named || r.only == nil) && (named || r.views || rel.Kind == BaseTable) && (r.match == nil || r.match(rel)) {
			names = append(names, rel.Name)
		}
	}
	return names, nil
}

// describe reflects tables of one schema. Where they are parents, children are whose, name by name.
func (r *reflection) describe(ctx context.Context, schema string, names, children []string) ([]*Table, error) {
	var tables []*Table
	var unknown, childOf []string
	r.all += len(names)
	for i, name := range names {
		r.tried[tableName{fold(schema), fold(name)}] = true
		t, ok := r.md.Table(string(r.md.local(schema)), name)
		if ok && r.existing == KeepExisting {
			tables = append(tables, t)
			r.progress()
			continue
		}
		child := ""
		if children != nil {
			child = children[i]
		}
		unknown, childOf = append(unknown, name), append(childOf, child)
	}
	if len(unknown) == 0 {
		return tables, nil
	}
	told := 0
	var last error // about one table if others follow
	for info, err := range r.from.Describe(ctx, schema, unknown...) {
		if told == len(unknown) {
			break // more than was asked for
		}
		if last != nil {
			r.failed(schema, unknown[told-1], childOf[told-1], last)
		}
		child := childOf[told]
		told, last = told+1, nil
		var none *NoTableError
		switch {
		case errors.As(err, &none) && child != "":
			r.failed(schema, none.Name, child, err)
		case errors.As(err, &none):
			if r.only != nil { // otherwise it was dropped since it was listed
				r.absent = append(r.absent, none)
			}
		case err != nil:
			last = err
		default:
			t, err := r.declare(info, schema, child == "")
			if r.failed(schema, info.Name, child, err); err == nil {
				tables = append(tables, t)
			}
		}
		r.progress()
	}
	switch whole := told == len(unknown); {
	case last == nil, ctx.Err() != nil, children == nil && (!whole || told == 1):
		return tables, last
	case !whole && !errors.As(last, new(*NoSchemaError)): // which is about all parents in it, and no others
		return tables, last
	}
	for i := told - 1; i < len(unknown); i++ {
		r.failed(schema, unknown[i], childOf[i], last)
	}
	return tables, nil
}

// failed keeps the error of a table, if there is one.
func (r *reflection) failed(schema, name, child string, err error) {
	if err != nil {
		r.errs = append(r.errs, &ReflectError{Table: fullName(schema, name), Child: child, Err: err})
	}
}

func (r *reflection) progress() {
	if r.done++; r.onProgress != nil {
		r.onProgress(r.done, r.all)
	}
}

// parents reflects those parents of tables that nobody has asked for yet.
func (r *reflection) parents(ctx context.Context, of []*Table) ([]*Table, error) {
	type group struct{ names, children []string }
	groups := map[string]*group{}
	var schemas []string
	for _, t := range of {
		for k := range t.EachForeignKey {
			schema := cmp.Or(k.RefSchema, r.home)
			key := tableName{fold(schema), fold(k.RefTable)}
			if _, known := r.md.Table(k.RefSchema, k.RefTable); known || r.tried[key] {
				continue
			}
			r.tried[key] = true
			g := groups[key.schema]
			if g == nil {
				g = &group{}
				groups[key.schema], schemas = g, append(schemas, schema)
			}
			g.names, g.children = append(g.names, k.RefTable), append(g.children, t.FullName())
		}
	}
	var all []*Table
	for _, schema := range schemas {
		g := groups[fold(schema)]
		tables, err := r.describe(ctx, schema, g.names, g.children)
		if err != nil {
			return all, err
		}
		all = append(all, tables...)
	}
	return all, nil
}

// declare declares a table that was found, and what the program says of it if it was asked for.
func (r *reflection) declare(info *TableInfo, schema string, asked bool) (*Table, error) {
	program := declare(info.Name, nil)
	columns := info.Columns
	if r.onColumn != nil {
		for _, c := range columns {
			r.onColumn(info, c)
		}
	}
	var left []string
	if asked {
		program = declare(info.Name, r.items)
		columns, left = r.choose(info, program)
	}
	found := declare(info.Name, []Item{Comment(info.Comment), r.md.local(schema)})
	found.columns, found.strict = columns, true
	for _, item := range info.items() {
		if k, ok := item.(ForeignKey); ok {
			if k.RefSchema == "" {
				k.RefSchema = schema
			}
			k.RefSchema = string(r.md.local(k.RefSchema))
			item = k
		}
		if !slices.ContainsFunc(columnsOf(item), func(name string) bool { return containsFold(left, name) }) {
			found.items = append(found.items, item)
		}
	}
	if slices.ContainsFunc(program.items, isPrimaryKey) || slices.ContainsFunc(program.columns, isOfPrimaryKey) {
		found.dropPrimaryKey()
	}
	for i, c := range program.columns {
		if c.table != nil { // of the table before
			program.columns[i] = c.clone()
		}
	}
	all := program.over(found)
	all.existing = r.existing
	if old, ok := r.md.Table(string(all.schema), all.name); ok && r.keepColumns {
		all.columns = slices.DeleteFunc(all.columns, func(c *Column) bool { return old.byName[fold(c.Name)] != nil })
	}
	t := r.md.declare(all)
	return t, t.err
}

// choose parts the columns that are wanted from those that are left out. Columns to include that are not there are wrong.
func (r *reflection) choose(info *TableInfo, program *declaration) (columns []*Column, left []string) {
	for _, name := range r.include {
		if info.Column(name) == nil {
			program.wrong = append(program.wrong, fmt.Errorf("there is no column %s to include", name))
		}
	}
	for _, c := range info.Columns {
		if r.include != nil && !containsFold(r.include, c.Name) || containsFold(r.exclude, c.Name) {
			left = append(left, c.Name)
		} else {
			columns = append(columns, c)
		}
	}
	return columns, left
}

func isOfPrimaryKey(c *Column) bool {
	return c.PrimaryKey || slices.ContainsFunc(c.items, isPrimaryKey)
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return fold(n) == fold(name) })
}

// columnsOf are the columns that a constraint or an index is on.
func columnsOf(item Item) []string {
	switch k := item.(type) {
	case PrimaryKey:
		return k.Columns
	case Unique:
		return k.Columns
	case ForeignKey:
		return k.Columns
	case Index:
		return k.Columns
	}
	return nil
}

// missing is the error of the tables that Only names and that are not there.
func (r *reflection) missing() error {
	switch len(r.absent) {
	case 0:
		return nil
	case 1:
		return r.absent[0]
	}
	e := &MissingError{Schema: r.schema, errs: r.absent}
	for _, err := range r.absent {
		var none *NoTableError
		if errors.As(err, &none) {
			e.Names = append(e.Names, none.Name)
		}
	}
	return e
}
