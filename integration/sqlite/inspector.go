package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/skep-go/skep/toolkit/schema"
)

// Inspector tells what tables a database of SQLite has. Names of constraints, checks and what columns are computed of are
// in the text of CREATE TABLE alone, and are not told.
type Inspector struct{ DB *sql.DB }

var _ schema.Inspector = Inspector{}

// DefaultSchema implements [schema.Inspector].
func (Inspector) DefaultSchema(context.Context) (string, error) { return "main", nil }

// Schemas implements [schema.Inspector].
func (i Inspector) Schemas(ctx context.Context) ([]string, error) {
	var list []string
	err := i.each(ctx, `SELECT name FROM pragma_database_list ORDER BY name`, nil, func(row *sql.Rows) error {
		return row.Scan(appended(&list))
	})
	return list, err
}

// appended is a place for a new element of a list.
func appended[T any](list *[]T) *T {
	*list = append(*list, *new(T))
	return &(*list)[len(*list)-1]
}

// each calls f with the rows of a query.
func (i Inspector) each(ctx context.Context, query string, args []any, f func(*sql.Rows) error) (err error) {
	rows, err := i.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// find is the name of a schema as SQLite has it.
func (i Inspector) find(ctx context.Context, in string) (string, error) {
	if in == "" {
		return i.DefaultSchema(ctx)
	}
	all, err := i.Schemas(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(all, func(name string) bool { return strings.EqualFold(name, in) })
	if at < 0 {
		return "", &schema.NoSchemaError{Schema: in}
	}
	return all[at], nil
}

// relations are those of a schema with the given names, or all.
func (i Inspector) relations(ctx context.Context, in string, names ...string) ([]schema.Relation, error) {
	query := `SELECT name, type FROM pragma_table_list WHERE schema = ? AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	args := []any{in}
	if names != nil {
		query += ` AND name COLLATE NOCASE IN (?` + strings.Repeat(", ?", len(names)-1) + `)`
		for _, name := range names {
			args = append(args, name)
		}
	}
	var list []schema.Relation
	err := i.each(ctx, query+` ORDER BY name`, args, func(row *sql.Rows) error {
		r, kind := schema.Relation{Schema: in, Temporary: in == "temp"}, ""
		err := row.Scan(&r.Name, &kind)
		if kind == "view" {
			r.Kind = schema.View
		}
		list = append(list, r)
		return err
	})
	return list, err
}

// Relations implements [schema.Inspector].
func (i Inspector) Relations(ctx context.Context, in string) ([]schema.Relation, error) {
	in, err := i.find(ctx, in)
	if err != nil {
		return nil, err
	}
	return i.relations(ctx, in)
}

// Describe implements [schema.Inspector].
func (i Inspector) Describe(ctx context.Context, in string, names ...string) iter.Seq2[*schema.TableInfo, error] {
	return func(yield func(*schema.TableInfo, error) bool) {
		in, err := i.find(ctx, in)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, name := range names {
			found, err := i.relations(ctx, in, name)
			if err == nil && len(found) == 0 {
				if !yield(nil, &schema.NoTableError{Schema: in, Name: name}) {
					return
				}
				continue
			}
			var info *schema.TableInfo
			if err == nil {
				info, err = i.table(ctx, found[0])
			}
			if !yield(info, err) || err != nil {
				return
			}
		}
	}
}

func (i Inspector) table(ctx context.Context, r schema.Relation) (*schema.TableInfo, error) {
	t := &schema.TableInfo{Relation: r}
	for _, part := range []func(context.Context, *schema.TableInfo) error{i.columns, i.foreignKeys, i.indexes, i.definition} {
		if err := part(ctx, t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (i Inspector) columns(ctx context.Context, t *schema.TableInfo) error {
	const query = `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1`
	key := map[int]string{} // by their place in it
	err := i.each(ctx, query, []any{t.Name, t.Schema}, func(row *sql.Rows) error {
		var name, typ string
		var value sql.NullString
		var notNull bool
		var place int
		if err := row.Scan(&name, &typ, &notNull, &value, &place); err != nil {
			return err
		}
		c := schema.Col(name, typeOf(typ))
		if c.NotNull = notNull; value.Valid {
			c.ServerDefault = schema.SQL(value.String)
		}
		if place > 0 {
			key[place] = name
		}
		t.Columns = append(t.Columns, c)
		return nil
	})
	if len(key) > 0 {
		k := schema.PrimaryKey{}
		for place := range len(key) {
			k.Columns = append(k.Columns, key[place+1])
		}
		t.Constraints = append(t.Constraints, k)
	}
	return err
}

// typeOf is the type whose values a column of SQLite holds: what its declaration says, or its affinity.
func typeOf(text string) schema.Type {
	word := strings.ToUpper(text)
	switch {
	case word == "INTEGER":
		return schema.BigInt
	case word == "REAL":
		return schema.Double
	}
	if t, err := schema.ParseType(text); err == nil {
		return t
	}
	switch contains := func(s string) bool { return strings.Contains(word, s) }; {
	case contains("INT"):
		return schema.BigInt
	case contains("CHAR"), contains("CLOB"), contains("TEXT"):
		return schema.String
	case contains("BLOB"), word == "":
		return schema.Binary
	case contains("REAL"), contains("FLOA"), contains("DOUB"):
		return schema.Double
	}
	return schema.Numeric(38, 0)
}

func (i Inspector) foreignKeys(ctx context.Context, t *schema.TableInfo) error {
	const query = `SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?, ?) ORDER BY id DESC, seq`
	last := -1
	return i.each(ctx, query, []any{t.Name, t.Schema}, func(row *sql.Rows) error {
		var id int
		var from string
		var to sql.NullString
		k := schema.ForeignKey{RefSchema: t.Schema}
		if err := row.Scan(&id, &k.RefTable, &from, &to, &k.OnUpdate, &k.OnDelete); err != nil {
			return err
		}
		if id == last {
			k, _ = t.Constraints[len(t.Constraints)-1].(schema.ForeignKey)
			t.Constraints = t.Constraints[:len(t.Constraints)-1]
		}
		for _, action := range []*schema.Action{&k.OnUpdate, &k.OnDelete} {
			if *action == schema.NoAction { // what is not said
				*action = ""
			}
		}
		if k.Columns = append(k.Columns, from); to.Valid {
			k.RefColumns = append(k.RefColumns, to.String)
		}
		last, t.Constraints = id, append(t.Constraints, k)
		return nil
	})
}

// indexes are those that were made by themselves; others are what unique constraints and keys are made of.
func (i Inspector) indexes(ctx context.Context, t *schema.TableInfo) error {
	const query = `
		SELECT l.name, l."unique", l.origin, c.name
		FROM pragma_index_list(?, ?) AS l, pragma_index_info(l.name, ?) AS c
		WHERE l.origin <> 'pk' ORDER BY l.seq DESC, c.seqno`
	var all []schema.Index
	unique := map[string]bool{} // those that are constraints
	err := i.each(ctx, query, []any{t.Name, t.Schema, t.Schema}, func(row *sql.Rows) error {
		var x schema.Index
		var origin string
		var column sql.NullString
		if err := row.Scan(&x.Name, &x.Unique, &origin, &column); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != x.Name {
			all = append(all, x)
		}
		if unique[x.Name] = origin == "u"; column.Valid { // else it is an expression
			last := &all[len(all)-1]
			last.Columns = append(last.Columns, column.String)
		}
		return nil
	})
	for _, x := range all {
		switch {
		case unique[x.Name]:
			t.Constraints = append(t.Constraints, schema.Unique{Columns: x.Columns})
		case len(x.Columns) > 0:
			t.Indexes = append(t.Indexes, x)
		}
	}
	return err
}

func (i Inspector) definition(ctx context.Context, t *schema.TableInfo) error {
	if t.Kind != schema.View {
		return nil
	}
	name, err := Dialect{}.AppendIdent(nil, t.Schema)
	if err != nil {
		return err
	}
	query := `SELECT sql FROM ` + string(name) + `.sqlite_master WHERE type = 'view' AND name = ?`
	return i.each(ctx, query, []any{t.Name}, func(row *sql.Rows) error {
		var create string
		err := row.Scan(&create)
		if _, t.Definition, _ = strings.Cut(create, " AS "); t.Definition == "" {
			t.Definition = create
		}
		return err
	})
}
