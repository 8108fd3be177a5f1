package schema

import (
	"context"
	"errors"
	"slices"
)

// DescribeTable tells all about one table or view: see [Inspector]. The schema may be "" for the default one.
func DescribeTable(ctx context.Context, from Inspector, schema, name string) (*TableInfo, error) {
	for info, err := range from.Describe(ctx, schema, name) {
		return info, err
	}
	return nil, &NoTableError{Schema: schema, Name: name}
}

// HasTable tells whether there is such a table or view, be it temporary. A schema that does not exist is a
// [*NoSchemaError].
func HasTable(ctx context.Context, from Inspector, schema, name string) (bool, error) {
	_, err := DescribeTable(ctx, from, schema, name)
	var none *NoTableError
	if errors.As(err, &none) {
		return false, nil
	}
	return err == nil, err
}

// TableNames are the names of the tables of a schema, sorted: without views, and without what is temporary.
func TableNames(ctx context.Context, from Inspector, schema string) ([]string, error) {
	return relationNames(ctx, from, schema, func(r Relation) bool { return r.Kind == BaseTable && !r.Temporary })
}

// ViewNames are the names of the views of a schema, sorted: without those that are materialized or temporary.
func ViewNames(ctx context.Context, from Inspector, schema string) ([]string, error) {
	return relationNames(ctx, from, schema, func(r Relation) bool { return r.Kind == View && !r.Temporary })
}

// MaterializedViewNames are the names of the materialized views of a schema, sorted.
func MaterializedViewNames(ctx context.Context, from Inspector, schema string) ([]string, error) {
	return relationNames(ctx, from, schema, func(r Relation) bool { return r.Kind == MaterializedView })
}

// TemporaryNames are the names of the temporary tables and views of a schema that the inspector's session has, sorted.
func TemporaryNames(ctx context.Context, from Inspector, schema string) ([]string, error) {
	return relationNames(ctx, from, schema, func(r Relation) bool { return r.Temporary })
}

func relationNames(ctx context.Context, from Inspector, schema string, want func(Relation) bool) ([]string, error) {
	relations, err := from.Relations(ctx, schema)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range relations {
		if want(r) {
			names = append(names, r.Name)
		}
	}
	return names, nil
}

// Column finds a column by its name. It is nil if there is none.
func (t *TableInfo) Column(name string) *Column {
	i := slices.IndexFunc(t.Columns, func(c *Column) bool { return fold(c.Name) == fold(name) })
	if i < 0 {
		return nil
	}
	return t.Columns[i]
}

// PrimaryKey is the primary key. It has no columns if there is none.
func (t *TableInfo) PrimaryKey() PrimaryKey {
	for _, k := range constraintsOf[PrimaryKey](t) {
		return k
	}
	return PrimaryKey{}
}

// ForeignKeys are the foreign keys among the constraints.
func (t *TableInfo) ForeignKeys() []ForeignKey { return constraintsOf[ForeignKey](t) }

// Uniques are the unique constraints among the constraints.
func (t *TableInfo) Uniques() []Unique { return constraintsOf[Unique](t) }

// Checks are the checks among the constraints.
func (t *TableInfo) Checks() []Check { return constraintsOf[Check](t) }

func constraintsOf[K Item](t *TableInfo) []K {
	var list []K
	for _, item := range t.Constraints {
		if k, ok := item.(K); ok {
			list = append(list, k)
		}
	}
	return list
}

// items are the constraints, indexes and attributes.
func (t *TableInfo) items() []Item {
	list := slices.Clone(t.Constraints)
	for _, x := range t.Indexes {
		list = append(list, x)
	}
	for _, a := range t.Attrs {
		list = append(list, a)
	}
	return list
}

// clone returns a description that shares nothing with this one that its owner may change.
func (t *TableInfo) clone() *TableInfo {
	clone := *t
	clone.Columns = make([]*Column, len(t.Columns))
	for i, c := range t.Columns {
		clone.Columns[i] = c.clone()
	}
	clone.Constraints = make([]Item, len(t.Constraints))
	for i, k := range t.Constraints {
		clone.Constraints[i] = copied(k)
	}
	clone.Indexes = slices.Clone(t.Indexes)
	for i, x := range clone.Indexes {
		clone.Indexes[i], _ = copied(x).(Index)
	}
	clone.Attrs = slices.Clone(t.Attrs)
	return &clone
}
